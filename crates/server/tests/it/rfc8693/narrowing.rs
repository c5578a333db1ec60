//! What the new token is: within the subject token, the row and the request (RFC 8693 §2.1, §2.2.1).

use serde_json::json;

use super::{ACCESS_TOKEN, BILLING, ORDERS, World, delegation, gateway, impersonation, is_refused, scope_of};
use crate::fixtures::{text, with};
use crate::support::START;

#[tokio::test]
async fn a_token_is_exchanged_for_one_that_says_who_acts() {
    let world = World::new(&json!([delegation()])).await;
    let alice = world.alice().await;
    let answer = world.delegated(&alice, &[("audience", ORDERS), ("scope", "orders.read")]).await.expect(200).json();
    assert_eq!(answer["issued_token_type"], ACCESS_TOKEN);
    assert_eq!((&answer["token_type"], &answer["scope"]), (&json!("bearer"), &json!("orders.read")));
    assert_eq!((answer.get("refresh_token"), answer.get("id_token")), (None, None));
    let described = world.server.introspect(text(&answer, "access_token")).await;
    assert_eq!(described["active"], true);
    assert_eq!((&described["sub"], &described["client_id"]), (&json!("alice"), &json!("gateway")));
    assert_eq!((&described["aud"], &described["scope"]), (&json!([ORDERS]), &json!("orders.read")));
    assert_eq!(described["act"], json!({ "sub": "gateway", "client_id": "gateway" }));
    assert_eq!((&described["iat"], &described["token_use"]), (&json!(START), &json!("access_token")));
    // Nothing of the subject's was used up.
    assert!(world.is_active(&alice).await);
}

#[tokio::test]
async fn without_an_actor_the_token_names_none_and_the_row_must_say_so() {
    let world = World::new(&json!([impersonation()])).await;
    let alice = world.alice().await;
    let answer = world.exchange(&alice, &[("audience", ORDERS)]).await.expect(200).json();
    let described = world.server.introspect(text(&answer, "access_token")).await;
    assert_eq!((&described["sub"], described.get("act")), (&json!("alice"), None));
    // The right to the one is none to the other.
    is_refused(&world.delegated(&alice, &[("audience", ORDERS)]).await, "invalid_request");
    let delegating = World::new(&json!([delegation()])).await;
    let alice = delegating.alice().await;
    is_refused(&delegating.exchange(&alice, &[("audience", ORDERS)]).await, "invalid_request");
}

#[tokio::test]
async fn the_scope_is_what_all_three_have() {
    let row = with(impersonation(), &json!({ "scopes": ["orders.read", "orders.write", "stock.read"] }));
    let world = World::new(&json!([row])).await;
    let alice = world.alice().await;
    let whole = world.exchange(&alice, &[("audience", ORDERS)]).await.expect(200).json();
    assert_eq!(scope_of(&whole), ["orders.read", "orders.write"], "neither the row's nor the subject's alone");
    for (asked, allowed) in [
        ("orders.read", true),
        ("orders.write orders.read", true),
        ("stock.read", false),
        ("profile", false),
        ("orders.read profile", false),
        ("offline", false),
        ("orders.*", false),
        ("*", false),
    ] {
        let answer = world.exchange(&alice, &[("audience", ORDERS), ("scope", asked)]).await;
        if allowed {
            let mut wanted: Vec<&str> = asked.split(' ').collect();
            wanted.sort_unstable();
            assert_eq!(scope_of(&answer.expect(200).json()), wanted);
        } else {
            is_refused(&answer, "invalid_scope");
        }
    }
}

#[tokio::test]
async fn the_audience_is_the_rows_alone() {
    let world = World::new(&json!([with(impersonation(), &json!({ "audience": [ORDERS, BILLING] }))])).await;
    let alice = world.alice().await;
    for (asked, audience) in [
        (vec![("audience", ORDERS)], vec![ORDERS]),
        (vec![("resource", BILLING)], vec![BILLING]),
        (vec![("audience", ORDERS), ("resource", BILLING)], vec![ORDERS, BILLING]),
        (vec![("audience", BILLING), ("audience", ORDERS), ("audience", BILLING)], vec![BILLING, ORDERS]),
    ] {
        let answer = world.exchange(&alice, &asked).await.expect(200).json();
        assert_eq!(world.server.introspect(text(&answer, "access_token")).await["aud"], json!(audience));
    }
    for asked in [
        vec![],
        vec![("audience", "https://other.example")],
        vec![("audience", "gateway")],
        vec![("audience", super::GATEWAY)],
        vec![("audience", ORDERS), ("audience", "https://other.example")],
        vec![("resource", "https://orders.example.other.example")],
        vec![("resource", "https://orders.example/")],
        vec![("resource", "no URI")],
        vec![("resource", "https://orders.example#part")],
    ] {
        is_refused(&world.exchange(&alice, &asked).await, "invalid_target");
    }
    // A row of one place needs no name of it.
    let world = World::new(&json!([impersonation()])).await;
    let alice = world.alice().await;
    let answer = world.exchange(&alice, &[]).await.expect(200).json();
    assert_eq!(world.server.introspect(text(&answer, "access_token")).await["aud"], json!([ORDERS]));
}

