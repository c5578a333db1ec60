//! OpenID Connect CIBA: a client asks for a person who is somewhere else, the person answers at the home page or at an
//! authentication device of the operator's, and the client fetches tokens once.

mod accounts;
mod answers;
mod audience;
mod audited;
mod bound;
mod client_metadata;
mod details;
mod discovery;
mod home_page;
mod limits;
mod ping;
mod polling;
mod races;
mod requests;
mod signed_requests;
mod wanted_login;

use serde_json::{Value, json};
use symbolon_server::config::{Config, LoginHint};

use crate::fixtures::{Registered, register, with};
use crate::support::{Answer, Call, TestServer};

/// The grant type of the token request.
pub(crate) const GRANT_TYPE: &str = "urn:openid:params:grant-type:ciba";
const ENDPOINT: &str = "/oauth2/backchannel-authentication";
const ADMIN: &str = "/admin/oauth2/auth/requests/backchannel";
/// What most requests send besides the scope.
const ALICE: (&str, &str) = ("login_hint", "alice");

/// An operator with an identity system of its own, and no pause between two requests.
pub(crate) fn on(config: &mut Config) {
    config.symbolon.ciba.enabled = true;
    config.symbolon.ciba.login_hint = LoginHint::Subject;
    config.symbolon.ciba.pause_seconds = 0;
    config.symbolon.ciba.waiting_per_subject = 100;
}

async fn server() -> TestServer {
    TestServer::with(on).await
}

/// A client that may ask.
pub(crate) async fn asking_client(server: &TestServer, id: &str, changes: &Value) -> Registered {
    let grant_types = json!({ "grant_types": ["authorization_code", "refresh_token", GRANT_TYPE] });
    register(server, id, &with(grant_types, changes)).await
}

/// A call to the backchannel authentication endpoint with these parameters and nothing else.
fn ask_call(client: &Registered, form: &[(&str, &str)]) -> Call {
    client.form(ENDPOINT, form)
}

/// Asks for `alice`; gives the answer's members.
pub(crate) async fn ask(server: &TestServer, client: &Registered) -> Value {
    ask_with(server, client, &[("binding_message", "K7-Q2")]).await
}

async fn ask_with(server: &TestServer, client: &Registered, more: &[(&str, &str)]) -> Value {
    let form = [&[("scope", "openid offline"), ALICE], more].concat();
    server.public(ask_call(client, &form)).await.expect(200).json()
}

fn poll_call(client: &Registered, asked: &Value) -> Call {
    let id = asked["auth_req_id"].as_str().unwrap();
    client.token_request(&[("grant_type", GRANT_TYPE), ("auth_req_id", id)])
}

pub(crate) async fn poll(server: &TestServer, client: &Registered, asked: &Value) -> Answer {
    server.public(poll_call(client, asked)).await
}

/// Fails unless a poll hears this error.
async fn hears(server: &TestServer, client: &Registered, asked: &Value, error: &str) {
    let answer = poll(server, client, asked).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some(error));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

fn answer_call(verb: &str, asked: &Value, body: &Value) -> Call {
    let id = asked["auth_req_id"].as_str().unwrap();
    Call::put(format!("{ADMIN}/{verb}")).query(&[("auth_req_id", id)]).json(body)
}

/// The person of `alice` agrees, at the operator's authentication device.
pub(crate) async fn accept(server: &TestServer, asked: &Value) {
    server.admin(answer_call("accept", asked, &json!({ "subject": "alice" }))).await.expect(204);
}

async fn deny(server: &TestServer, asked: &Value) {
    server.admin(answer_call("reject", asked, &json!({ "subject": "alice" }))).await.expect(204);
}

/// What waits for a subject.
async fn waiting(server: &TestServer, subject: &str) -> Vec<Value> {
    let listed = server.admin(Call::get(ADMIN).query(&[("subject", subject)])).await.expect(200).json();
    listed.as_array().unwrap().clone()
}
