//! What counts: the object, and what stands around it as far as the specifications let it (RFC 9101 §6.3, OpenID Connect
//! Core §6.1).

use serde_json::{Value, json};

use super::{INSIDE, Signing, TYPED, alone};
use crate::fixtures::{authorize, outcome, parameter, set, unset};
use crate::support::{Answer, Call, Pairs, STATE, TestServer, pair};

/// What the login page is told of a request.
async fn described(server: &TestServer, pairs: &Pairs) -> Value {
    let answer = authorize(server, pairs).await.expect(302);
    assert_eq!(outcome(&answer), "login", "{}", answer.location());
    let challenge = parameter(answer.location(), "login_challenge");
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
    server.admin(call).await.expect(200).json()
}

#[track_caller]
fn state(answer: &Answer) -> String {
    pair(&answer.location_query(), "state").unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_object_counts_before_what_stands_around_it() {
    let signing = Signing::new().await;
    let object = signing.object(&json!({ "login_hint": "from the object" }));
    let around = set(&signing.request(&object), "login_hint", "from outside");
    let told = described(&signing.server, &set(&around, "ui_locales", "de")).await;
    assert_eq!(told["requested_scope"], json!(["openid", "photos.read"]));
    assert_eq!(told["oidc_context"], json!({ "login_hint": "from the object", "ui_locales": ["de"] }));
    assert!(told["request_url"].as_str().unwrap().contains(&object), "the address is the one that was sent");
}

#[tokio::test]
async fn the_flow_ends_with_what_the_object_says() {
    let signing = Signing::new().await;
    let flow = signing.client.flow(&signing.server).scope("openid");
    let mut flow = flow.parameter("request", &signing.object(&json!({})));
    let answer = flow.answer().await.expect(303);
    assert_eq!(state(&answer), INSIDE);
    let tokens =
        signing.server.public(flow.redemption(&answer.location_parameter("code").unwrap())).await.expect(200).json();
    let id_token = crate::fixtures::claims(crate::fixtures::text(&tokens, "id_token"));
    assert_eq!((&id_token["nonce"], &tokens["scope"]), (&json!("nonce-of-the-object"), &json!("openid photos.read")));
}

#[tokio::test]
async fn an_object_alone_is_a_request() {
    let signing = Signing::new().await;
    let told = described(&signing.server, &alone(&signing.client.id, &signing.object(&json!({})))).await;
    assert_eq!(told["requested_scope"], json!(["openid", "photos.read"]));
    // RFC 9101 §6.3: nothing outside counts, neither of an OAuth request nor of an object that names itself so.
    let typed = signing.key.sign(Some(TYPED), &signing.claims(&json!({}))).unwrap();
    let oauth = set(&signing.request(&signing.object(&json!({}))), "scope", "offline");
    for around in [oauth, signing.request(&typed)] {
        let around = set(&set(&around, "audience", "https://api.example"), "login_hint", "mallory");
        let told = described(&signing.server, &around).await;
        assert_eq!(told["requested_scope"], json!(["openid", "photos.read"]));
        assert_eq!((&told["requested_access_token_audience"], &told["oidc_context"]), (&json!([]), &json!({})));
    }
}

#[tokio::test]
async fn every_type_of_claim_survives() {
    let signing = Signing::new().await;
    let told_claims = json!({ "userinfo": { "email": { "essential": true } } });
    let object = signing.object(&json!({
        "audience": ["https://api.example"], "max_age": 3600, "claims": told_claims, "acr_values": ["a", "b"],
        "ui_locales": "de fr", "prompt": ["login", "consent"], "display": "popup",
    }));
    let told = described(&signing.server, &signing.request(&object)).await;
    assert_eq!(told["requested_access_token_audience"], json!(["https://api.example"]));
    let expected =
        json!({ "acr_values": ["a", "b"], "ui_locales": ["de", "fr"], "display": "popup", "claims": told_claims });
    assert_eq!(told["oidc_context"], expected);
    let text = signing.object(&json!({ "claims": told_claims.to_string() }));
    assert_eq!(described(&signing.server, &signing.request(&text)).await["oidc_context"]["claims"], told_claims);
}

#[tokio::test]
async fn a_number_is_a_number() {
    let signing = Signing::new().await;
    let flow = |max_age: Value| {
        let object = signing.object(&json!({ "max_age": max_age }));
        signing.client.flow(&signing.server).login("remember", json!(true)).parameter("request", &object)
    };
    flow(json!(60)).tokens().await;
    for max_age in [json!(-1), json!(1.5), json!("x"), json!(true), json!([60]), json!({})] {
        let answer = flow(max_age.clone()).authorize().await;
        assert_eq!(outcome(&answer), "client invalid_request", "{max_age}");
        assert_eq!(state(&answer), INSIDE, "a verified object says how errors are answered");
    }
}

#[tokio::test]
async fn every_parameter_says_the_same_inside_and_in_the_query() {
    let signing = Signing::new().await;
    let audience = json!({ "audience": "https://api.example" });
    let table = [
        json!({}),
        audience,
        json!({ "prompt": "login" }),
        json!({ "prompt": "select_account consent" }),
        json!({ "max_age": "10", "display": "touch", "login_hint": "a b&c=\u{e9}\"" }),
        json!({ "acr_values": "urn:a urn:b", "ui_locales": "de-CH en", "claims_locales": "fr" }),
        json!({ "claims": "{\"id_token\":{\"acr\":null}}", "scope": "openid offline" }),
        json!({ "response_mode": "fragment", "unknown": "value" }),
    ];
    for changes in table {
        let claims = signing.claims(&changes);
        let pairs: Pairs = claims
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| !["iss", "aud", "exp", "nbf"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        let mut inside = described(&signing.server, &alone(&signing.client.id, &signing.object(&changes))).await;
        let mut outside = described(&signing.server, &pairs).await;
        for told in [&mut inside, &mut outside] {
            for own in ["challenge", "request_url", "session_id"] {
                told.as_object_mut().unwrap().remove(own).unwrap();
            }
        }
        assert_eq!(inside, outside, "{changes}");
    }
}

#[tokio::test]
async fn what_stands_in_both_places_must_agree() {
    let signing = Signing::new().await;
    let other = signing.object(&json!({ "client_id": "another" }));
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&other)).await), "client invalid_request_object");
    let token = signing.object(&json!({ "response_type": "token" }));
    assert_eq!(outcome(&authorize(&signing.server, &signing.request(&token)).await), "client invalid_request_object");
    let without =
        signing.object(&json!({ "client_id": null, "response_type": null, "redirect_uri": null, "state": null }));
    let answer = authorize(&signing.server, &signing.request(&without)).await;
    assert_eq!(outcome(&answer), "login", "what the object leaves open stands outside");
    let neither = unset(&signing.request(&signing.object(&json!({}))), "client_id");
    assert_eq!(outcome(&authorize(&signing.server, &neither).await), "page invalid_client");
}

