//! What a grant remembers beyond its columns: the body of the grant row, sealed when `oauth2.session.encrypt_at_rest` is
//! on. Members have short names, as there is one row per login of every user.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use symbolon_store::Grant;
use symbolon_types::Scope;

use crate::context::Context;
use crate::error::OAuthError;
use crate::seal::kinds;

/// The body of a grant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct GrantBody {
    /// The authorization request, form-urlencoded; empty where there was none.
    #[serde(rename = "q", default, skip_serializing_if = "String::is_empty")]
    pub request: String,
    /// Granted scope.
    #[serde(rename = "s", default)]
    pub scope: Scope,
    /// Granted audience.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// `redirect_uri` as sent with the request; the token request must repeat it.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// PKCE challenge (S256).
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
    /// `nonce`.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// When the user was authenticated.
    #[serde(rename = "t", default)]
    pub auth_time: i64,
    /// Authentication context class.
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    pub acr: String,
    /// Authentication methods.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// `sub` for a pairwise client, chosen by the login page.
    #[serde(rename = "f", default, skip_serializing_if = "String::is_empty")]
    pub forced_subject: String,
    /// Claims for access tokens and introspection.
    #[serde(rename = "x", default, skip_serializing_if = "Map::is_empty")]
    pub access_token_claims: Map<String, Value>,
    /// Claims for ID tokens and userinfo.
    #[serde(rename = "i", default, skip_serializing_if = "Map::is_empty")]
    pub id_token_claims: Map<String, Value>,
    /// What the pages passed along.
    #[serde(rename = "k", default, skip_serializing_if = "Value::is_null")]
    pub context: Value,
    /// The consent page was visited with `skip`.
    #[serde(rename = "z", default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// When the consent page answered.
    #[serde(rename = "h", default)]
    pub handled_at: i64,
}

/// First byte of a stored body: how the rest is kept.
const PLAIN: u8 = 0;
const SEALED: u8 = 1;

impl GrantBody {
    /// The stored form.
    pub fn close(&self, context: &Context) -> Result<Vec<u8>, OAuthError> {
        let json = serde_json::to_vec(self).map_err(|fault| OAuthError::server(fault.to_string()))?;
        let (form, kept) = if context.config.oauth2.session_encrypt_at_rest {
            (SEALED, context.seal.seal_bytes(kinds::CLAIMS, &json))
        } else {
            (PLAIN, json)
        };
        let mut bytes = Vec::with_capacity(kept.len() + 1);
        bytes.push(form);
        bytes.extend_from_slice(&kept);
        Ok(bytes)
    }

    /// Reads the body of a row, whichever way it was kept.
    pub fn open(context: &Context, grant: &Grant) -> Result<Self, OAuthError> {
        let broken = || OAuthError::server("the body of a grant could not be opened");
        let (form, kept) = grant.body.split_first().ok_or_else(broken)?;
        match *form {
            PLAIN => serde_json::from_slice(kept),
            SEALED => {
                let json = context.seal.open_bytes(kinds::CLAIMS, kept).ok_or_else(broken)?;
                serde_json::from_slice(&json)
            }
            _ => return Err(broken()),
        }
        .map_err(|fault| OAuthError::server(fault.to_string()))
    }
}
