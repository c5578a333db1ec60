//! RFC 8693 §4.4: a token that says who may act for its subject is exchanged by nobody else, and never without an actor.

use serde_json::{Value, json};

use super::{ACCESS_TOKEN, World, delegation, exchange, gateway, is_refused, own_token};
use crate::fixtures::{text, with};

/// A token of alice whose consent page says this.
async fn token(world: &World, may_act: &Value) -> String {
    let session = json!({ "access_token": { "may_act": may_act } });
    text(&world.login("alice").consent("session", session).tokens().await, "access_token").to_owned()
}

async fn world() -> World {
    World::new(&json!([with(
        delegation(),
        &json!({ "impersonation": true, "subject_clients": ["shop", "gateway"], "depth": 4 })
    )]))
    .await
}

#[tokio::test]
async fn only_who_is_named_acts() {
    let world = world().await;
    let issuer = world.server.public_url().to_owned();
    for (may_act, fits) in [
        (json!({ "sub": "gateway" }), true),
        (json!({ "sub": "gateway", "client_id": "gateway", "iss": issuer }), true),
        (json!({ "sub": "other" }), false),
        (json!({ "sub": "gateway", "client_id": "other" }), false),
        (json!({ "sub": "gateway", "iss": "https://other.example" }), false),
        (json!({ "sub": "gateway", "email": "gateway@example.com" }), false),
        (json!({ "client_id": "gateway" }), false),
        (json!({ "sub": ["gateway"] }), false),
        (json!({}), false),
        (json!("gateway"), false),
        (json!(null), false),
        (json!([{ "sub": "gateway" }]), false),
    ] {
        let alice = token(&world, &may_act).await;
        let answer = world.delegated(&alice, &[]).await;
        assert_eq!(answer.status, if fits { 200 } else { 400 }, "{may_act}: {}", answer.text());
        is_refused(&world.exchange(&alice, &[]).await, "invalid_request");
    }
}

#[tokio::test]
async fn who_is_named_may_act_through_another_client() {
    let world = world().await;
    let alice = token(&world, &json!({ "sub": "helper" })).await;
    let helper = gateway(&world.server, "helper", &json!({})).await;
    let own = own_token(&world.server, &helper).await;
    let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
    let answer = world.exchange(&alice, &actor).await.expect(200).member("access_token");
    let act = world.server.introspect(&answer).await["act"].clone();
    assert_eq!(act, json!({ "sub": "helper", "client_id": "helper" }));
    // The helper has no row of its own.
    is_refused(&world.server.public(exchange(&helper, &alice, &actor)).await, "unauthorized_client");
}

#[tokio::test]
async fn the_restriction_stays_with_what_is_made_of_it() {
    let world = world().await;
    let alice = token(&world, &json!({ "sub": "gateway" })).await;
    let first = world.delegated(&alice, &[]).await.expect(200).member("access_token");
    is_refused(&world.exchange(&first, &[]).await, "invalid_request");
    let second = world.delegated(&first, &[]).await.expect(200).member("access_token");
    assert_eq!(world.server.introspect(&second).await["act"]["act"]["sub"], "gateway");
    assert_eq!(world.server.introspect(&second).await["ext"]["may_act"], json!({ "sub": "gateway" }));
}
