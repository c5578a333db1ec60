//! The two forgiving modes of rotation: a period of grace, as Hydra has it, and `until_successor_used`, which forgives every
//! lost answer and still finds a theft.

use symbolon_server::config::{Config, RotationMode};

use crate::fixtures::{Registered, confidential, text};
use crate::support::{Call, CodeFlow, TestServer};

fn grace(config: &mut Config, seconds: i64, count: u32) {
    config.oauth2.refresh.mode = RotationMode::Grace;
    config.oauth2.refresh.rotation_grace_period_seconds = seconds;
    config.oauth2.refresh.rotation_grace_reuse_count = count;
}

fn until_successor_used(config: &mut Config) {
    config.oauth2.refresh.mode = RotationMode::UntilSuccessorUsed;
}

async fn started(server: &TestServer) -> (Registered, CodeFlow, serde_json::Value) {
    let client = confidential(server).await;
    let mut flow = client.flow(server);
    let tokens = flow.tokens().await;
    (client, flow, tokens)
}

#[tokio::test]
async fn grace_gives_the_same_generation_again_until_the_exact_second() {
    TestServer::each_database_with(
        |config| grace(config, 10, 0),
        async |server| {
            let (_, flow, first) = started(server).await;
            let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
            server.clock.advance(10);
            let again = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
            // Both holders have tokens of one generation: the family has not forked.
            for tokens in [&second, &again] {
                assert_eq!(server.introspect(text(tokens, "access_token")).await["active"], true);
            }
            server.clock.advance(1);
            let late = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(400);
            assert_eq!(late.error().as_deref(), Some("invalid_grant"));
            for tokens in [&second, &again] {
                assert_eq!(server.introspect(text(tokens, "access_token")).await["active"], false);
                server.public(flow.refresh(text(tokens, "refresh_token"))).await.expect(400);
            }
        },
    )
    .await;
}

#[tokio::test]
async fn grace_reaches_back_one_generation_only() {
    let server = TestServer::with(|config| grace(config, 100, 0)).await;
    let (_, flow, first) = started(&server).await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    let third = server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(200).json();
    server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(200);
    server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(400);
    assert_eq!(server.introspect(text(&third, "access_token")).await["active"], false);
}

#[tokio::test]
async fn grace_counts_where_it_is_told_to() {
    let server = TestServer::with(|config| grace(config, 1000, 2)).await;
    let (_, flow, first) = started(&server).await;
    for (round, status) in [200, 200, 200, 400].into_iter().enumerate() {
        let answer = server.public(flow.refresh(text(&first, "refresh_token"))).await;
        assert_eq!(answer.status, status, "use {round}");
    }
}

#[tokio::test]
async fn immunity_13_grace_forgives_nothing_that_was_revoked() {
    let server = TestServer::with(|config| grace(config, 100, 0)).await;
    let (client, flow, first) = started(&server).await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    server.public(client.form("/oauth2/revoke", &[("token", text(&second, "access_token"))])).await.expect(200);
    server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(400);
    server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(400);
}

#[tokio::test]
async fn a_lost_answer_is_forgiven_however_late() {
    TestServer::each_database_with(until_successor_used, async |server| {
        let (_, flow, first) = started(server).await;
        for _ in 0..5 {
            // The answer never arrives; the client asks again, days later.
            server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200);
            server.clock.advance(3 * 24 * 3600);
        }
        let arrived = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
        assert_eq!(server.introspect(text(&arrived, "access_token")).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn until_its_successor_is_seen_the_old_access_token_goes_on() {
    let server = TestServer::with(until_successor_used).await;
    let (_, flow, first) = started(&server).await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    assert_eq!(server.introspect(text(&first, "access_token")).await["active"], true);
    assert_eq!(server.introspect(text(&second, "access_token")).await["active"], true);
    assert_eq!(server.introspect(text(&first, "access_token")).await["active"], false);
}

#[tokio::test]
async fn once_anything_of_the_successor_was_seen_the_old_token_is_a_theft() {
    for seen in ["introspection", "userinfo", "refresh"] {
        let server = TestServer::with(until_successor_used).await;
        let (_, flow, first) = started(&server).await;
        let mut newest = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
        match seen {
            "introspection" => assert_eq!(server.introspect(text(&newest, "access_token")).await["active"], true),
            "userinfo" => {
                server.public(Call::get("/userinfo").bearer(text(&newest, "access_token"))).await.expect(200);
            }
            _ => newest = server.public(flow.refresh(text(&newest, "refresh_token"))).await.expect(200).json(),
        }
        let reused = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(400);
        assert_eq!(reused.error().as_deref(), Some("invalid_grant"), "{seen}");
        assert_eq!(server.introspect(text(&newest, "access_token")).await["active"], false, "{seen}");
        server.public(flow.refresh(text(&newest, "refresh_token"))).await.expect(400);
    }
}
