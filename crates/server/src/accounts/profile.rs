//! What an account says about its person: the username for display and the standard claims, kept in the account's body,
//! and the form in which the management API shows them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use symbolon_store::Account;
use symbolon_types::timestamp;

use super::standard_claims::Claims;
use crate::error::ApiError;

/// The body of an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The username as it was given, for display.
    #[serde(default)]
    pub username: String,
    /// Standard claims.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub claims: Claims,
    /// When any of it changed last, in Unix seconds.
    #[serde(default)]
    pub updated_at: i64,
}

impl Profile {
    /// The profile of an account.
    pub fn of(account: &Account) -> Result<Self, ApiError> {
        serde_json::from_value(account.body.clone()).map_err(|fault| ApiError::server(fault.to_string()))
    }

    /// The body that keeps it.
    pub fn to_body(&self) -> Result<Value, ApiError> {
        serde_json::to_value(self).map_err(|fault| ApiError::server(fault.to_string()))
    }
}

/// What to call the person on a page: the full name, or else the username.
pub fn display_name(account: &Account) -> String {
    let profile = Profile::of(account).unwrap_or_default();
    profile.claims.get("name").and_then(Value::as_str).map_or(profile.username, str::to_owned)
}

/// The account as the management API shows it: `id`, `username`, `disabled`, `created_at` and `updated_at` (RFC 3339),
/// and the standard claims that it has.
pub fn shown(account: &Account) -> Result<Value, ApiError> {
    let profile = Profile::of(account)?;
    let mut object = profile.claims;
    object.insert("id".to_owned(), json!(account.id));
    object.insert("username".to_owned(), json!(profile.username));
    object.insert("disabled".to_owned(), json!(account.disabled_at.is_some()));
    object.insert("created_at".to_owned(), json!(timestamp::format_seconds(account.created_at)));
    object.insert("updated_at".to_owned(), json!(timestamp::format_seconds(profile.updated_at)));
    Ok(Value::Object(object))
}
