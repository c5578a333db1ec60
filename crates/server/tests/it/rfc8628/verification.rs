//! The verification URI (RFC 8628 §3.3): bound to the browser, to what the device asked for, and to its own verifiers.

use serde_json::{Value, json};

use super::{DeviceFlow, device_client};
use crate::fixtures::{altered, confidential, text};
use crate::support::{Browser, Call, TestServer, pair, pairs_of};

async fn login_request(server: &TestServer, page: &str) -> Value {
    let pairs = pairs_of(page.split_once('?').unwrap().1);
    let challenge = pair(&pairs, "login_challenge").unwrap();
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", challenge)]);
    server.admin(call).await.expect(200).json()
}

#[tokio::test]
async fn the_page_gets_the_code_that_the_address_carries() {
    let server = TestServer::new().await;
    let mut browser = Browser::new(&server);
    let answer = browser.get("/oauth2/device/verify?user_code=aB%263").await.expect(302);
    assert!(answer.location().starts_with("http://127.0.0.1:3000/device?"), "{}", answer.location());
    assert_eq!(answer.location_parameter("user_code").as_deref(), Some("aB&3"));
    let cookie = &answer.cookies()[0];
    assert_eq!(cookie.name, "ory_hydra_device_csrf_dev");
    assert_eq!((cookie.max_age(), cookie.attribute("Path")), (Some(1800), Some("/")));
    assert!(cookie.attribute("HttpOnly").is_some());
    let masked = browser.get("/oauth2/device/verify?user_code=%2A%2A%2A%2A").await.expect(302);
    assert_eq!(masked.location_parameter("user_code"), None);
}

#[tokio::test]
async fn a_link_checker_begins_nothing() {
    let server = TestServer::new().await;
    let answer = server.public(Call::new(http::Method::HEAD, "/oauth2/device/verify")).await.expect(200);
    assert!(answer.cookies().is_empty());
}

#[tokio::test]
async fn the_login_page_is_told_what_the_device_asked_for() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let form = [("scope", "openid photos.read"), ("audience", "https://api.example")];
    let codes = flow.ask_with(&form).await.expect(200).json();
    let page = flow.to_login(&codes).await;
    let request = login_request(&server, &page).await;
    assert_eq!(request["requested_scope"], json!(["openid", "photos.read"]));
    assert_eq!(request["requested_access_token_audience"], json!(["https://api.example"]));
    assert_eq!(request["oidc_context"], Value::Null);
    assert_eq!(request["client"]["client_id"], "tv");
    let url = format!("{}/oauth2/device/verify?client_id=tv&user_code=%2A%2A%2A%2A", server.public_url());
    assert_eq!(request["request_url"], url);
}

#[tokio::test]
async fn the_address_cannot_change_what_the_device_asked_for() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    confidential(&server).await;
    let codes = flow.ask().await;
    let next = flow.enter(&codes).await;
    let hostile = "&scope=photos.read&audience=https%3A%2F%2Fapi.example&redirect_uri=https%3A%2F%2Fevil.example\
        &response_type=code&state=01234567&code_challenge=x";
    let page = flow.browser.get(&format!("{next}{hostile}")).await.expect(302).location().to_owned();
    let request = login_request(&server, &page).await;
    assert_eq!(request["requested_scope"], json!(["openid", "offline"]));
    assert_eq!(request["requested_access_token_audience"], json!([]));
    // Another client is a fault, not a wish.
    let other = next.replace("client_id=tv", "client_id=confidential");
    let answer = flow.browser.get(&other).await.expect(302);
    assert_eq!(answer.error().as_deref(), Some("invalid_client"));
}

#[tokio::test]
async fn what_the_login_page_needs_can_be_added() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    flow.application.login["remember"] = json!(true);
    let first = flow.ask().await;
    flow.connect(&first).await.expect(302);
    let codes = flow.ask().await;
    let next = flow.enter(&codes).await;
    let page = flow.browser.get(&next).await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["skip"], true);
    let page = flow.browser.get(&format!("{next}&prompt=login")).await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["skip"], false);
}

