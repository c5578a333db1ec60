//! What the device hears (RFC 8628 §3.4, §3.5): in time, too early, too late, and with codes that are not its own.

use serde_json::json;
use symbolon_server::config::Config;

use super::{DeviceFlow, GRANT_TYPE, device_client};
use crate::fixtures::{altered, confidential, register, text};
use crate::support::{CODE_CHALLENGE, CODE_VERIFIER, TestServer};

#[tokio::test]
async fn a_hasty_device_is_told_to_slow_down_and_is_served_all_the_same() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        assert_eq!(flow.hears(&codes).await, "authorization_pending");
        assert_eq!(flow.hears(&codes).await, "slow_down");
        server.clock.advance(5);
        assert_eq!(flow.hears(&codes).await, "slow_down", "the interval is ten seconds now, and fifteen from here");
        server.clock.advance(15);
        assert_eq!(flow.hears(&codes).await, "authorization_pending");
        flow.connect(&codes).await.expect(302);
        flow.poll(&codes).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_patient_device_is_never_told_to_slow_down() {
    let server = TestServer::new().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    for _ in 0..20 {
        assert_eq!(flow.hears(&codes).await, "authorization_pending");
        server.clock.advance(5);
    }
}

#[tokio::test]
async fn pending_lasts_until_the_browser_is_through() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let verifier = flow.to_verifier(&codes).await;
    assert_eq!(flow.hears(&codes).await, "authorization_pending", "the page agreed, the browser has not come back");
    flow.browser.get(&verifier).await.expect(302);
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn an_expired_code_is_told_whatever_became_of_it() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let pending = flow.ask().await;
        let accepted = flow.ask().await;
        flow.connect(&accepted).await.expect(302);
        server.clock.advance(599);
        assert_eq!(flow.hears(&pending).await, "authorization_pending");
        server.clock.advance(1);
        assert_eq!(flow.hears(&pending).await, "expired_token");
        assert_eq!(flow.hears(&accepted).await, "expired_token");
        server.server.purge().await.unwrap();
        assert_eq!(flow.hears(&pending).await, "expired_token", "the code says so itself");
    })
    .await;
}

#[tokio::test]
async fn codes_that_are_not_the_devices_are_refused() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let other = register(&server, "other-tv", &json!({ "grant_types": [GRANT_TYPE] })).await;
    let other = DeviceFlow::new(&server, &other);
    let codes = flow.ask().await;
    assert_eq!(other.hears(&codes).await, "invalid_grant");
    flow.connect(&codes).await.expect(302);
    assert_eq!(other.hears(&codes).await, "invalid_grant");
    for (how, code) in altered(text(&codes, "device_code")) {
        assert_eq!(flow.hears(&json!({ "device_code": code })).await, "invalid_grant", "{how}");
    }
    let user_code = json!({ "device_code": codes["user_code"] });
    assert_eq!(flow.hears(&user_code).await, "invalid_grant");
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn the_code_is_required_and_the_grant_type_registered() {
    let server = TestServer::new().await;
    let client = device_client(&server).await;
    let answer = server.public(client.token_request(&[("grant_type", GRANT_TYPE)])).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
    let codes = DeviceFlow::new(&server, &client).ask().await;
    let other = DeviceFlow::new(&server, &confidential(&server).await);
    assert_eq!(other.hears(&codes).await, "unauthorized_client");
}

#[tokio::test]
async fn no_other_artefact_passes_as_a_device_code_and_the_other_way_round() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let challenge = flow.challenge().await;
    let verifier = flow.to_verifier(&codes).await;
    flow.browser.get(&verifier).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    for wrong in [text(&tokens, "access_token"), text(&tokens, "refresh_token"), &challenge] {
        assert_eq!(flow.hears(&json!({ "device_code": wrong })).await, "invalid_grant");
    }
    let device_code = text(&flow.ask().await, "device_code").to_owned();
    assert_eq!(server.introspect(&device_code).await["active"], false);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", device_code.as_str())];
    server.public(flow.client.token_request(&refresh)).await.expect(400);
}

#[tokio::test]
async fn a_device_that_asked_with_a_challenge_has_to_prove_itself() {
    let server = TestServer::with(|config: &mut Config| config.oauth2.pkce.enforced = true).await;
    let client = device_client(&server).await;
    let mut flow = DeviceFlow::new(&server, &client);
    let form = [("scope", "openid"), ("code_challenge", CODE_CHALLENGE), ("code_challenge_method", "S256")];
    let poll = |codes: &serde_json::Value, verifier: Option<&str>| {
        let mut form = vec![("grant_type", GRANT_TYPE), ("device_code", text(codes, "device_code"))];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        client.token_request(&form)
    };
    let codes = flow.ask_with(&form).await.expect(200).json();
    flow.connect(&codes).await.expect(302);
    server.public(poll(&codes, Some(CODE_VERIFIER))).await.expect(200);

    for wrong in [None, Some("wrong-verifier-wrong-verifier-wrong-verifier-wrong")] {
        let codes = flow.ask_with(&form).await.expect(200).json();
        flow.connect(&codes).await.expect(302);
        let answer = server.public(poll(&codes, wrong)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
        let answer = server.public(poll(&codes, Some(CODE_VERIFIER))).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "a failed attempt burns the code");
    }

    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    server.public(poll(&codes, Some(CODE_VERIFIER))).await.expect(400);
}
