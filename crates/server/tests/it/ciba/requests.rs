//! OpenID Connect CIBA §7.1, §13: who may ask, for whom, and with what.

use serde_json::json;
use symbolon_server::config::RegistrationRights;

use super::{ADMIN, ALICE, ENDPOINT, GRANT_TYPE, ask, ask_call, asking_client, on, server};
use crate::fixtures::{confidential, register, with};
use crate::support::{Call, CodeFlow, TestServer};

#[tokio::test]
async fn requests_that_are_refused() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let scope = ("scope", "openid");
    let long = "x".repeat(65);
    let huge = "x".repeat(40_000);
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[ALICE], "invalid_scope"),
        (&[("scope", "profile"), ALICE], "invalid_scope"),
        (&[("scope", "openid not-registered"), ALICE], "invalid_scope"),
        (&[("scope", "openid a\u{1}b"), ALICE], "invalid_request"),
        (&[scope, scope, ALICE], "invalid_request"),
        (&[scope], "invalid_request"),
        (&[scope, ("login_hint", "")], "invalid_request"),
        (&[scope, ALICE, ALICE], "invalid_request"),
        (&[scope, ALICE, ("id_token_hint", "x")], "invalid_request"),
        (&[scope, ALICE, ("login_hint_token", "x")], "invalid_request"),
        (&[scope, ("login_hint_token", "x")], "invalid_request"),
        (&[scope, ("id_token_hint", "x")], "invalid_request"),
        (&[scope, ("login_hint", &huge)], "invalid_request"),
        (&[scope, ALICE, ("audience", "https://other.example")], "invalid_request"),
        (&[scope, ALICE, ("client_id", "other")], "invalid_request"),
        (&[scope, ALICE, ("binding_message", &long)], "invalid_binding_message"),
        (&[scope, ALICE, ("binding_message", "12\u{200b}34")], "invalid_binding_message"),
        (&[scope, ALICE, ("binding_message", " ")], "invalid_binding_message"),
        (&[scope, ALICE, ("binding_message", "a"), ("binding_message", "b")], "invalid_request"),
        (&[scope, ALICE, ("binding_message", "a\nb")], "invalid_request"),
        (&[scope, ALICE, ("requested_expiry", "0")], "invalid_request"),
        (&[scope, ALICE, ("requested_expiry", "-1")], "invalid_request"),
        (&[scope, ALICE, ("requested_expiry", "1.5")], "invalid_request"),
        (&[scope, ALICE, ("requested_expiry", "soon")], "invalid_request"),
        (&[scope, ALICE, ("user_code", "1234")], "invalid_request"),
        (&[scope, ALICE, ("request_uri", "https://client.example/r")], "invalid_request"),
        (&[scope, ALICE, ("code_challenge", "x")], "invalid_request"),
        (&[scope, ALICE, ("prompt", "login")], "invalid_request"),
        (&[scope, ALICE, ("max_age", "-1")], "invalid_request"),
        (&[scope, ALICE, ("registration", "{}")], "registration_not_supported"),
        (&[scope, ALICE, ("request", "x")], "invalid_request"),
        (&[scope, ALICE, ("dpop_jkt", "x")], "invalid_request"),
    ];
    for (form, error) in table {
        let answer = server.public(ask_call(&client, form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some(*error), "{form:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let listed = server.admin(Call::get(ADMIN).query(&[("subject", "alice")])).await.expect(200).json();
    assert_eq!(listed, json!([]), "a request that is refused asks nobody");
}

#[tokio::test]
async fn clients_that_are_refused() {
    let server = server().await;
    let form = [("scope", "openid"), ALICE];
    let other = confidential(&server).await;
    let refused = server.public(ask_call(&other, &form)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("unauthorized_client"));
    let public = asking_client(&server, "public", &json!({ "token_endpoint_auth_method": "none" })).await;
    for call in [ask_call(&public, &form), public.token_request(&[("grant_type", GRANT_TYPE), ("auth_req_id", "x")])] {
        assert_eq!(server.public(call).await.expect(400).error().as_deref(), Some("unauthorized_client"));
    }
    let bank = asking_client(&server, "bank", &json!({})).await;
    let wrong = Call::post(ENDPOINT).form(&form).basic(&bank.id, "wrong-secret");
    assert_eq!(server.public(wrong).await.expect(401).error().as_deref(), Some("invalid_client"));
    let nobody = Call::post(ENDPOINT).form(&form).basic("nobody", "wrong-secret");
    assert_eq!(server.public(nobody).await.expect(401).error().as_deref(), Some("invalid_client"));
    let named = Call::post(ENDPOINT).form(&[form[0], form[1], ("client_id", "bank")]);
    assert_eq!(server.public(named).await.expect(401).error().as_deref(), Some("invalid_client"));
    let unnamed = Call::post(ENDPOINT).form(&form);
    assert_eq!(server.public(unnamed).await.expect(400).error().as_deref(), Some("invalid_request"));
    let as_json = Call::post(ENDPOINT).json(&json!({ "scope": "openid" })).basic(&bank.id, &bank.secret);
    assert_eq!(server.public(as_json).await.expect(400).error().as_deref(), Some("invalid_request"));
    server.public(Call::get(ENDPOINT)).await.expect(405);
}

#[tokio::test]
async fn nobody_asks_where_it_is_switched_off() {
    let server = TestServer::new().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let refused = server.public(ask_call(&client, &[("scope", "openid"), ALICE])).await.expect(404);
    assert_eq!(refused.error().as_deref(), Some("not_found"));
    let polled = client.token_request(&[("grant_type", GRANT_TYPE), ("auth_req_id", "x")]);
    assert_eq!(server.public(polled).await.expect(400).error().as_deref(), Some("unsupported_grant_type"));
    server.admin(Call::get(ADMIN).query(&[("subject", "alice")])).await.expect(404);
    for verb in ["accept", "reject"] {
        let call = Call::put(format!("{ADMIN}/{verb}")).query(&[("request_id", "x")]).json(&json!({ "subject": "a" }));
        server.admin(call).await.expect(404);
    }
}

#[tokio::test]
async fn the_answer_has_an_id_that_nobody_guesses() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let (one, other) = (ask(&server, &client).await, ask(&server, &client).await);
    assert_eq!((&one["expires_in"], &one["interval"]), (&json!(300), &json!(5)));
    let id = one["auth_req_id"].as_str().unwrap();
    assert_ne!(one["auth_req_id"], other["auth_req_id"]);
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')), "{id}");
    // §7.3 recommends 160 bits; measured as Shannon entropy of the text, as those do who test it.
    let count = |byte: u8| id.bytes().filter(|other| *other == byte).count() as f64 / id.len() as f64;
    let entropy: f64 = (0..=255).map(count).filter(|share| *share > 0.0).map(|share| -share * share.log2()).sum();
    assert!(entropy * id.len() as f64 > 160.0, "{id}");
}

#[tokio::test]
async fn the_client_says_how_long_it_waits_within_bounds() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    for (requested, given) in [("1", 1), ("60", 60), ("900", 900), ("901", 900), ("99999999999999999999999", 900)] {
        let form = [("scope", "openid"), ALICE, ("requested_expiry", requested)];
        let asked = server.public(ask_call(&client, &form)).await.expect(200).json();
        assert_eq!(asked["expires_in"], given, "{requested}");
    }
}

