//! The `claims` parameter (OpenID Connect Core §5.5): claims that a client asks for one by one, beside those of its scope.

use std::fmt;

use serde_json::{Map, Value};

use crate::limits::{self, LimitFault};

/// A read `claims` parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    id_token: Vec<String>,
}

/// Why a `claims` parameter cannot be read. The text is for whoever wrote the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimsFault(String);

impl fmt::Display for ClaimsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClaimsFault {}

impl ClaimsRequest {
    /// Reads the JSON text. Members that the specification does not name are passed over, as it says; the two that it
    /// names must be objects, in which each claim is `null` or an object.
    pub fn parse(text: &str) -> Result<Self, ClaimsFault> {
        let members: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| ClaimsFault("it is not a JSON object".to_owned()))?;
        names(&members, "userinfo")?;
        Ok(Self { id_token: names(&members, "id_token")? })
    }

    /// The claims that are asked for in the ID token.
    pub fn in_id_token(&self) -> &[String] {
        &self.id_token
    }
}

fn names(members: &Map<String, Value>, target: &'static str) -> Result<Vec<String>, ClaimsFault> {
    let claims = match members.get(target) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(ClaimsFault(format!("its member '{target}' is not an object"))),
    };
    let too_large = |fault: LimitFault| ClaimsFault(format!("its member {fault}"));
    limits::check_claims(target, claims.keys().map(String::as_str)).map_err(too_large)?;
    match claims.iter().find(|(_, value)| !value.is_null() && !value.is_object()) {
        None => Ok(claims.keys().cloned().collect()),
        Some((name, _)) => {
            Err(ClaimsFault(format!("its claim '{}' is neither null nor an object", name.escape_debug())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClaimsRequest;

    #[test]
    fn claims_of_the_id_token_are_read() {
        let read = |text: &str| ClaimsRequest::parse(text).unwrap().in_id_token().join(" ");
        assert_eq!(
            read(r#"{"id_token":{"email":null,"acr":{"essential":true}},"userinfo":{"name":null}}"#),
            "acr email"
        );
        for none in ["{}", r#"{"userinfo":{"email":null}}"#, r#"{"id_token":null}"#, r#"{"other":7}"#] {
            assert_eq!(read(none), "", "{none}");
        }
    }

    #[test]
    fn what_is_not_in_the_form_of_the_specification_is_refused() {
        for text in [
            "",
            "null",
            "[]",
            "7",
            "{not json",
            r#"{"id_token":[]}"#,
            r#"{"userinfo":"email"}"#,
            r#"{"id_token":{"email":true}}"#,
            r#"{"userinfo":{"email":1}}"#,
        ] {
            assert!(ClaimsRequest::parse(text).is_err(), "{text}");
        }
    }
}
