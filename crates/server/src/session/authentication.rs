//! What a login page says about a person who has signed in.

use serde::{Deserialize, Serialize};
use symbolon_types::Subject;

/// Who authenticated, how, and when (OpenID Connect Core §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// The account that logged in.
    pub subject: Subject,
    /// Authentication context class; empty when the page did not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub acr: String,
    /// Authentication methods (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// When, in Unix seconds.
    pub at: i64,
}
