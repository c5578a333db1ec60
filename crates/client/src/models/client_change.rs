//! Changes to a client that are not a whole client.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;
use super::present::present;
use super::secrets::without_secrets;

/// How long the tokens of a client are good for: Go durations such as `1h0m0s`. `Some(None)` and absent members are the server's
/// settings.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct OAuth2ClientTokenLifespans {
    /// Access tokens of the authorization code grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub authorization_code_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the authorization code grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub authorization_code_grant_id_token_lifespan: Option<Option<String>>,
    /// Refresh tokens of the authorization code grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub authorization_code_grant_refresh_token_lifespan: Option<Option<String>>,
    /// Access tokens of the client credentials grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub client_credentials_grant_access_token_lifespan: Option<Option<String>>,
    /// Access tokens of the device grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub device_authorization_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the device grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub device_authorization_grant_id_token_lifespan: Option<Option<String>>,
    /// Refresh tokens of the device grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub device_authorization_grant_refresh_token_lifespan: Option<Option<String>>,
    /// Access tokens of the implicit grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub implicit_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the implicit grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub implicit_grant_id_token_lifespan: Option<Option<String>>,
    /// Access tokens of the JWT bearer grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub jwt_bearer_grant_access_token_lifespan: Option<Option<String>>,
    /// Access tokens of the refresh grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub refresh_token_grant_access_token_lifespan: Option<Option<String>>,
    /// ID tokens of the refresh grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub refresh_token_grant_id_token_lifespan: Option<Option<String>>,
    /// Refresh tokens of the refresh grant
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub refresh_token_grant_refresh_token_lifespan: Option<Option<String>>,
}

impl OAuth2ClientTokenLifespans {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The next secret of a client. `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RotateOAuth2ClientSecretBody {
    /// A secret of one's own choice; the server makes one where it is absent
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

impl RotateOAuth2ClientSecretBody {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

without_secrets!(RotateOAuth2ClientSecretBody);

/// A change to one member of a client (RFC 6902). `Debug` does not show a new secret.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JsonPatch {
    /// The source of `move` and `copy`, a JSON pointer
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is done
    pub op: json_patch::OpEnum,
    /// Where, a JSON pointer such as `/client_name`
    pub path: String,
    /// The new value; `Some(None)` is `null`
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Option<serde_json::Value>>,
}

with_mandatory!(JsonPatch { op: json_patch::OpEnum, path: String });

impl fmt::Debug for JsonPatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = ["client_secret", "registration_access_token"].iter().any(|name| self.path.contains(name));
        let mut shown = formatter.debug_struct("JsonPatch");
        shown.field("from", &self.from).field("op", &self.op).field("path", &self.path);
        if secret {
            shown.field("value", &"[secret]")
        } else {
            shown.field("value", &self.value)
        };
        shown.finish()
    }
}

/// The enumeration of [`JsonPatch`], under the path it has in the generated crate.
pub mod json_patch {
    use serde::{Deserialize, Serialize};

    #[doc(no_inline)]
    pub use super::JsonPatch;

    /// What a patch does (RFC 6902 §4).
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum OpEnum {
        /// Adds a member or an element.
        #[default]
        Add,
        /// Takes it away.
        Remove,
        /// Puts a value in the place of another.
        Replace,
        /// Takes it away at `from` and adds it at `path`.
        Move,
        /// Adds what is at `from`.
        Copy,
        /// Fails when something else is there.
        Test,
    }
}
