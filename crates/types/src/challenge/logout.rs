//! The logout step: what a login application is told. Accepting and rejecting have no body.

use serde::{Deserialize, Serialize};

use crate::lenient::null_as_default;
use crate::{Client, Subject, timestamp};

/// Answer to `GET …/requests/logout`: a user wants to log out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oAuth2LogoutRequest"))]
pub struct LogoutRequest {
    /// The challenge that was asked for.
    #[serde(deserialize_with = "null_as_default")]
    pub challenge: String,
    /// Who would be logged out.
    #[serde(deserialize_with = "null_as_default")]
    pub subject: Subject,
    /// The login session, a UUID.
    #[serde(deserialize_with = "null_as_default")]
    pub sid: String,
    /// Path and query as they came.
    #[serde(deserialize_with = "null_as_default")]
    pub request_url: String,
    /// Whether a client started it.
    #[serde(deserialize_with = "null_as_default")]
    pub rp_initiated: bool,
    /// Unix seconds.
    #[serde(with = "timestamp::seconds")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub expires_at: i64,
    /// Unix seconds.
    #[serde(with = "timestamp::seconds")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub requested_at: i64,
    /// Who started it; `None` is written `null`.
    pub client: Option<Client>,
}
