//! Sending a browser to the authorization endpoint, and reading what it comes back with.
//!
//! Every authorization has its own `state`, `nonce` and PKCE verifier (RFC 6749 §4.1.1, RFC 7636 with S256 only,
//! `OpenID` Connect Core 1.0 §3.1.2.1). They stay in [`PendingAuthorization`], which the caller keeps with the browser's
//! session and hands back with the [`Callback`].

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use symbolon_jose::{Secret, digest};
use url::Url;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::wire::Scope;

/// What is asked for. All members are optional; the default asks for an ID token.
///
/// ```
/// use symbolon_client::AuthorizationRequest;
///
/// let request = AuthorizationRequest::new("openid email offline_access").prompt("login").max_age_seconds(300);
/// ```
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    scope: String,
    max_age_seconds: Option<i64>,
    state: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Default for AuthorizationRequest {
    fn default() -> Self {
        Self::new("openid")
    }
}

impl AuthorizationRequest {
    /// Asks for `scope`, a list separated by spaces. With `openid` among them, an ID token is demanded.
    pub fn new(scope: impl Into<String>) -> Self {
        Self { scope: scope.into(), max_age_seconds: None, state: None, parameters: Vec::new() }
    }

    /// What the provider must do even for a user it knows: `login`, `consent`, … (`OpenID` Connect Core 1.0 §3.1.2.1).
    #[must_use]
    pub fn prompt(self, prompt: impl Into<String>) -> Self {
        self.only("prompt", prompt)
    }

    /// The longest time since the user's last active login, in seconds. `auth_time` of the ID token is checked.
    #[must_use]
    pub fn max_age_seconds(mut self, seconds: i64) -> Self {
        self.max_age_seconds = Some(seconds);
        self
    }

    /// For which APIs the access token is meant, a list separated by spaces.
    #[must_use]
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.only("audience", audience)
    }

    /// What the provider may show in its form: an e-mail address, a name (`OpenID` Connect Core 1.0 §3.1.2.1).
    #[must_use]
    pub fn login_hint(self, hint: impl Into<String>) -> Self {
        self.only("login_hint", hint)
    }

    /// The languages of the provider's pages, separated by spaces, the best first.
    #[must_use]
    pub fn ui_locales(self, locales: impl Into<String>) -> Self {
        self.only("ui_locales", locales)
    }

    /// The authentication contexts that are wished for, separated by spaces, the best first. Whether one was reached is
    /// told by `acr` of the ID token.
    #[must_use]
    pub fn acr_values(self, values: impl Into<String>) -> Self {
        self.only("acr_values", values)
    }

    /// This `state` instead of a random one. It must be unguessable for the protection against forged callbacks.
    #[must_use]
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Any other parameter of the authorization request. Those that this crate sets itself are refused when the request
    /// is made, and so is a second value of the same name, but for `resource` (RFC 8707 §2).
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// A parameter whose latest value counts.
    fn only(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.retain(|(set, _)| set != name);
        self.parameter(name, value)
    }

    /// RFC 6749 §3.1: no parameter is there twice.
    fn check(&self) -> Result<(), Error> {
        if self.max_age_seconds.is_some_and(|seconds| seconds < 0) {
            return Err(Error::Argument("'max_age' cannot be negative".to_owned()));
        }
        let mut seen = std::collections::HashSet::new();
        for (name, _) in &self.parameters {
            if RESERVED.contains(&&**name) {
                return Err(Error::Argument(format!("the parameter '{name}' is set by this crate")));
            }
            if !seen.insert(name) && name != "resource" {
                return Err(Error::Argument(format!("the parameter '{name}' is there twice")));
            }
        }
        Ok(())
    }
}

/// What has a place of its own in the request, or would take the ground from under its checks.
const RESERVED: [&str; 14] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "request",
    "request_uri",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

/// An authorization that was started and whose callback is still to come.
///
/// It is kept where the browser's session is. Where that is not this process's memory, [`to_text`](Self::to_text) and
/// [`from_text`](Self::from_text) carry it there and back.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingAuthorization {
    /// Whose it is: the code goes nowhere else.
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    #[serde(serialize_with = "exposed")]
    pub(crate) verifier: Secret<String>,
    pub(crate) redirect_uri: String,
    pub(crate) max_age_seconds: Option<i64>,
    pub(crate) scope: Scope,
}

impl PendingAuthorization {
    /// The `state` that the callback will carry: the key to find this value again.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// As text, to be kept with a session. Whoever reads it can finish the login together with the code, so it must stay
    /// on the server or be sealed: a plain cookie is no place for it.
    ///
    /// # Errors
    /// None in practice; serializing to text cannot fail for this type.
    pub fn to_text(&self) -> Result<Secret<String>, Error> {
        serde_json::to_string(self)
            .map(Secret::new)
            .map_err(|error| Error::Argument(format!("the authorization cannot be written: {error}")))
    }

    /// Back from [`to_text`](Self::to_text).
    ///
    /// # Errors
    /// [`Error::Argument`] when the text is not from there.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        // The text itself must not stand in an error.
        serde_json::from_str(text).map_err(|_| Error::Argument("this is no pending authorization".to_owned()))
    }

    pub(crate) fn wants_id_token(&self) -> bool {
        self.scope.contains("openid")
    }
}

