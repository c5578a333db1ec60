//! Requests of the back channel (`OpenID` Connect CIBA), as an authentication device of the operator's sees them. Hydra has no
//! such interface.

use serde::{Deserialize, Serialize};

use super::ConsentSessionClaims;
use crate::lenient::null_as_default;
use crate::{AuthorizationDetails, Client, Scope, Subject, scope, timestamp};

/// A request that waits for its subject.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "backchannelRequest"))]
pub struct BackchannelRequest {
    /// Its number, 32 hexadecimal digits; that of the grant when it is accepted.
    #[serde(deserialize_with = "null_as_default")]
    pub request_id: String,
    /// Who is asked.
    #[serde(deserialize_with = "null_as_default")]
    pub subject: Subject,
    /// Who asks, without secrets.
    #[serde(deserialize_with = "null_as_default")]
    pub client: Client,
    /// What the client requests.
    #[serde(with = "scope::list")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Vec<String>"))]
    pub requested_scope: Scope,
    /// What the client requests as audience.
    #[serde(deserialize_with = "null_as_default")]
    pub requested_access_token_audience: Vec<String>,
    /// What the client requests in detail (RFC 9396); absent where it does not.
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub requested_authorization_details: AuthorizationDetails,
    /// What the client shows at the same time, for the person to compare; empty when it shows nothing.
    #[serde(deserialize_with = "null_as_default")]
    pub binding_message: String,
    /// Authentication context classes in order of preference.
    #[serde(deserialize_with = "null_as_default")]
    pub acr_values: Vec<String>,
    /// When the client asked.
    #[serde(with = "timestamp::seconds")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub requested_at: i64,
    /// When the request ends.
    #[serde(with = "timestamp::seconds")]
    #[cfg_attr(feature = "json-schema", schemars(with = "String", extend("format" = "date-time")))]
    pub expires_at: i64,
}

/// Body of `PUT …/backchannel/accept`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "acceptBackchannelRequest"))]
pub struct AcceptBackchannelRequest {
    /// Who answered; must be whom the request asks.
    #[serde(deserialize_with = "null_as_default")]
    pub subject: Subject,
    /// What is granted of the scope; everything where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_scope: Option<Vec<String>>,
    /// What is granted of the audience; everything where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_access_token_audience: Option<Vec<String>>,
    /// Of the requested authorization details those that are granted, as they were requested; none where it is left out.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub grant_authorization_details: AuthorizationDetails,
    /// Authentication context class.
    #[serde(deserialize_with = "null_as_default")]
    pub acr: String,
    /// Authentication methods (RFC 8176).
    #[serde(deserialize_with = "null_as_default")]
    pub amr: Vec<String>,
    /// When the person was authenticated, in Unix seconds; now where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated_at: Option<i64>,
    /// Claims for the tokens.
    #[serde(deserialize_with = "null_as_default")]
    pub session: ConsentSessionClaims,
}

/// Body of `PUT …/backchannel/reject`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "rejectBackchannelRequest"))]
pub struct RejectBackchannelRequest {
    /// Who answered; must be whom the request asks.
    #[serde(deserialize_with = "null_as_default")]
    pub subject: Subject,
}
