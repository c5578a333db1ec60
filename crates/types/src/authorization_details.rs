//! `authorization_details` (RFC 9396 §2): what a client asks for in more words than a scope has. A list of JSON objects, each
//! of a type; which types there are and what they may say is the server's business. Sizes are bounded here, where text
//! becomes a value.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::limits;

/// A list of objects, each with a `type`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(transparent))]
pub struct AuthorizationDetails(Vec<Map<String, Value>>);

/// Why a text is no list of authorization details, to follow its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationDetailsFault(String);

impl fmt::Display for AuthorizationDetailsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AuthorizationDetailsFault {}

fn fault(text: impl Into<String>) -> AuthorizationDetailsFault {
    AuthorizationDetailsFault(text.into())
}

impl AuthorizationDetails {
    /// Reads the value of a parameter: a JSON array of one object or more, each of them with a `type`.
    ///
    /// ```
    /// use symbolon_types::AuthorizationDetails;
    /// let details = AuthorizationDetails::parse(r#"[{"type": "payment", "amount": "45"}]"#).unwrap();
    /// assert_eq!(details.iter().map(|(kind, _)| kind).collect::<Vec<_>>(), ["payment"]);
    /// assert!(AuthorizationDetails::parse(r#"[{"amount": "45"}]"#).is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, AuthorizationDetailsFault> {
        if text.len() > limits::AUTHORIZATION_DETAILS_BYTES {
            return Err(fault(format!("has more than {} bytes", limits::AUTHORIZATION_DETAILS_BYTES)));
        }
        let value: Value = serde_json::from_str(text).map_err(|_| fault("is not JSON"))?;
        Self::from_value(value)
    }

    /// Reads a JSON value, as [`AuthorizationDetails::parse`].
    pub fn from_value(value: Value) -> Result<Self, AuthorizationDetailsFault> {
        let Value::Array(elements) = value else { return Err(fault("is not a JSON array")) };
        let count = elements.len();
        if count == 0 || count > limits::AUTHORIZATION_DETAILS {
            return Err(fault(format!("must have from 1 to {} elements", limits::AUTHORIZATION_DETAILS)));
        }
        let mut list = Vec::with_capacity(count);
        for (index, element) in elements.into_iter().enumerate() {
            let number = index + 1;
            let Value::Object(members) = element else {
                return Err(fault(format!("has no object as element {number}")));
            };
            if !members.get("type").is_some_and(Value::is_string) {
                return Err(fault(format!("has no text 'type' in element {number}")));
            }
            if !members.values().all(|value| is_shallow(value, limits::AUTHORIZATION_DETAILS_DEPTH - 1)) {
                let most = limits::AUTHORIZATION_DETAILS_DEPTH;
                return Err(fault(format!("has values inside of more than {most} others in element {number}")));
            }
            list.push(members);
        }
        let details = Self(list);
        // A value that was not parsed of a bounded text.
        if details.to_text().len() > limits::AUTHORIZATION_DETAILS_BYTES {
            return Err(fault(format!("has more than {} bytes", limits::AUTHORIZATION_DETAILS_BYTES)));
        }
        Ok(details)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each with its `type`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
        self.0.iter().map(|element| (element.get("type").and_then(Value::as_str).unwrap_or_default(), element))
    }

    /// Those at these places, in order.
    #[must_use]
    pub fn at(&self, places: &[usize]) -> Self {
        Self(
            self.0.iter().enumerate().filter(|(place, _)| places.contains(place)).map(|(_, one)| one.clone()).collect(),
        )
    }

    /// Where the elements of another list stand in this one, each at a place of its own. An element that is not there, equal
    /// as a JSON value (RFC 9396 §6.1 leaves a wider comparison to each type), or not so often, is the error.
    pub fn places_of<'d>(&self, others: &'d Self) -> Result<Vec<usize>, &'d Map<String, Value>> {
        let mut places: Vec<usize> = Vec::new();
        for other in &others.0 {
            let free = |(place, own): &(usize, &Map<String, Value>)| *own == other && !places.contains(place);
            let (place, _) = self.0.iter().enumerate().find(free).ok_or(other)?;
            places.push(place);
        }
        Ok(places)
    }

    /// As JSON text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// Whether a value has no more than so many levels.
fn is_shallow(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_shallow(item, levels - 1)),
        Value::Object(members) => levels > 0 && members.values().all(|member| is_shallow(member, levels - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_list_of_objects_with_a_type_is_read() {
        for text in [
            "",
            "x",
            "{}",
            "null",
            "[]",
            "[null]",
            "[[]]",
            "[\"payment\"]",
            "[{}]",
            r#"[{"type":7}]"#,
            r#"[{"type":"a"},{"x":1}]"#,
            r#"{"type":"a"}"#,
            r#"[{"type":"a"}] x"#,
        ] {
            assert!(AuthorizationDetails::parse(text).is_err(), "{text}");
        }
        let one = json!({ "type": "a" });
        assert_eq!(AuthorizationDetails::parse(&json!(vec![one.clone(); 16]).to_string()).unwrap().len(), 16);
        assert!(AuthorizationDetails::parse(&json!(vec![one; 17]).to_string()).is_err());
        let large = |bytes: usize| json!([{ "type": "a", "x": "x".repeat(bytes - 21) }]).to_string();
        assert_eq!(large(16 * 1024).len(), 16 * 1024);
        assert!(AuthorizationDetails::parse(&large(16 * 1024)).is_ok());
        assert!(AuthorizationDetails::parse(&large(16 * 1024 + 1)).is_err());
        // Spaces count where the text is read, and not where a value is.
        let spaced = format!("[{}{{\"type\":\"a\"}}]", " ".repeat(16 * 1024));
        assert!(AuthorizationDetails::parse(&spaced).is_err());
    }

    #[test]
    fn values_are_inside_of_eight_others_at_most() {
        let deep = |levels: usize| {
            (1..levels)
                .fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({ "x": inner }) })
        };
        let parse = |levels: usize| AuthorizationDetails::from_value(json!([{ "type": "a", "x": deep(levels) }]));
        assert!(parse(8).is_ok());
        assert!(parse(9).is_err());
        assert!(AuthorizationDetails::parse(&format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))).is_err());
    }

    #[test]
    fn a_part_is_found_by_equality() {
        let parse = |value: Value| AuthorizationDetails::from_value(value).unwrap();
        let all =
            parse(json!([{ "type": "a", "x": 1, "y": [1, 2] }, { "type": "b" }, { "y": [1, 2], "x": 1, "type": "a" }]));
        let part = parse(json!([{ "y": [1, 2], "x": 1, "type": "a" }, { "type": "b" }]));
        assert_eq!(all.places_of(&part), Ok(vec![0, 1]));
        for other in [
            json!({ "type": "a", "x": 1 }),
            json!({ "type": "a", "x": 1, "y": [2, 1] }),
            json!({ "type": "a", "x": 1.0, "y": [1, 2] }),
        ] {
            assert!(all.places_of(&parse(json!([other]))).is_err(), "{other}");
        }
        let twice = |count: usize| AuthorizationDetails(vec![Map::from_iter([("type".to_owned(), json!("b"))]); count]);
        assert_eq!((twice(2).places_of(&twice(2)), all.places_of(&twice(2)).is_err()), (Ok(vec![0, 1]), true));
        assert_eq!(all.at(&[1]), parse(json!([{ "type": "b" }])));
    }
}
