//! A request for login, and its acceptance.

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;
use super::{OAuth2Client, OAuth2ConsentRequestOpenIdConnectContext};

/// A request for login, as the login page sees it.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2LoginRequest {
    /// The handle of the request
    pub challenge: String,
    /// The client that asks
    #[serde(default)]
    pub client: Box<OAuth2Client>,
    /// What the client says about the pages to show
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc_context: Option<Box<OAuth2ConsentRequestOpenIdConnectContext>>,
    /// What the browser asked for
    #[serde(default)]
    pub request_url: String,
    /// For whom access tokens are wanted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_access_token_audience: Option<Vec<String>>,
    /// Protected resources that the client named (RFC 8707)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_resources: Option<Vec<String>>,
    /// What the client wants to do
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_scope: Option<Vec<String>>,
    /// The login session of the browser
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Whether the user is known already and must not be asked: accept with the same `subject`, or reject
    pub skip: bool,
    /// The user that is logged in; empty when `skip` is false
    #[serde(default)]
    pub subject: String,
}

with_mandatory!(OAuth2LoginRequest {
    challenge: String,
    client: OAuth2Client,
    request_url: String,
    skip: bool,
    subject: String
});

/// Who has logged in.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptOAuth2LoginRequest {
    /// How strongly the user has authenticated, for the claim `acr`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// With what the user has authenticated (RFC 8176)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// Anything the consent page should know
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<serde_json::Value>,
    /// Whether a remembered session lasts `remember_for` from now on, too
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extend_session_lifespan: Option<bool>,
    /// The `sub` that this client sees instead of the one derived from `subject`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_subject_identifier: Option<String>,
    /// The session at the login page's own system, for its end
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider_session_id: Option<String>,
    /// Whether the browser needs no login next time
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember: Option<bool>,
    /// For how long, in seconds; 0 is until the browser forgets its cookies
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember_for: Option<i64>,
    /// The user
    pub subject: String,
}

with_mandatory!(AcceptOAuth2LoginRequest { subject: String });