#[tokio::test]
async fn a_login_may_be_asked_for_outside_and_nothing_be_taken_away() {
    let signing = Signing::new().await;
    let mut first = signing.client.flow(&signing.server).login("remember", json!(true));
    first.tokens().await;
    let skip = async |inside: Value, outside: &str| {
        let typed = signing.key.sign(Some(TYPED), &signing.claims(&json!({ "prompt": inside }))).unwrap();
        let pairs = set(&signing.request(&typed), "prompt", outside);
        let target = Call::get("/oauth2/auth").query(&crate::fixtures::borrowed(&pairs)).target;
        let page = first.browser.clone().get(&target).await.location().to_owned();
        let challenge = parameter(&page, "login_challenge");
        let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
        signing.server.admin(call).await.expect(200).json()["skip"] == true
    };
    assert!(skip(json!("consent"), "").await);
    assert!(!skip(json!("consent"), "login").await);
    assert!(!skip(Value::Null, "login").await);
    assert!(skip(Value::Null, "select_account").await, "RFC 9101 §6.3");
    assert!(!skip(json!("login"), "none").await, "what the client signed stays");
}

#[tokio::test]
async fn state_outside_does_not_count_beside_a_typed_object() {
    let signing = Signing::new().await;
    let typed = signing.key.sign(Some(TYPED), &signing.claims(&json!({ "state": null }))).unwrap();
    let answer = authorize(&signing.server, &set(&signing.request(&typed), "state", STATE)).await;
    assert_eq!((outcome(&answer), state(&answer)), ("client invalid_state".to_owned(), String::new()));
}
