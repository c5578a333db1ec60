//! Who may use a token (RFC 7800): whoever has it, or only the holder of a key. The value is made where a proof of the key
//! was read (`dpop`), stands in access tokens, and in grants whose refresh tokens are bound, and is compared where a token
//! is shown.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use symbolon_jose::digest::{base64url, base64url_decode};

/// The SHA-256 thumbprint of a public key (RFC 7638).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyThumbprint([u8; 32]);

impl KeyThumbprint {
    /// From base64url without padding; `None` for anything that is not the one form of a SHA-256 hash.
    pub fn parse(text: &str) -> Option<Self> {
        base64url_decode(text)?.try_into().ok().map(Self)
    }

    /// From 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for KeyThumbprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&base64url(&self.0))
    }
}

impl From<KeyThumbprint> for String {
    fn from(thumbprint: KeyThumbprint) -> Self {
        thumbprint.to_string()
    }
}

impl TryFrom<String> for KeyThumbprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no thumbprint of a key")
    }
}

/// Who may use a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confirmation {
    /// Whoever has it (RFC 6750).
    #[default]
    Bearer,
    /// The holder of this key, who proves it with every request (RFC 9449 §6).
    DpopKey(KeyThumbprint),
}

impl Confirmation {
    /// `token_type` of a token response (RFC 9449 §5). `bearer` in lower case, as Hydra writes it.
    pub fn token_type(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::DpopKey(_) => "DPoP",
        }
    }

    /// `token_type` of an introspection answer (RFC 9449 §6.2).
    pub fn introspected_type(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::DpopKey(_) => "DPoP",
        }
    }

    /// `cnf` (RFC 7800 §3.1, RFC 9449 §6.1); `None` where nothing is confirmed.
    pub fn claim(self) -> Option<Value> {
        match self {
            Self::Bearer => None,
            Self::DpopKey(key) => Some(json!({ "jkt": key.to_string() })),
        }
    }
}
