//! Sixty-four tasks want the same thing at once: exactly one gets it.

use std::sync::Arc;

use symbolon_store::{Batch, Branch, Condition, Repeatable, Rotation, Store, WriteError};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::database::{Database, NOW, count, flow, grant, id, login_session, redeemed};

const TASKS: usize = 64;

/// Lets all tasks write the batch of their number at once; answers how many succeeded. The others must have failed at
/// this condition.
async fn winners(store: &Store, condition: Condition, batch: impl Fn(usize) -> Batch) -> usize {
    let batches = (0..TASKS).map(batch);
    let all = batches.map(|batch| {
        let store = store.clone();
        async move { store.write(batch).await }
    });
    successes(condition, all).await.len()
}

/// Runs all at once; answers what the successful ones did. The others must have failed at this condition.
async fn successes<T: Send + 'static>(
    condition: Condition,
    all: impl Iterator<Item = impl Future<Output = Result<T, WriteError>> + Send + 'static>,
) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(TASKS));
    let mut tasks = JoinSet::new();
    for one in all {
        let barrier = Arc::clone(&barrier);
        tasks.spawn(async move {
            barrier.wait().await;
            one.await
        });
    }
    let mut done = Vec::new();
    for outcome in tasks.join_all().await {
        match outcome {
            Ok(success) => done.push(success),
            Err(WriteError::Unmet(at) | WriteError::Conflict(at)) => assert_eq!(at, condition),
            Err(WriteError::Store(fault)) => panic!("{fault}"),
        }
    }
    done
}

fn one(fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    let mut batch = Batch::new();
    fill(&mut batch);
    batch
}

async fn a_code_is_redeemed_once(database: &Database) {
    database.store.insert_grant(&grant(1)).await.unwrap();
    let redeem = |_| one(|batch| batch.redeem_code(id(1), NOW, NOW));
    assert_eq!(winners(&database.store, Condition::Code, redeem).await, 1);
}

fn rotation() -> Rotation {
    Rotation { grant_id: id(1), now: NOW, expires_at: NOW + 100, kept_seconds: 60, beside: Batch::new() }
}

/// Rotates a branch as it was read, from all tasks at once.
async fn rotations(store: &Store, read: &Branch) -> usize {
    let all = (0..TASKS).map(|_| {
        let (store, read) = (store.clone(), read.clone());
        async move { store.rotate(&read, rotation()).await }
    });
    successes(Condition::Generation, all).await.len()
}

/// Repeats the first token of the first branch as it was read, from all tasks at once; answers the new branches.
async fn repetitions(store: &Store, condition: Condition, repeatable: Repeatable) -> Vec<i64> {
    let all = (0..TASKS).map(|_| {
        let (store, read) = (store.clone(), Branch { generation: 1, ..Branch::default() });
        async move { store.begin_branch(&read, 0, repeatable, rotation()).await }
    });
    let mut begun = successes(condition, all).await;
    begun.sort_unstable();
    begun
}

async fn a_generation_is_rotated_once_in_each_branch(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(1)).await.unwrap();
    assert_eq!(rotations(store, &Branch::default()).await, 1);
    assert_eq!(repetitions(store, Condition::Generation, Repeatable::AtMost(64)).await.len(), TASKS);
    let second = store.refresh_branch(id(1), 2).await.unwrap().unwrap();
    assert_eq!(rotations(store, &second).await, 1);
    assert_eq!(store.refresh_branch(id(1), 2).await.unwrap().unwrap().generation, 1);
}

async fn repetitions_at_once_have_a_branch_each(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(1)).await.unwrap();
    assert_eq!(rotations(store, &Branch::default()).await, 1);
    let begun = repetitions(store, Condition::Generation, Repeatable::Always).await;
    assert_eq!(begun, (1..=64).collect::<Vec<i64>>());
    assert_eq!(count(store, "SELECT count(*) FROM refresh_branches").await, 64);
}

async fn a_token_is_repeated_no_more_often_than_allowed(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(1)).await.unwrap();
    assert_eq!(rotations(store, &Branch::default()).await, 1);
    assert_eq!(repetitions(store, Condition::Repetition, Repeatable::AtMost(3)).await, [1, 2, 3]);
    assert_eq!(count(store, "SELECT branches FROM grants").await, 3);
}

async fn of_repetitions_and_the_successors_use_nothing_follows_the_use(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(1)).await.unwrap();
    assert_eq!(rotations(store, &Branch::default()).await, 1);
    let (other, read) = (store.clone(), Branch { generation: 1, ..Branch::default() });
    let using = tokio::spawn(async move { other.mark_successor_seen(id(1), &read).await.unwrap() });
    repetitions(store, Condition::Generation, Repeatable::UntilSuccessorSeen).await;
    using.await.unwrap();
    assert!(repetitions(store, Condition::Generation, Repeatable::UntilSuccessorSeen).await.is_empty());
}

async fn a_flow_is_moved_once(database: &Database) {
    database.store.write(one(|batch| batch.accept_flow(&flow(1, 1)))).await.unwrap();
    let winner = |number: usize| one(|batch| batch.move_flow(id(1), 1, 2, vec![u8::try_from(number).unwrap()]));
    assert_eq!(winners(&database.store, Condition::Flow, winner).await, 1);
    assert_eq!(database.store.flow(id(1)).await.unwrap().unwrap().stage, 2);
}

