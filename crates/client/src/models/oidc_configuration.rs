//! The discovery document, with what a plain `OpenID` provider leaves out no longer mandatory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CredentialSupportedDraft00;
use super::mandatory::with_mandatory;

/// The provider's metadata (`OpenID` Connect Discovery 1.0 §3).
///
/// Members that only Ory's documents have are empty for other providers, and members that have no field here are in
/// [`extra`](Self::extra).
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OidcConfiguration {
    /// Where the browser is sent to log in
    pub authorization_endpoint: String,
    /// Whether logout tokens have `sid`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_supported: Option<bool>,
    /// Whether back-channel logout works
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_supported: Option<bool>,
    /// Whether the parameter `claims` works
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims_parameter_supported: Option<bool>,
    /// Claims that may be given
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims_supported: Option<Vec<String>>,
    /// PKCE methods
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_challenge_methods_supported: Option<Vec<String>>,
    /// Where credentials are issued
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_endpoint_draft_00: Option<String>,
    /// Which credentials are issued
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_supported_draft_00: Option<Vec<CredentialSupportedDraft00>>,
    /// Where devices start; empty when the provider has no such endpoint
    #[serde(default)]
    pub device_authorization_endpoint: String,
    /// Where logout starts
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// Whether front-channel logout tells `iss` and `sid`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_supported: Option<bool>,
    /// Whether front-channel logout works
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_supported: Option<bool>,
    /// Values of `grant_type` at the token endpoint
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types_supported: Option<Vec<String>>,
    /// Algorithms of ID tokens, in a member of Ory's own; empty elsewhere
    #[serde(default)]
    pub id_token_signed_response_alg: Vec<String>,
    /// Algorithms of ID tokens
    #[serde(default)]
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// Who the provider is
    pub issuer: String,
    /// Where its keys are
    pub jwks_uri: String,
    /// Where applications register themselves
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// Algorithms of request objects
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg_values_supported: Option<Vec<String>>,
    /// Whether the parameter `request` works
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_parameter_supported: Option<bool>,
    /// Whether the parameter `request_uri` works
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_uri_parameter_supported: Option<bool>,
    /// Whether `request_uri` must be registered
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_request_uri_registration: Option<bool>,
    /// How answers of the authorization endpoint travel
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_modes_supported: Option<Vec<String>>,
    /// Response types
    #[serde(default)]
    pub response_types_supported: Vec<String>,
    /// Where tokens are revoked
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// Scopes that clients may ask for; there may be more
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes_supported: Option<Vec<String>>,
    /// `public`, `pairwise`
    #[serde(default)]
    pub subject_types_supported: Vec<String>,
    /// Where tokens are issued
    pub token_endpoint: String,
    /// How clients authenticate there
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Where claims about the user are
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Algorithms of userinfo, in a member of Ory's own; empty elsewhere
    #[serde(default)]
    pub userinfo_signed_response_alg: Vec<String>,
    /// Algorithms of userinfo
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signing_alg_values_supported: Option<Vec<String>>,
    /// Every other member of the document
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

with_mandatory!(OidcConfiguration {
    authorization_endpoint: String,
    device_authorization_endpoint: String,
    id_token_signed_response_alg: Vec<String>,
    id_token_signing_alg_values_supported: Vec<String>,
    issuer: String,
    jwks_uri: String,
    response_types_supported: Vec<String>,
    subject_types_supported: Vec<String>,
    token_endpoint: String,
    userinfo_signed_response_alg: Vec<String>,
});
