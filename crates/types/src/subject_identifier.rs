//! Subject identifiers (RFC 9493): how another system names a person of this server. Three formats are known here; a format
//! says exactly which members there are (§3), so one with others is refused and not read in part.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::limits;

/// A person, as another system names them.
#[derive(Clone, PartialEq, Eq)]
pub enum SubjectIdentifier {
    /// A name that means something to this server alone (RFC 9493 §3.2.4).
    Opaque {
        /// The name.
        id: String,
    },
    /// The `iss` and `sub` of a JWT (RFC 9493 §3.2.3).
    IssSub {
        /// Who gave the name.
        iss: String,
        /// The name.
        sub: String,
    },
    /// An e-mail address (RFC 9493 §3.2.2).
    Email {
        /// The address.
        email: String,
    },
}

// A person.
impl fmt::Debug for SubjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectIdentifier").field("format", &self.format()).finish_non_exhaustive()
    }
}

/// What is wrong with a subject identifier; as text it follows the name of the member that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectIdentifierFault {
    /// It is no object, a member is no text, or one is there twice or belongs to no format.
    Malformed,
    /// The format is not one of ours.
    UnknownFormat,
    /// A member of the format is missing or empty, or one of another format is there.
    WrongMembers,
    /// A member is longer than any name here.
    TooLong,
}

impl fmt::Display for SubjectIdentifierFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "must be an object with the member 'format' and texts, each once",
            Self::UnknownFormat => "has a 'format' that is none of 'opaque', 'iss_sub' and 'email'",
            Self::WrongMembers => "must have the members of its 'format', and no others",
            Self::TooLong => "has a member that is too long",
        })
    }
}

impl std::error::Error for SubjectIdentifierFault {}

/// The members of the known formats.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    #[serde(default, deserialize_with = "text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "text")]
    sub: Option<String>,
    #[serde(default, deserialize_with = "text")]
    email: Option<String>,
}

/// A member that is there is a text; `null` is none.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

impl SubjectIdentifier {
    /// Reads one.
    pub fn read(value: &Value) -> Result<Self, SubjectIdentifierFault> {
        let Some(members) = value.as_object() else { return Err(SubjectIdentifierFault::Malformed) };
        // The format comes first: what others there are depends on it, known or not.
        let format = members.get("format").and_then(Value::as_str).ok_or(SubjectIdentifierFault::Malformed)?;
        if !matches!(format, "opaque" | "iss_sub" | "email") {
            return Err(SubjectIdentifierFault::UnknownFormat);
        }
        let written = Written::deserialize(value).map_err(|_| SubjectIdentifierFault::Malformed)?;
        let read = match written {
            Written { format, id: Some(id), iss: None, sub: None, email: None } if format == "opaque" => {
                Self::Opaque { id }
            }
            Written { format, id: None, iss: Some(iss), sub: Some(sub), email: None } if format == "iss_sub" => {
                Self::IssSub { iss, sub }
            }
            Written { format, id: None, iss: None, sub: None, email: Some(email) } if format == "email" => {
                Self::Email { email }
            }
            _ => return Err(SubjectIdentifierFault::WrongMembers),
        };
        read.check()
    }

    fn check(self) -> Result<Self, SubjectIdentifierFault> {
        let texts = match &self {
            Self::Opaque { id } => [id.as_str(), "-"],
            Self::IssSub { iss, sub } => [iss.as_str(), sub.as_str()],
            Self::Email { email } => [email.as_str(), "-"],
        };
        if texts.iter().any(|text| text.is_empty()) {
            return Err(SubjectIdentifierFault::WrongMembers);
        }
        if texts.iter().any(|text| text.len() > limits::SUBJECT_BYTES) {
            return Err(SubjectIdentifierFault::TooLong);
        }
        Ok(self)
    }

    /// The name of the format.
    pub fn format(&self) -> &'static str {
        match self {
            Self::Opaque { .. } => "opaque",
            Self::IssSub { .. } => "iss_sub",
            Self::Email { .. } => "email",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::SubjectIdentifierFault::{Malformed, TooLong, UnknownFormat, WrongMembers};
    use super::*;

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        // RFC 9493 §3.2.2 to §3.2.4, with names of our own.
        let table = [
            (
                json!({ "format": "email", "email": "user@example.com" }),
                SubjectIdentifier::Email { email: "user@example.com".to_owned() },
            ),
            (
                json!({ "format": "iss_sub", "iss": "https://issuer.example.com/", "sub": "145234573" }),
                SubjectIdentifier::IssSub {
                    iss: "https://issuer.example.com/".to_owned(),
                    sub: "145234573".to_owned(),
                },
            ),
            (
                json!({ "format": "opaque", "id": "11112222333344445555" }),
                SubjectIdentifier::Opaque { id: "11112222333344445555".to_owned() },
            ),
        ];
        for (value, expected) in table {
            let read = SubjectIdentifier::read(&value).unwrap();
            assert_eq!(read, expected);
            assert_eq!(value["format"], read.format());
            assert!(!format!("{read:?}").contains("user@"), "a person is not printed");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_whole() {
        let long = "x".repeat(limits::SUBJECT_BYTES + 1);
        let table = [
            (json!(null), Malformed),
            (json!("alice"), Malformed),
            (json!(["opaque"]), Malformed),
            (json!({}), Malformed),
            (json!({ "format": 7 }), Malformed),
            (json!({ "format": "" }), UnknownFormat),
            (json!({ "format": "Opaque", "id": "a" }), UnknownFormat),
            (json!({ "format": "aliases", "identifiers": [] }), UnknownFormat),
            (json!({ "format": "phone_number", "phone_number": "+1" }), UnknownFormat),
            (json!({ "format": "opaque" }), WrongMembers),
            (json!({ "format": "opaque", "id": "" }), WrongMembers),
            (json!({ "format": "opaque", "id": null }), Malformed),
            (json!({ "format": "opaque", "id": 7 }), Malformed),
            (json!({ "format": "opaque", "id": "a", "x": 1 }), Malformed),
            (json!({ "format": "opaque", "id": "a", "email": "b" }), WrongMembers),
            (json!({ "format": "opaque", "id": "a", "email": null }), Malformed),
            (json!({ "format": "iss_sub", "sub": "a" }), WrongMembers),
            (json!({ "format": "iss_sub", "iss": "a" }), WrongMembers),
            (json!({ "format": "iss_sub", "iss": "", "sub": "a" }), WrongMembers),
            (json!({ "format": "email", "id": "a" }), WrongMembers),
            (json!({ "format": "opaque", "id": long }), TooLong),
            (json!({ "format": "email", "email": long }), TooLong),
        ];
        for (value, fault) in table {
            assert_eq!(SubjectIdentifier::read(&value), Err(fault), "{value}");
        }
    }
}