#[tokio::test]
async fn the_token_ends_no_later_than_that_it_was_made_of() {
    let world =
        World::new(&json!([with(impersonation(), &json!({ "subject_clients": ["shop", "gateway"], "depth": 4 }))]))
            .await;
    let alice = world.alice().await;
    let ends = world.server.introspect(&alice).await["exp"].as_i64().unwrap();
    world.server.clock.advance(ends - START - 10);
    let first = world.exchange(&alice, &[]).await.expect(200).json();
    assert_eq!(first["expires_in"], 10);
    let first = text(&first, "access_token").to_owned();
    assert_eq!(world.server.introspect(&first).await["exp"], ends);
    world.server.clock.advance(4);
    let second = world.exchange(&first, &[]).await.expect(200).json();
    assert_eq!(second["expires_in"], 6);
    world.server.clock.advance(6);
    for token in [&first, text(&second, "access_token")] {
        assert!(!world.is_active(token).await);
        is_refused(&world.exchange(token, &[]).await, "invalid_request");
    }
}

#[tokio::test]
async fn a_row_is_about_tokens_of_some_clients_or_for_some_audience() {
    let of_audience = with(impersonation(), &json!({ "subject_clients": [], "subject_audience": [super::GATEWAY] }));
    let both = with(of_audience.clone(), &json!({ "subject_clients": ["kiosk"] }));
    for (row, of_shop, of_kiosk) in [(impersonation(), true, false), (of_audience, true, true), (both, false, true)] {
        let world = World::new(&json!([row])).await;
        let kiosk = crate::fixtures::register(
            &world.server,
            "kiosk",
            &json!({ "scope": super::SCOPE, "audience": [super::GATEWAY] }),
        )
        .await;
        let alice = world.alice().await;
        let tokens = kiosk.flow(&world.server).scope(super::SCOPE).parameter("audience", super::GATEWAY).tokens().await;
        assert_eq!(world.exchange(&alice, &[]).await.status, if of_shop { 200 } else { 400 }, "{row}");
        let answer = world.exchange(text(&tokens, "access_token"), &[]).await;
        assert_eq!(answer.status, if of_kiosk { 200 } else { 400 }, "{row}");
        // A token that was meant for nobody is not meant for the gateway.
        let plain = kiosk.flow(&world.server).scope(super::SCOPE).tokens().await;
        is_refused(&world.exchange(text(&plain, "access_token"), &[]).await, "invalid_request");
    }
}

#[tokio::test]
async fn rows_do_not_add_up() {
    let rows = json!([
        with(impersonation(), &json!({ "audience": [ORDERS], "scopes": ["orders.read"] })),
        with(impersonation(), &json!({ "audience": [BILLING], "scopes": ["orders.write"] })),
    ]);
    let world = World::new(&rows).await;
    let alice = world.alice().await;
    for (form, error) in [
        (vec![("audience", ORDERS), ("scope", "orders.read")], None),
        (vec![("audience", BILLING), ("scope", "orders.write")], None),
        (vec![("audience", ORDERS), ("scope", "orders.write")], Some("invalid_scope")),
        (vec![("audience", BILLING), ("scope", "orders.read orders.write")], Some("invalid_scope")),
        (vec![("audience", ORDERS), ("audience", BILLING)], Some("invalid_target")),
    ] {
        let answer = world.exchange(&alice, &form).await;
        assert_eq!(answer.error().as_deref(), error, "{form:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_clients_own_token_is_exchanged_like_a_persons() {
    let row = with(impersonation(), &json!({ "subject_clients": ["batch"], "delegation": true }));
    let world = World::new(&json!([row])).await;
    let batch = gateway(&world.server, "batch", &json!({})).await;
    let form = [("grant_type", "client_credentials"), ("scope", "orders.read")];
    let token = world.server.public(batch.token_request(&form)).await.expect(200).member("access_token");
    let answer = world.delegated(&token, &[]).await.expect(200).json();
    let described = world.server.introspect(text(&answer, "access_token")).await;
    assert_eq!((&described["sub"], &described["client_id"]), (&json!("batch"), &json!("gateway")));
    assert_eq!((&described["act"]["sub"], &described["scope"]), (&json!("gateway"), &json!("orders.read")));
    // It ends with the other one.
    world.server.public(batch.form("/oauth2/revoke", &[("token", &token)])).await.expect(200);
    assert!(!world.is_active(text(&answer, "access_token")).await);
}

#[tokio::test]
async fn what_is_too_large_for_a_token_becomes_a_row_and_ends_with_the_client() {
    let session = json!({ "access_token": { "roles": "r".repeat(600) } });
    let world = World::new(&json!([impersonation()])).await;
    let large = world.login("alice").consent("session", session.clone()).tokens().await;
    let answer = world.exchange(text(&large, "access_token"), &[]).await.expect(200).json();
    let token = text(&answer, "access_token").to_owned();
    assert!(token.len() < 500, "{}", token.len());
    let described = world.server.introspect(&token).await;
    assert_eq!(described["ext"], session["access_token"]);
    assert_eq!((&described["aud"], &described["sub"]), (&json!([ORDERS]), &json!("alice")));
    assert_eq!(scope_of(&described), ["orders.read", "orders.write"]);
    world.server.admin(crate::support::Call::delete("/admin/clients/gateway")).await.expect(204);
    assert!(!world.is_active(&token).await);
}
