//! Refreshing from many places at once, in each mode, on each database: one new generation, no server error, no fork.

use serde_json::Value;
use symbolon_server::config::{Config, RotationMode};

use crate::fixtures::{RACERS, confidential, count, race, text};
use crate::support::{Answer, CodeFlow, Listener, TestServer};

async fn refresh_at_once(server: &TestServer, flow: &CodeFlow, token: &str) -> Vec<Answer> {
    race(server, Listener::Public, (0..RACERS).map(|_| flow.refresh(token)).collect()).await
}

/// Whether all tokens are of one generation: all count, and one refresh ends them all.
async fn assert_one_generation(server: &TestServer, flow: &CodeFlow, tokens: &[Value]) {
    for tokens in tokens {
        assert_eq!(server.introspect(text(tokens, "access_token")).await["active"], true);
    }
    let next = server.public(flow.refresh(text(&tokens[0], "refresh_token"))).await.expect(200).json();
    assert_eq!(server.introspect(text(&next, "access_token")).await["active"], true);
    for tokens in tokens {
        assert_eq!(server.introspect(text(tokens, "access_token")).await["active"], false);
    }
}

fn successes(answers: &[Answer]) -> Vec<Value> {
    answers.iter().filter(|answer| answer.status == 200).map(Answer::json).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn immunity_11_strict_of_many_refreshes_at_once_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        let answers = refresh_at_once(server, &flow, text(&tokens, "refresh_token")).await;
        assert_eq!(count(&answers, 200), 1);
        assert_eq!(count(&answers, 400), RACERS - 1);
        // Whether the losers were concurrent or came a moment later decides what they are told.
        for answer in answers.iter().filter(|answer| answer.status == 400) {
            assert!(
                matches!(answer.error().as_deref(), Some("invalid_grant" | "invalid_request")),
                "{}",
                answer.text()
            );
        }
        // Whoever comes after the race is a thief or a fool.
        server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
        let winner = &successes(&answers)[0];
        assert_eq!(server.introspect(text(winner, "access_token")).await["active"], false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grace_all_get_the_same_generation() {
    let change = |config: &mut Config| {
        config.oauth2.refresh.mode = RotationMode::Grace;
        config.oauth2.refresh.rotation_grace_period_seconds = 60;
    };
    TestServer::each_database_with(change, async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        let answers = refresh_at_once(server, &flow, text(&tokens, "refresh_token")).await;
        assert_eq!(count(&answers, 200), RACERS);
        assert_one_generation(server, &flow, &successes(&answers)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grace_with_a_count_forgives_exactly_so_many() {
    let change = |config: &mut Config| {
        config.oauth2.refresh.mode = RotationMode::Grace;
        config.oauth2.refresh.rotation_grace_period_seconds = 60;
        config.oauth2.refresh.rotation_grace_reuse_count = 5;
    };
    TestServer::each_database_with(change, async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        let answers = refresh_at_once(server, &flow, text(&tokens, "refresh_token")).await;
        // One rotates, five are forgiven; a late one among the rest is reuse and ends the grant, so fewer may succeed.
        assert!((1..=6).contains(&count(&answers, 200)), "{} succeeded", count(&answers, 200));
        assert_eq!(count(&answers, 200) + count(&answers, 400), RACERS);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn until_successor_used_all_get_the_same_generation() {
    let change = |config: &mut Config| config.oauth2.refresh.mode = RotationMode::UntilSuccessorUsed;
    TestServer::each_database_with(change, async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        let answers = refresh_at_once(server, &flow, text(&tokens, "refresh_token")).await;
        assert_eq!(count(&answers, 200), RACERS);
        let all = successes(&answers);
        for tokens in &all {
            assert_eq!(server.introspect(text(tokens, "access_token")).await["active"], true);
        }
        // The first of the new generation was seen, so the old token is worth nothing any more.
        server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
        assert_eq!(server.introspect(text(&all[0], "access_token")).await["active"], false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_chain_of_refreshes_in_a_race_never_has_two_ends() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server);
        let mut current = flow.tokens().await;
        for _ in 0..4 {
            let token = text(&current, "refresh_token").to_owned();
            let calls = (0..2).map(|_| flow.refresh(&token)).collect();
            let answers = race(server, Listener::Public, calls).await;
            let won = successes(&answers);
            assert_eq!(won.len(), 1);
            if server.introspect(text(&won[0], "access_token")).await["active"] == false {
                // The other was late enough to be a reuse: the grant has ended, and nothing of it works.
                server.public(flow.refresh(text(&won[0], "refresh_token"))).await.expect(400);
                return;
            }
            current = won.into_iter().next().unwrap();
        }
    })
    .await;
}
