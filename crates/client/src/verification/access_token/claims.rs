//! What an access token says.

use std::fmt;

use serde_json::{Map, Value};

use super::AccessTokenFault;
use crate::wire::Scope;

/// The claims of an access token that was checked. `Debug` shows the client and nothing of the user.
///
/// A signed token in the form of RFC 9068 always has subject, client id and times; introspection and tokens in other forms
/// may leave them out.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct AccessTokenClaims {
    /// `iss`: the authorization server
    pub issuer: String,
    /// `sub`: the user, or the client where it acts for itself
    pub subject: Option<String>,
    /// `client_id`: who asked for the token (`azp`, `appid` or `cid` where the provider writes that instead)
    pub client_id: Option<String>,
    /// `scope` (or `scp`): what the token is good for; empty without the claim
    pub scope: Scope,
    /// `aud`: the APIs it was issued for
    pub audiences: Vec<String>,
    /// `exp`, Unix seconds
    pub expires_at: Option<i64>,
    /// `iat`, Unix seconds
    pub issued_at: Option<i64>,
    /// `auth_time`: when the user last proved who they are, Unix seconds
    pub authenticated_at: Option<i64>,
    /// `acr`: how the user proved it
    pub authentication_context: Option<String>,
    /// `cnf`: what the sender must hold, which was checked before these claims were handed out
    pub confirmation: Option<Confirmation>,
    /// All claims, including those above.
    pub all: Map<String, Value>,
}

impl fmt::Debug for AccessTokenClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessTokenClaims").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// What a token is bound to (`cnf`, RFC 7800): at least one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmation {
    /// `jkt`: the thumbprint of the key of DPoP proofs (RFC 9449 §6.1)
    pub key_thumbprint: Option<String>,
    /// `x5t#S256`: the thumbprint of the certificate of the connection (RFC 8705 §3.1)
    pub certificate_thumbprint: Option<String>,
}

impl Confirmation {
    /// Reads `cnf`. A binding that is not understood must not be taken for none; beside one that is understood, other
    /// members are ignored (RFC 7800 §3).
    pub(super) fn of(claims: &Map<String, Value>) -> Result<Option<Self>, AccessTokenFault> {
        let Some(value) = claims.get("cnf") else { return Ok(None) };
        let members = value.as_object().ok_or(AccessTokenFault::Claim("cnf"))?;
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
            Some(_) => Err(AccessTokenFault::Claim("cnf")),
        };
        let (key_thumbprint, certificate_thumbprint) = (text("jkt")?, text("x5t#S256")?);
        if key_thumbprint.is_none() && certificate_thumbprint.is_none() {
            return Err(AccessTokenFault::SenderConstrained);
        }
        Ok(Some(Self { key_thumbprint, certificate_thumbprint }))
    }
}
