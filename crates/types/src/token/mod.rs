//! Answers about tokens: of the token endpoint (RFC 6749 §5.1), of the device authorization
//! endpoint (RFC 8628 §3.2) and of introspection (RFC 7662 §2.2). Members are written in Hydra's
//! order; nothing is issued or checked here.

mod introspection;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use introspection::Introspection;

use crate::lenient::null_as_default;
use crate::{AccessToken, AuthorizationDetails, RefreshToken, Scope};

/// Answer of the token endpoint. The two tokens and the ID token do not show in `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2TokenExchange"))]
pub struct TokenResponse {
    /// The access token.
    pub access_token: AccessToken,
    /// What was granted in detail (RFC 9396 §7).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// Nonce for a credential request (`OpenID` for Verifiable Credentials, draft 00).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_nonce_draft_00: Option<String>,
    /// Seconds until that nonce expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_nonce_expires_in_draft_00: Option<i64>,
    /// Seconds until the access token expires.
    #[serde(default, deserialize_with = "null_as_default")]
    pub expires_in: i64,
    /// `OpenID` Connect Core §3.1.3.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was issued in exchange for another token (RFC 8693 §2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<String>,
    /// The refresh token, if one was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<RefreshToken>,
    /// What was granted; always written, even when empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub scope: Scope,
    /// `bearer`, in lower case as Hydra writes it (RFC 6749 §7.1: case does not matter), `DPoP`, or `N_A` for what is no
    /// access token (RFC 8693 §2.2.1).
    pub token_type: String,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .field("token_type", &self.token_type)
            .finish_non_exhaustive()
    }
}

/// Answer of the device authorization endpoint. The codes do not show in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "deviceAuthorization"))]
pub struct DeviceAuthorization {
    /// For the device; a secret.
    pub device_code: String,
    /// For the user to type.
    pub user_code: String,
    /// Where the user types it.
    pub verification_uri: String,
    /// The same with the code filled in.
    #[serde(default, deserialize_with = "null_as_default")]
    pub verification_uri_complete: String,
    /// Seconds until both codes expire.
    pub expires_in: i64,
    /// Seconds between polls.
    #[serde(default = "default_interval")]
    pub interval: i64,
}

impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DeviceAuthorization")
            .field("verification_uri", &self.verification_uri)
            .field("expires_in", &self.expires_in)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// Answer of the pushed authorization request endpoint (RFC 9126 §2.2). The request does not show in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "pushedAuthorizationResponse"))]
pub struct PushedAuthorization {
    /// What stands for the request at the authorization endpoint.
    pub request_uri: String,
    /// Seconds until a browser must have come with it.
    pub expires_in: i64,
}

impl fmt::Debug for PushedAuthorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PushedAuthorization").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// Answer of the backchannel authentication endpoint (`OpenID` Connect CIBA §7.3). The id does not show in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "backchannelAuthentication"))]
pub struct BackchannelAuthentication {
    /// With which the client fetches its tokens; a secret.
    pub auth_req_id: String,
    /// Seconds until the request ends.
    pub expires_in: i64,
    /// Seconds between polls.
    #[serde(default = "default_interval")]
    pub interval: i64,
}

impl fmt::Debug for BackchannelAuthentication {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BackchannelAuthentication")
            .field("expires_in", &self.expires_in)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// RFC 8628 §3.2.
fn default_interval() -> i64 {
    5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_tokens_do_not_show_in_debug() {
        let tokens = TokenResponse { id_token: Some("hush".to_owned()), ..TokenResponse::default() };
        let device = r#"{"device_code":"hush","user_code":"hush","verification_uri":"https://op.example/device","expires_in":600}"#;
        let device: DeviceAuthorization = serde_json::from_str(device).unwrap();
        assert_eq!(device.interval, 5);
        assert!(!format!("{tokens:?} {device:?}").contains("hush"));
    }

    #[test]
    fn token_answer_has_alphabetical_members() {
        let mut answer = TokenResponse {
            access_token: "ory_at_x".into(),
            authorization_details: AuthorizationDetails::default(),
            c_nonce_draft_00: None,
            c_nonce_expires_in_draft_00: None,
            expires_in: 3600,
            id_token: Some("j".to_owned()),
            issued_token_type: None,
            refresh_token: Some("ory_rt_x".into()),
            scope: Scope::parse("openid offline").unwrap(),
            token_type: "bearer".to_owned(),
        };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"access_token":"ory_at_x","expires_in":3600,"id_token":"j","refresh_token":"ory_rt_x","scope":"openid offline","token_type":"bearer"}"#
        );
        answer.c_nonce_draft_00 = Some("n".to_owned());
        answer.c_nonce_expires_in_draft_00 = Some(3600);
        answer.id_token = None;
        answer.refresh_token = None;
        answer.scope = Scope::default();
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"access_token":"ory_at_x","c_nonce_draft_00":"n","c_nonce_expires_in_draft_00":3600,"expires_in":3600,"scope":"","token_type":"bearer"}"#
        );
    }
}
