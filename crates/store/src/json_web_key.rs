//! JSON Web Keys that administrators keep in sets of their own names (RFC 7517), sealed by the caller.
//!
//! What signs for this server is in `signing_key` instead. The newest key of a set comes first; one that is put in the
//! place of another is the newest again.

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::Row;

/// A key in its set.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonWebKey {
    /// The set that it is in.
    pub set_name: String,
    /// Its id in the set (RFC 7517 §4.5).
    pub kid: String,
    /// The key itself, sealed by the caller.
    pub body: Vec<u8>,
}

// Without the key.
impl std::fmt::Debug for JsonWebKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonWebKey").field("set_name", &self.set_name).field("kid", &self.kid).finish_non_exhaustive()
    }
}

const OF_SET: &str = "SELECT set_name, kid, body FROM json_web_keys WHERE set_name = $1 ORDER BY position DESC, kid";

const ONE: &str = "SELECT set_name, kid, body FROM json_web_keys WHERE set_name = $1 AND kid = $2";

const AFTER: &str = "SELECT set_name, kid, body FROM json_web_keys WHERE (set_name, kid) > ($1, $2) \
    ORDER BY set_name, kid LIMIT $3";

const INSERT: &str = "INSERT INTO json_web_keys (set_name, kid, position, body) VALUES ($1, $2, \
    (SELECT COALESCE(MAX(position), 0) + 1 FROM json_web_keys WHERE set_name = $1), $3)";

// The row that was just inserted names the set; the whole batch fails when the set has more keys than it may have.
const ROOM: &str = "UPDATE json_web_keys SET position = position WHERE set_name = $1 AND kid = $2 \
    AND (SELECT COUNT(*) FROM json_web_keys WHERE set_name = $1) <= $3";

const DELETE: &str = "DELETE FROM json_web_keys WHERE set_name = $1 AND kid = $2";

const DELETE_SET: &str = "DELETE FROM json_web_keys WHERE set_name = $1";

const RESEAL: &str = "UPDATE json_web_keys SET body = $4 WHERE set_name = $1 AND kid = $2 AND body = $3";

impl JsonWebKey {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { set_name: row.take_text(0)?, kid: row.take_text(1)?, body: row.take_blob(2)? })
    }
}

impl Batch {
    /// A new key. Conflict [`Condition::Key`] when its set has one of this id, unmet [`Condition::Key`] when the set has
    /// `most` keys already.
    pub fn insert_json_web_key(&mut self, key: &JsonWebKey, most: u32) -> &mut Self {
        let (set, kid) = (key.set_name.as_str(), key.kid.as_str());
        let params = vec![set.into(), kid.into(), key.body.as_slice().into()];
        self.add(Condition::Key, INSERT, params, Expect::OneRow);
        self.add(Condition::Key, ROOM, vec![set.into(), kid.into(), most.into()], Expect::OneRow)
    }

    /// Deletes a key, whether or not it is there.
    pub fn delete_json_web_key(&mut self, set_name: &str, kid: &str) -> &mut Self {
        self.add(Condition::Key, DELETE, vec![set_name.into(), kid.into()], Expect::Any)
    }

    /// Deletes a whole set, whether or not it is there.
    pub fn delete_json_web_keys(&mut self, set_name: &str) -> &mut Self {
        self.add(Condition::Key, DELETE_SET, vec![set_name.into()], Expect::Any)
    }
}

impl Store {
    /// The keys of a set, the newest first.
    pub async fn json_web_keys(&self, set_name: &str) -> Result<Vec<JsonWebKey>, StoreError> {
        self.read(OF_SET, vec![set_name.into()]).await?.iter_mut().map(JsonWebKey::from_row).collect()
    }

    /// One key of a set.
    pub async fn json_web_key(&self, set_name: &str, kid: &str) -> Result<Option<JsonWebKey>, StoreError> {
        self.read(ONE, vec![set_name.into(), kid.into()]).await?.first_mut().map(JsonWebKey::from_row).transpose()
    }

    /// The keys of all sets that follow this set and id in the order of both, at most `most`.
    pub async fn json_web_keys_after(
        &self,
        set_name: &str,
        kid: &str,
        most: u32,
    ) -> Result<Vec<JsonWebKey>, StoreError> {
        let params = vec![set_name.into(), kid.into(), most.into()];
        self.read(AFTER, params).await?.iter_mut().map(JsonWebKey::from_row).collect()
    }

    /// Replaces the sealed key of `key` by the same key in another seal. Unmet [`Condition::Key`] when its body is
    /// another by now.
    pub async fn reseal_json_web_key(&self, key: &JsonWebKey, body: Vec<u8>) -> Result<(), WriteError> {
        let params =
            vec![key.set_name.as_str().into(), key.kid.as_str().into(), key.body.as_slice().into(), body.into()];
        self.change(|batch| batch.add(Condition::Key, RESEAL, params, Expect::OneRow)).await.map(drop)
    }
}
