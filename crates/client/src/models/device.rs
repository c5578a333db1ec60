//! Devices without a keyboard (RFC 8628): what they are given, and what the user types elsewhere.

use serde::{Deserialize, Serialize};

use super::present::whole_seconds;
use super::secrets::without_secrets;

/// The answer of the device authorization endpoint (RFC 8628 §3.2).
///
/// `Debug` does not show the device code.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeviceAuthorization {
    /// What the device redeems, with [`oauth2_token_exchange_with`](crate::apis::o_auth2_api::oauth2_token_exchange_with)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_code: Option<String>,
    /// How long both codes are good for, in seconds
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
    /// How long to wait between two attempts, in seconds; 5 where it is absent
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    /// What the user types
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
    /// Where the user types it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_uri: Option<String>,
    /// The same with the code in it, for a QR code
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_uri_complete: Option<String>,
}

impl DeviceAuthorization {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

without_secrets!(DeviceAuthorization);

/// What the user has typed.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptDeviceUserCodeRequest {
    /// The code that the device shows
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_code: Option<String>,
}

impl AcceptDeviceUserCodeRequest {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}
