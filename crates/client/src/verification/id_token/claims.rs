//! What a checked ID token says.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The claims of an ID token that was checked. `Debug` shows none of them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdTokenClaims {
    /// `iss`: the provider
    pub issuer: String,
    /// `sub`: the user, unique at this provider and never reused
    pub subject: String,
    /// `exp`, Unix seconds
    pub expires_at: i64,
    /// `iat`, Unix seconds
    pub issued_at: i64,
    /// `auth_time`: when the user last proved who they are, Unix seconds
    pub authenticated_at: Option<i64>,
    /// All claims, including those above.
    pub all: Map<String, Value>,
}

impl IdTokenClaims {
    /// `acr`: the authentication context that was reached, in the provider's words.
    pub fn authentication_context(&self) -> Option<&str> {
        self.all.get("acr").and_then(Value::as_str)
    }

    /// `amr`: how the user proved who they are (RFC 8176), such as `pwd`, `otp`, `hwk`.
    pub fn authentication_methods(&self) -> Vec<&str> {
        self.all.get("amr").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

impl fmt::Debug for IdTokenClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IdTokenClaims").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
