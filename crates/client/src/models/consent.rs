//! A request for consent, its acceptance, and what is remembered of it.

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;
use super::present::present;
use super::{OAuth2Client, OAuth2ConsentRequestOpenIdConnectContext};

/// A request for consent, as the consent page sees it.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2ConsentRequest {
    /// How strongly the user has authenticated
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// With what the user has authenticated (RFC 8176)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// The handle of the request; empty in the list of what was consented to
    #[serde(default)]
    pub challenge: String,
    /// The client that asks
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Box<OAuth2Client>>,
    /// The name of the consent, for its revocation
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_request_id: Option<String>,
    /// What the login page left
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<serde_json::Value>,
    /// The login request that came before
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_challenge: Option<String>,
    /// The login session of the browser
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_session_id: Option<String>,
    /// What the client says about the pages to show
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc_context: Option<Box<OAuth2ConsentRequestOpenIdConnectContext>>,
    /// What the browser asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
    /// For whom access tokens are wanted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_access_token_audience: Option<Vec<String>>,
    /// Protected resources that the client named (RFC 8707)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_resources: Option<Vec<String>>,
    /// What the client wants to do
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_scope: Option<Vec<String>>,
    /// Whether the user has agreed before and must not be asked: accept, or reject
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<bool>,
    /// The user
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

with_mandatory!(OAuth2ConsentRequest { challenge: String });

/// What the user has agreed to.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptOAuth2ConsentRequest {
    /// Anything that is to be found with the consent later
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<serde_json::Value>,
    /// For whom access tokens are: all or some of those requested
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_access_token_audience: Option<Vec<String>>,
    /// What the client may do: all or some of what was requested
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_scope: Option<Vec<String>>,
    /// Whether the user is not asked the same next time
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember: Option<bool>,
    /// For how long, in seconds; 0 is for ever
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember_for: Option<i64>,
    /// Claims for the tokens
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Box<AcceptOAuth2ConsentRequestSession>>,
}

impl AcceptOAuth2ConsentRequest {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// Claims that tokens get: a JSON object each.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptOAuth2ConsentRequestSession {
    /// For access tokens: shown by introspection as `ext`, and in tokens that are JWTs
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Option<serde_json::Value>>,
    /// For ID tokens and userinfo: anybody who has the token can read them
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Option<serde_json::Value>>,
}

impl AcceptOAuth2ConsentRequestSession {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What a user has agreed to for a client.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2ConsentSession {
    /// The request that was accepted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_request: Option<Box<OAuth2ConsentRequest>>,
    /// The name of the consent, for its revocation
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_request_id: Option<String>,
    /// What the consent page left
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<serde_json::Value>,
    /// For whom access tokens are
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_access_token_audience: Option<Vec<String>>,
    /// What the client may do
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_scope: Option<Vec<String>>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled_at: Option<String>,
    /// Whether the user is not asked the same next time
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember: Option<bool>,
    /// For how long, in seconds; 0 is for ever
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remember_for: Option<i64>,
    /// Claims of the tokens
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Box<AcceptOAuth2ConsentRequestSession>>,
}

impl OAuth2ConsentSession {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}
