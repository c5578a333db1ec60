//! Epochs: how everything that was issued up to a moment is voided in one write.
//!
//! A client and a subject each count their revocations of everything. What is issued keeps the counts of that moment, and
//! is void once they have moved on. Instants would not do: what happens within one second could not be told apart, and
//! the clocks of two nodes differ.

use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::value::Row;

/// The epoch of a client. What was issued to the client in another one is void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientEpoch {
    /// Names one life of the client's id, from the registration to the deletion. A client that is registered again under
    /// an id that was deleted has another one, so that it inherits nothing.
    #[serde(rename = "i")]
    pub incarnation: i64,
    /// How often everything that was issued to this incarnation was revoked.
    #[serde(rename = "r")]
    pub revocations: i64,
}

impl ClientEpoch {
    /// The first epoch of a client that is registered now, from randomness.
    pub fn first(random: [u8; 8]) -> Self {
        // Two bits less, so that there is room to count on from the number.
        Self { incarnation: (u64::from_be_bytes(random) >> 2).cast_signed(), revocations: 0 }
    }

    /// Reads the two columns that begin at `column`.
    pub(crate) fn from_row(row: &Row, column: usize) -> Result<Self, StoreError> {
        Ok(Self { incarnation: row.int(column)?, revocations: row.int(column + 1)? })
    }
}

#[cfg(test)]
mod tests {
    use super::ClientEpoch;

    #[test]
    fn an_incarnation_is_a_positive_number_with_room_above() {
        assert_eq!(ClientEpoch::first([0; 8]).incarnation, 0);
        assert_eq!(ClientEpoch::first([0xff; 8]).incarnation, i64::MAX >> 1);
    }
}
