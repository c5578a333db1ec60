//! A device asks for more as well (RFC 8628 §3.1 with RFC 9470 §4): what it says of the login is kept for the person who
//! enters its code.

use serde_json::json;

use crate::fixtures::{claims, outcome, parameter, text};
use crate::rfc8628::{DeviceFlow, device_client};
use crate::support::{Call, TestServer};

async fn flow(server: &TestServer) -> DeviceFlow {
    DeviceFlow::new(server, &device_client(server).await)
}

#[tokio::test]
async fn acr_values_of_a_device_reach_the_login_page_whatever_the_address_says() {
    let server = TestServer::new().await;
    let mut flow = flow(&server).await;
    let codes = flow.ask_with(&[("scope", "openid"), ("acr_values", "gold silver")]).await.expect(200).json();
    let next = flow.enter(&codes).await;
    let page = flow.browser.get(&format!("{next}&acr_values=bronze")).await.expect(302).location().to_owned();
    let challenge = parameter(&page, "login_challenge");
    let asked = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
    let asked = server.admin(asked).await.expect(200).json();
    assert_eq!(asked["oidc_context"]["acr_values"], json!(["gold", "silver"]));
}

/// A session that is older than the device takes is not enough, and the token says when somebody logged in.
#[tokio::test]
async fn max_age_and_prompt_of_a_device_ask_for_a_fresh_login() {
    let server = TestServer::new().await;
    let mut flow = flow(&server).await;
    flow.application.login = json!({ "subject": "alice", "remember": true });
    let codes = flow.ask().await;
    flow.connect(&codes).await;
    for (name, value) in [("max_age", "60"), ("prompt", "login")] {
        server.clock.advance(120);
        let codes = flow.ask_with(&[("scope", "openid"), (name, value)]).await.expect(200).json();
        let page = flow.to_login(&codes).await;
        let challenge = parameter(&page, "login_challenge");
        let asked = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
        assert_eq!(server.admin(asked).await.expect(200).json()["skip"], false, "{name}");
        let codes = flow.ask_with(&[("scope", "openid"), (name, value)]).await.expect(200).json();
        flow.connect(&codes).await;
        let tokens = flow.poll(&codes).await.expect(200).json();
        assert_eq!(claims(text(&tokens, "id_token"))["auth_time"], server.clock.now(), "{name}");
    }
}

#[tokio::test]
async fn an_essential_acr_that_is_not_met_gives_the_device_no_token() {
    let server = TestServer::new().await;
    let mut flow = flow(&server).await;
    flow.application.login = json!({ "subject": "alice", "acr": "silver" });
    let essential = json!({ "id_token": { "acr": { "essential": true, "values": ["gold"] } } }).to_string();
    let codes = flow.ask_with(&[("scope", "openid"), ("claims", &essential)]).await.expect(200).json();
    let page = flow.to_login(&codes).await;
    let next = flow.application.accept_login(&page).await;
    let answer = flow.browser.get(&next).await;
    assert_eq!(outcome(&answer), "page unmet_authentication_requirements");
    assert_ne!(flow.hears(&codes).await, "invalid_grant");
}

#[tokio::test]
async fn what_cannot_be_read_or_done_is_told_to_the_device() {
    let server = TestServer::new().await;
    let flow = flow(&server).await;
    for (name, value) in [
        ("max_age", "soon"),
        ("max_age", "-1"),
        ("prompt", "none"),
        ("prompt", "dance"),
        ("claims", "{"),
        ("id_token_hint", "x"),
    ] {
        let answer = flow.ask_with(&[("scope", "openid"), (name, value)]).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{name}={value}");
        assert!(answer.text().contains(&format!("'{name}'")), "{name}={value}: {}", answer.text());
        let twice = flow.ask_with(&[("scope", "openid"), (name, value), (name, value)]).await.expect(400);
        assert_eq!(twice.error().as_deref(), Some("invalid_request"), "{name}");
    }
}
