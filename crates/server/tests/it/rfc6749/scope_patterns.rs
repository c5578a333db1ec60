//! A registered scope may be a pattern that says what a client may ask for (RFC 6749 §3.3). It is never asked for, granted
//! or remembered itself: a person who agreed to some words agreed to no others.

use serde_json::json;

use crate::fixtures::{Registered, authorize, outcome, parameter, register, request, set};
use crate::support::{Call, TestServer};

async fn with_patterns(server: &TestServer) -> Registered {
    let grants =
        ["authorization_code", "client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];
    register(server, "patterns", &json!({ "scope": "openid * photos.* a.*.c", "grant_types": grants })).await
}

const PATTERNS: [&str; 5] = ["*", "photos.*", "a.*.c", "openid *", "x.*"];

#[tokio::test]
async fn a_pattern_cannot_be_asked_for() {
    let server = TestServer::new().await;
    let client = with_patterns(&server).await;
    for scope in PATTERNS {
        let asked = authorize(&server, &set(&request(&client.id), "scope", scope)).await;
        assert_eq!(outcome(&asked), "client invalid_scope", "{scope}");
        for (target, first) in
            [("/oauth2/token", ("grant_type", "client_credentials")), ("/oauth2/device/auth", ("x", "y"))]
        {
            let answer = server.public(client.form(target, &[first, ("scope", scope)])).await;
            assert_eq!(answer.expect(400).json()["error"], "invalid_scope", "{target} {scope}");
        }
    }
    assert_eq!(outcome(&authorize(&server, &set(&request(&client.id), "scope", "openid photos.read")).await), "login");
}

#[tokio::test]
async fn a_client_that_names_no_scope_gets_no_pattern() {
    let all = TestServer::with(|config| config.oauth2.client_credentials_default_grant_allowed_scope = true).await;
    let client = with_patterns(&all).await;
    let answer = all.public(client.token_request(&[("grant_type", "client_credentials")])).await;
    assert_eq!(answer.expect(200).json()["scope"], "openid");
}

async fn consent_of(server: &TestServer, client: &Registered, scope: &str) -> (String, String) {
    let mut flow = client.flow(server).scope(scope);
    let page = flow.log_in().await.expect(302).location().to_owned();
    let challenge = parameter(&page, "consent_challenge");
    let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
    (challenge, server.admin(call).await.expect(200).json()["skip"].to_string())
}

#[tokio::test]
async fn a_consent_page_grants_no_pattern() {
    let server = TestServer::with(|config| config.symbolon.compatibility.grant_beyond_request = true).await;
    let client = with_patterns(&server).await;
    let (challenge, _) = consent_of(&server, &client, "openid").await;
    let accept = async |scope: &[&str]| {
        let call = Call::put("/admin/oauth2/auth/requests/consent/accept").query(&[("consent_challenge", &challenge)]);
        server.admin(call.json(&json!({ "grant_scope": scope }))).await
    };
    for pattern in PATTERNS {
        let words: Vec<&str> = pattern.split(' ').collect();
        assert_eq!(accept(&words).await.expect(400).json()["error"], "invalid_request", "{pattern}");
    }
    accept(&["openid", "beyond"]).await.expect(200);
}

#[tokio::test]
async fn what_is_remembered_covers_what_was_granted_and_nothing_beside() {
    TestServer::each_database(async |server| {
        let client = with_patterns(server).await;
        client.flow(server).scope("openid photos photos.read").consent("remember", json!(true)).tokens().await;
        for (scope, skip) in [
            ("openid photos.read", "true"),
            ("photos", "true"),
            ("openid photos.write", "false"),
            ("photos.read.all", "false"),
            ("payments:refund", "false"),
        ] {
            assert_eq!(consent_of(server, &client, scope).await.1, skip, "{scope}");
        }
    })
    .await;
}

#[tokio::test]
async fn introspection_compares_the_granted_scope_exactly() {
    let server = TestServer::new().await;
    let client = with_patterns(&server).await;
    let form = [("grant_type", "client_credentials"), ("scope", "photos.read a.b.c")];
    let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
    for (scope, active) in [
        ("photos.read", true),
        ("a.b.c photos.read", true),
        ("photos.write", false),
        ("photos.*", false),
        ("photos.read admin", false),
    ] {
        let call = Call::post("/admin/oauth2/introspect").form(&[("token", &token), ("scope", scope)]);
        assert_eq!(server.admin(call).await.expect(200).json()["active"], active, "{scope}");
    }
}

#[tokio::test]
async fn a_key_brings_the_rule_of_hydra_back() {
    let server = TestServer::with(|config| config.symbolon.compatibility.wildcards_granted = true).await;
    let client = with_patterns(&server).await;
    let tokens = client.flow(&server).scope("openid photos.*").consent("remember", json!(true)).tokens().await;
    assert_eq!(tokens["scope"], "openid photos.*");
    assert_eq!(consent_of(&server, &client, "openid photos.write").await.1, "true");
    let token = tokens["access_token"].as_str().unwrap();
    let call = Call::post("/admin/oauth2/introspect").form(&[("token", token), ("scope", "photos.write")]);
    assert_eq!(server.admin(call).await.expect(200).json()["active"], true);
}
