//! The authorization code flow as one call, for tests that need its result and not its steps.

use serde_json::Value;

use super::{Answer, Browser, Call, LoginApplication, Pairs, TestServer};

/// A code verifier (RFC 7636 §4.1) and its S256 challenge.
pub(crate) const CODE_VERIFIER: &str = "golden-code-verifier-0123456789-0123456789-0123456789";
/// See [`CODE_VERIFIER`].
pub(crate) const CODE_CHALLENGE: &str = "5uon91cG-NzNqRAs8GN88rvOlk9-be2arnJB9YA_wwk";
/// The state that flows send.
pub(crate) const STATE: &str = "state-0123456789abcdef";
/// The nonce that flows send.
pub(crate) const NONCE: &str = "nonce-0123456789abcdef";
/// The redirect URI that flows send.
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:5555/callback";

/// How a client authenticates when it redeems the code.
#[derive(Clone, Debug)]
enum Authentication {
    None,
    Basic(String),
    Post(String),
}

/// A flow to be run: request parameters, the browser, the login application, the client's credentials.
pub(crate) struct CodeFlow {
    server: TestServer,
    client_id: String,
    authentication: Authentication,
    parameters: Pairs,
    uses_pkce: bool,
    pushed: Option<String>,
    /// Who logs in, and what is granted.
    pub(crate) application: LoginApplication,
    /// The browser; a new one unless the test sets another.
    pub(crate) browser: Browser,
}

impl CodeFlow {
    /// A flow of a client with PKCE, for `openid offline`, as the user `alice`. A public client unless a secret is set.
    pub(crate) fn new(server: &TestServer, client_id: &str) -> Self {
        let parameters = [
            ("client_id", client_id),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid offline"),
            ("state", STATE),
            ("nonce", NONCE),
            ("code_challenge", CODE_CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Self {
            server: server.clone(),
            client_id: client_id.to_owned(),
            authentication: Authentication::None,
            parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            uses_pkce: true,
            pushed: None,
            application: LoginApplication::new(server, "alice"),
            browser: Browser::new(server),
        }
    }

    /// The server of this flow.
    pub(crate) fn server(&self) -> &TestServer {
        &self.server
    }

    /// The client authenticates with `client_secret_basic`.
    pub(crate) fn secret(mut self, secret: &str) -> Self {
        self.authentication = Authentication::Basic(secret.to_owned());
        self
    }

    /// The client authenticates with `client_secret_post`.
    pub(crate) fn posted_secret(mut self, secret: &str) -> Self {
        self.authentication = Authentication::Post(secret.to_owned());
        self
    }

    /// Sets a parameter of the authorization request.
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(key, _)| key != name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a parameter of the authorization request that may come several times.
    pub(crate) fn another(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the scope of the authorization request.
    pub(crate) fn scope(self, scope: &str) -> Self {
        self.parameter("scope", scope)
    }

    /// The request was pushed: the browser brings what stands for it, and nothing else.
    pub(crate) fn request_uri(mut self, uri: &str) -> Self {
        self.pushed = Some(uri.to_owned());
        self
    }

    /// Leaves out PKCE.
    pub(crate) fn without_pkce(mut self) -> Self {
        self.parameters.retain(|(key, _)| !key.starts_with("code_challenge"));
        self.uses_pkce = false;
        self
    }

    /// Somebody else logs in.
    pub(crate) fn subject(mut self, subject: &str) -> Self {
        self.application.login["subject"] = subject.into();
        self
    }

    /// Sets a member of the login's accept.
    pub(crate) fn login(mut self, member: &str, value: Value) -> Self {
        self.application.login[member] = value;
        self
    }

    /// Sets a member of the consent's accept.
    pub(crate) fn consent(mut self, member: &str, value: Value) -> Self {
        self.application.consent[member] = value;
        self
    }

    /// Visit one: the redirect to the login page.
    pub(crate) async fn authorize(&mut self) -> Answer {
        let mut parameters: Vec<_> =
            self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Some(uri) = &self.pushed {
            parameters = vec![("client_id", self.client_id.as_str()), ("request_uri", uri)];
        }
        let target = Call::get("/oauth2/auth").query(&parameters).target;
        self.browser.get(&target).await
    }

    /// Visits one and two: the redirect to the consent page.
    pub(crate) async fn log_in(&mut self) -> Answer {
        let login_page = self.authorize().await.expect(302).location().to_owned();
        let next = self.application.accept_login(&login_page).await;
        self.browser.get(&next).await
    }

    /// All three visits: the answer for the client.
    pub(crate) async fn answer(&mut self) -> Answer {
        let consent_page = self.log_in().await.expect(302).location().to_owned();
        let next = self.application.accept_consent(&consent_page).await;
        self.browser.get(&next).await
    }

    /// All three visits: the code.
    pub(crate) async fn code(&mut self) -> String {
        let answer = self.answer().await.expect(303);
        answer.location_parameter("code").unwrap_or_else(|| panic!("no code: {}", answer.location()))
    }

    /// The whole flow: the token response.
    pub(crate) async fn tokens(&mut self) -> Value {
        let code = self.code().await;
        self.server.public(self.redemption(&code)).await.expect(200).json()
    }

    /// The token request that redeems a code of this flow.
    pub(crate) fn redemption(&self, code: &str) -> Call {
        self.redemption_with(code, &[])
    }

    /// The same with more parameters.
    pub(crate) fn redemption_with(&self, code: &str, more: &[(&str, &str)]) -> Call {
        let redirect_uri = super::pair(&self.parameters, "redirect_uri");
        let mut form = vec![("grant_type", "authorization_code"), ("code", code)];
        form.extend(redirect_uri.map(|uri| ("redirect_uri", uri)));
        if self.uses_pkce {
            form.push(("code_verifier", CODE_VERIFIER));
        }
        form.extend(more);
        self.token_request(&form)
    }

    /// The token request that uses a refresh token of this flow.
    pub(crate) fn refresh(&self, refresh_token: &str) -> Call {
        self.refresh_with(refresh_token, &[])
    }

    /// The same with more parameters.
    pub(crate) fn refresh_with(&self, refresh_token: &str, more: &[(&str, &str)]) -> Call {
        self.token_request(&[&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)], more].concat())
    }

    /// A token request of this flow's client.
    pub(crate) fn token_request(&self, form: &[(&str, &str)]) -> Call {
        let mut form = form.to_vec();
        match &self.authentication {
            Authentication::None => form.push(("client_id", &self.client_id)),
            Authentication::Basic(_) => {}
            Authentication::Post(secret) => {
                form.extend([("client_id", self.client_id.as_str()), ("client_secret", secret)]);
            }
        }
        let call = Call::post("/oauth2/token").form(&form);
        match &self.authentication {
            Authentication::Basic(secret) => call.basic(&self.client_id, secret),
            Authentication::None | Authentication::Post(_) => call,
        }
    }
}
