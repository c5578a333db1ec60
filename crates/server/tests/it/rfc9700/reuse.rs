//! RFC 9700 §4.14.2, strict rotation (the default): a refresh token works once; shown again later it ends the grant.

use serde_json::json;

use crate::fixtures::{confidential, register, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn immunity_11_refresh_reuse_revokes_the_whole_grant() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let first = flow.tokens().await;
        let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
        let third = server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(200).json();
        assert_eq!(server.introspect(text(&third, "access_token")).await["active"], true);
        let reused = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(400);
        assert_eq!(reused.error().as_deref(), Some("invalid_grant"));
        for name in ["access_token", "refresh_token"] {
            assert_eq!(server.introspect(text(&third, name)).await, json!({ "active": false }), "{name}");
        }
        server.public(flow.refresh(text(&third, "refresh_token"))).await.expect(400);
        server.public(Call::get("/userinfo").bearer(text(&third, "access_token"))).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn each_refresh_ends_the_generation_before() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let mut generations = vec![flow.tokens().await];
    for _ in 0..4 {
        let token = text(generations.last().unwrap(), "refresh_token").to_owned();
        generations.push(server.public(flow.refresh(&token)).await.expect(200).json());
    }
    let last = generations.len() - 1;
    for (number, tokens) in generations.iter().enumerate() {
        for name in ["access_token", "refresh_token"] {
            let active = server.introspect(text(tokens, name)).await["active"] == true;
            assert_eq!(active, number == last, "{name} of generation {number}");
        }
        let status = server.public(Call::get("/userinfo").bearer(text(tokens, "access_token"))).await.status;
        assert_eq!(status == 200, number == last, "generation {number}");
    }
}

#[tokio::test]
async fn looking_at_an_old_token_is_no_reuse() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let first = flow.tokens().await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    assert_eq!(server.introspect(text(&first, "refresh_token")).await["active"], false);
    server.public(Call::get("/userinfo").bearer(text(&first, "access_token"))).await.expect(401);
    server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn a_stranger_who_shows_an_old_token_cannot_end_the_grant() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let other = register(&server, "other", &json!({})).await;
    let mut flow = client.flow(&server);
    let first = flow.tokens().await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&first, "refresh_token"))];
    server.public(other.token_request(&form)).await.expect(400);
    let wrong_secret = flow.refresh(text(&first, "refresh_token")).basic(&client.id, "wrong-secret");
    server.public(wrong_secret).await.expect(401);
    server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn reuse_in_one_grant_does_not_touch_another() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let victim = flow.tokens().await;
    let other = client.flow(&server).tokens().await;
    server.public(flow.refresh(text(&victim, "refresh_token"))).await.expect(200);
    server.public(flow.refresh(text(&victim, "refresh_token"))).await.expect(400);
    assert_eq!(server.introspect(text(&other, "access_token")).await["active"], true);
    server.public(flow.refresh(text(&other, "refresh_token"))).await.expect(200);
}
