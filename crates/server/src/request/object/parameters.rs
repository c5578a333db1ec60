//! From the claims of a request object to parameters. Every claim keeps what it says, whatever its JSON type: numbers are
//! written as such, lists of words with spaces between, and what is an object stays JSON. Which parameters around the
//! object count depends on how the request was made ([`Around`]).

use std::borrow::Cow;

use form_urlencoded::Serializer;
use serde_json::{Map, Value};
use symbolon_types::ErrorCode;

use super::super::Parameters;
use crate::error::OAuthError;

/// Longest text of parameters, in bytes.
const LONGEST: usize = 32 * 1024;
/// Claims of a JSON Web Token that are no parameters (RFC 7519 §4.1).
const OF_THE_TOKEN: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/// Parameters that are lists of words.
const WORDS: [&str; 6] = ["scope", "prompt", "response_type", "acr_values", "ui_locales", "claims_locales"];
/// Parameters that are kept without a value, too.
const RESTRICTIONS: [&str; 2] = ["resource", "authorization_details"];
/// Parameters that may come several times.
const SEVERAL: [&str; 2] = ["audience", "resource"];

/// What the header of an object calls it (RFC 9101 §10.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectType {
    /// A request object, by the name that RFC 9101 gives it.
    RequestObject,
    /// Nothing, or any JSON Web Token.
    Unnamed,
}

/// What counts of the parameters that stand around an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// Those that the object does not have (OpenID Connect Core §6.1).
    Merged,
    /// None but `client_id` (RFC 9101 §6.3).
    Ignored,
}

impl Around {
    /// OpenID Connect lets a request of its own be completed by an object: `response_type` and a `scope` with `openid`
    /// stand outside. Every other request, and an object that names itself as one of RFC 9101, goes by RFC 9101.
    pub fn of(outer: &Parameters, named: ObjectType) -> Self {
        let is_openid = outer.words("scope").iter().any(|word| word == "openid");
        let completes = is_openid && outer.get("response_type").is_some() && named == ObjectType::Unnamed;
        if completes { Self::Merged } else { Self::Ignored }
    }
}

/// The parameters that count, form-urlencoded.
pub fn effective(outer: &Parameters, claims: &Map<String, Value>, around: Around) -> Result<String, OAuthError> {
    agree(outer, claims, around)?;
    let mut text = Serializer::new(String::new());
    for (name, value) in claims.iter().filter(|(name, _)| !OF_THE_TOKEN.contains(&name.as_str())) {
        for value in texts(name, value)? {
            text.append_pair(name, &adjusted(name, &value, outer, around));
        }
    }
    for (name, value) in outer.iter().filter(|(name, _)| !claims.contains_key(*name)) {
        let counts = match name {
            "request" | "request_uri" => false,
            "client_id" => true,
            // Addresses of this server that ask for another login say so outside.
            "prompt" => around == Around::Merged || value == "login",
            // A claim of the token that is no parameter, as `claims` has none of that name.
            _ => around == Around::Merged,
        };
        if counts {
            text.append_pair(name, value);
        }
    }
    let text = text.finish();
    if text.len() > LONGEST {
        return Err(refused(format!("The parameters of the request object are longer than {LONGEST} bytes.")));
    }
    Ok(text)
}

fn refused(hint: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, hint)
}

/// What stands in both places must be the same: the client (RFC 9101 §5), and the response type where the object completes
/// the request (OpenID Connect Core §6.1).
fn agree(outer: &Parameters, claims: &Map<String, Value>, around: Around) -> Result<(), OAuthError> {
    let names: &[&str] = if around == Around::Merged { &["client_id", "response_type"] } else { &["client_id"] };
    for &name in names {
        let (Some(outside), Some(inside)) = (outer.get(name), claims.get(name)) else { continue };
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort_unstable();
            words
        };
        if texts(name, inside)?.first().map(|text| sorted(text)) != Some(sorted(outside)) {
            return Err(refused(format!("Parameter '{name}' and the request object do not say the same.")));
        }
    }
    Ok(())
}

/// What a claim says as the value of a parameter, or several values where it may come several times. Empty text is no
/// value, as in a query.
fn texts(name: &str, value: &Value) -> Result<Vec<String>, OAuthError> {
    let several = SEVERAL.contains(&name);
    Ok(match value {
        Value::String(text) if text.is_empty() && !RESTRICTIONS.contains(&name) => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![plain(number)],
        Value::Bool(flag) => vec![flag.to_string()],
        Value::Array(entries) if several => words(name, entries)?,
        Value::Array(entries) if WORDS.contains(&name) => vec![words(name, entries)?.join(" ")],
        Value::Array(_) | Value::Object(_) => vec![value.to_string()],
        Value::Null => return Err(refused(format!("Claim '{}' of the request object is null.", name.escape_debug()))),
    })
}

