//! What requests for login, consent and logout have in common, and the logout request itself.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::OAuth2Client;
use super::mandatory::with_mandatory;

/// Where the browser goes next.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2RedirectTo {
    /// An address at the server, or, after an expired request, at the client
    pub redirect_to: String,
}

with_mandatory!(OAuth2RedirectTo { redirect_to: String });

/// Why a login or consent request is refused. The client is told `error` and `error_description` (RFC 6749 §4.1.2.1).
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct RejectOAuth2Request {
    /// The code; `access_denied` where there is none
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For the server's log
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_debug: Option<String>,
    /// What is wrong, for the client's developers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// What to do about it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_hint: Option<String>,
    /// The HTTP status, where the refusal is shown as a page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
}

impl RejectOAuth2Request {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What an authorization request says about the pages to show (`OpenID` Connect Core 1.0 §3.1.2.1).
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2ConsentRequestOpenIdConnectContext {
    /// Authentication context classes, the preferred one first
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr_values: Option<Vec<String>>,
    /// `page`, `popup`, `touch` or `wap`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The claims of the ID token that the client sent along
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_hint_claims: Option<HashMap<String, serde_json::Value>>,
    /// Whom the client expects, such as an e-mail address
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// Languages, the preferred one first
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<Vec<String>>,
}

impl OAuth2ConsentRequestOpenIdConnectContext {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// A request for logout, as the logout page sees it.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2LogoutRequest {
    /// The handle of the request
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// The client that asks; absent when none did
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Box<OAuth2Client>>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What the browser asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<String>,
    /// Whether a client asks, and not the user
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rp_initiated: Option<bool>,
    /// The login session that ends
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whose session it is
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl OAuth2LogoutRequest {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}
