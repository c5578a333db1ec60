//! The answer of the token endpoint (RFC 6749 §5.1) as any provider may give it.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::Answer;
use crate::wire::{AccessToken, RefreshToken, Scope, whole_seconds};

/// What was answered, read and not believed yet.
pub(crate) struct TokenAnswer {
    pub(crate) access_token: AccessToken,
    /// Empty when the server wrote none.
    pub(crate) token_type: String,
    pub(crate) expires_in: Option<i64>,
    pub(crate) scope: Option<Scope>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) id_token: Option<String>,
    pub(crate) extra: Map<String, Value>,
}

impl TokenAnswer {
    /// Reads an answer with a success status.
    pub(crate) fn read(answer: &Answer) -> Result<Self, Error> {
        Self::from_members(members(answer, "the token answer")?)
    }

    /// Reads what came as an object of its own.
    pub(crate) fn from_members(mut members: Map<String, Value>) -> Result<Self, Error> {
        let mut text = |name: &str| taken_text(&mut members, name);
        let access_token = text("access_token")
            .ok_or_else(|| Error::UnexpectedAnswer("the token answer has no 'access_token'".to_owned()))?;
        let token_type = text("token_type").unwrap_or_default();
        let (refresh_token, id_token) = (text("refresh_token"), text("id_token"));
        let expires_in = members.remove("expires_in").as_ref().and_then(whole_seconds);
        let scope = members.remove("scope").as_ref().and_then(Scope::from_answer);
        Ok(Self {
            access_token: access_token.into(),
            token_type,
            expires_in,
            scope,
            refresh_token: refresh_token.map(Into::into),
            id_token,
            extra: members,
        })
    }
}

/// The members of an answer with a success status; `what` names it in the error. Some servers refuse with status 200, and
/// some answer with a form (GitHub).
pub(crate) fn members(answer: &Answer, what: &str) -> Result<Map<String, Value>, Error> {
    let members: Map<String, Value> = if answer.media_type() == "application/x-www-form-urlencoded" {
        let pairs = form_urlencoded::parse(&answer.body);
        pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
    } else {
        answer.json(what)?
    };
    if members.get("error").is_some_and(Value::is_string) && !members.contains_key("access_token") {
        return Err(answer.refusal());
    }
    Ok(members)
}

/// Takes out a text with something in it.
pub(crate) fn taken_text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A member that is a number of seconds, `None` when it is not there.
///
/// # Errors
/// [`Error::UnexpectedAnswer`] for anything else, and for a negative number.
pub(crate) fn count(members: &Map<String, Value>, name: &str) -> Result<Option<i64>, Error> {
    let Some(value) = members.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let number = whole_seconds(value).filter(|number| *number >= 0);
    number.map(Some).ok_or_else(|| Error::UnexpectedAnswer(format!("'{name}' is no number of seconds")))
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokenAnswer").field("token_type", &self.token_type).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;
    use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use serde_json::json;

    use super::*;

    fn read(media_type: &'static str, body: String) -> Result<TokenAnswer, Error> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        TokenAnswer::read(&Answer { status: StatusCode::OK, headers, body: Bytes::from(body) })
    }

    fn read_json(body: &Value) -> Result<TokenAnswer, Error> {
        read("application/json", body.to_string())
    }

    #[test]
    fn numbers_lists_and_other_members_are_read() {
        for expires_in in [json!(3600), json!("3600"), json!(3600.0)] {
            let answer = read_json(&json!({
                "access_token": "a", "token_type": "bearer", "expires_in": expires_in, "scope": ["x", "y"],
                "session_state": "s", "patient": {"id": 1}, "refresh_token": null,
            }))
            .unwrap();
            assert_eq!(answer.expires_in, Some(3600), "{expires_in}");
            assert_eq!(answer.scope.unwrap().to_string(), "x y");
            assert_eq!((&answer.extra["session_state"], &answer.extra["patient"]["id"]), (&json!("s"), &json!(1)));
            assert!(answer.refresh_token.is_none());
        }
    }

    #[test]
    fn what_is_only_information_may_be_odd() {
        let answer = read_json(&json!({"access_token": "a", "expires_in": "soon", "scope": 7})).unwrap();
        assert_eq!((answer.expires_in, answer.scope, answer.token_type.as_str()), (None, None, ""));
    }

    #[test]
    fn a_form_is_an_answer_too() {
        let answer =
            read("application/x-www-form-urlencoded", "access_token=gho_x&scope=repo%2Cgist&token_type=bearer".into());
        let answer = answer.unwrap();
        assert_eq!((answer.access_token.as_str(), answer.token_type.as_str()), ("gho_x", "bearer"));
    }

    #[test]
    fn a_refusal_with_status_200_is_one() {
        let error = read_json(&json!({"error": "bad_verification_code", "error_description": "no"})).unwrap_err();
        assert_eq!((error.code(), error.status()), (Some("bad_verification_code"), Some(200)));
    }

    #[test]
    fn without_an_access_token_there_is_no_answer() {
        for wrong in [json!({}), json!({"access_token": ""}), json!({"access_token": 7}), json!([]), json!("a")] {
            assert!(matches!(read_json(&wrong), Err(Error::UnexpectedAnswer(_))), "{wrong}");
        }
    }
}
