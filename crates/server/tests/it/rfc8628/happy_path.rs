//! From the device's request to its tokens and their refresh, on each database (RFC 8628 §3.1–§3.5).

use serde_json::json;
use symbolon_server::config::Config;

use super::{DeviceFlow, device_client, public_device_client};
use crate::fixtures::{claims, register, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_device_gets_tokens_once_a_person_agreed() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        assert_eq!(codes["expires_in"], 600);
        assert_eq!(codes["interval"], 5);
        assert!(text(&codes, "device_code").starts_with("ory_dc_"));
        assert_eq!(flow.hears(&codes).await, "authorization_pending");

        let done = flow.connect(&codes).await.expect(302);
        assert_eq!(done.location(), "http://127.0.0.1:3000/device/done?client_id=tv");

        let tokens = flow.poll(&codes).await.expect(200);
        assert_eq!(tokens.header("cache-control"), Some("no-store"));
        let tokens = tokens.json();
        assert_eq!(tokens["scope"], "openid offline");
        assert_eq!(tokens["token_type"], "bearer");
        let id_token = claims(text(&tokens, "id_token"));
        assert_eq!(id_token["sub"], "alice");
        assert_eq!(id_token["aud"], json!(["tv"]));
        assert!(id_token.get("nonce").is_none() && id_token.get("c_hash").is_none());
        let introspected = server.introspect(text(&tokens, "access_token")).await;
        assert_eq!((&introspected["active"], &introspected["sub"]), (&json!(true), &json!("alice")));

        assert_eq!(flow.hears(&codes).await, "invalid_grant", "the code is spent");
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        let next = server.public(flow.client.token_request(&refresh)).await.expect(200).json();
        assert_eq!(server.introspect(text(&next, "access_token")).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn a_public_client_needs_no_more_than_its_id() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &public_device_client(&server).await);
    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    flow.poll(&codes).await.expect(200);
}

#[tokio::test]
async fn a_client_without_redirect_uri_can_use_devices() {
    let server = TestServer::new().await;
    let changes = json!({ "grant_types": [super::GRANT_TYPE], "redirect_uris": null, "response_types": null });
    let client = register(&server, "no-redirects", &changes).await;
    let mut flow = DeviceFlow::new(&server, &client);
    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    assert!(tokens.get("refresh_token").is_none(), "it is not registered for refresh tokens");
}

#[tokio::test]
async fn only_what_was_granted_is_issued() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let form = [("scope", "openid offline photos.read"), ("audience", "https://api.example")];
    let codes = flow.ask_with(&form).await.expect(200).json();
    flow.application.consent["grant_scope"] = json!(["photos.read"]);
    flow.connect(&codes).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    assert_eq!(tokens["scope"], "photos.read");
    assert!(tokens.get("id_token").is_none() && tokens.get("refresh_token").is_none());
    let introspected = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!(introspected["aud"], json!(["https://api.example"]));
}

#[tokio::test]
async fn lifetimes_are_those_of_the_device_grant() {
    let server = TestServer::with(|config: &mut Config| config.ttl.access_token = 7200).await;
    let changes = json!({
        "grant_types": [super::GRANT_TYPE, "refresh_token"],
        "device_authorization_grant_access_token_lifespan": "90s",
        "device_authorization_grant_id_token_lifespan": "2m",
        "device_authorization_grant_refresh_token_lifespan": "3m",
        "authorization_code_grant_access_token_lifespan": "1s",
        "refresh_token_grant_refresh_token_lifespan": "1s",
    });
    let client = register(&server, "lifespans", &changes).await;
    let mut flow = DeviceFlow::new(&server, &client);
    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    assert_eq!(tokens["expires_in"], 90);
    let id_token = claims(text(&tokens, "id_token"));
    assert_eq!(id_token["exp"].as_i64().unwrap() - id_token["iat"].as_i64().unwrap(), 120);
    let active = async |member: &str| server.introspect(text(&tokens, member)).await["active"] == true;
    for (seconds, access, refresh) in [(89, true, true), (1, false, true), (89, false, true), (1, false, false)] {
        server.clock.advance(seconds);
        assert_eq!((active("access_token").await, active("refresh_token").await), (access, refresh), "{seconds}");
    }
}

#[tokio::test]
async fn a_session_and_a_remembered_consent_spare_the_questions() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    flow.application.login["remember"] = json!(true);
    flow.application.consent["remember"] = json!(true);
    let first = flow.ask().await;
    flow.connect(&first).await.expect(302);
    let second = flow.ask().await;
    let page = flow.to_consent(&second).await;
    let challenge = page.split_once("consent_challenge=").unwrap().1;
    let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", challenge)]);
    let request = server.admin(call).await.expect(200).json();
    assert_eq!(request["skip"], true);
    assert_eq!(request["requested_scope"], json!(["openid", "offline"]));
}

#[tokio::test]
async fn the_consent_is_listed_and_can_be_revoked_before_and_after_the_tokens() {
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let subject = [("subject", "alice")];
    let list = || Call::get("/admin/oauth2/auth/sessions/consent").query(&subject);
    let revoke = || {
        let query = [("subject", "alice"), ("client", "tv")];
        Call::delete("/admin/oauth2/auth/sessions/consent").query(&query)
    };
    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    let listed = server.admin(list()).await.expect(200).json();
    assert_eq!(listed[0]["consent_request"]["requested_scope"], json!(["openid", "offline"]));
    assert_eq!(
        listed[0]["consent_request"]["request_url"],
        format!("{}/oauth2/device/verify?client_id=tv&user_code=%2A%2A%2A%2A", server.public_url())
    );
    server.admin(revoke()).await.expect(204);
    assert_eq!(flow.hears(&codes).await, "invalid_grant");

    let codes = flow.ask().await;
    flow.connect(&codes).await.expect(302);
    let tokens = flow.poll(&codes).await.expect(200).json();
    server.clock.advance(1);
    server.admin(revoke()).await.expect(204);
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false);
}
