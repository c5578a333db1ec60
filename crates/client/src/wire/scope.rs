//! Scopes (RFC 6749 §3.3).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::error::Error;

/// An ordered list of scope values without repetition: what is asked for, or what was granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(Vec<String>);

impl Scope {
    /// Reads a list separated by spaces, to be sent.
    ///
    /// # Errors
    /// [`Error::Argument`] for a character that no scope may have (RFC 6749 §3.3).
    pub fn parse(text: &str) -> Result<Self, Error> {
        let allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let scope = Self::collect(text.split_ascii_whitespace());
        if let Some(value) = scope.iter().find(|value| !value.bytes().all(allowed)) {
            let value = value.escape_debug();
            return Err(Error::Argument(format!("the scope '{value}' has a character that a scope may not have")));
        }
        Ok(scope)
    }

    /// Reads what a server says, which is only information: a text, or a list of texts as some have it.
    pub(crate) fn from_answer(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::collect(text.split_ascii_whitespace())),
            Value::Array(list) => {
                Some(Self::collect(list.iter().filter_map(Value::as_str).flat_map(str::split_ascii_whitespace)))
            }
            _ => None,
        }
    }

    fn collect<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut list: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for value in values.filter(|value| !value.is_empty()) {
            if seen.insert(value) {
                list.push(value.to_owned());
            }
        }
        Self(list)
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether exactly this value is in the list.
    pub fn contains(&self, value: &str) -> bool {
        self.iter().any(|own| own == value)
    }

    /// Whether every value of `other` is in the list.
    pub fn covers(&self, other: &Self) -> bool {
        let own: std::collections::HashSet<_> = self.iter().collect();
        other.iter().all(|value| own.contains(value))
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The values as a list.
    pub fn to_vec(&self) -> Vec<String> {
        self.0.clone()
    }
}

/// The values with spaces between them.
impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(" "))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self::from_answer(&value).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sent_keeps_to_the_grammar() {
        assert_eq!(Scope::parse("openid  email openid").unwrap().to_string(), "openid email");
        for wrong in ["a\"b", "a\\b", "é", "a\u{7f}"] {
            assert!(matches!(Scope::parse(wrong), Err(Error::Argument(_))), "{wrong}");
        }
    }

    #[test]
    fn what_is_answered_is_read_in_every_form() {
        let read = |value: Value| Scope::from_answer(&value).map(|scope| scope.to_string());
        assert_eq!(read(json!("a b")).as_deref(), Some("a b"));
        assert_eq!(read(json!(["a", "b c"])).as_deref(), Some("a b c"));
        assert_eq!(read(json!("é \"x")).as_deref(), Some("é \"x"));
        assert_eq!(read(json!(7)), None);
    }

    #[test]
    fn covering_is_by_whole_values() {
        let own = Scope::parse("notes.read notes.write").unwrap();
        assert!(own.covers(&Scope::parse("notes.write").unwrap()) && own.covers(&Scope::default()));
        assert!(!own.covers(&Scope::parse("notes").unwrap()));
    }
}
