//! A client as the registration endpoints read and write it, with every member optional.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::JsonWebKeySet;
use super::present::present;
use super::secrets::without_secrets;

/// A registered client (the members of `OpenID` Connect Dynamic Client Registration 1.0 §2, and Ory Hydra's own).
///
/// Lifespans are `Some(None)` for `null`, which means the server's setting. Secrets do not show in `Debug`. Struct
/// literals end with `..Default::default()`, because of [`extra`](Self::extra).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OAuth2Client {
    /// `opaque` or `jwt`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_strategy: Option<String>,
    /// Origins of web pages that may call the server for this client
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_cors_origins: Option<Vec<String>>,
    /// What the client may request as `audience`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Vec<String>>,
    /// Access tokens of the authorization code grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub authorization_code_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the authorization code grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub authorization_code_grant_id_token_lifespan: Option<Option<String>>,
    /// Refresh tokens of the authorization code grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub authorization_code_grant_refresh_token_lifespan: Option<Option<String>>,
    /// Whether logout tokens must have `sid`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_required: Option<bool>,
    /// Where logout tokens are sent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Access tokens of the client credentials grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub client_credentials_grant_access_token_lifespan: Option<Option<String>>,
    /// Chosen by the server for clients that register themselves
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Shown to users
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Only in the answers that set it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Unix seconds; 0 is never
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// Link to the home page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// E-mail addresses of those responsible
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Access tokens of the device grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub device_authorization_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the device grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub device_authorization_grant_id_token_lifespan: Option<Option<String>>,
    /// Refresh tokens of the device grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub device_authorization_grant_refresh_token_lifespan: Option<Option<String>>,
    /// Whether the front-channel logout address gets `iss` and `sid`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_required: Option<bool>,
    /// Shown in a frame at logout
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Which grants the client may use
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    /// Access tokens of the implicit grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub implicit_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the implicit grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub implicit_grant_id_token_lifespan: Option<Option<String>>,
    /// The public keys of the client
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Box<JsonWebKeySet>>,
    /// Where the client publishes its keys
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Access tokens of the JWT bearer grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub jwt_bearer_grant_access_token_lifespan: Option<Option<String>>,
    /// Link to a logo
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Anything the administrator wants to keep
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<serde_json::Value>,
    /// Free text
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Link to the privacy policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Where browsers may go after logout
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uris: Option<Vec<String>>,
    /// Where browsers come back to with a code
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    /// Access tokens of the refresh grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub refresh_token_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the refresh grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub refresh_token_grant_id_token_lifespan: Option<Option<String>>,
    /// Refresh tokens of the refresh grant: a Go duration such as `1h0m0s`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub refresh_token_grant_refresh_token_lifespan: Option<Option<String>>,
    /// For managing the registration; a new one with each replacement
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_access_token: Option<String>,
    /// Where the registration is managed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_client_uri: Option<String>,
    /// The one algorithm of request objects
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<String>,
    /// What `request_uri` may be
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_uris: Option<Vec<String>>,
    /// Each a set of words
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// What the client may request, separated by spaces
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// For pairwise subjects: the document with all redirect URIs
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// Whether the consent page is passed over
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_consent: Option<bool>,
    /// Whether the logout page is passed over
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_logout_consent: Option<bool>,
    /// `public` or `pairwise`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    /// How the client authenticates
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    /// For `private_key_jwt`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Link to the terms of service
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// RFC 3339
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// `none` for plain JSON
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<String>,
    /// Members of the standards that the generated crate drops, such as `id_token_signed_response_alg` or
    /// `client_name#de`; kept, so that what was read can be sent back whole
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl OAuth2Client {
    /// A client without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

without_secrets!(OAuth2Client);
