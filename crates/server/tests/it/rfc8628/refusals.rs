//! Refusals (RFC 8628 §3.3, §3.5): the person sees a page, the device hears `access_denied`, and nobody is redirected to
//! a client.

use serde_json::json;

use super::{DeviceFlow, device_client};
use crate::support::{Answer, Call, TestServer};

const ERROR_PAGE: &str = "http://127.0.0.1:3000/error?";

#[track_caller]
fn assert_page(answer: &Answer, error: &str) {
    assert_eq!(answer.status, 302);
    assert!(answer.location().starts_with(ERROR_PAGE), "{}", answer.location());
    assert_eq!(answer.error().as_deref(), Some(error));
}

#[tokio::test]
async fn a_login_that_is_rejected_is_told_to_the_device() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        let page = flow.to_login(&codes).await;
        let next = flow.reject("login", &page).await;
        assert_eq!(flow.hears(&codes).await, "authorization_pending", "the browser has not come back");
        assert_page(&flow.browser.get(&next).await, "access_denied");
        let answer = flow.poll(&codes).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("access_denied"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(flow.hears(&codes).await, "access_denied", "and again, without a word about haste");
    })
    .await;
}

#[tokio::test]
async fn a_consent_that_is_rejected_is_told_to_the_device() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        let page = flow.to_consent(&codes).await;
        let next = flow.reject("consent", &page).await;
        assert_page(&flow.browser.get(&next).await, "access_denied");
        assert_eq!(flow.hears(&codes).await, "access_denied");
        // What was refused cannot be agreed to.
        let mut again = DeviceFlow::new(server, &flow.client);
        let challenge = again.challenge().await;
        let call = DeviceFlow::accept_call(&challenge, codes["user_code"].as_str().unwrap());
        assert_eq!(server.admin(call).await.expect(400).error().as_deref(), Some("invalid_request"));
    })
    .await;
}

#[tokio::test]
async fn a_person_who_is_too_slow_connects_nothing() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let next = flow.to_verifier(&codes).await;
    server.clock.advance(600);
    assert_page(&flow.browser.get(&next).await, "expired_token");
    assert_eq!(flow.hears(&codes).await, "expired_token");
    let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
    assert_eq!(server.admin(list).await.expect(200).json(), json!([]), "nothing was granted");
}

#[tokio::test]
async fn a_flow_older_than_its_time_ends_without_a_word_to_the_device() {
    let server = TestServer::with(|config| {
        config.ttl.login_consent_request = 100;
    })
    .await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    // The time of the flow begins with the login, however long the code lay there.
    server.clock.advance(300);
    let next = flow.to_verifier(&codes).await;
    server.clock.advance(101);
    assert_page(&flow.browser.get(&next).await, "request_unauthorized");
    assert_eq!(flow.hears(&codes).await, "authorization_pending");
    flow.connect(&codes).await.expect(302);
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn a_client_that_lost_the_grant_type_ends_on_a_page() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let next = flow.to_verifier(&codes).await;
    let path = "/admin/clients/tv";
    let mut client = server.admin(Call::get(path)).await.expect(200).json();
    client["grant_types"] = json!(["authorization_code"]);
    server.admin(Call::put(path).json(&client)).await.expect(200);
    assert_page(&flow.browser.get(&next).await, "unauthorized_client");
}

#[tokio::test]
async fn a_client_that_was_deleted_ends_on_a_page() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let next = flow.enter(&codes).await;
    server.admin(Call::delete("/admin/clients/tv")).await.expect(204);
    assert_page(&flow.browser.get(&next).await, "expired_token");
}

#[tokio::test]
async fn prompt_none_without_a_session_ends_on_a_page_and_leaves_the_device_waiting() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let next = flow.enter(&codes).await;
    assert_page(&flow.browser.get(&format!("{next}&prompt=none")).await, "login_required");
    assert_eq!(flow.hears(&codes).await, "authorization_pending");
}
