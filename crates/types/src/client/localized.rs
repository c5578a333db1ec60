//! Human-readable client metadata in several languages: `client_name#de`, `logo_uri#fr`
//! (RFC 7591 §2.2).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Members whose name carries a language tag after `#`. Flattened into the client; every other
/// member that is not known is passed over when reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LocalizedMembers(pub BTreeMap<String, String>);

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for LocalizedMembers {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "localizedMembers".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let pattern = format!("^({})#[A-Za-z0-9-]+$", LOCALIZABLE.join("|"));
        schemars::json_schema!({"type": "object", "patternProperties": {pattern: {"type": "string"}}})
    }
}

const LOCALIZABLE: [&str; 5] = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"];

impl LocalizedMembers {
    /// The value of a member in a language, if that variant was registered.
    pub fn get(&self, member: &str, language: &str) -> Option<&str> {
        self.0.get(&format!("{member}#{language}")).map(String::as_str)
    }

    /// The value of a member in a language, or else in a variety of it: `de` finds `de-CH` when there is no `de`.
    pub fn closest(&self, member: &str, language: &str) -> Option<&str> {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let own =
            || self.0.iter().filter_map(|(name, text)| Some((name.strip_prefix(member)?.strip_prefix('#')?, text)));
        let exact = own().find(|(tag, _)| tag.eq_ignore_ascii_case(language));
        exact.or_else(|| own().find(|(tag, _)| primary(tag) == primary(language))).map(|(_, text)| text.as_str())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn is_localizable(name: &str) -> bool {
    name.split_once('#').is_some_and(|(member, language)| {
        LOCALIZABLE.contains(&member)
            && !language.is_empty()
            && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

impl<'de> Deserialize<'de> for LocalizedMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = LocalizedMembers;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("client metadata")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::<String, Option<String>>::new();
                while let Some(name) = map.next_key::<String>()? {
                    if is_localizable(&name) {
                        let text = map.next_value::<Option<String>>()?;
                        if members.contains_key(&name) {
                            return Err(serde::de::Error::custom(format_args!("duplicate field `{name}`")));
                        }
                        members.insert(name, text);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                let set = members.into_iter().filter_map(|(name, text)| Some((name, text?)));
                Ok(LocalizedMembers(set.collect()))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
