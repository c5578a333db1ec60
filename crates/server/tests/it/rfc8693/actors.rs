//! RFC 8693 §4.1: who acts for the subject. The chain grows, the newest outside, and nobody gets rid of it.

use serde_json::{Value, json};

use super::{ACCESS_TOKEN, ID_TOKEN, ORDERS, World, delegation, exchange, gateway, is_refused, own_token, policies};
use crate::fixtures::{Registered, register, text, with};
use crate::support::TestServer;

/// What a client gets for a token, acting as itself.
async fn acting(server: &TestServer, client: &Registered, token: &str) -> crate::support::Answer {
    let own = own_token(server, client).await;
    server.public(exchange(client, token, &[("actor_token", &own), ("actor_token_type", ACCESS_TOKEN)])).await
}

/// Rows for clients `a`, `b`, … that pass a token on, each taking the token of the one before.
fn row(client: &str, from: &str, depth: usize) -> Value {
    with(delegation(), &json!({ "client": client, "subject_clients": [from], "depth": depth, "impersonation": true }))
}

#[tokio::test]
async fn each_actor_stands_outside_of_those_before() {
    let rows = json!([row("a", "shop", 1), row("b", "a", 2), row("c", "b", 3), row("d", "c", 4), row("e", "d", 4)]);
    let world = World::new(&rows).await;
    let mut token = world.alice().await;
    let mut chain = Value::Null;
    for id in ["a", "b", "c", "d"] {
        let client = gateway(&world.server, id, &json!({})).await;
        token = acting(&world.server, &client, &token).await.expect(200).member("access_token");
        chain = match chain {
            Value::Null => json!({ "sub": id, "client_id": id }),
            before => json!({ "sub": id, "client_id": id, "act": before }),
        };
        let described = world.server.introspect(&token).await;
        assert_eq!((&described["act"], &described["sub"]), (&chain, &json!("alice")));
    }
    // Four are as many as a token may name, whatever rows say.
    let client = gateway(&world.server, "e", &json!({})).await;
    is_refused(&acting(&world.server, &client, &token).await, "invalid_request");
}

#[tokio::test]
async fn a_row_says_how_many_exchanges_may_follow_each_other() {
    for (depth, status) in [(1, 400), (2, 200)] {
        let world = World::new(&json!([row("a", "shop", 1), row("b", "a", depth)])).await;
        let (a, b) = (gateway(&world.server, "a", &json!({})).await, gateway(&world.server, "b", &json!({})).await);
        let alice = world.alice().await;
        let first = acting(&world.server, &a, &alice).await.expect(200).member("access_token");
        assert_eq!(acting(&world.server, &b, &first).await.status, status, "{depth}");
        // The same where nobody acts.
        let first = world.server.public(exchange(&a, &alice, &[])).await.expect(200).member("access_token");
        assert_eq!(world.server.public(exchange(&b, &first, &[])).await.status, status, "{depth}");
    }
}

/// keycloak#52691: leaving the actor out washed the chain off.
#[tokio::test]
async fn a_token_that_names_an_actor_is_not_exchanged_without_one() {
    let world =
        World::new(&json!([row("gateway", "shop", 4), row("b", "gateway", 4), row("gateway", "gateway", 4)])).await;
    let b = gateway(&world.server, "b", &json!({})).await;
    let first = world.delegated(&world.alice().await, &[]).await.expect(200).member("access_token");
    is_refused(&world.server.public(exchange(&b, &first, &[])).await, "invalid_request");
    // Nor by the client to which it was issued.
    is_refused(&world.exchange(&first, &[]).await, "invalid_request");
    acting(&world.server, &b, &first).await.expect(200);
}

#[tokio::test]
async fn an_actor_token_is_the_clients_own() {
    let rows = json!([delegation()]);
    let world = World::new(&rows).await;
    let alice = world.alice().await;
    let other = gateway(&world.server, "other", &json!({})).await;
    let tokens = world.login("bob").tokens().await;
    let exchanged = world.delegated(&alice, &[]).await.expect(200).member("access_token");
    for (what, token, kind) in [
        ("another client's", own_token(&world.server, &other).await, ACCESS_TOKEN),
        ("a person's at another client", text(&tokens, "access_token").to_owned(), ACCESS_TOKEN),
        ("an ID token of another client", text(&tokens, "id_token").to_owned(), ID_TOKEN),
        ("a refresh token", text(&tokens, "refresh_token").to_owned(), ACCESS_TOKEN),
        ("the subject token", alice.clone(), ACCESS_TOKEN),
        ("an exchanged token of its own", exchanged, ACCESS_TOKEN),
    ] {
        let answer = world.exchange(&alice, &[("actor_token", &token), ("actor_token_type", kind)]).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{what}");
    }
}

#[tokio::test]
async fn a_person_may_act_through_the_client() {
    TestServer::each_database_with(
        policies(&json!([with(delegation(), &json!({ "client": "desk" }))])),
        async |server| {
            let world = World::on(server).await;
            let desk = register(
                server,
                "desk",
                &json!({ "grant_types": ["authorization_code", super::GRANT_TYPE], "scope": "openid" }),
            )
            .await;
            let tokens = desk.flow(server).scope("openid").subject("clerk").tokens().await;
            let alice = world.alice().await;
            for (name, kind) in [("access_token", ACCESS_TOKEN), ("id_token", ID_TOKEN)] {
                let actor = [("actor_token", text(&tokens, name)), ("actor_token_type", kind), ("audience", ORDERS)];
                let token = server.public(exchange(&desk, &alice, &actor)).await.expect(200).member("access_token");
                let described = server.introspect(&token).await;
                assert_eq!(described["act"], json!({ "sub": "clerk", "client_id": "desk" }), "{name}");
                assert_eq!(described["sub"], "alice");
            }
            // Who has logged out does not act.
            server.admin(crate::support::Call::post("/admin/subjects/clerk/sign-out")).await.expect(204);
            for (name, kind) in [("access_token", ACCESS_TOKEN), ("id_token", ID_TOKEN)] {
                let actor = [("actor_token", text(&tokens, name)), ("actor_token_type", kind), ("audience", ORDERS)];
                is_refused(&server.public(exchange(&desk, &alice, &actor)).await, "invalid_request");
            }
        },
    )
    .await;
}
