//! What refreshing costs, and what happens far beyond what an honest client does: nobody is logged out by a storm, and no
//! thief hides in one.

use serde_json::Value;
use symbolon_server::config::Config;

use super::refreshing::{User, grace, strict, until_successor_used};
use crate::support::TestServer;

/// How many branches besides the first there may be.
const MOST: usize = 64;

async fn lives(user: &User, all: &[Value]) -> usize {
    user.lives(&all.iter().collect::<Vec<_>>()).await.into_iter().filter(|lives| *lives).count()
}

#[tokio::test]
async fn a_client_that_never_stops_asking_always_has_tokens_and_logs_no_other_tab_out() {
    TestServer::each_database_with(grace(100, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let tab = user.refresh(&first).await;
        let idle = user.refresh(&tab).await;
        let other = user.refresh(&tab).await;
        user.advance(50);
        let mut storm = Vec::new();
        for _ in 0..400 {
            storm.push(user.refresh(&first).await);
        }
        assert!(user.live(storm.last().unwrap()).await);
        assert_eq!(lives(&user, &storm).await, MOST - 1, "one branch belongs to the other tab");
        assert_eq!(user.lives(&[&idle, &other]).await, [true, true]);
        // An answer that was forgotten is refused; nothing else happens.
        user.refused(&storm[0]).await;
        user.advance(1000);
        user.refused(&storm[1]).await;
        for tokens in [storm.last().unwrap(), &storm[350], &idle, &other] {
            let next = user.refresh(tokens).await;
            assert!(user.live(&next).await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_refreshes_without_a_pause_may_still_repeat_every_token_within_its_window() {
    TestServer::each_database_with(grace(100, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let mut chain = vec![first];
        for _ in 0..64 {
            let next = user.refresh(chain.last().unwrap()).await;
            chain.push(next);
            user.advance(1);
        }
        for old in [0, 1, 20, 40, 62, 63] {
            let branch = user.refresh(&chain[old]).await;
            assert!(user.live(&branch).await, "{old}");
        }
        user.advance(36);
        let last = user.refresh(&chain[0]).await;
        assert_eq!(user.lives(&[&last, &chain[64]]).await, [true, true]);
        // So many times are not kept to the second: a sixteenth of the window more, and no longer.
        user.advance(7);
        user.refused(&chain[0]).await;
        assert_eq!(user.lives(&[&last, &chain[64]]).await, [false, false]);
    })
    .await;
}

#[tokio::test]
async fn a_thief_who_never_stops_refreshing_is_found_when_the_owner_comes_back() {
    let modes: [Box<dyn Fn(&mut Config)>; 3] =
        [Box::new(strict), Box::new(grace(60, 0)), Box::new(until_successor_used(60))];
    for change in modes {
        TestServer::each_database_with(change, async |server| {
            let (user, first) = User::begin(server).await;
            let mut newest = first.clone();
            for _ in 0..200 {
                newest = user.refresh(&newest).await;
                user.advance(1);
            }
            user.refused(&first).await;
            assert!(!user.live(&newest).await);
        })
        .await;
    }
}

#[tokio::test]
async fn a_thief_cannot_crowd_out_what_convicts_him() {
    TestServer::each_database_with(grace(60, 0), async |server| {
        let (user, first) = User::begin(server).await;
        user.refresh(&first).await;
        let victim = user.refresh(&first).await;
        user.advance(1000);
        // The thief uses the victim's token over and over, and every branch that this begins, so that none looks idle.
        let mut thief = Vec::new();
        let mut refusals = 0;
        for _ in 0..150 {
            let answer = user.answer(&victim).await;
            if answer.status == 200 {
                thief.push(user.refresh(&answer.json()).await);
            } else {
                refusals += 1;
            }
        }
        assert_eq!((thief.len(), refusals), (MOST, 150 - MOST), "then there is no room for more");
        assert!(lives(&user, &thief).await > 0);
        user.advance(61);
        user.refused(&victim).await;
        assert_eq!(lives(&user, &thief).await, 0);
    })
    .await;
}

#[tokio::test]
async fn where_there_is_no_room_a_repetition_is_refused_and_nothing_else_happens() {
    let server = TestServer::with(grace(60, 0)).await;
    let (user, first) = User::begin(&server).await;
    let mut all = vec![user.refresh(&first).await];
    for _ in 0..MOST {
        let branch = user.refresh(&first).await;
        all.push(user.refresh(&branch).await);
    }
    user.refused(&first).await;
    user.advance(60);
    user.refused(&first).await;
    assert_eq!(lives(&user, &all).await, all.len());
    // An hour later there is room again.
    user.advance(3600);
    let next = user.refresh(&all[0]).await;
    let branch = user.refresh(&all[0]).await;
    assert_eq!(user.lives(&[&next, &branch]).await, [true, true]);
}

#[tokio::test]
async fn a_refresh_is_one_write_and_a_repetition_one_more() {
    TestServer::each_database_with(grace(60, 0), async |server| {
        let (user, first) = User::begin(server).await;
        let written = || server.server.store().statistics().batches;
        let before = written();
        let second = user.refresh(&first).await;
        assert_eq!(written() - before, 1);
        let branch = user.refresh(&first).await;
        assert_eq!(written() - before, 2);
        user.refresh(&second).await;
        user.refresh(&branch).await;
        assert_eq!(written() - before, 4);
        user.advance(61);
        user.refused(&first).await;
        assert_eq!(written() - before, 5);
        user.refused(&first).await;
        user.refused(&branch).await;
        assert_eq!(written() - before, 5, "what has ended is not written again");
    })
    .await;
}
