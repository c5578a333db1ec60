//! Claims about a user, with custom claims no longer lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::present::{truth, whole_seconds};

/// The answer of the userinfo endpoint (`OpenID` Connect Core 1.0 §5.1).
///
/// Truth values written as text and times with a fraction are read too; claims that have no field here, such as `address`
/// or those of one's own, are in [`extra`](Self::extra).
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OidcUserInfo {
    /// `YYYY-MM-DD`, or only the year
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// Not unique, not an identifier
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether the address is known to be the user's
    #[serde(default, deserialize_with = "truth", skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<bool>,
    /// Family name or names, with spaces between
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// `female`, `male` or another word
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Given names
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Language, as `en-US`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Middle names
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Full name for display
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Casual name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Telephone number
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Whether the number is known to be the user's
    #[serde(default, deserialize_with = "truth", skip_serializing_if = "Option::is_none")]
    pub phone_number_verified: Option<bool>,
    /// URL of a picture
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Not unique, not an identifier
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// URL of the profile page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The user; compare it with the ID token's
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Unix seconds
    #[serde(default, deserialize_with = "whole_seconds", skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
    /// URL of the user's web page
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Time zone, as `Europe/Paris`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoneinfo: Option<String>,
    /// Every other claim
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl OidcUserInfo {
    /// Without any claim.
    pub fn new() -> Self {
        Self::default()
    }
}
