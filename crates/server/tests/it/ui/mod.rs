//! The built-in pages, walked as a browser without script does: login, consent, errors. What they look like is tested beside
//! the templates, and in a real browser elsewhere.

mod consent;
mod csrf;
mod display;
mod error_page;
mod escaping;
mod external_pages;
mod form;
mod headers;
mod known_browser;
mod languages;
mod login;
mod throttling;

use serde_json::{Value, json};
use symbolon_server::config::Config;

use crate::fixtures::{Registered, confidential};
use crate::support::{Answer, Call, CodeFlow, TestServer};
pub(crate) use form::{Form, unescaped};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const LOGIN: &str = "/oauth2/fallbacks/login";
pub(crate) const CONSENT: &str = "/oauth2/fallbacks/consent";

/// No login application is configured: the built-in pages serve.
pub(crate) fn built_in(config: &mut Config) {
    config.urls.login = None;
    config.urls.consent = None;
    config.urls.error = None;
    config.symbolon.ui.enabled = true;
}

/// A server with its own pages, a client, and the account `alice`.
async fn server() -> (TestServer, Registered) {
    let server = TestServer::with(built_in).await;
    let client = confidential(&server).await;
    account(&server, "alice").await;
    (server, client)
}

/// Creates an account; gives its subject.
pub(crate) async fn account(server: &TestServer, username: &str) -> String {
    let body: Value = json!({ "username": username, "password": PASSWORD, "name": format!("Name of {username}") });
    server.admin(Call::post("/admin/accounts").json(&body)).await.expect(201).member("id")
}

/// Navigates from the authorization endpoint to the first page that asks something, or to the client.
pub(crate) async fn visit(flow: &mut CodeFlow) -> Answer {
    let first = flow.authorize().await;
    let to = first.location().to_owned();
    flow.browser.follow(&to).await
}

/// Fills in the login page and goes on to the next page, or stays.
pub(crate) async fn log_in(flow: &mut CodeFlow, page: &Answer, username: &str, password: &str) -> Answer {
    let form = Form::of(page, "login-form").set("username", username).set("password", password);
    submit(flow, &form.press("accept")).await
}

/// Submits a form and follows where it leads within the server.
pub(crate) async fn submit(flow: &mut CodeFlow, form: &Form) -> Answer {
    let answer = flow.browser.post(&form.action, &form.fields).await;
    match answer.status {
        303 => {
            let to = answer.location().to_owned();
            if to.starts_with("http://127.0.0.1:4444/") { flow.browser.follow(&to).await } else { answer }
        }
        _ => answer,
    }
}