fn exposed<S: Serializer>(verifier: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    verifier.expose().serialize(serializer)
}

impl fmt::Debug for PendingAuthorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PendingAuthorization").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

/// The parameters that the browser brings back to the redirect URI (RFC 6749 §4.1.2).
#[derive(Clone, Default)]
pub struct Callback {
    /// A parameter that is there more than once (§3.1).
    repeated: Option<String>,
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
        callback
    }

    /// The `state` parameter: the key of the pending authorization it may belong to.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The code, once everything that stands against it has been ruled out.
    pub(crate) fn accepted_code(&self, pending: &PendingAuthorization) -> Result<&Secret<String>, Error> {
        if let Some(name) = &self.repeated {
            return Err(Error::UnexpectedAnswer(format!("the callback has '{name}' more than once")));
        }
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

/// The code challenge of a verifier under the method `S256` (RFC 7636 §4.2), for whoever puts a request together by hand.
pub fn code_challenge(verifier: &str) -> String {
    digest::base64url(&digest::sha256(verifier.as_bytes()))
}

impl Client {
    /// Starts an authorization: the URL to send the browser to, and what to keep until it comes back.
    ///
    /// # Errors
    /// [`Error::Configuration`] without a redirect URI; whatever discovery met with.
    pub async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
    ) -> Result<(Url, PendingAuthorization), Error> {
        request.check()?;
        let metadata = self.metadata().await?;
        let mut url = endpoint(metadata.authorization_endpoint.as_deref(), "authorization_endpoint")?;
        let rng = &self.inner().rng;
        let pending = PendingAuthorization {
            issuer: self.issuer().to_owned(),
            client_id: self.registered_id()?.to_owned(),
            state: request.state.clone().unwrap_or_else(|| rng.token(24)),
            nonce: rng.token(24),
            verifier: Secret::new(rng.token(32)),
            redirect_uri: self.redirect_uri()?.to_owned(),
            max_age_seconds: request.max_age_seconds,
            scope: Scope::parse(&request.scope)?,
        };
        let mut query = url.query_pairs_mut();
        for (name, value) in parameters(request, &pending) {
            query.append_pair(&name, &value);
        }
        drop(query);
        Ok((url, pending))
    }
}

/// The parameters of the request (RFC 6749 §4.1.1, RFC 7636 §4.3), in the order in which they are sent.
fn parameters(request: &AuthorizationRequest, pending: &PendingAuthorization) -> Vec<(String, String)> {
    let mut parameters = vec![
        ("response_type", "code".to_owned()),
        ("client_id", pending.client_id.clone()),
        ("redirect_uri", pending.redirect_uri.clone()),
    ];
    if !pending.scope.is_empty() {
        parameters.push(("scope", pending.scope.to_string()));
    }
    parameters.push(("state", pending.state.clone()));
    parameters.push(("code_challenge", code_challenge(pending.verifier.expose())));
    parameters.push(("code_challenge_method", "S256".to_owned()));
    if pending.wants_id_token() {
        parameters.push(("nonce", pending.nonce.clone()));
    }
    if let Some(seconds) = request.max_age_seconds {
        parameters.push(("max_age", seconds.to_string()));
    }
    let own = parameters.into_iter().map(|(name, value)| (name.to_owned(), value));
    own.chain(request.parameters.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn challenge_is_that_of_the_specification() {
        let challenge = code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    fn pending() -> PendingAuthorization {
        PendingAuthorization {
            issuer: "https://as.example".into(),
            client_id: "app".into(),
            state: "state-1".into(),
            nonce: "nonce-1".into(),
            verifier: Secret::new("verifier".into()),
            redirect_uri: "https://app.example/cb".into(),
            max_age_seconds: None,
            scope: Scope::parse("openid").unwrap(),
        }
    }

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
    fn parameters_of_the_crate_and_second_values_are_refused() {
        for name in RESERVED {
            assert!(matches!(AuthorizationRequest::default().parameter(name, "x").check(), Err(Error::Argument(_))));
        }
        let twice = AuthorizationRequest::default().parameter("a", "1").parameter("a", "1");
        assert!(twice.check().is_err());
        let resources = AuthorizationRequest::default().parameter("resource", "1").parameter("resource", "2");
        assert!(resources.check().is_ok());
        let latest = AuthorizationRequest::default().prompt("login").prompt("none");
        assert_eq!(latest.parameters, [("prompt".to_owned(), "none".to_owned())]);
        assert!(latest.max_age_seconds(-1).check().is_err());
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
    fn pending_authorization_survives_a_session_store() {
        let kept = pending().to_text().unwrap();
        let back = PendingAuthorization::from_text(kept.expose()).unwrap();
        assert!(back.verifier.matches(b"verifier"));
        assert_eq!((back.state(), back.nonce.as_str(), &back.scope), ("state-1", "nonce-1", &pending().scope));
        let error = PendingAuthorization::from_text("{\"state\":\"hush\"}").unwrap_err();
        assert!(!error.to_string().contains("hush"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?} {:?}", pending(), Callback::parse("code=secret-code&state=state-1"));
        for secret in ["secret-code", "state-1", "nonce-1", "verifier"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
