//! The device authorization endpoint (RFC 8628 §3.1, §3.2): who may ask, for what, and how often.

use http::header::HeaderName;
use serde_json::json;
use symbolon_server::config::{Config, Network, UserCode};

use super::{DeviceFlow, device_client, public_device_client};
use crate::fixtures::{confidential, metadata, text, with};
use crate::support::{CODE_CHALLENGE, Call, TestServer};

#[tokio::test]
async fn requests_that_are_refused() {
    let server = TestServer::new().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let challenge = ("code_challenge", CODE_CHALLENGE);
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("scope", "not-registered")], "invalid_scope"),
        (&[("scope", "a\u{1}b")], "invalid_request"),
        (&[("scope", "openid"), ("scope", "openid")], "invalid_request"),
        (&[("scope", "openid"), ("audience", "https://other.example")], "invalid_request"),
        (&[("client_id", "other")], "invalid_request"),
        (&[("scope", "openid"), ("request", "x")], "request_not_supported"),
        (&[("scope", "openid"), ("request_uri", "https://a.example")], "request_uri_not_supported"),
        (&[("scope", "openid"), ("code_challenge_method", "S256")], "invalid_request"),
        (&[("scope", "openid"), challenge], "invalid_request"),
        (&[("scope", "openid"), challenge, ("code_challenge_method", "plain")], "invalid_request"),
        (&[("scope", "openid"), ("code_challenge", "short"), ("code_challenge_method", "S256")], "invalid_request"),
    ];
    for (form, error) in table {
        let answer = flow.ask_with(form).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some(*error), "{form:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn clients_that_are_refused() {
    let server = TestServer::new().await;
    let other = DeviceFlow::new(&server, &confidential(&server).await);
    let answer = other.ask_with(&[("scope", "openid")]).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("unauthorized_client"));
    device_client(&server).await;
    let call = || Call::post("/oauth2/device/auth");
    let form = [("client_id", "tv"), ("scope", "openid")];
    assert_eq!(server.public(call().form(&form)).await.expect(401).error().as_deref(), Some("invalid_client"));
    let wrong = call().form(&form).basic("tv", "wrong");
    assert_eq!(server.public(wrong).await.expect(401).error().as_deref(), Some("invalid_client"));
    assert_eq!(server.public(call().form(&[])).await.expect(400).error().as_deref(), Some("invalid_request"));
    let json = call().json(&json!({ "client_id": "tv" }));
    assert_eq!(server.public(json).await.expect(400).error().as_deref(), Some("invalid_request"));
    server.public(Call::get("/oauth2/device/auth")).await.expect(405);
}

#[tokio::test]
async fn addresses_and_codes_are_well_formed() {
    let server = TestServer::new().await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let user_code = text(&codes, "user_code");
    let allowed = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679";
    assert!(user_code.len() == 8 && user_code.chars().all(|letter| allowed.contains(letter)), "{user_code}");
    let uri = format!("{}/oauth2/device/verify", server.public_url());
    assert_eq!(codes["verification_uri"], uri);
    assert_eq!(codes["verification_uri_complete"], format!("{uri}?user_code={user_code}"));
    assert!(codes.get("Header").is_none());
    let other = flow.ask().await;
    assert_ne!(other["user_code"], codes["user_code"]);
    assert_ne!(other["device_code"], codes["device_code"]);
}

#[tokio::test]
async fn configuration_decides_about_codes_and_times() {
    let server = TestServer::with(|config: &mut Config| {
        config.ttl.device_user_code = 120;
        config.oauth2.device_authorization.token_polling_interval_seconds = 7;
        config.oauth2.device_authorization.user_code = UserCode { length: 6, character_set: "ABCDEFGHJK-&".to_owned() };
    })
    .await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    assert_eq!((&codes["expires_in"], &codes["interval"]), (&json!(120), &json!(7)));
    assert_eq!(text(&codes, "user_code").len(), 6);
}

#[tokio::test]
async fn a_user_code_is_given_to_one_device_at_a_time() {
    // 64 codes exist; each is free again once its device is gone.
    let server = TestServer::with(|config: &mut Config| {
        config.oauth2.device_authorization.user_code = UserCode { length: 2, character_set: "ABCDEFGH".to_owned() };
    })
    .await;
    let flow = DeviceFlow::new(&server, &device_client(&server).await);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..40 {
        let answer = flow.ask_with(&[("scope", "openid")]).await;
        // Where five tries do not find a free code, the device is told to come again.
        if answer.status == 503 {
            assert_eq!(answer.error().as_deref(), Some("temporarily_unavailable"));
            continue;
        }
        assert!(seen.insert(answer.expect(200).member("user_code")));
    }
    assert!(seen.len() > 20);
}

#[tokio::test]
async fn strangers_cannot_fill_the_database() {
    let server = TestServer::new().await;
    let public = DeviceFlow::new(&server, &public_device_client(&server).await);
    let confidential = DeviceFlow::new(&server, &device_client(&server).await);
    for _ in 0..60 {
        public.ask().await;
    }
    let refused = public.ask_with(&[("scope", "openid")]).await.expect(503);
    assert_eq!(refused.error().as_deref(), Some("temporarily_unavailable"));
    confidential.ask().await;
    server.clock.advance(60);
    public.ask().await;
}

#[tokio::test]
async fn devices_and_user_codes_are_counted_by_network() {
    let proxy = Network::parse("127.0.0.0/8").unwrap();
    let server = TestServer::with(|config| config.symbolon.trusted_proxies = vec![proxy]).await;
    let client = public_device_client(&server).await;
    let from = HeaderName::from_static("x-forwarded-for");
    let inside = |number: usize| format!("2001:db8:1:2::{number:x}");
    let ask = async |address: &str| {
        let call = client.form("/oauth2/device/auth", &[("scope", "openid")]).header(from.clone(), address);
        server.public(call).await.status
    };
    // A challenge is for ten codes, and asking for one is free.
    let enter = async |address: &str| {
        let visit = Call::get("/oauth2/device/verify").navigating().header(from.clone(), address);
        let challenge = server.public(visit).await.expect(302).location_parameter("device_challenge").unwrap();
        server.admin(DeviceFlow::accept_call(&challenge, "wrongcod")).await.status
    };
    for number in 0..60 {
        assert_eq!((ask(&inside(number)).await, enter(&inside(number)).await), (200, 400), "{number}");
    }
    let outside = "2001:db8:1:3::1";
    assert_eq!((ask("2001:db8:1:2:ffff::1").await, enter("2001:db8:1:2:ffff::1").await), (503, 429));
    assert_eq!((ask(outside).await, enter(outside).await), (200, 400));
}

#[tokio::test]
async fn the_endpoint_is_advertised() {
    let server = TestServer::new().await;
    let metadata = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    assert_eq!(metadata["device_authorization_endpoint"], format!("{}/oauth2/device/auth", server.public_url()));
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(super::GRANT_TYPE)));
}

#[tokio::test]
async fn self_registered_clients_may_use_it() {
    let server = TestServer::new().await;
    let changes = json!({ "client_id": null, "grant_types": [super::GRANT_TYPE], "audience": null });
    let body = with(metadata("x"), &changes);
    let created = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
    let client = crate::fixtures::Registered {
        id: text(&created, "client_id").to_owned(),
        secret: text(&created, "client_secret").to_owned(),
    };
    DeviceFlow::new(&server, &client).ask().await;
}
