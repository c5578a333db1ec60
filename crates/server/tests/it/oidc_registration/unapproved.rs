//! Errors of clients that registered themselves, where the operator keeps them on a page until the user has approved the
//! client (RFC 9700 §4.11.2).

use serde_json::json;

use super::{minimal, register};
use crate::fixtures::with;
use crate::support::{Browser, CodeFlow, REDIRECT_URI, STATE, TestServer};

async fn keeping() -> TestServer {
    TestServer::with(|config| config.symbolon.registration.keep_errors_of_unapproved_clients = true).await
}

/// Whether an error sends the browser to the client.
async fn is_told(server: &TestServer, browser: &mut Browser, client_id: &str, further: &str) -> bool {
    let target = format!(
        "{}/oauth2/auth?client_id={client_id}&response_type=code&redirect_uri={}&state={STATE}&{further}",
        server.public_url(),
        urlencoding(REDIRECT_URI),
    );
    let answer = browser.get(&target).await;
    let location = answer.location().to_owned();
    assert!(location.contains("error="), "{further}: {location}");
    location.starts_with(REDIRECT_URI)
}

fn urlencoding(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

const WRONG: [&str; 3] = ["scope=never.registered", "scope=openid&max_age=x", "scope=openid&prompt=nothing"];

#[tokio::test]
async fn a_strangers_client_sends_no_browser_anywhere_by_an_error() {
    let server = keeping().await;
    let client = register(&server, &with(minimal(), &json!({ "scope": "openid offline" }))).await;
    for further in WRONG.into_iter().chain(["scope=openid&prompt=none%20login"]) {
        assert!(!is_told(&server, &mut Browser::new(&server), &client.id, further).await, "{further}");
    }
    // Nobody sees the answer to `prompt=none`, and the client waits for it.
    assert!(is_told(&server, &mut Browser::new(&server), &client.id, "scope=openid&prompt=none").await);
    let administrators = server.create_client(&with(minimal(), &json!({ "scope": "openid" }))).await;
    let id = administrators["client_id"].as_str().unwrap();
    assert!(is_told(&server, &mut Browser::new(&server), id, WRONG[0]).await);
}

#[tokio::test]
async fn a_user_who_refuses_is_not_sent_to_the_client_either() {
    let server = keeping().await;
    let client = register(&server, &with(minimal(), &json!({ "scope": "openid offline" }))).await;
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret);
    let page = flow.log_in().await.location().to_owned();
    let challenge =
        crate::support::pair(&crate::support::pairs_of(page.split_once('?').unwrap().1), "consent_challenge")
            .unwrap()
            .to_owned();
    let reject = crate::support::Call::put("/admin/oauth2/auth/requests/consent/reject")
        .query(&[("consent_challenge", &challenge)])
        .json(&json!({ "error": "access_denied" }));
    let back = server.admin(reject).await.expect(200).member("redirect_to");
    let answer = flow.browser.get(&back).await;
    assert!(!answer.location().starts_with(REDIRECT_URI), "{}", answer.location());
    assert_eq!(answer.location_parameter("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_client_that_the_user_approved_is_told_and_only_in_that_users_browser() {
    let server = keeping().await;
    let client = register(&server, &with(minimal(), &json!({ "scope": "openid offline" }))).await;
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret).login("remember", json!(true));
    flow.tokens().await;
    for further in WRONG {
        assert!(is_told(&server, &mut flow.browser, &client.id, further).await, "{further}");
        assert!(!is_told(&server, &mut Browser::new(&server), &client.id, further).await, "{further}");
    }
    let revoke = crate::support::Call::delete("/admin/oauth2/auth/sessions/consent")
        .query(&[("subject", "alice"), ("client", &client.id)]);
    server.admin(revoke).await.expect(204);
    assert!(!is_told(&server, &mut flow.browser, &client.id, WRONG[0]).await, "what was revoked is no approval");
    let mut other = CodeFlow::new(&server, &client.id).secret(&client.secret).subject("bob");
    other = other.login("remember", json!(true));
    other.log_in().await;
    assert!(!is_told(&server, &mut other.browser, &client.id, WRONG[0]).await, "what alice approved counts for alice");
}

#[tokio::test]
async fn by_default_every_client_is_told_as_the_standard_says() {
    let server = TestServer::new().await;
    let client = register(&server, &with(minimal(), &json!({ "scope": "openid offline" }))).await;
    for further in WRONG {
        assert!(is_told(&server, &mut Browser::new(&server), &client.id, further).await, "{further}");
    }
}
