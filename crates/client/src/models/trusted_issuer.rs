//! Issuers whose assertions are exchanged for tokens (RFC 7523 §2.1).

use serde::{Deserialize, Serialize};

use super::JsonWebKey;
use super::mandatory::with_mandatory;

/// Trust in one key of an issuer.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustOAuth2JwtGrantIssuer {
    /// Whether the issuer may speak for everybody; then there is no `subject`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_any_subject: Option<bool>,
    /// The end of the trust, RFC 3339
    pub expires_at: String,
    /// The `iss` of its assertions
    pub issuer: String,
    /// The public key that its assertions are signed with
    pub jwk: Box<JsonWebKey>,
    /// What may be asked for
    pub scope: Vec<String>,
    /// The only `sub` that its assertions may have
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

with_mandatory!(TrustOAuth2JwtGrantIssuer { expires_at: String, issuer: String, jwk: JsonWebKey, scope: Vec<String> });

/// An issuer that is trusted.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustedOAuth2JwtGrantIssuer {
    /// Whether the issuer may speak for everybody
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_any_subject: Option<bool>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// The end of the trust, RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The name of the trust, for reading and deleting it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The `iss` of its assertions
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The key that its assertions are signed with
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<Box<TrustedOAuth2JwtGrantJsonWebKey>>,
    /// What may be asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    /// The only `sub` that its assertions may have
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl TrustedOAuth2JwtGrantIssuer {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// Where the key of a trusted issuer is kept.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustedOAuth2JwtGrantJsonWebKey {
    /// Its name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Its key set: the issuer
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
}

impl TrustedOAuth2JwtGrantJsonWebKey {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}
