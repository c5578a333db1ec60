//! A file of recorded exchanges as data. The format is told in the folder's own README; nothing is interpreted here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::support::Profile;

/// One scenario: what must exist, what was asked, what was answered.
#[derive(Debug, Deserialize)]
pub(super) struct Recording {
    pub(super) profile: Profile,
    #[serde(default)]
    pub(super) setup_clients: Vec<Value>,
    /// Private keys, by `kid`.
    #[serde(default)]
    pub(super) fixed_keys: BTreeMap<String, Value>,
    pub(super) exchanges: Vec<Exchange>,
    /// Header and claims of each JWT, by placeholder.
    #[serde(default)]
    pub(super) jwts: BTreeMap<String, JwtContents>,
}

/// A decoded JWT.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct JwtContents {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
}

/// One request with its answer.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Exchange {
    pub(super) step: String,
    pub(super) request: RecordedRequest,
    pub(super) response: RecordedResponse,
}

/// A request as it was sent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedRequest {
    pub(super) listener: String,
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: Vec<(String, String)>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    pub(super) form: Option<Vec<(String, String)>>,
    #[serde(default, deserialize_with = "present")]
    pub(super) json: Option<Value>,
    pub(super) raw: Option<String>,
    pub(super) basic: Option<(String, String)>,
    pub(super) bearer: Option<String>,
    /// Names of the cookies that were sent.
    #[serde(default)]
    pub(super) cookies: Vec<String>,
}

/// An answer as it came.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedResponse {
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "present")]
    pub(super) json: Option<Value>,
    pub(super) text: Option<String>,
    pub(super) html: Option<RecordedPage>,
    #[serde(default)]
    pub(super) set_cookies: Vec<RecordedCookie>,
    /// Present and null when the body was empty.
    #[serde(default, deserialize_with = "present")]
    pub(super) body: Option<Value>,
}

/// A cookie that was set or deleted.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedCookie {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, Value>,
}

/// What a page makes a browser do.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedPage {
    pub(super) forms: Vec<RecordedForm>,
}

/// A form of a page.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedForm {
    pub(super) method: String,
    pub(super) action: String,
    pub(super) inputs: Vec<RecordedInput>,
}

/// A field of a form.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RecordedInput {
    pub(super) name: String,
    pub(super) value: String,
}

/// Keeps a JSON null apart from an absent member.
fn present<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}
