//! The login and consent API: what a login application is told, what it may answer, and that each
//! step happens once.

mod consent;
mod expiry;
mod handled;
mod login;
mod negative;
mod races;
mod stateless;

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
    let mut flow = client.flow(server);
    let page = flow.authorize().await.expect(302).location().to_owned();
    AtPage { flow, page, step: "login" }
}

async fn at_consent(server: &TestServer, client: &Registered) -> AtPage {
    let mut flow = client.flow(server);
    let page = flow.log_in().await.expect(302).location().to_owned();
    AtPage { flow, page, step: "consent" }
}

impl AtPage {
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
