//! Addresses with who named them. What a call may reach depends on that, so no address is called without it.

use serde::{Deserialize, Serialize};

/// Whose word an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NamedBy {
    /// That of whoever configures this server.
    #[serde(rename = "o")]
    Operator,
    /// An administrator's.
    #[serde(rename = "a")]
    Administrator,
    /// That of a client that speaks for itself. Nobody vouches for it.
    #[serde(rename = "s")]
    Stranger,
}

/// An address of another server, with who named it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NamedAddress {
    #[serde(rename = "u")]
    address: String,
    #[serde(rename = "n", default = "stranger")]
    named_by: NamedBy,
}

impl NamedAddress {
    /// An address and who named it.
    pub fn new(address: &str, named_by: NamedBy) -> Self {
        Self { address: address.to_owned(), named_by }
    }

    /// The address as it was named.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// Who named it.
    pub fn named_by(&self) -> NamedBy {
        self.named_by
    }
}

/// Where it is not said, nobody vouches for the address.
fn stranger() -> NamedBy {
    NamedBy::Stranger
}
