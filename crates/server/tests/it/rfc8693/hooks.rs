//! The token hook is asked about exchanges like about every other grant, and may refuse or change session claims, and nothing
//! else.

use serde_json::json;

use super::{ORDERS, World, delegation, is_refused, policies};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{text, verified_claims, with};
use crate::support::TestServer;

async fn hooked() -> (ClientServer, World) {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let url = format!("{}/token", hook.url);
    let rows = json!([with(
        delegation(),
        &json!({ "impersonation": true, "subject_clients": ["shop", "gateway"], "depth": 2 })
    )]);
    let server = TestServer::with(|config| {
        policies(&rows)(config);
        config.oauth2.token_hook = Some(symbolon_server::config::Hook { url: url.clone(), key: None });
        config.oauth2.allowed_top_level_claims =
            ["tier", "act", "sub", "aud", "client_id", "cnf", "exp", "iss", "scope"].map(str::to_owned).to_vec();
        config.strategies.access_token = symbolon_types::AccessTokenStrategy::Jwt;
    })
    .await;
    (hook, World::on(&server).await)
}

#[tokio::test]
async fn it_is_told_what_will_be_issued_and_no_token() {
    let (hook, world) = hooked().await;
    let alice = world.alice().await;
    hook.take();
    let session = json!({ "access_token": { "tier": "gold" } });
    let tokens = world.login("bob").consent("session", session).tokens().await;
    let bob = text(&tokens, "access_token").to_owned();
    hook.take();
    for (token, subject, extra) in [(&alice, "alice", json!({})), (&bob, "bob", json!({ "tier": "gold" }))] {
        let answer = world.exchange(token, &[("scope", "orders.read")]).await.expect(200).json();
        let calls = hook.take();
        let told: serde_json::Value = serde_json::from_str(&calls[0].body).unwrap();
        assert_eq!(calls.len(), 1);
        assert_eq!(told["session"]["id_token"]["subject"], subject);
        assert_eq!(told["session"]["extra"], extra);
        let request = &told["request"];
        assert_eq!(request["granted_scopes"], json!(["orders.read"]));
        assert_eq!(request["granted_audience"], json!([ORDERS]));
        assert_eq!(request["grant_types"], json!([super::GRANT_TYPE]));
        assert!(!calls[0].body.contains(token.as_str()), "a token that can be used again");
        assert_eq!(
            world.server.introspect(text(&answer, "access_token")).await.get("ext").cloned().unwrap_or(json!({})),
            extra
        );
    }
}

#[tokio::test]
async fn it_refuses() {
    let (hook, world) = hooked().await;
    let alice = world.alice().await;
    hook.set(Reply::Status(403));
    let answer = world.exchange(&alice, &[]).await.expect(403);
    assert_eq!(answer.error().as_deref(), Some("access_denied"));
    hook.set(Reply::Status(500));
    world.exchange(&alice, &[]).await.expect(500);
}

#[tokio::test]
async fn its_claims_do_not_stand_in_the_place_of_the_servers() {
    let (hook, world) = hooked().await;
    let alice = world.alice().await;
    let own = world.own().await;
    let forged = json!({
        "tier": "gold", "act": { "sub": "mallory" }, "sub": "mallory", "aud": ["https://evil.example"], "client_id": "mallory",
        "cnf": { "jkt": "x" }, "exp": 1, "iss": "https://evil.example", "scope": "everything", "may_act": { "sub": "mallory" },
    });
    hook.set(Reply::Json(json!({ "session": { "access_token": forged } })));
    let actor = [("actor_token", own.as_str()), ("actor_token_type", super::ACCESS_TOKEN)];
    let token = world.exchange(&alice, &actor).await.expect(200).member("access_token");
    let said = verified_claims(&world.server, &token).await;
    assert_eq!(said["tier"], "gold");
    assert_eq!(said["act"], json!({ "sub": "gateway", "client_id": "gateway" }));
    assert_eq!(
        (&said["sub"], &said["aud"], &said["client_id"]),
        (&json!("alice"), &json!([ORDERS]), &json!("gateway"))
    );
    assert_eq!((said.get("cnf"), &said["iss"]), (None, &json!(world.server.public_url())));
    assert_ne!(said["exp"], 1);
    let described = world.server.introspect(&token).await;
    assert_eq!(described["act"], said["act"]);
    assert_eq!(described["sub"], "alice");
}

#[tokio::test]
async fn it_does_not_lift_who_alone_may_act() {
    let (hook, world) = hooked().await;
    let session = json!({ "access_token": { "may_act": { "sub": "gateway" } } });
    let tokens = world.login("alice").consent("session", session).tokens().await;
    let own = world.own().await;
    let actor = [("actor_token", own.as_str()), ("actor_token_type", super::ACCESS_TOKEN)];
    hook.set(Reply::Json(json!({ "session": { "access_token": { "may_act": { "sub": "mallory" } } } })));
    let first = world.exchange(text(&tokens, "access_token"), &actor).await.expect(200).member("access_token");
    assert_eq!(world.server.introspect(&first).await["ext"]["may_act"], json!({ "sub": "gateway" }));
    is_refused(&world.exchange(&first, &[]).await, "invalid_request");
}
