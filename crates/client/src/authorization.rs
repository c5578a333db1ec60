//! Sending a browser to the authorization endpoint, and reading what it comes back with.
//!
//! Every authorization has its own `state`, `nonce` and PKCE verifier (RFC 6749 §4.1.1, RFC 7636 with S256 only,
//! `OpenID` Connect Core 1.0 §3.1.2.1). They stay in [`PendingAuthorization`], which the caller keeps with the browser's
//! session and hands back with the [`Callback`].

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize, Serializer};
use symbolon_jose::{Secret, digest};
use symbolon_types::Scope;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;

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
        self.parameter("prompt", prompt)
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
        self.parameter("audience", audience)
    }

    /// This `state` instead of a random one. It must be unguessable for the protection against forged callbacks.
    #[must_use]
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Any other parameter of the authorization request.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }
}

/// An authorization that was started and whose callback is still to come.
///
/// It is kept where the browser's session is. Where that is not this process's memory, [`to_text`](Self::to_text) and
/// [`from_text`](Self::from_text) carry it there and back.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingAuthorization {
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
    pub(crate) code: Option<Secret<String>>,
    pub(crate) state: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
}

impl Callback {
    /// Reads the query of the callback, or the form body with `response_mode=form_post`. Unknown parameters are ignored.
    pub fn parse(query: &str) -> Self {
        let mut callback = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "code" => callback.code = Some(Secret::new(value)),
                "state" => callback.state = Some(value),
                "iss" => callback.issuer = Some(value),
                "error" => callback.error = Some(value),
                "error_description" => callback.error_description = Some(value),
                _ => {}
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
        let metadata = self.metadata().await?;
        let mut url = endpoint(Some(&metadata.authorization_endpoint), "authorization_endpoint")?;
        let rng = &self.inner().rng;
        let pending = PendingAuthorization {
            state: request.state.clone().unwrap_or_else(|| rng.token(24)),
            nonce: rng.token(24),
            verifier: Secret::new(rng.token(32)),
            redirect_uri: self.redirect_uri()?.to_owned(),
            max_age_seconds: request.max_age_seconds,
            scope: Scope::parse(&request.scope)
                .map_err(|error| Error::Argument(format!("the scope '{}' is malformed: {error}", request.scope)))?,
        };
        let challenge = code_challenge(pending.verifier.expose());
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.registered_id()?)
            .append_pair("redirect_uri", &pending.redirect_uri)
            .append_pair("scope", &request.scope)
            .append_pair("state", &pending.state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if pending.wants_id_token() {
            query.append_pair("nonce", &pending.nonce);
        }
        if let Some(seconds) = request.max_age_seconds {
            query.append_pair("max_age", &seconds.to_string());
        }
        for (name, value) in &request.parameters {
            query.append_pair(name, value);
        }
        drop(query);
        Ok((url, pending))
    }
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
