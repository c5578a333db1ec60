//! RFC 9700 §4.14.2, strict rotation (the default): a refresh token works once; shown again later it ends the grant. What
//! comes again within five seconds is refused and changes nothing.

use serde_json::json;
use symbolon_server::config::Config;

use super::refreshing::{User, grace, strict, until_successor_used};
use crate::fixtures::{register, text};
use crate::support::TestServer;

#[tokio::test]
async fn reuse_ends_the_whole_grant() {
    TestServer::each_database(async |server| {
        let (user, first) = User::begin(server).await;
        let second = user.refresh(&first).await;
        let third = user.refresh(&second).await;
        assert!(user.live(&third).await);
        user.advance(6);
        user.refused(&first).await;
        assert_eq!(user.lives(&[&first, &second, &third]).await, [false; 3]);
        user.refused(&third).await;
    })
    .await;
}

#[tokio::test]
async fn a_repetition_within_five_seconds_is_refused_and_nothing_else_happens() {
    let modes: [Box<dyn Fn(&mut Config)>; 3] =
        [Box::new(strict), Box::new(grace(2, 0)), Box::new(until_successor_used(2))];
    for change in modes {
        TestServer::each_database_with(change, async |server| {
            for (seconds, ends) in [(5, false), (6, true)] {
                let (user, first) =
                    User::of(server, register(server, &format!("app-{seconds}"), &json!({})).await).await;
                let second = user.refresh(&first).await;
                assert!(user.live(&second).await);
                user.advance(seconds);
                user.refused(&first).await;
                assert_eq!(user.live(&second).await, !ends, "after {seconds} seconds");
                assert_eq!(user.answer(&second).await.status, if ends { 400 } else { 200 }, "after {seconds} seconds");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_repetition_within_five_seconds_is_refused_however_often_and_far_the_token_was_rotated() {
    TestServer::each_database(async |server| {
        let (user, first) = User::begin(server).await;
        let mut all = vec![first];
        for _ in 0..40 {
            let next = user.refresh(all.last().unwrap()).await;
            all.push(next);
        }
        user.advance(5);
        for old in &all[..40] {
            user.refused(old).await;
        }
        assert!(user.live(&all[40]).await);
        user.advance(1);
        user.refused(&all[17]).await;
        assert!(!user.live(&all[40]).await);
    })
    .await;
}

#[tokio::test]
async fn a_refused_repetition_writes_nothing() {
    let server = TestServer::new().await;
    let (user, first) = User::begin(&server).await;
    let second = user.refresh(&first).await;
    let before = server.server.store().statistics().batches;
    for _ in 0..100 {
        user.refused(&first).await;
    }
    assert_eq!(server.server.store().statistics().batches, before);
    user.advance(6);
    for _ in 0..100 {
        user.refused(&first).await;
    }
    assert_eq!(server.server.store().statistics().batches, before + 1, "the end of the grant");
    assert!(!user.live(&second).await);
}

#[tokio::test]
async fn each_refresh_ends_the_generation_before() {
    let server = TestServer::new().await;
    let (user, first) = User::begin(&server).await;
    let mut generations = vec![first];
    for _ in 0..4 {
        let next = user.refresh(generations.last().unwrap()).await;
        generations.push(next);
    }
    let last = generations.len() - 1;
    for (number, tokens) in generations.iter().enumerate() {
        assert_eq!(user.live(tokens).await, number == last, "generation {number}");
    }
}

#[tokio::test]
async fn looking_at_an_old_token_is_no_reuse() {
    let server = TestServer::new().await;
    let (user, first) = User::begin(&server).await;
    let second = user.refresh(&first).await;
    user.advance(60);
    assert!(!user.live(&first).await);
    user.refresh(&second).await;
}

#[tokio::test]
async fn a_stranger_who_shows_an_old_token_cannot_end_the_grant() {
    let server = TestServer::new().await;
    let (user, first) = User::begin(&server).await;
    let other = register(&server, "other", &json!({})).await;
    let second = user.refresh(&first).await;
    user.advance(60);
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&first, "refresh_token"))];
    let answer = server.public(other.token_request(&form)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
    let wrong_secret = user.flow.refresh(text(&first, "refresh_token")).basic(&user.client.id, "wrong-secret");
    server.public(wrong_secret).await.expect(401);
    user.refresh(&second).await;
}

#[tokio::test]
async fn an_old_token_that_has_expired_ends_nothing() {
    let server = TestServer::with(|config| config.ttl.refresh_token = Some(1000)).await;
    let (user, first) = User::begin(&server).await;
    user.advance(500);
    let second = user.refresh(&first).await;
    user.advance(500);
    user.refused(&first).await;
    user.refresh(&second).await;
}

#[tokio::test]
async fn reuse_in_one_grant_does_not_touch_another() {
    let server = TestServer::new().await;
    let (user, victim) = User::begin(&server).await;
    let other = user.client.flow(&server).tokens().await;
    user.refresh(&victim).await;
    user.advance(60);
    user.refused(&victim).await;
    assert!(user.live(&other).await);
    user.refresh(&other).await;
}
