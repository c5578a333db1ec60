//! The client information response (RFC 7591 §3.2.1, RFC 7592 §3): a client as it is told about
//! itself.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Client;

/// The members of a client that have a value, in the order of [`Client`]. Libraries of relying
/// parties read `""` as an address and `{}` as a key set and fail, so that what is empty is left
/// out; the lists that say what the client may do are there in any case.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientInformation(Vec<(String, Value)>);

/// Members that stay when they are empty lists.
const ALWAYS: [&str; 3] = ["redirect_uris", "grant_types", "response_types"];

impl ClientInformation {
    /// What the client is told.
    ///
    /// # Errors
    /// When a member cannot be written as JSON.
    pub fn of(client: &Client) -> Result<Self, serde_json::Error> {
        let Self(mut members) = Self::with_empty_members(client)?;
        members.retain(|(name, value)| says_something(name, value, client));
        Ok(Self(members))
    }

    /// The same with what is empty, as Hydra has it.
    ///
    /// # Errors
    /// When a member cannot be written as JSON.
    pub fn with_empty_members(client: &Client) -> Result<Self, serde_json::Error> {
        let Members(mut members) = serde_json::from_str(&serde_json::to_string(client)?)?;
        // Beside the form that Hydra has, the one of the standard.
        members.insert(1, ("client_id_issued_at".to_owned(), Value::from(client.created_at)));
        Ok(Self(members))
    }
}

fn says_something(name: &str, value: &Value, client: &Client) -> bool {
    match name {
        // RFC 7591 §3.2.1: it belongs to a secret that is shown.
        "client_secret_expires_at" => client.client_secret.is_some(),
        // A client reads an algorithm as the promise of a signed answer, `none` too; without one the
        // answer is JSON (`OpenID` Connect Dynamic Client Registration §2).
        "userinfo_signed_response_alg" => client.userinfo_algorithm().is_some(),
        name if ALWAYS.contains(&name) => true,
        _ => !is_empty(value),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

impl Serialize for ClientInformation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for ClientInformation {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "oidcClientInformation".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Client::json_schema(generator);
        let mut always = vec!["client_id", "client_id_issued_at"];
        always.extend(ALWAYS);
        schema.insert("required".to_owned(), always.into());
        let properties = schema.ensure_object().get_mut("properties").and_then(Value::as_object_mut);
        if let Some(properties) = properties {
            let issued = serde_json::json!({"type": "integer", "description": "Unix seconds."});
            properties.insert("client_id_issued_at".to_owned(), issued);
        }
        schema
    }
}

/// A JSON object in the order in which it was written.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(body: Value) -> String {
        let client: Client = serde_json::from_value(body).unwrap();
        serde_json::to_string(&ClientInformation::of(&client).unwrap()).unwrap()
    }

    #[test]
    fn what_is_empty_is_left_out_and_the_order_stays() {
        let least = told(json!({"client_id": "c", "created_at": "1970-01-01T00:01:00Z"}));
        let expected = concat!(
            r#"{"client_id":"c","client_id_issued_at":60,"redirect_uris":[],"grant_types":[],"response_types":[],"#,
            r#""created_at":"1970-01-01T00:01:00Z","updated_at":"1970-01-01T00:00:00Z","skip_consent":false}"#
        );
        assert_eq!(least, expected);
        let more = told(json!({
            "client_id": "c", "client_secret": "s", "contacts": ["a"], "userinfo_signed_response_alg": "ES256",
            "skip_logout_consent": false, "default_max_age": 0, "client_name#de": "", "client_name#fr": "N",
        }));
        for member in [
            r#""client_secret":"s","#,
            r#""client_secret_expires_at":0,"#,
            r#""contacts":["a"],"#,
            r#""userinfo_signed_response_alg":"ES256","#,
            r#""skip_logout_consent":false,"#,
            r#""default_max_age":0,"#,
            r#""client_name#fr":"N"}"#,
        ] {
            assert!(more.contains(member), "{member} in {more}");
        }
        assert!(!more.contains("#de"), "{more}");
        assert!(!told(json!({"userinfo_signed_response_alg": "none"})).contains("userinfo"));
    }
}
