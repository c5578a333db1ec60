//! The running provider.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_server::clock::Clock;
use symbolon_server::{Rng, Server};
use tokio::sync::watch;

use crate::browser::Browser;
use crate::builder::TestProviderBuilder;
use crate::in_process::InProcess;
use crate::landing::Landing;
use crate::requests::{Answer, RequestHead, Requests};
use crate::users::Users;

/// An OpenID provider that runs as long as this value lives. See the [crate](crate).
pub struct TestProvider {
    pub(crate) issuer: String,
    pub(crate) admin_url: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) server: Server,
    pub(crate) in_process: InProcess,
    pub(crate) requests: Arc<Requests>,
    pub(crate) users: Users,
    pub(crate) stop: watch::Sender<bool>,
}

impl std::fmt::Debug for TestProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestProvider").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Drop for TestProvider {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

impl TestProvider {
    /// Starts a provider in the current tokio runtime. It has no clients and no users yet.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Starts one with other settings, another clock, or known randomness.
    pub fn builder() -> TestProviderBuilder {
        TestProviderBuilder::new()
    }

    /// The issuer, without a slash at the end: where clients find everything, as `http://127.0.0.1:38201`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Address of a public endpoint, from its path: `provider.url("/oauth2/token")`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// Base of the admin API, without a slash at the end.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// The provider's time, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The provider's clock, for what shall have the same time:
    /// `Client::builder(…).clock(Clock::custom(provider.clock()))`.
    pub fn clock(&self) -> impl Fn() -> i64 + Clone + Send + Sync + 'static + use<> {
        let clock = self.clock.clone();
        move || clock.now()
    }

    /// Moves the provider's clock forward.
    pub fn advance(&self, time: Duration) {
        self.clock.advance(i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    }

    /// Lets the provider know somebody: what clients learn of `name`, who is this in `sub`. Claims of a standard scope
    /// (OpenID Connect Core §5.4) are for clients that get this scope, all others for every client; those about the person are at
    /// userinfo. Somebody whom the provider does not know can log in, too, and has no claims.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let provider = symbolon_test_provider::TestProvider::start().await;
    /// provider.add_user("alice", serde_json::json!({ "email": "alice@example.com", "department": "sales" }));
    /// # }
    /// ```
    pub fn add_user(&self, name: &str, claims: Value) {
        self.users.add(name, claims);
    }

    /// A new browser, without cookies.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// Opens an authorization URL in a new browser, logs `user` in and agrees to everything; answers where the browser is
    /// sent then: the redirect URI, with code and state.
    pub async fn log_in(&self, url: impl AsRef<str>, user: &str) -> Landing {
        self.browser().log_in(url, user).await
    }

    /// The same; `user` logs in and refuses what the client asks for: `access_denied`.
    pub async fn refuse_consent(&self, url: impl AsRef<str>, user: &str) -> Landing {
        self.browser().refuse_consent(url, user).await
    }

    /// Agrees to all requests over the back channel (CIBA) that wait for `user`; answers how many there were.
    pub async fn agree_on_device(&self, user: &str) -> usize {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("subject", user).finish();
        let path = "/admin/oauth2/auth/requests/backchannel";
        let waiting = self.in_process.admin(Method::GET, &format!("{path}?{query}"), None).await;
        let waiting = waiting.as_array().cloned().unwrap_or_default();
        for request in &waiting {
            let id = request["request_id"].as_str().unwrap_or_default();
            let body = json!({ "subject": user, "grant_scope": request["requested_scope"] });
            self.in_process.admin(Method::PUT, &format!("{path}/accept?request_id={id}"), Some(&body)).await;
        }
        waiting.len()
    }

    /// What introspection (RFC 7662 §2.2) says of a token.
    pub async fn introspect(&self, token: &str) -> Value {
        self.in_process.introspect(token).await
    }

    /// The next request to this path, of whatever method, gets this status and an error in JSON. Called twice, it counts
    /// for the next two.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let provider = symbolon_test_provider::TestProvider::start().await;
    /// provider.fail_next("/oauth2/token", 503);
    /// // … the application tries again, and:
    /// assert_eq!(provider.requests("/oauth2/token"), 0);
    /// # }
    /// ```
    pub fn fail_next(&self, path: &str, status: u16) {
        self.requests.fail(path, status);
    }

    /// The next request to this path gets this answer.
    pub fn answer_next(&self, path: &str, answer: Answer) {
        self.requests.answer(path, answer);
    }

    /// The next request to this path gets no answer as long as the provider runs.
    pub fn hang_next(&self, path: &str) {
        self.requests.hang(path);
    }

    /// How many requests to this path there were, those that failed too.
    pub fn requests(&self, path: &str) -> usize {
        self.requests.of_path(path).len()
    }

    /// The heads of the requests to this path, in the order in which they came.
    pub fn heads(&self, path: &str) -> Vec<RequestHead> {
        self.requests.of_path(path)
    }
}
