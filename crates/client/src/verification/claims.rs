//! Reading claims (RFC 7519 §4).

use serde_json::{Map, Value};
use symbolon_jose::numeric_date;

use super::id_token::IdTokenFault;

/// A claim that is there: some providers write `null` for one that is not.
pub(crate) fn present<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).filter(|value| !value.is_null())
}

/// A claim that is a text with something in it.
pub(crate) fn text<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, IdTokenFault> {
    let value = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.ok_or(IdTokenFault::Claim(name))
}

/// A claim that is a `NumericDate` (RFC 7519 §2), in whole seconds. Some providers write fractions or exponents.
pub(crate) fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<i64, IdTokenFault> {
    claims.get(name).and_then(numeric_date).ok_or(IdTokenFault::Claim(name))
}

/// The same, `None` without the claim.
pub(crate) fn optional_seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, IdTokenFault> {
    present(claims, name).map(|value| numeric_date(value).ok_or(IdTokenFault::Claim(name))).transpose()
}
