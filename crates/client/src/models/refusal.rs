//! What refusals look like.

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;
use super::present::present;

/// A refusal in the form of RFC 6749 §5.2.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorOAuth2 {
    /// The code, such as `invalid_request`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For the server's developers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_debug: Option<String>,
    /// What is wrong
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// What to do about it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_hint: Option<String>,
    /// The HTTP status
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
}

impl ErrorOAuth2 {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// A refusal in the form that the generated crate expects for deletions and trusted issuers. Servers send the other form there, so this crate
/// makes one out of it: `message` is the description, `id` the code.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenericError {
    /// The HTTP status
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// For the server's developers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug: Option<String>,
    /// More about it
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub details: Option<Option<serde_json::Value>>,
    /// The same once more
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<GenericErrorContent>>,
    /// The code
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is wrong
    pub message: String,
    /// Why it is wrong; absent when the message says all
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The id of the request
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The HTTP status in words
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

with_mandatory!(GenericError { message: String });

/// The inner part of a [`GenericError`].
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenericErrorContent {
    /// For the server's developers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug: Option<String>,
    /// The code
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// One of two reasons that only Ory Network has
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<generic_error_content::IdEnum>,
    /// What is wrong
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The HTTP status
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
}

impl GenericErrorContent {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The enumeration of [`GenericErrorContent`], under the path it has in the generated crate.
pub mod generic_error_content {
    use serde::{Deserialize, Serialize};

    #[doc(no_inline)]
    pub use super::GenericErrorContent;

    /// Reasons that only Ory Network has.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum IdEnum {
        /// The plan does not include it.
        #[default]
        FeatureNotAvailable,
        /// The plan does not include as much of it.
        QuotaExceeded,
    }
}
