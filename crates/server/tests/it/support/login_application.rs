//! A login application that uses the headless API and nothing else: read the request, say yes, go where the answer
//! leads. It is what somebody writes who brings pages of their own.

use serde_json::{Value, json};

use super::{Call, TestServer, pair, pairs_of};

/// The application, and what it says at each step. A test changes the two bodies as it likes.
pub(crate) struct LoginApplication {
    server: TestServer,
    /// Body of the login's accept.
    pub(crate) login: Value,
    /// Body of the consent's accept; `grant_scope` and `grant_access_token_audience` are what was asked for when absent.
    pub(crate) consent: Value,
}

impl LoginApplication {
    /// Logs everybody in as `subject` and grants what is asked.
    pub(crate) fn new(server: &TestServer, subject: &str) -> Self {
        Self { server: server.clone(), login: json!({ "subject": subject }), consent: json!({}) }
    }

    /// Answers the login request that the browser was sent with; where the browser goes next.
    pub(crate) async fn accept_login(&self, page: &str) -> String {
        let challenge = challenge_of(page, "login_challenge");
        self.request("login", &challenge).await;
        self.put("login", &challenge, &self.login).await
    }

    /// Answers the consent request that the browser was sent with; where the browser goes next.
    pub(crate) async fn accept_consent(&self, page: &str) -> String {
        let challenge = challenge_of(page, "consent_challenge");
        let request = self.request("consent", &challenge).await;
        let mut body = json!({
            "grant_scope": request["requested_scope"],
            "grant_access_token_audience": request["requested_access_token_audience"],
        });
        body.as_object_mut().unwrap().extend(self.consent.as_object().cloned().unwrap_or_default());
        self.put("consent", &challenge, &body).await
    }

    async fn request(&self, step: &str, challenge: &str) -> Value {
        let call = Call::get(format!("/admin/oauth2/auth/requests/{step}"));
        self.server.admin(call.query(&[(parameter(step), challenge)])).await.expect(200).json()
    }

    async fn put(&self, step: &str, challenge: &str, body: &Value) -> String {
        let call = Call::put(format!("/admin/oauth2/auth/requests/{step}/accept"));
        let answer = self.server.admin(call.query(&[(parameter(step), challenge)]).json(body)).await;
        answer.expect(200).member("redirect_to")
    }
}

fn parameter(step: &str) -> &'static str {
    if step == "login" { "login_challenge" } else { "consent_challenge" }
}

#[track_caller]
fn challenge_of(page: &str, parameter: &str) -> String {
    let query = page.split_once('?').map_or("", |(_, query)| query);
    let challenge = pair(&pairs_of(query), parameter).map(str::to_owned);
    challenge.unwrap_or_else(|| panic!("no {parameter} in {page}"))
}