/// A number as a parameter has it: `60.0` and `6e1` are 60 (RFC 8259 §6), and a fraction stays one.
fn plain(number: &serde_json::Number) -> String {
    let is_whole = |number: &f64| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    let whole = number.as_f64().filter(|_| !number.is_i64() && !number.is_u64()).filter(is_whole);
    whole.map_or_else(|| number.to_string(), |whole| format!("{whole:.0}"))
}

fn words(name: &str, entries: &[Value]) -> Result<Vec<String>, OAuthError> {
    let word = |entry: &Value| entry.as_str().filter(|word| !word.is_empty() && !word.contains(' ')).map(str::to_owned);
    let words: Option<Vec<String>> = entries.iter().map(word).collect();
    words.ok_or_else(|| refused(format!("Claim '{name}' of the request object is not a list of words.")))
}

/// Two values of an object are completed from outside. The `openid` of a merged request must stand outside and need not
/// stand inside. And a login may be asked for outside, which takes nothing from what the client signed: addresses of this
/// server do so.
fn adjusted<'v>(name: &str, value: &'v str, outer: &Parameters, around: Around) -> Cow<'v, str> {
    let has = |wanted: &str| value.split(' ').any(|word| word == wanted);
    match name {
        "scope" if around == Around::Merged && !has("openid") => Cow::Owned(format!("openid {value}")),
        "prompt" if outer.get("prompt") == Some("login") && !has("login") => {
            let others =
                value.split(' ').filter(|word| *word != "none").fold(String::new(), |all, word| all + " " + word);
            Cow::Owned(format!("login{others}"))
        }
        _ => Cow::Borrowed(value),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::{Around, effective};
    use crate::request::Parameters;

    fn outer() -> Parameters {
        Parameters::merge(String::new(), "client_id=c&response_type=code&scope=openid&request=x".to_owned()).unwrap()
    }

    fn get(text: &str, name: &str) -> Option<String> {
        Parameters::merge(String::new(), text.to_owned()).unwrap().get(name).map(str::to_owned)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        // Whatever text a claim has, the parameter has the same, and it has no second one.
        #[test]
        fn a_claim_says_the_same_as_a_parameter(
            values in proptest::collection::btree_map("[a-z_]{1,12}", "\\PC{1,40}", 0..8),
        ) {
            let claims: Map<String, Value> = values.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
            prop_assume!(["client_id", "response_type", "scope", "prompt"].iter().all(|name| !claims.contains_key(*name)));
            let text = effective(&outer(), &claims, Around::Merged).unwrap();
            let of_the_token = super::OF_THE_TOKEN;
            for (name, value) in values.iter().filter(|(name, _)| !of_the_token.contains(&name.as_str())) {
                prop_assert_eq!(get(&text, name), Some(value.clone()));
            }
            prop_assert_eq!(get(&text, "response_type"), Some("code".to_owned()));
            prop_assert_eq!(get(&text, "request"), values.get("request").cloned());
        }

        // Around an object of RFC 9101 nothing counts but the client.
        #[test]
        fn nothing_around_a_typed_object_counts(name in "[a-z_]{1,12}", value in "[a-z]{1,12}") {
            prop_assume!(!["client_id", "prompt"].contains(&name.as_str()));
            let query = format!("client_id=c&{name}={value}");
            let outer = Parameters::merge(String::new(), query).unwrap();
            prop_assert_eq!(effective(&outer, &Map::new(), Around::Ignored).unwrap(), "client_id=c");
        }

        // A number is the number, in whatever form JSON wrote it.
        #[test]
        fn numbers_are_written_as_such(number in any::<i64>()) {
            let claims = Map::from_iter([("max_age".to_owned(), Value::from(number))]);
            let text = effective(&outer(), &claims, Around::Merged).unwrap();
            prop_assert_eq!(get(&text, "max_age"), Some(number.to_string()));
        }
    }

    #[test]
    fn a_whole_number_has_no_point() {
        for (written, plain) in [("60.0", "60"), ("6e1", "60"), ("-1.0", "-1"), ("0.5", "0.5"), ("60.25", "60.25")] {
            let claims: Map<String, Value> = serde_json::from_str(&format!("{{\"max_age\": {written}}}")).unwrap();
            let text = effective(&outer(), &claims, Around::Merged).unwrap();
            assert_eq!(get(&text, "max_age").as_deref(), Some(plain), "{written}");
        }
    }
}