async fn a_flow_ends_in_one_grant(database: &Database) {
    database.store.write(one(|batch| batch.accept_flow(&flow(1, 3)))).await.unwrap();
    let finish = |_| one(|batch| batch.finish_flow(id(1), 3).insert_grant(&grant(1)));
    assert_eq!(winners(&database.store, Condition::Flow, finish).await, 1);
    assert!(database.store.flow(id(1)).await.unwrap().is_none());
    assert!(database.store.grant(id(1)).await.unwrap().is_some());
}

async fn a_flow_that_ends_meanwhile_is_not_started_again(database: &Database) {
    for round in 0..8 {
        database.store.write(one(|batch| batch.accept_flow(&flow(round, 1)))).await.unwrap();
        let race = |number: usize| {
            one(|batch| {
                if number.is_multiple_of(8) {
                    batch.finish_flow(id(round), 1).insert_grant(&grant(round))
                } else {
                    batch.accept_flow(&flow(round, 1))
                }
            })
        };
        winners(&database.store, Condition::Flow, race).await;
        assert!(database.store.grant(id(round)).await.unwrap().is_some());
        assert!(database.store.flow(id(round)).await.unwrap().is_none(), "round {round}");
    }
}

async fn of_accept_and_move_the_flow_keeps_one_history(database: &Database) {
    database.store.write(one(|batch| batch.accept_flow(&flow(1, 1)))).await.unwrap();
    let race =
        |number: usize| {
            one(|batch| {
                if number == 0 {
                    batch.move_flow(id(1), 1, 2, b"moved".to_vec())
                } else {
                    batch.accept_flow(&flow(1, 1))
                }
            })
        };
    winners(&database.store, Condition::Flow, race).await;
    let flow = database.store.flow(id(1)).await.unwrap().unwrap();
    assert_eq!((flow.stage, flow.body.as_slice()), (2, b"moved".as_slice()));
}

async fn an_identifier_is_used_once(database: &Database) {
    let use_once = |_| one(|batch| batch.use_once("jti", b"x", NOW + 60));
    assert_eq!(winners(&database.store, Condition::Identifier, use_once).await, 1);
    assert!(!database.store.use_once("jti", b"x", NOW + 60).await.unwrap());
    assert!(database.store.use_once("dpop", b"x", NOW + 60).await.unwrap());
}

async fn a_login_session_is_ended_once_and_forgotten_once(database: &Database) {
    let store = &database.store;
    store.put_login_session(&login_session(1, "alice")).await.unwrap();
    let all = (0..TASKS).map(|_| {
        let store = store.clone();
        async move { store.end_login_session(id(1), NOW).await.map_err(WriteError::from) }
    });
    let ended = successes(Condition::Session, all).await;
    assert_eq!(ended.iter().filter(|ended| **ended).count(), 1);
    let forget = |_| one(|batch| batch.forget_login_session(id(1)));
    assert_eq!(winners(store, Condition::Session, forget).await, 1);
}

async fn a_new_session_belongs_to_one_person(database: &Database) {
    let store = &database.store;
    let begin =
        |number: usize| one(|batch| batch.put_login_session(&login_session(1, &format!("user {}", number % 4))));
    assert_eq!(winners(store, Condition::Session, begin).await, TASKS / 4);
}

async fn a_device_is_answered_once_and_redeemed_once(database: &Database) {
    let store = &database.store;
    store.insert_device_authorization(&crate::database::device_authorization(1)).await.unwrap();
    let accept = |number: usize| one(|batch| batch.accept_device_authorization(id(1), id(number as u64), NOW));
    assert_eq!(winners(store, Condition::Device, accept).await, 1);
    let redeem = |_| one(|batch| batch.redeem_device_authorization(id(1), NOW));
    assert_eq!(winners(store, Condition::Device, redeem).await, 1);
}

async fn a_lease_has_one_holder(database: &Database) {
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        let store = database.store.clone();
        tasks.spawn(async move { store.lease("purge", &format!("node {number}"), NOW, NOW + 60).await.unwrap() });
    }
    let mut holders = 0;
    while let Some(done) = tasks.join_next().await {
        holders += usize::from(done.unwrap());
    }
    assert_eq!(holders, 1);
}

crate::on_every_database!(
    a_code_is_redeemed_once,
    a_generation_is_rotated_once_in_each_branch,
    repetitions_at_once_have_a_branch_each,
    a_token_is_repeated_no_more_often_than_allowed,
    of_repetitions_and_the_successors_use_nothing_follows_the_use,
    a_flow_is_moved_once,
    a_flow_ends_in_one_grant,
    a_flow_that_ends_meanwhile_is_not_started_again,
    of_accept_and_move_the_flow_keeps_one_history,
    an_identifier_is_used_once,
    a_login_session_is_ended_once_and_forgotten_once,
    a_new_session_belongs_to_one_person,
    a_device_is_answered_once_and_redeemed_once,
    a_lease_has_one_holder,
);
