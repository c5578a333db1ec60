//! The thirteen per-client lifespans of Hydra's client object.

use serde::{Deserialize, Serialize};

use crate::{GoDuration, GrantType};

/// How long what a client gets may live, per grant type. `None` means the server's `ttl.*` setting;
/// on the wire all thirteen members are always present, `null` when unset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2ClientTokenLifespans"))]
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

/// The longest that anything of a client may live, ten years in seconds, whoever sets it; that of `ttl.*`, too.
pub const LONGEST_LIFESPAN_SECONDS: i64 = 87_600 * 3_600;

/// What one grant type says about lifespans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantLifespans {
    /// Of the access token.
    pub access_token: Option<GoDuration>,
    /// Of the refresh token, where the grant type can have one of its own.
    pub refresh_token: Option<GoDuration>,
    /// Of the ID token, where the grant type can have one of its own.
    pub id_token: Option<GoDuration>,
}

impl Lifespans {
    /// Those of a grant type.
    pub fn of(&self, grant_type: GrantType) -> GrantLifespans {
        let (access_token, refresh_token, id_token) = match grant_type {
            GrantType::AuthorizationCode => (
                self.authorization_code_grant_access_token_lifespan,
                self.authorization_code_grant_refresh_token_lifespan,
                self.authorization_code_grant_id_token_lifespan,
            ),
            GrantType::RefreshToken => (
                self.refresh_token_grant_access_token_lifespan,
                self.refresh_token_grant_refresh_token_lifespan,
                self.refresh_token_grant_id_token_lifespan,
            ),
            GrantType::ClientCredentials => (self.client_credentials_grant_access_token_lifespan, None, None),
            GrantType::Implicit => {
                (self.implicit_grant_access_token_lifespan, None, self.implicit_grant_id_token_lifespan)
            }
            GrantType::DeviceCode => (
                self.device_authorization_grant_access_token_lifespan,
                self.device_authorization_grant_refresh_token_lifespan,
                self.device_authorization_grant_id_token_lifespan,
            ),
            GrantType::JwtBearer => (self.jwt_bearer_grant_access_token_lifespan, None, None),
            // The server's settings: Hydra has no members for them.
            GrantType::Ciba | GrantType::TokenExchange => (None, None, None),
        };
        GrantLifespans { access_token, refresh_token, id_token }
    }
}