#[tokio::test]
async fn verifiers_work_in_their_browser_only() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let next = flow.enter(&codes).await;
    let mut stranger = Browser::new(&server);
    let refused = stranger.get(&next).await.expect(302);
    assert_eq!(refused.error().as_deref(), Some("request_forbidden"));
    // Nor with a cookie of one's own.
    stranger.get("/oauth2/device/verify").await.expect(302);
    assert_eq!(stranger.get(&next).await.error().as_deref(), Some("request_forbidden"));
    let page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let next = flow.application.accept_login(&page).await;
    assert_eq!(stranger.get(&next).await.error().as_deref(), Some("request_forbidden"));
    let page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&page).await;
    assert_eq!(stranger.get(&next).await.error().as_deref(), Some("request_forbidden"));
    assert_eq!(flow.hears(&codes).await, "authorization_pending", "a stranger's attempt says nothing");
    flow.browser.get(&next).await.expect(302);
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn a_code_entered_in_two_browsers_mixes_no_sessions() {
    let server = TestServer::new().await;
    let client = device_client(&server).await;
    let mut alice = DeviceFlow::new(&server, &client);
    let mut mallory = DeviceFlow::new(&server, &client);
    mallory.application.login["subject"] = json!("mallory");
    for flow in [&mut alice, &mut mallory] {
        flow.application.login["remember"] = json!(true);
    }
    let codes = alice.ask().await;
    let alices_page = alice.to_login(&codes).await;
    let mallorys_page = mallory.to_login(&codes).await;
    assert_ne!(alices_page, mallorys_page);
    let alices_next = alice.application.accept_login(&alices_page).await;
    assert_eq!(mallory.browser.get(&alices_next).await.error().as_deref(), Some("request_forbidden"));
    let page = alice.browser.get(&alices_next).await.expect(302).location().to_owned();
    let next = alice.application.accept_consent(&page).await;
    alice.browser.get(&next).await.expect(302);
    // The second answer comes too late and changes nothing.
    let next = mallory.application.accept_login(&mallorys_page).await;
    let page = mallory.browser.get(&next).await.expect(302).location().to_owned();
    let next = mallory.application.accept_consent(&page).await;
    assert_eq!(mallory.browser.get(&next).await.expect(302).error().as_deref(), Some("access_denied"));
    let tokens = alice.poll(&codes).await.expect(200).json();
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["sub"], "alice");
}

#[tokio::test]
async fn verifiers_that_were_used_altered_or_meant_for_something_else_are_refused() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let challenge = flow.challenge().await;
    let next = flow.enter(&codes).await;
    let query = pairs_of(next.split_once('?').unwrap().1);
    let verifier = pair(&query, "device_verifier").unwrap().to_owned();
    let visit = |name: &str, value: &str| {
        Call::get("/oauth2/device/verify").query(&[("client_id", "tv"), (name, value)]).target
    };
    for (how, changed) in altered(&verifier) {
        let answer = flow.browser.get(&visit("device_verifier", &changed)).await.expect(302);
        assert_eq!(answer.error().as_deref(), Some("access_denied"), "{how}");
    }
    for (name, wrong) in
        [("device_verifier", &challenge), ("login_verifier", &verifier), ("consent_verifier", &verifier)]
    {
        let answer = flow.browser.get(&visit(name, wrong)).await.expect(302);
        assert_eq!(answer.error().as_deref(), Some("access_denied"), "{name}");
        assert!(answer.location().starts_with("http://127.0.0.1:3000/error?"));
    }
    let two = format!("{next}&login_verifier=x");
    assert_eq!(flow.browser.get(&two).await.error().as_deref(), Some("invalid_request"));
    let page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let back = flow.application.accept_login(&page).await;
    let page = flow.browser.get(&back).await.expect(302).location().to_owned();
    let done = flow.application.accept_consent(&page).await;
    flow.browser.get(&done).await.expect(302);
    for used in [&next, &back, &done] {
        let answer = flow.browser.get(used).await.expect(302);
        assert!(answer.error().is_some(), "{used} led to {}", answer.location());
    }
}

#[tokio::test]
async fn a_device_verifier_expires() {
    let server = TestServer::with(|config| {
        config.ttl.login_consent_request = 60;
    })
    .await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let challenge = flow.challenge().await;
    let next = flow.enter(&codes).await;
    server.clock.advance(61);
    assert!(flow.browser.get(&next).await.expect(302).error().is_some());
    let late = DeviceFlow::accept_call(&challenge, text(&codes, "user_code"));
    assert_eq!(server.admin(late).await.expect(401).error().as_deref(), Some("request_unauthorized"));
}

#[tokio::test]
async fn somebody_else_than_the_session_says_can_log_in() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    flow.application.login["remember"] = json!(true);
    let first = flow.ask().await;
    flow.connect(&first).await.expect(302);
    let codes = flow.ask().await;
    let page = flow.to_login(&codes).await;
    flow.application.login["subject"] = json!("bob");
    // The login starts over, in this browser and for this device, without the user code.
    let again = flow.application.accept_login(&page).await;
    let page = flow.browser.get(&again).await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["skip"], false);
    let next = flow.application.accept_login(&page).await;
    let page = flow.browser.get(&next).await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&page).await;
    flow.browser.get(&next).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["sub"], "bob");
    // In another browser the same address leads nowhere.
    assert_eq!(Browser::new(&server).get(&again).await.error().as_deref(), Some("request_forbidden"));
}

#[tokio::test]
async fn several_tabs_of_one_browser_go_on() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let (first, second) = (flow.ask().await, flow.ask().await);
    let earlier = flow.enter(&first).await;
    let later = flow.enter(&second).await;
    for (next, codes) in [(earlier, first), (later, second)] {
        let page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = flow.application.accept_login(&page).await;
        let page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = flow.application.accept_consent(&page).await;
        flow.browser.get(&next).await.expect(302);
        flow.poll(&codes).await.expect(200);
    }
}
