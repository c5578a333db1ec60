//! RFC 6749 §6: refreshing. How a refresh token is replaced, and what happens when an old one comes back, is in `rfc9700`.

use serde_json::{Value, json};

use crate::fixtures::{Registered, altered, claims, confidential, metadata, public, register, text, with};
use crate::support::{Call, TestServer};

async fn refresh(server: &TestServer, client: &Registered, token: &str) -> crate::support::Answer {
    server.public(client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", token)])).await
}

/// Replaces a client's metadata, with some members changed.
async fn change(server: &TestServer, client: &Registered, changes: &Value) {
    let body = with(metadata(&client.id), changes);
    server.admin(Call::put(format!("/admin/clients/{}", client.id)).json(&body)).await.expect(200);
}

#[tokio::test]
async fn refreshing_gives_new_tokens_of_the_same_grant() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let first = client.flow(server).login("acr", json!("2")).tokens().await;
        server.clock.advance(60);
        let second = refresh(server, &client, text(&first, "refresh_token")).await.expect(200).json();
        for name in ["access_token", "refresh_token", "id_token"] {
            assert_ne!(first[name], second[name], "{name}");
        }
        assert_eq!(second["scope"], first["scope"]);
        let (old, new) = (claims(text(&first, "id_token")), claims(text(&second, "id_token")));
        for same in ["iss", "sub", "aud", "auth_time", "nonce", "acr", "sid"] {
            assert_eq!(old[same], new[same], "{same} (OpenID Connect Core §12.2)");
        }
        for different in ["iat", "exp", "jti", "at_hash"] {
            assert_ne!(old[different], new[different], "{different}");
        }
        assert_eq!(server.introspect(text(&second, "access_token")).await["sub"], "alice");
    })
    .await;
}

#[tokio::test]
async fn the_audience_of_a_refresh_is_that_of_the_grant() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = [
        client.flow(&server).tokens().await,
        client.flow(&server).parameter("audience", "https://api.example").tokens().await,
    ];
    for (first, audience) in tokens.iter().zip([json!([]), json!(["https://api.example"])]) {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", text(first, "refresh_token")),
            ("audience", "https://api.example"),
        ];
        let second = server.public(client.token_request(&form)).await.expect(200).json();
        assert_eq!(server.introspect(text(&second, "access_token")).await["aud"], audience);
    }
}

#[tokio::test]
async fn the_refresh_token_must_be_there_once() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let token = text(&tokens, "refresh_token");
    let huge = "x".repeat(40_000);
    for (parameters, expected) in [
        (vec![], "invalid_request"),
        (vec![("refresh_token", "")], "invalid_request"),
        (vec![("refresh_token", token), ("refresh_token", token)], "invalid_request"),
        (vec![("refresh_token", huge.as_str())], "invalid_request"),
        (vec![("refresh_token", "x")], "invalid_grant"),
        (vec![("refresh_token", text(&tokens, "access_token"))], "invalid_grant"),
        (vec![("refresh_token", text(&tokens, "id_token"))], "invalid_grant"),
    ] {
        let form = [vec![("grant_type", "refresh_token")], parameters].concat();
        let answer = server.public(client.token_request(&form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some(expected), "{}", answer.text());
    }
    refresh(&server, &client, token).await.expect(200);
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_client() {
    TestServer::each_database(async |server| {
        let owner = confidential(server).await;
        let others = [register(server, "other", &json!({})).await, public(server).await];
        let tokens = owner.flow(server).tokens().await;
        for other in &others {
            let answer = refresh(server, other, text(&tokens, "refresh_token")).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{}", other.id);
        }
        // A stranger with the token cannot end the owner's grant either.
        refresh(server, &owner, text(&tokens, "refresh_token")).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn an_altered_refresh_token_is_refused_and_changes_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    for (how, changed) in altered(text(&tokens, "refresh_token")) {
        let answer = refresh(&server, &client, &changed).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{how}");
        assert_eq!(server.introspect(&changed).await, json!({ "active": false }), "{how}");
    }
    refresh(&server, &client, text(&tokens, "refresh_token")).await.expect(200);
}

#[tokio::test]
async fn what_the_client_may_no_longer_ask_for_is_not_refreshed() {
    let server = TestServer::new().await;
    for (changes, expected) in [
        (json!({ "scope": "openid" }), "invalid_scope"),
        (json!({ "audience": [] }), "invalid_request"),
        (json!({ "grant_types": ["authorization_code"] }), "unauthorized_client"),
    ] {
        let client = register(&server, &format!("app-{expected}"), &json!({})).await;
        let mut flow = client.flow(&server).parameter("audience", "https://api.example");
        let tokens = flow.tokens().await;
        change(&server, &client, &changes).await;
        let answer = refresh(&server, &client, text(&tokens, "refresh_token")).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some(expected));
        // Nothing was used up: once it is allowed again, it works.
        change(&server, &client, &json!({})).await;
        refresh(&server, &client, text(&tokens, "refresh_token")).await.expect(200);
    }
}

#[tokio::test]
async fn the_prefix_of_a_refresh_token_is_optional() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let bare = text(&tokens, "refresh_token").strip_prefix("ory_rt_").unwrap();
    refresh(&server, &client, bare).await.expect(200);
}

#[tokio::test]
async fn a_client_that_became_another_kind_keeps_nothing_it_cannot_prove() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    change(&server, &client, &json!({ "token_endpoint_auth_method": "client_secret_post" })).await;
    let answer = refresh(&server, &client, text(&tokens, "refresh_token")).await.expect(401);
    assert_eq!(answer.error().as_deref(), Some("invalid_client"));
}
