//! The bodies of the login, consent and logout API (the headless interface between the server and
//! a login application), member by member as Hydra writes them.
//!
//! What the server sends is written exactly; what a login application sends is read leniently:
//! members may be absent or `null`, and unknown ones are passed over. Which values are acceptable,
//! and what follows from them, is decided in the server.

mod backchannel;
mod consent;
mod login;
mod logout;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use backchannel::{AcceptBackchannelRequest, BackchannelRequest, RejectBackchannelRequest};
pub use consent::{AcceptConsent, ConsentRequest, ConsentSession, ConsentSessionClaims};
pub use login::{AcceptLogin, LoginRequest};
pub use logout::LogoutRequest;

use crate::lenient::null_as_default;

/// Parameters of `OpenID` Connect Core §3.1.2.1 that only the login application can honour. Members
/// are left out when empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(
    feature = "json-schema",
    derive(schemars::JsonSchema),
    schemars(rename = "oAuth2ConsentRequestOpenIDConnectContext")
)]
pub struct OidcContext {
    /// Authentication context classes in order of preference (OpenID Connect Core 1.0 §3.1.2.1).
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// Languages of the page in order of preference, as BCP 47 tags.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub ui_locales: Vec<String>,
    /// `page`, `popup`, `touch` or `wap`; empty when not sent.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub display: String,
    /// The claims of `id_token_hint`, verified.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Map::is_empty")]
    pub id_token_hint_claims: Map<String, Value>,
    /// What the client knows of the login name; empty when not sent.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub login_hint: String,
    /// Languages of claims in order of preference, as BCP 47 tags (OpenID Connect Core 1.0 §5.2). Hydra has no such member.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub claims_locales: Vec<String>,
    /// The parameter `claims` (OpenID Connect Core 1.0 §5.5): what the client asks for by name in the ID token and at
    /// userinfo. Hydra has no such member.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Map::is_empty")]
    pub claims: Map<String, Value>,
}

/// Body of `PUT …/{login,consent}/reject`: the error that the client gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "rejectOAuth2Request"))]
pub struct RejectRequest {
    /// Empty means the step's own default.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// For people.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub error_description: String,
    /// Added to the description.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub error_hint: String,
    /// For the log only.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub error_debug: String,
    /// HTTP status where the error is not sent by redirect; 0 means the default.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "is_zero")]
    pub status_code: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Answer to every accept and reject, and to a challenge that was already handled (410).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2RedirectTo"))]
pub struct RedirectTo {
    /// Where the browser goes next.
    pub redirect_to: String,
}

/// Body of `PUT …/device/accept` (RFC 8628 §3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "acceptDeviceUserCodeRequest"))]
pub struct AcceptUserCode {
    /// What the user typed.
    #[serde(deserialize_with = "null_as_default")]
    pub user_code: String,
}

#[cfg(test)]
mod tests;
