//! How we read JSON from others: `null` means "not set" wherever a list, string, number or flag
//! may stand, and an empty string means "none" where a secret or link may stand. A value of the
//! wrong type stays an error. Private to this crate; the wire types name these functions in their
//! serde attributes.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `null` reads as the default of the type.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// `null` and `""` read as none.
pub(crate) fn empty_as_none<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

/// Keeps the difference between an absent member (`None` by default) and `null` (`Some(Null)`).
pub(crate) fn present<'de, D>(deserializer: D) -> Result<Option<Value>, D::Error>
where
    D: Deserializer<'de>,
{
    Value::deserialize(deserializer).map(Some)
}

/// One string or a list of strings, as JWT audiences are written (RFC 7519 §4.1.3).
pub(crate) fn one_or_many<'de, D>(deserializer: D) -> Result<Option<Vec<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(Option::<OneOrMany>::deserialize(deserializer)?.map(|value| match value {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(list) => list,
    }))
}

/// For `skip_serializing_if` of flags that are left out when false.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}
