//! The login step: what a login application is told and what it answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OidcContext;
use crate::lenient::null_as_default;
use crate::{Client, Scope, Subject, scope};

/// Answer to `GET …/requests/login`: somebody wants to log in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2LoginRequest"))]
pub struct LoginRequest {
    /// The challenge that was asked for.
    pub challenge: String,
    /// What the client requests.
    #[serde(default, with = "scope::list")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<String>"))]
    pub requested_scope: Scope,
    /// What the client requests as audience.
    #[serde(default, deserialize_with = "null_as_default")]
    pub requested_access_token_audience: Vec<String>,
    /// Whether the browser is logged in already; then `subject` must be accepted as it is.
    pub skip: bool,
    /// Empty unless `skip`.
    pub subject: Subject,
    /// `None` (written `null`) in device flows.
    #[serde(default)]
    pub oidc_context: Option<OidcContext>,
    /// Without secrets.
    pub client: Client,
    /// The authorization request as it came.
    pub request_url: String,
    /// The login session, a UUID.
    #[serde(default, deserialize_with = "null_as_default")]
    pub session_id: String,
}

/// Body of `PUT …/login/accept`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "acceptOAuth2LoginRequest"))]
pub struct AcceptLogin {
    /// Who logged in. Required; empty is a fault of the caller that the server answers.
    #[serde(deserialize_with = "null_as_default")]
    pub subject: Subject,
    /// Whether the browser stays logged in.
    #[serde(deserialize_with = "null_as_default")]
    pub remember: bool,
    /// Seconds; 0 means the server's setting.
    #[serde(deserialize_with = "null_as_default")]
    pub remember_for: i64,
    /// With `skip`: whether the time starts anew.
    #[serde(deserialize_with = "null_as_default")]
    pub extend_session_lifespan: bool,
    /// For the ID token.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub acr: String,
    /// For the ID token.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The login application's own session.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub identity_provider_session_id: String,
    /// Replaces the pairwise `sub`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub force_subject_identifier: String,
    /// Anything; shown again in the consent request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
}
