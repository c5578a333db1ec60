//! The `claims` parameter (OpenID Connect Core §5.5): claims that a client asks for one by one, beside those of its scope,
//! and what it wants them to be. What follows from a wish is decided in the server.

use std::fmt;

use serde_json::{Map, Value};

use crate::limits::{self, LimitFault};

/// Most values that a claim may be asked to have one of.
const MOST_VALUES: usize = 32;

/// A read `claims` parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    id_token: Vec<RequestedClaim>,
    userinfo: Vec<RequestedClaim>,
    text: String,
}

/// A claim that is asked for by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedClaim {
    name: String,
    essential: bool,
    values: Vec<Value>,
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
        let userinfo = claims_of(&members, "userinfo")?;
        let id_token = claims_of(&members, "id_token")?;
        Ok(Self { id_token, userinfo, text: text.to_owned() })
    }

    /// The claims that are asked for in the ID token.
    pub fn in_id_token(&self) -> &[RequestedClaim] {
        &self.id_token
    }

    /// The claims that are asked for at the userinfo endpoint.
    pub fn in_userinfo(&self) -> &[RequestedClaim] {
        &self.userinfo
    }

    /// All that is asked for, those of the ID token first. A name may come twice.
    pub fn all(&self) -> impl Iterator<Item = &RequestedClaim> {
        self.id_token.iter().chain(&self.userinfo)
    }

    /// The parameter as an object, for whoever shows the request; empty where it was not sent.
    pub fn to_object(&self) -> Map<String, Value> {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

impl ClaimsRequest {
    /// Whether a login of this class is what the client needs: an essential `acr` with values is met, or the login has
    /// failed (§5.5.1.1).
    pub fn accepts_acr(&self, acr: &str) -> bool {
        let mut essential = self.in_id_token().iter().filter(|claim| claim.name == "acr" && claim.essential);
        essential.all(|claim| claim.accepts(acr))
    }

    /// Whether the answer may be about this person, by the `sub` that the client sees: with a value, about nobody else
    /// (§5.5.1).
    pub fn accepts_subject(&self, sub: &str) -> bool {
        self.all().filter(|claim| claim.name == "sub").all(|claim| claim.accepts(sub))
    }

    /// Whether a person is named by `sub`.
    pub fn names_subject(&self) -> bool {
        self.all().any(|claim| claim.name == "sub" && !claim.values.is_empty())
    }
}

impl RequestedClaim {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the client says that it needs it (§5.5.1).
    pub fn is_essential(&self) -> bool {
        self.essential
    }

    /// The values of which it should have one, from `value` or `values`; empty where any will do.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whether a value is what the client wants.
    pub fn accepts(&self, value: &str) -> bool {
        self.values.is_empty() || self.values.iter().any(|wanted| wanted.as_str() == Some(value))
    }
}

fn claims_of(members: &Map<String, Value>, target: &'static str) -> Result<Vec<RequestedClaim>, ClaimsFault> {
    let claims = match members.get(target) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(ClaimsFault(format!("its member '{target}' is not an object"))),
    };
    let too_large = |fault: LimitFault| ClaimsFault(format!("its member {fault}"));
    limits::check_claims(target, claims.keys().map(String::as_str)).map_err(too_large)?;
    claims.iter().map(|(name, wish)| claim(name, wish)).collect()
}

fn claim(name: &str, wish: &Value) -> Result<RequestedClaim, ClaimsFault> {
    let fault = |what: &str| Err(ClaimsFault(format!("its claim '{}' {what}", name.escape_debug())));
    let wish = match wish {
        Value::Null => return Ok(RequestedClaim { name: name.to_owned(), essential: false, values: Vec::new() }),
        Value::Object(wish) => wish,
        _ => return fault("is neither null nor an object"),
    };
    let essential = match wish.get("essential") {
        None => false,
        Some(Value::Bool(essential)) => *essential,
        Some(_) => return fault("has an 'essential' that is neither true nor false"),
    };
    let values = match (wish.get("value"), wish.get("values")) {
        (None, None) => Vec::new(),
        (Some(value), None) => vec![value.clone()],
        (None, Some(Value::Array(values))) if (1..=MOST_VALUES).contains(&values.len()) => values.clone(),
        (None, Some(_)) => return fault("has 'values' that are not a list of 1 to 32"),
        (Some(_), Some(_)) => return fault("has both 'value' and 'values'"),
    };
    // The two claims by which a request is refused: a wish that nothing can fulfil is a mistake.
    if matches!(name, "sub" | "acr") && !values.iter().all(Value::is_string) {
        return fault("has a value that is not text");
    }
    Ok(RequestedClaim { name: name.to_owned(), essential, values })
}

#[cfg(test)]
mod tests {
    use super::ClaimsRequest;

    #[test]
    fn claims_of_both_targets_are_read() {
        let read = |text: &str| {
            let request = ClaimsRequest::parse(text).unwrap();
            let names = request.in_id_token().iter().map(|claim| claim.name().to_owned()).collect::<Vec<_>>();
            let info = request.in_userinfo().iter().map(|claim| claim.name().to_owned()).collect::<Vec<_>>();
            (names.join(" "), info.join(" "))
        };
        assert_eq!(
            read(r#"{"id_token":{"email":null,"acr":{"essential":true}},"userinfo":{"name":null}}"#),
            ("acr email".to_owned(), "name".to_owned())
        );
        for none in ["{}", r#"{"userinfo":{}}"#, r#"{"id_token":null}"#, r#"{"other":7}"#] {
            assert_eq!(read(none), (String::new(), String::new()), "{none}");
        }
    }

    #[test]
    fn wishes_are_read() {
        let text = r#"{"id_token":{"acr":{"essential":true,"values":["a","b"]},"sub":{"value":"alice","other":1}}}"#;
        let request = ClaimsRequest::parse(text).unwrap();
        let [acr, sub] = request.in_id_token() else { panic!("two claims") };
        assert!(acr.is_essential() && acr.accepts("b") && !acr.accepts("c"));
        assert!(!sub.is_essential() && sub.accepts("alice") && !sub.accepts(""));
        assert_eq!(request.to_object()["id_token"]["sub"]["other"], 1);
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
            r#"{"userinfo":{"email":{"essential":"true"}}}"#,
            r#"{"userinfo":{"email":{"essential":null}}}"#,
            r#"{"userinfo":{"email":{"values":"a"}}}"#,
            r#"{"userinfo":{"email":{"values":[]}}}"#,
            r#"{"userinfo":{"email":{"value":"a","values":["a"]}}}"#,
            r#"{"id_token":{"acr":{"value":7}}}"#,
            r#"{"id_token":{"sub":{"values":["alice",null]}}}"#,
        ] {
            assert!(ClaimsRequest::parse(text).is_err(), "{text}");
        }
    }
}
