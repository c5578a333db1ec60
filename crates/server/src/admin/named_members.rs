//! A JSON object in a request whose members all have names of their own. Of two members with one name somebody would
//! otherwise read the first and somebody the last (RFC 8259 §4).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The members of an object, of which none came twice.
pub(super) struct NamedMembers(Map<String, Value>);

impl NamedMembers {
    pub(super) fn into_inner(self) -> Map<String, Value> {
        self.0
    }
}

impl<'de> Deserialize<'de> for NamedMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = NamedMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<NamedMembers, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member is there twice"));
                    }
                }
                Ok(NamedMembers(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::NamedMembers;

    #[test]
    fn a_name_is_used_once() {
        let read = |text: &str| serde_json::from_str::<NamedMembers>(text).map(|members| members.0.len()).ok();
        assert_eq!(read(r#"{"a":1,"b":null}"#), Some(2));
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, "[]", "null", "7", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
