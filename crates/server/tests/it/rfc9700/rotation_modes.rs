//! The two forgiving modes of rotation, for one client that asks again: a period of grace, as Hydra has it, and
//! `until_successor_used`, which forgives lost answers for a minute and still finds a theft.

use serde_json::{Value, json};

use super::refreshing::{User, grace, until_successor_used};
use crate::fixtures::{register, text};
use crate::support::{Call, Profile, TestServer};

#[tokio::test]
async fn grace_forgives_every_token_of_the_past_for_its_own_window() {
    TestServer::each_database_with(grace(100, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let second = user.refresh(&first).await;
        let third = user.refresh(&second).await;
        let again = [user.refresh(&second).await, user.refresh(&first).await];
        assert_eq!(user.lives(&[&third, &again[0], &again[1]]).await, [true; 3]);
    })
    .await;
}

#[tokio::test]
async fn the_access_token_of_the_past_ends_with_the_first_use_even_in_grace() {
    let server = TestServer::with(grace(100, 0)).await;
    let (user, first) = User::begin(&server).await;
    user.refresh(&first).await;
    assert!(!user.live(&first).await);
    user.refresh(&first).await;
    assert!(!user.live(&first).await);
}

#[tokio::test]
async fn a_lost_answer_is_forgiven_until_the_exact_second() {
    for window in [10, 60] {
        TestServer::each_database_with(until_successor_used(window), async |server| {
            for (seconds, is_forgiven) in [(window, true), (window + 1, false)] {
                let client = register(server, &format!("app-{seconds}"), &json!({})).await;
                let (user, first) = User::of(server, client).await;
                // The answer never arrives.
                let lost = user.refresh(&first).await;
                user.advance(seconds);
                assert_eq!(user.answer(&first).await.status, if is_forgiven { 200 } else { 400 }, "{seconds}");
                assert_eq!(user.live(&lost).await, is_forgiven, "{seconds}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn the_window_for_lost_answers_is_a_minute_by_default() {
    assert_eq!(Profile::Base.config().oauth2.refresh.successor_window_seconds, 60);
}

#[tokio::test]
async fn many_lost_answers_in_a_row_are_forgiven_and_the_last_one_goes_on() {
    TestServer::each_database_with(until_successor_used(60), async |server| {
        let (user, first) = User::begin(server).await;
        user.refresh(&first).await;
        for _ in 0..6 {
            user.advance(10);
            user.refresh(&first).await;
        }
        let mut arrived = user.refresh(&first).await;
        for _ in 0..5 {
            user.advance(1000);
            arrived = user.refresh(&arrived).await;
            assert!(user.live(&arrived).await);
        }
    })
    .await;
}

#[tokio::test]
async fn until_its_successor_is_seen_the_old_access_token_goes_on_but_not_for_ever() {
    for strategy in ["opaque", "jwt"] {
        let server = TestServer::with(until_successor_used(60)).await;
        let client = register(&server, "app", &json!({ "access_token_strategy": strategy })).await;
        let (user, first) = User::of(&server, client).await;
        let second = user.refresh(&first).await;
        let active =
            async |tokens: &Value| server.introspect(text(tokens, "access_token")).await["active"] == json!(true);
        user.advance(60);
        assert!(active(&first).await, "{strategy}");
        user.advance(1);
        assert!(!active(&first).await, "{strategy}: nobody looked at the successor, and its time is over");
        let third = user.refresh(&second).await;
        assert!(active(&second).await, "{strategy}");
        assert!(active(&third).await, "{strategy}");
        assert!(!active(&second).await, "{strategy}: its successor was seen");
    }
}

#[tokio::test]
async fn once_anything_of_the_successor_was_seen_the_old_token_is_not_forgiven() {
    for seen in ["introspection", "introspection of the refresh token", "userinfo", "refresh"] {
        TestServer::each_database_with(until_successor_used(60), async |server| {
            let (user, first) = User::begin(server).await;
            let mut newest = user.refresh(&first).await;
            match seen {
                "introspection" => {
                    assert_eq!(server.introspect(text(&newest, "access_token")).await["active"], true);
                }
                "introspection of the refresh token" => {
                    assert_eq!(server.introspect(text(&newest, "refresh_token")).await["active"], true);
                }
                "userinfo" => {
                    let bearer = Call::get("/userinfo").bearer(text(&newest, "access_token"));
                    server.public(bearer).await.expect(200);
                }
                _ => newest = user.refresh(&newest).await,
            }
            user.refused(&first).await;
            assert!(user.live(&newest).await, "{seen}: at the same moment it is no theft");
            user.advance(6);
            user.refused(&first).await;
            assert!(!user.live(&newest).await, "{seen}: later it is");
        })
        .await;
    }
}

#[tokio::test]
async fn seeing_a_token_of_one_branch_says_nothing_of_another() {
    TestServer::each_database_with(until_successor_used(60), async |server| {
        let (user, first) = User::begin(server).await;
        let lost = user.refresh(&first).await;
        let arrived = user.refresh(&first).await;
        assert!(user.live(&arrived).await);
        // The answer that was lost first may have been lost by another tab.
        let again = user.refresh(&first).await;
        assert_eq!(user.lives(&[&arrived, &again, &lost]).await, [true; 3]);
        user.advance(6);
        user.refused(&first).await;
        assert_eq!(user.lives(&[&arrived, &again, &lost]).await, [false; 3], "all were seen");
    })
    .await;
}
