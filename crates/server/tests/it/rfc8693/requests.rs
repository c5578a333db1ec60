//! The parameters of RFC 8693 §2.1: missing, doubled, empty, too long, of the wrong kind, of the wrong client.

use serde_json::json;

use super::{ACCESS_TOKEN, GRANT_TYPE, ID_JAG, ID_TOKEN, JWT, ORDERS, World, delegation, gateway, is_refused};
use crate::fixtures::{altered, text, with};
use crate::support::{Answer, Call};

async fn world() -> World {
    World::new(&json!([with(delegation(), &json!({ "impersonation": true }))])).await
}

async fn send(world: &World, pairs: &[(&str, &str)]) -> Answer {
    world.server.public(world.gateway.token_request(pairs)).await
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let world = world().await;
    let (alice, own) = (world.alice().await, world.own().await);
    let all = [
        ("grant_type", GRANT_TYPE),
        ("subject_token", alice.as_str()),
        ("subject_token_type", ACCESS_TOKEN),
        ("actor_token", own.as_str()),
        ("actor_token_type", ACCESS_TOKEN),
        ("audience", ORDERS),
    ];
    send(&world, &all).await.expect(200);
    for missing in ["subject_token", "subject_token_type", "actor_token", "actor_token_type"] {
        let pairs: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        let answer = send(&world, &pairs).await;
        is_refused(&answer, "invalid_request");
        assert!(answer.member("error_description").contains(missing), "{}", answer.text());
    }
}

#[tokio::test]
async fn only_audience_and_resource_may_be_there_twice() {
    let world = world().await;
    let (alice, own) = (world.alice().await, world.own().await);
    let all = [
        ("grant_type", GRANT_TYPE),
        ("subject_token", alice.as_str()),
        ("subject_token_type", ACCESS_TOKEN),
        ("actor_token", own.as_str()),
        ("actor_token_type", ACCESS_TOKEN),
        ("requested_token_type", ACCESS_TOKEN),
        ("scope", "orders.read"),
        ("audience", ORDERS),
        ("resource", ORDERS),
    ];
    for doubled in all {
        let answer = send(&world, &[&all[..], &[doubled]].concat()).await;
        if matches!(doubled.0, "audience" | "resource") {
            answer.expect(200);
        } else {
            is_refused(&answer, "invalid_request");
        }
    }
}

#[tokio::test]
async fn what_is_there_and_bad_is_never_taken_as_absent() {
    let world = world().await;
    let (alice, own) = (world.alice().await, world.own().await);
    let long = "x".repeat(33_000);
    let base = [
        ("grant_type", GRANT_TYPE),
        ("subject_token", alice.as_str()),
        ("subject_token_type", ACCESS_TOKEN),
        ("audience", ORDERS),
    ];
    let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    for (changed, error) in [
        (vec![("subject_token", "")], "invalid_request"),
        (vec![("subject_token", long.as_str())], "invalid_request"),
        (vec![("subject_token", "x")], "invalid_request"),
        (vec![("subject_token_type", "")], "invalid_request"),
        (vec![("subject_token_type", "access_token")], "invalid_request"),
        (vec![("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")], "invalid_request"),
        (vec![("subject_token_type", ID_TOKEN)], "invalid_request"),
        (vec![("subject_token_type", JWT)], "invalid_request"),
        (vec![("actor_token", ""), ("actor_token_type", ACCESS_TOKEN)], "invalid_request"),
        (vec![("actor_token", ""), ("actor_token_type", "")], "invalid_request"),
        (vec![("actor_token", long.as_str()), ("actor_token_type", ACCESS_TOKEN)], "invalid_request"),
        (vec![("actor_token", "x"), ("actor_token_type", ACCESS_TOKEN)], "invalid_request"),
        (vec![actor[0], ("actor_token_type", "access_token")], "invalid_request"),
        (vec![actor[0], ("actor_token_type", JWT)], "invalid_request"),
        (vec![actor[0], ("actor_token_type", ID_TOKEN)], "invalid_request"),
        (vec![("requested_token_type", "")], "invalid_request"),
        (vec![("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")], "invalid_request"),
        (vec![("requested_token_type", ID_TOKEN)], "invalid_request"),
        (vec![("requested_token_type", ID_JAG)], "unauthorized_client"),
        (vec![("resource", "")], "invalid_target"),
        (vec![("scope", "a\"b")], "invalid_scope"),
        (vec![("authorization_details", "")], "invalid_authorization_details"),
        (vec![("authorization_details", r#"[{"type":"payment"}]"#)], "invalid_authorization_details"),
        (vec![("subject_token", "x\u{0}y")], "invalid_request"),
    ] {
        let mut pairs: Vec<_> =
            base.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name)).collect();
        pairs.extend(changed.iter().copied());
        let answer = send(&world, &pairs).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(error)), "{changed:?}: {}", answer.text());
    }
    send(&world, &base).await.expect(200);
}

