//! OpenID Connect Core 1.0: logging in. What the user is asked and when, what the ID token says, how the answer comes back,
//! and the session of the browser.

mod claim_targets;
mod claims_parameter;
mod consent;
mod id_token;
mod id_token_hint;
mod max_age;
mod parameters;
mod post;
mod prompt;
mod response_mode;
mod session;
mod several_flows;
mod unremembered;
mod validated_once;

use serde_json::{Value, json};

use crate::fixtures::{Registered, parameter};
use crate::support::{Call, CodeFlow, TestServer};

/// What the login application is told about the page that the browser was sent to.
async fn login_request(server: &TestServer, page: &str) -> Value {
    let query = [("login_challenge", parameter(page, "login_challenge"))];
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[(query[0].0, &query[0].1)]);
    server.admin(call).await.expect(200).json()
}

/// See [`login_request`].
async fn consent_request(server: &TestServer, page: &str) -> Value {
    let challenge = parameter(page, "consent_challenge");
    let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
    server.admin(call).await.expect(200).json()
}

/// A flow of a browser in which `alice` is logged in and has agreed to what is asked for, both remembered.
async fn remembered(server: &TestServer, client: &Registered) -> CodeFlow {
    let mut flow = client.flow(server).login("remember", json!(true)).consent("remember", json!(true));
    flow.tokens().await;
    flow
}

/// What the two pages would be told if the flow were walked: whether login and consent have nothing to ask. The flow goes
/// on to the consent page.
async fn skips(server: &TestServer, flow: &mut CodeFlow) -> (bool, bool) {
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let login = login_request(server, &login_page).await;
    let next = flow.application.accept_login(&login_page).await;
    let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let consent = consent_request(server, &consent_page).await;
    (login["skip"] == true, consent["skip"] == true)
}
