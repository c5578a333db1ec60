//! Refreshing from many places at once, in each mode, on each database: whoever is answered with tokens has tokens that
//! count, nobody is logged out, and there is no server error.

use serde_json::{Value, json};

use super::refreshing::{User, grace, strict, until_successor_used};
use crate::fixtures::{RACERS, count, race, register, text};
use crate::support::{Answer, Listener, TestServer, until_somebody_waits};

/// Uses these tokens from all sides at once.
async fn refresh_at_once(user: &User, tokens: &[&Value]) -> Vec<Answer> {
    let calls = (0..RACERS).map(|number| user.flow.refresh(text(tokens[number % tokens.len()], "refresh_token")));
    race(&user.server, Listener::Public, calls.collect()).await
}

/// The tokens of the successful answers; the others must be `invalid_grant`.
fn successes(answers: &[Answer]) -> Vec<Value> {
    assert_eq!(count(answers, 200) + count(answers, 400), answers.len());
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{}", answer.text());
    }
    answers.iter().filter(|answer| answer.status == 200).map(Answer::json).collect()
}

async fn assert_all_live(user: &User, all: &[Value]) {
    let lives = user.lives(&all.iter().collect::<Vec<_>>()).await;
    assert_eq!(lives, vec![true; all.len()]);
}

/// All count, and each goes on by itself.
async fn assert_independent(user: &User, all: &[Value]) {
    assert_all_live(user, all).await;
    user.advance(1000);
    let mut next = Vec::new();
    for tokens in all {
        next.push(user.refresh(tokens).await);
    }
    assert_all_live(user, &next).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strict_of_many_refreshes_at_once_one_succeeds_and_its_tokens_live() {
    TestServer::each_database_with(strict, async |server| {
        let (user, mut current) = User::begin(server).await;
        for _ in 0..5 {
            let answers = refresh_at_once(&user, &[&current]).await;
            let [winner] = <[Value; 1]>::try_from(successes(&answers)).unwrap();
            assert!(user.live(&winner).await);
            // Even those that come a few seconds later are no thieves.
            user.advance(5);
            user.refused(&current).await;
            assert!(user.live(&winner).await);
            current = winner;
        }
        user.advance(1000);
        let next = user.refresh(&current).await;
        user.advance(6);
        user.refused(&current).await;
        assert!(!user.live(&next).await, "a theft is still one");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strict_two_at_once_again_and_again_never_log_anybody_out() {
    TestServer::each_database_with(strict, async |server| {
        let (user, mut current) = User::begin(server).await;
        for _ in 0..40 {
            let call = || user.flow.refresh(text(&current, "refresh_token"));
            let answers = race(server, Listener::Public, vec![call(), call()]).await;
            let [winner] = <[Value; 1]>::try_from(successes(&answers)).unwrap();
            assert!(user.live(&winner).await);
            current = winner;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grace_all_get_tokens_of_their_own() {
    TestServer::each_database_with(grace(60, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let answers = refresh_at_once(&user, &[&first]).await;
        let all = successes(&answers);
        assert_eq!(all.len(), RACERS);
        assert_independent(&user, &all).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grace_with_a_count_forgives_exactly_so_many() {
    TestServer::each_database_with(grace(60, 5), async |server| {
        let (user, first) = User::begin(server).await;
        let answers = refresh_at_once(&user, &[&first]).await;
        let all = successes(&answers);
        assert_eq!(all.len(), 6, "one rotates, five are forgiven");
        assert_independent(&user, &all).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn grace_old_and_new_tokens_at_once_hurt_nobody() {
    TestServer::each_database_with(grace(60, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let second = user.refresh(&first).await;
        let side = user.refresh(&first).await;
        let answers = refresh_at_once(&user, &[&first, &second, &side]).await;
        let all = successes(&answers);
        assert_eq!(all.len(), RACERS);
        assert_independent(&user, &all).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn until_successor_used_all_get_tokens_of_their_own() {
    TestServer::each_database_with(until_successor_used(60), async |server| {
        let (user, first) = User::begin(server).await;
        let answers = refresh_at_once(&user, &[&first]).await;
        let all = successes(&answers);
        assert_eq!(all.len(), RACERS);
        assert_independent(&user, &all).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_theft_among_many_refreshes_leaves_nothing() {
    for (number, change) in [grace(10, 0), grace(10, 3)].into_iter().enumerate() {
        TestServer::each_database_with(change, async |server| {
            let (user, first) = User::of(server, register(server, &format!("app-{number}"), &json!({})).await).await;
            let second = user.refresh(&first).await;
            let side = user.refresh(&first).await;
            user.advance(11);
            // The stolen token and the honest ones, at the same moment: whatever comes first, the end is the same.
            let answers = refresh_at_once(&user, &[&first, &second, &side]).await;
            let mut all = successes(&answers);
            all.extend([second, side]);
            for tokens in &all {
                assert!(!user.live(tokens).await);
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_that_waited_in_the_server_is_judged_by_when_it_arrived() {
    TestServer::beside_a_connection(async |server, connection| {
        let (user, first) = User::begin(server).await;
        // Both have read the grant and want to change it, which somebody else has locked.
        connection.batch_execute("BEGIN; UPDATE grants SET expires_at = expires_at + 1").await.unwrap();
        let refreshes: Vec<_> = (0..2)
            .map(|_| {
                let (server, call) = (server.clone(), user.flow.refresh(text(&first, "refresh_token")));
                tokio::spawn(async move { server.public(call).await })
            })
            .collect();
        until_somebody_waits(connection).await;
        // The second one waits behind the first in the server.
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        user.advance(30);
        connection.batch_execute("COMMIT").await.unwrap();
        let mut answers = Vec::new();
        for refresh in refreshes {
            answers.push(refresh.await.unwrap());
        }
        let [winner] = <[Value; 1]>::try_from(successes(&answers)).unwrap();
        assert!(user.live(&winner).await);
    })
    .await;
}