#[tokio::test]
async fn an_altered_token_is_no_token() {
    let world = world().await;
    let (alice, own) = (world.alice().await, world.own().await);
    for (how, changed) in altered(&alice) {
        let answer = world.exchange(&changed, &[]).await;
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "subject {how}");
    }
    for (how, changed) in altered(&own) {
        let actor = [("actor_token", changed.as_str()), ("actor_token_type", ACCESS_TOKEN)];
        let answer = world.exchange(&alice, &actor).await;
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "actor {how}");
    }
}

#[tokio::test]
async fn a_client_without_a_row_may_exchange_nothing() {
    let world = world().await;
    let alice = world.alice().await;
    let other = gateway(&world.server, "other", &json!({})).await;
    // That comes before anything about the token.
    for token in [alice.as_str(), "no token"] {
        let answer = world.server.public(super::exchange(&other, token, &[("audience", ORDERS)])).await;
        is_refused(&answer, "unauthorized_client");
    }
    // A row alone is not enough, and neither is the registration.
    let plain =
        world.server.beside(5, super::policies(&json!([with(delegation(), &json!({ "client": "shop" }))]))).await;
    let call = super::exchange(&world.shop, &alice, &[("audience", ORDERS)]);
    is_refused(&plain.public(call).await, "unauthorized_client");
}

#[tokio::test]
async fn the_client_has_to_authenticate() {
    let world = world().await;
    let alice = world.alice().await;
    let form = [
        ("grant_type", GRANT_TYPE),
        ("subject_token", &alice),
        ("subject_token_type", ACCESS_TOKEN),
        ("client_id", "gateway"),
    ];
    let answer = world.server.public(Call::post("/oauth2/token").form(&form)).await;
    assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")));
    let answer = world.server.public(Call::post("/oauth2/token").form(&form[..3]).basic("gateway", "wrong")).await;
    assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")));
}

#[tokio::test]
async fn a_jwt_is_issued_where_tokens_are_jwts_and_refused_elsewhere() {
    let world = world().await;
    let alice = world.alice().await;
    is_refused(&world.exchange(&alice, &[("requested_token_type", JWT)]).await, "invalid_request");
    let writer = gateway(&world.server, "writer", &json!({ "access_token_strategy": "jwt" })).await;
    let rows = json!([with(delegation(), &json!({ "client": "writer", "impersonation": true }))]);
    let node = world.server.beside(5, super::policies(&rows)).await;
    for (requested, issued) in [("", ACCESS_TOKEN), (ACCESS_TOKEN, ACCESS_TOKEN), (JWT, JWT)] {
        let call = super::exchange(&writer, &alice, &[("requested_token_type", requested)]);
        let answer = node.public(call).await.expect(200).json();
        assert_eq!((&answer["issued_token_type"], &answer["token_type"]), (&json!(issued), &json!("bearer")));
        assert!(text(&answer, "access_token").starts_with("ey"));
    }
}
