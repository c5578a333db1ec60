//! What the browser comes back with (RFC 6749 §4.1.2), in any response mode.
//!
//! A signed answer (JARM) is one parameter, `response`; what stands in it counts only after [`Client::verify_callback`],
//! and what stands beside it never does.
//!
//! [`Client::verify_callback`]: crate::Client::verify_callback

use std::fmt;

use serde_json::{Map, Value};
use symbolon_jose::{Secret, digest};
use url::Url;

use super::pending::PendingAuthorization;
use crate::error::Error;

/// The parameters that the browser brings back to the redirect URI (RFC 6749 §4.1.2).
#[derive(Clone, Default)]
pub struct Callback {
    /// A parameter that is there more than once (§3.1).
    repeated: Option<String>,
    /// The signed answer that the other members come from, or are still to come from.
    pub(crate) response: Option<Secret<String>>,
    pub(crate) code: Option<Secret<String>>,
    pub(crate) state: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
}

impl Callback {
    /// Reads the query of the callback, with or without the `?` in front, the form body with
    /// `response_mode=form_post`, or a whole URL. Unknown parameters are ignored.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match Url::parse(text) {
            Ok(url) => Self::from_url(&url),
            Err(_) => Self::from_query(text.trim_start_matches(['?', '#'])),
        }
    }

    /// Reads the URL that the browser came back to: its query, or without one its fragment.
    pub fn from_url(url: &Url) -> Self {
        Self::from_query(url.query().or_else(|| url.fragment()).unwrap_or_default())
    }

    fn from_query(query: &str) -> Self {
        let mut callback = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            let former = match name.as_ref() {
                "response" => callback.response.replace(Secret::new(value)).is_some(),
                "code" => callback.code.replace(Secret::new(value)).is_some(),
                "state" => callback.state.replace(value).is_some(),
                "iss" => callback.issuer.replace(value).is_some(),
                "error" => callback.error.replace(value).is_some(),
                "error_description" => callback.error_description.replace(value).is_some(),
                _ => false,
            };
            if former {
                callback.repeated = Some(name.into_owned());
            }
        }
        match callback.response.take() {
            None => callback,
            Some(response) => Self {
                state: unverified_state(response.expose()),
                response: Some(response),
                repeated: callback.repeated,
                ..Self::default()
            },
        }
    }

    /// What stands in a signed answer that was verified.
    pub(super) fn from_claims(response: Secret<String>, claims: &Map<String, Value>) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            repeated: None,
            response: Some(response),
            code: text("code").map(Secret::new),
            state: text("state"),
            issuer: text("iss"),
            error: text("error"),
            error_description: text("error_description"),
        }
    }

    pub(super) fn check_unique(&self) -> Result<(), Error> {
        match &self.repeated {
            Some(name) => Err(Error::UnexpectedAnswer(format!("the callback has '{name}' more than once"))),
            None => Ok(()),
        }
    }

    /// The `state` parameter: the key of the pending authorization it may belong to. Of a signed answer it is what the
    /// answer says before anybody verified it, which is good for finding the pending authorization and for nothing else;
    /// an encrypted one tells it after [`Client::verify_callback`](crate::Client::verify_callback).
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The code, once everything that stands against it has been ruled out.
    pub(crate) fn accepted_code(&self, pending: &PendingAuthorization) -> Result<&Secret<String>, Error> {
        self.check_unique()?;
        let same_state = self
            .state
            .as_ref()
            .is_some_and(|state| digest::constant_time_eq(state.as_bytes(), pending.state.as_bytes()));
        if !same_state {
            return Err(Error::StateMismatch);
        }
        if let Some(code) = &self.error {
            return Err(Error::Authorization {
                code: code.clone(),
                description: self.error_description.clone().unwrap_or_default(),
            });
        }
        self.code.as_ref().ok_or(Error::MissingCode)
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Callback").field("error", &self.error).finish_non_exhaustive()
    }
}

/// `state` of a signed answer, before its signature was checked.
fn unverified_state(response: &str) -> Option<String> {
    let (_, rest) = response.split_once('.')?;
    let (payload, _) = rest.split_once('.').filter(|(_, signature)| !signature.contains('.'))?;
    let claims: Map<String, Value> = serde_json::from_slice(&digest::base64url_decode(payload)?).ok()?;
    claims.get("state")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::tests::pending;
    use super::*;

    #[test]
    fn code_needs_the_same_state() {
        let good = Callback::parse("code=c&state=state-1&other=x");
        assert_eq!(good.accepted_code(&pending()).unwrap().expose(), "c");
        for wrong in ["code=c", "code=c&state=", "code=c&state=state-2", "code=c&state=state-11"] {
            assert_eq!(Callback::parse(wrong).accepted_code(&pending()).unwrap_err(), Error::StateMismatch, "{wrong}");
        }
    }

    #[test]
    fn a_callback_is_read_from_every_form() {
        for text in [
            "code=c&state=state-1",
            "?code=c&state=state-1",
            "https://app.example/cb?code=c&state=state-1",
            "com.example:/cb?state=state-1&code=c#_=_",
            "https://app.example/cb#code=c&state=state-1",
        ] {
            assert_eq!(Callback::parse(text).accepted_code(&pending()).unwrap().expose(), "c", "{text}");
        }
    }

    #[test]
    fn what_is_there_twice_is_refused() {
        for text in ["code=a&code=c&state=state-1", "code=c&state=x&state=state-1", "code=c&state=state-1&iss=a&iss=b"]
        {
            let error = Callback::parse(text).accepted_code(&pending()).unwrap_err();
            assert!(matches!(error, Error::UnexpectedAnswer(_)), "{text}");
        }
    }

    #[test]
    fn refusal_tells_its_reason() {
        let refused = Callback::parse("error=access_denied&error_description=no+thanks&state=state-1");
        assert_eq!(
            refused.accepted_code(&pending()).unwrap_err().to_string(),
            "the authorization was refused: access_denied: no thanks"
        );
        assert_eq!(Callback::parse("state=state-1").accepted_code(&pending()).unwrap_err(), Error::MissingCode);
    }

    #[test]
    fn beside_a_signed_answer_nothing_counts() {
        let payload = digest::base64url(br#"{"state":"inside","code":"c"}"#);
        let callback = Callback::parse(&format!("code=evil&state=state-1&response=e30.{payload}.AA"));
        assert_eq!((callback.state(), callback.code.is_none()), (Some("inside"), true));
        assert_eq!(callback.accepted_code(&pending()).unwrap_err(), Error::StateMismatch);
        for odd in ["", "x", "a.b.c", "e30.e30.e30.e30.e30", "e30.W10.AA"] {
            assert_eq!(Callback::parse(&format!("state=state-1&response={odd}")).state(), None, "{odd}");
        }
        let twice = Callback::parse(&format!("response=e30.{payload}.AA&response=e30.{payload}.AA"));
        assert!(matches!(twice.check_unique(), Err(Error::UnexpectedAnswer(_))));
    }
}