#[tokio::test]
async fn an_id_token_of_the_client_names_its_person_however_old_it_is() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let other = asking_client(&server, "other", &json!({})).await;
    let of = async |id: &str, secret: &str, subject: &str| {
        let tokens = CodeFlow::new(&server, id).secret(secret).subject(subject).tokens().await;
        tokens["id_token"].as_str().unwrap().to_owned()
    };
    let own = of(&client.id, &client.secret, "carol").await;
    let foreign = of(&other.id, &other.secret, "carol").await;
    server.clock.advance(100_000);
    let ask =
        async |token: &str| server.public(ask_call(&client, &[("scope", "openid"), ("id_token_hint", token)])).await;
    ask(&own).await.expect(200);
    assert_eq!(super::waiting(&server, "carol").await.len(), 1);
    assert_eq!(ask(&foreign).await.expect(400).error().as_deref(), Some("invalid_request"));
    let (head, signature) = own.rsplit_once('.').unwrap();
    let changed = format!("{head}.{}", signature.chars().rev().collect::<String>());
    assert_eq!(ask(&changed).await.expect(400).error().as_deref(), Some("invalid_request"));
    assert_eq!(super::waiting(&server, "carol").await.len(), 1);
}

#[tokio::test]
async fn a_pairwise_id_token_names_its_person_as_long_as_the_session_is_known() {
    let server = TestServer::with(|config| {
        on(config);
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let client = asking_client(&server, "bank", &json!({ "subject_type": "pairwise" })).await;
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret).subject("carol");
    let token = flow.tokens().await;
    let id_token = token["id_token"].as_str().unwrap();
    assert_ne!(crate::fixtures::claims(id_token)["sub"], "carol");
    let form = [("scope", "openid"), ("id_token_hint", id_token)];
    server.public(ask_call(&client, &form)).await.expect(200);
    assert_eq!(super::waiting(&server, "carol").await.len(), 1);
    server.clock.advance(100_000);
    server.server.purge().await.unwrap();
    let refused = server.public(ask_call(&client, &form)).await.expect(400);
    assert_eq!(refused.error().as_deref(), Some("unknown_user_id"));
}

#[tokio::test]
async fn a_client_that_registers_itself_does_not_get_the_grant_type() {
    let server = TestServer::with(|config| {
        on(config);
        config.symbolon.registration.policy = RegistrationRights::Restricted;
    })
    .await;
    let metadata = json!({
        "redirect_uris": ["https://client.example/cb"],
        "grant_types": ["authorization_code", GRANT_TYPE],
    });
    let created = server.public(Call::post("/oauth2/register").json(&metadata)).await.expect(201).json();
    assert_eq!(created["grant_types"], json!(["authorization_code"]));
    for (name, value) in [
        ("backchannel_token_delivery_mode", "poll"),
        ("backchannel_client_notification_endpoint", "https://client.example/ping"),
        ("backchannel_authentication_request_signing_alg", "ES256"),
    ] {
        let refused =
            server.public(Call::post("/oauth2/register").json(&with(metadata.clone(), &json!({ name: value }))));
        assert_eq!(refused.await.expect(400).error().as_deref(), Some("invalid_client_metadata"), "{name}");
    }
    let only = json!({ "redirect_uris": ["https://client.example/cb"], "grant_types": [GRANT_TYPE] });
    server.public(Call::post("/oauth2/register").json(&only)).await.expect(400);
    register(&server, "made", &json!({ "grant_types": [GRANT_TYPE] })).await;
}
