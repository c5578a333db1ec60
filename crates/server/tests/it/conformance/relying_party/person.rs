//! Somebody at a browser: goes where the provider leads, logs in and agrees where that is asked.

use serde_json::{Map, Value, json};

use crate::fixtures::parameter;
use crate::support::{Answer, Browser, Call, LoginApplication, Pairs, TestServer};

/// Where the browser has arrived, and what happened on the way.
pub(crate) struct Visit {
    pub(crate) answer: Answer,
    /// Whether somebody had to log in.
    pub(crate) asked: bool,
}

/// Somebody at a browser of their own.
pub(crate) struct Person {
    server: TestServer,
    pub(crate) browser: Browser,
    application: LoginApplication,
}

impl Person {
    pub(crate) fn new(server: &TestServer) -> Self {
        let application = LoginApplication::new(server, "alice");
        Self { server: server.clone(), browser: Browser::new(server), application }
    }

    /// Opens an address of the provider, logs in and agrees where that is asked.
    pub(crate) async fn open(&mut self, target: &str) -> Visit {
        let answer = self.browser.get(target).await;
        self.walk(answer).await
    }

    /// Sends the browser with a request.
    pub(crate) async fn visit(&mut self, request: &Pairs) -> Visit {
        self.open(&Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(request)).target).await
    }

    /// Goes on from an answer of the provider.
    pub(crate) async fn walk(&mut self, mut answer: Answer) -> Visit {
        let mut asked = false;
        loop {
            let to = answer.header("location").unwrap_or_default().to_owned();
            let next = if to.starts_with("http://127.0.0.1:3000/login?") {
                asked |= self.log_in(&to).await;
                self.application.accept_login(&to).await
            } else if to.starts_with("http://127.0.0.1:3000/consent?") {
                self.agree(&to).await;
                self.application.accept_consent(&to).await
            } else {
                return Visit { answer, asked };
            };
            answer = self.browser.get(&next).await;
        }
    }

    /// What a page is told.
    async fn page(&self, step: &str, page: &str) -> Value {
        let name = format!("{step}_challenge");
        let challenge = parameter(page, &name);
        let call = Call::get(format!("/admin/oauth2/auth/requests/{step}")).query(&[(&name, &challenge)]);
        self.server.admin(call).await.expect(200).json()
    }

    /// Prepares the login page's answer, of the first class that is asked for; whether it has to ask.
    async fn log_in(&mut self, page: &str) -> bool {
        let told = self.page("login", page).await;
        let acr = told["oidc_context"]["acr_values"][0].as_str().unwrap_or_default();
        self.application.login =
            json!({ "subject": "alice", "remember": true, "remember_for": 3600, "amr": ["pwd"], "acr": acr });
        told["skip"] == false
    }

    /// Prepares the consent page's answer: everything, with the claims that the scope stands for and those asked for.
    async fn agree(&mut self, page: &str) {
        let told = self.page("consent", page).await;
        let mut claims = Map::new();
        for (scope, own) in CLAIMS.iter().map(|(scope, claims)| (*scope, claims())) {
            let scoped = super::contains(&told["requested_scope"], scope);
            let asked = ["userinfo", "id_token"].map(|place| told["oidc_context"]["claims"][place].clone());
            claims
                .extend(own.into_iter().filter(|(name, _)| scoped || asked.iter().any(|one| one.get(name).is_some())));
        }
        self.application.consent = json!({ "remember": true, "session": { "id_token": claims } });
    }
}

/// The claims of each scope (OpenID Connect Core §5.4).
pub(crate) const CLAIMS: [(&str, fn() -> Map<String, Value>); 4] =
    [("profile", profile), ("email", email), ("phone", phone), ("address", address)];

fn members(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn profile() -> Map<String, Value> {
    members(json!({
        "name": "Alice Example", "given_name": "Alice", "family_name": "Example", "middle_name": "Ann",
        "nickname": "al", "preferred_username": "alice", "profile": "https://client.example/alice",
        "picture": "https://client.example/alice.png", "website": "https://client.example/", "gender": "female",
        "birthdate": "1990-01-02", "zoneinfo": "Europe/Berlin", "locale": "en-GB", "updated_at": 1_700_000_000,
    }))
}

fn email() -> Map<String, Value> {
    members(json!({ "email": "alice@client.example", "email_verified": true }))
}

fn phone() -> Map<String, Value> {
    members(json!({ "phone_number": "+49 30 123456", "phone_number_verified": false }))
}

fn address() -> Map<String, Value> {
    members(json!({ "address": { "street_address": "Main Street 1", "locality": "Berlin", "country": "Germany" } }))
}
