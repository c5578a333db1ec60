//! The thirteen per-client lifespans of Hydra's client object.

use serde::{Deserialize, Serialize};

use crate::GoDuration;

/// How long what a client gets may live, per grant type. `None` means the server's `ttl.*` setting;
/// on the wire all thirteen members are always present, `null` when unset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lifespans {
    /// Access tokens of the code flow.
    pub authorization_code_grant_access_token_lifespan: Option<GoDuration>,
    /// ID tokens of the code flow.
    pub authorization_code_grant_id_token_lifespan: Option<GoDuration>,
    /// Refresh tokens of the code flow.
    pub authorization_code_grant_refresh_token_lifespan: Option<GoDuration>,
    /// Access tokens of the client credentials grant.
    pub client_credentials_grant_access_token_lifespan: Option<GoDuration>,
    /// Access tokens from the authorization endpoint.
    pub implicit_grant_access_token_lifespan: Option<GoDuration>,
    /// ID tokens from the authorization endpoint.
    pub implicit_grant_id_token_lifespan: Option<GoDuration>,
    /// Access tokens of the JWT bearer grant.
    pub jwt_bearer_grant_access_token_lifespan: Option<GoDuration>,
    /// ID tokens issued at a refresh.
    pub refresh_token_grant_id_token_lifespan: Option<GoDuration>,
    /// Access tokens issued at a refresh.
    pub refresh_token_grant_access_token_lifespan: Option<GoDuration>,
    /// Refresh tokens issued at a refresh.
    pub refresh_token_grant_refresh_token_lifespan: Option<GoDuration>,
    /// ID tokens of the device grant.
    pub device_authorization_grant_id_token_lifespan: Option<GoDuration>,
    /// Access tokens of the device grant.
    pub device_authorization_grant_access_token_lifespan: Option<GoDuration>,
    /// Refresh tokens of the device grant.
    pub device_authorization_grant_refresh_token_lifespan: Option<GoDuration>,
}
