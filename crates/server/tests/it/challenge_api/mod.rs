//! The login and consent API: what a login application is told, what it may answer, that each step happens once, and that
//! nothing comes of a flow whose session, consent, subject or client is gone.

mod audited;
mod client_changed;
mod consent;
mod ended;
mod expiry;
mod handled;
mod lists;
mod login;
mod negative;
mod races;
mod registered_again;
mod second_click;
mod skipped_login;
mod stateless;
mod within_request;

use serde_json::{Value, json};

use crate::fixtures::{Registered, parameter};
use crate::support::{Answer, Call, CodeFlow, TestServer};

/// A flow with the page that the browser was sent to.
struct AtPage {
    flow: CodeFlow,
    page: String,
    step: &'static str,
}

async fn at_login(server: &TestServer, client: &Registered) -> AtPage {
    AtPage::login_of(client.flow(server)).await
}

async fn at_consent(server: &TestServer, client: &Registered) -> AtPage {
    AtPage::consent_of(client.flow(server)).await
}

impl AtPage {
    /// The login page of a flow.
    async fn login_of(mut flow: CodeFlow) -> Self {
        let page = flow.authorize().await.expect(302).location().to_owned();
        Self { flow, page, step: "login" }
    }

    /// The consent page of a flow, whose login application has said yes.
    async fn consent_of(mut flow: CodeFlow) -> Self {
        let page = flow.log_in().await.expect(302).location().to_owned();
        Self { flow, page, step: "consent" }
    }

    /// Says yes at the login page and goes on to the consent page.
    async fn on_to_consent(mut self, server: &TestServer) -> Self {
        let next = self.accept(server, &self.yes()).await.expect(200).member("redirect_to");
        let page = self.flow.browser.get(&next).await.expect(302).location().to_owned();
        Self { flow: self.flow, page, step: "consent" }
    }

    fn challenge(&self) -> String {
        parameter(&self.page, &format!("{}_challenge", self.step))
    }

    fn call(&self, method: &str, operation: &str) -> Call {
        let target = format!("/admin/oauth2/auth/requests/{}{operation}", self.step);
        let name = format!("{}_challenge", self.step);
        Call::new(method.parse().unwrap(), target).query(&[(&name, &self.challenge())])
    }

    async fn get(&self, server: &TestServer) -> Answer {
        server.admin(self.call("GET", "")).await
    }

    async fn accept(&self, server: &TestServer, body: &Value) -> Answer {
        server.admin(self.call("PUT", "/accept").json(body)).await
    }

    async fn reject(&self, server: &TestServer, body: &Value) -> Answer {
        server.admin(self.call("PUT", "/reject").json(body)).await
    }

    /// A body with which the step is accepted.
    fn yes(&self) -> Value {
        match self.step {
            "login" => json!({ "subject": "alice" }),
            _ => json!({ "grant_scope": ["openid", "offline"] }),
        }
    }
}
