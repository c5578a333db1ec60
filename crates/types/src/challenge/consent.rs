//! The consent step: what a login application is told, what it answers, and the list of consents
//! that were given.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::OidcContext;
use crate::lenient::null_as_default;
use crate::{AuthorizationDetails, Client, Scope, Subject, scope, timestamp};

/// Answer to `GET …/requests/consent`: a user is asked to let a client act for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2ConsentRequest"))]
pub struct ConsentRequest {
    /// The challenge that was asked for; empty in lists of consents.
    #[serde(deserialize_with = "null_as_default")]
    pub challenge: String,
    /// The future grant, 32 hexadecimal digits.
    #[serde(deserialize_with = "null_as_default")]
    pub consent_request_id: String,
    /// What the client requests.
    #[serde(with = "scope::list")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<String>"))]
    pub requested_scope: Scope,
    /// What the client requests as audience.
    #[serde(deserialize_with = "null_as_default")]
    pub requested_access_token_audience: Vec<String>,
    /// What the client requests in detail (RFC 9396); absent where it does not. Hydra has no such member.
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub requested_authorization_details: AuthorizationDetails,
    /// Whether an earlier consent covers the request.
    #[serde(deserialize_with = "null_as_default")]
    pub skip: bool,
    /// Who logged in.
    #[serde(deserialize_with = "null_as_default")]
    pub subject: Subject,
    /// `None` (written `null`) in device flows.
    pub oidc_context: Option<OidcContext>,
    /// Without secrets.
    #[serde(deserialize_with = "null_as_default")]
    pub client: Client,
    /// The authorization request as it came.
    #[serde(deserialize_with = "null_as_default")]
    pub request_url: String,
    /// Names the login step, 32 hexadecimal digits; no challenge that could be used.
    #[serde(deserialize_with = "null_as_default")]
    pub login_challenge: String,
    /// The login session, a UUID.
    #[serde(deserialize_with = "null_as_default")]
    pub login_session_id: String,
    /// As accepted at login.
    #[serde(deserialize_with = "null_as_default")]
    pub acr: String,
    /// As accepted at login.
    #[serde(deserialize_with = "null_as_default")]
    pub amr: Vec<String>,
    /// As accepted at login; `None` is written `null`.
    pub context: Option<Value>,
}

/// Body of `PUT …/consent/accept`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "acceptOAuth2ConsentRequest"))]
pub struct AcceptConsent {
    /// What the user granted.
    #[serde(with = "scope::list")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<String>"))]
    pub grant_scope: Scope,
    /// What the user granted as audience.
    #[serde(deserialize_with = "null_as_default")]
    pub grant_access_token_audience: Vec<String>,
    /// Of the claims that the client asks for by name, those of a built-in account that the user agreed to beyond the
    /// granted scope. Hydra has no such member.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub grant_claims: Vec<String>,
    /// Of the requested authorization details those that the user granted, as they were requested. Hydra has no such member.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub grant_authorization_details: AuthorizationDetails,
    /// Claims for the tokens.
    #[serde(deserialize_with = "null_as_default")]
    pub session: ConsentSessionClaims,
    /// Whether the consent counts for later requests.
    #[serde(deserialize_with = "null_as_default")]
    pub remember: bool,
    /// Seconds; 0 means for ever.
    #[serde(deserialize_with = "null_as_default")]
    pub remember_for: i64,
    /// Anything; replaces what login accept gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
}

/// Claims that the login application adds to tokens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(
    feature = "json-schema",
    derive(schemars::JsonSchema),
    schemars(rename = "acceptOAuth2ConsentRequestSession")
)]
pub struct ConsentSessionClaims {
    /// Shown by introspection as `ext`, and in JWT access tokens.
    #[serde(deserialize_with = "null_as_default")]
    pub access_token: Map<String, Value>,
    /// Claims of the ID token. Without `userinfo` they are claims of userinfo too, and those of a person (OpenID Connect
    /// Core §5.1) go there only.
    #[serde(deserialize_with = "null_as_default")]
    pub id_token: Map<String, Value>,
    /// Claims of userinfo, where they are others than those of the ID token. Hydra has no such member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo: Option<Map<String, Value>>,
}

/// One element of `GET …/sessions/consent`: a consent that was given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2ConsentSession"))]
pub struct ConsentSession {
    /// The grant, 32 hexadecimal digits.
    #[serde(deserialize_with = "null_as_default")]
    pub consent_request_id: String,
    /// What the user granted.
    #[serde(with = "scope::list")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<String>"))]
    pub grant_scope: Scope,
    /// What the user granted as audience.
    #[serde(deserialize_with = "null_as_default")]
    pub grant_access_token_audience: Vec<String>,
    /// What the user granted in detail (RFC 9396); absent where nothing was. Hydra has no such member.
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub grant_authorization_details: AuthorizationDetails,
    /// Claims for the tokens.
    #[serde(deserialize_with = "null_as_default")]
    pub session: ConsentSessionClaims,
    /// Whether the consent counts for later requests.
    #[serde(deserialize_with = "null_as_default")]
    pub remember: bool,
    /// Seconds; 0 means for ever.
    #[serde(deserialize_with = "null_as_default")]
    pub remember_for: i64,
    /// When the user decided, Unix microseconds.
    #[serde(with = "timestamp::micros")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub handled_at: i64,
    /// As accepted; `None` is written `null`.
    pub context: Option<Value>,
    /// What was asked; its `challenge` is empty.
    #[serde(deserialize_with = "null_as_default")]
    pub consent_request: ConsentRequest,
}
