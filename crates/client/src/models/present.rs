//! Reading members more willingly than the generated crate does.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `null` is `Some(None)`; only an absent member is `None`.
#[expect(clippy::option_option, reason = "the fields of the generated crate have this type")]
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A truth value, also as text.
pub(super) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_bool().or_else(|| value.as_str()?.parse().ok()))
}

/// Seconds, also with a fraction or an exponent, and as text.
pub(super) fn whole_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and only the fraction is lost")]
    let from_float = || number.filter(|number| number.abs() < 1e15).map(|number| number as i64);
    Ok(value.as_i64().or_else(from_float))
}

/// A list of text, also when it is one text without a list, as `aud` may be (RFC 7519 §4.1.3).
pub(super) fn strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(Option::deserialize(deserializer)?.map(|value| match value {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(list) => list,
    }))
}

/// Words separated by spaces, also when they come as a list.
pub(super) fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(strings(deserializer)?.map(|list| list.join(" ")))
}
