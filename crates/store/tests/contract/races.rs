//! Sixty-four tasks want the same thing at once: exactly one gets it.

use std::sync::Arc;

use symbolon_store::{Batch, Store, WriteError};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::database::{Database, NOW, flow, grant, id};

const TASKS: usize = 64;

/// Lets all tasks write the batch of their number at once; answers how many succeeded. The others must have failed at
/// the statement `name`.
async fn winners(store: &Store, name: &'static str, batch: impl Fn(usize) -> Batch) -> usize {
    let barrier = Arc::new(Barrier::new(TASKS));
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        let (store, barrier, batch) = (store.clone(), Arc::clone(&barrier), batch(number));
        tasks.spawn(async move {
            barrier.wait().await;
            store.write(batch).await
        });
    }
    let mut winners = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(_) => winners += 1,
            Err(error) => assert!(matches!(error, WriteError::Unmet(at) | WriteError::Conflict(at) if at == name)),
        }
    }
    winners
}

fn one(fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    let mut batch = Batch::new();
    fill(&mut batch);
    batch
}

async fn a_code_is_redeemed_once(database: &Database) {
    database.store.insert_grant(&grant(1)).await.unwrap();
    assert_eq!(winners(&database.store, "code", |_| one(|batch| batch.redeem_code(id(1), NOW, NOW))).await, 1);
}

async fn a_generation_is_rotated_once(database: &Database) {
    database.store.insert_grant(&grant(1)).await.unwrap();
    let rotate = |_| one(|batch| batch.rotate_grant(id(1), 0, NOW, NOW + 100));
    assert_eq!(winners(&database.store, "generation", rotate).await, 1);
    assert_eq!(database.store.grant(id(1)).await.unwrap().unwrap().grant.generation, 1);
}

async fn a_generation_is_handed_out_again_no_more_often_than_allowed(database: &Database) {
    database.store.insert_grant(&grant(1)).await.unwrap();
    database.store.rotate_grant(id(1), 0, NOW, NOW).await.unwrap();
    let reissue = |_| one(|batch| batch.reissue_grant(id(1), 1, NOW - 10, 3));
    assert_eq!(winners(&database.store, "generation", reissue).await, 3);
}

async fn a_flow_is_moved_once(database: &Database) {
    database.store.write(one(|batch| batch.accept_flow(&flow(1, 1)))).await.unwrap();
    let winner = |number: usize| one(|batch| batch.move_flow(id(1), 1, 2, vec![u8::try_from(number).unwrap()]));
    assert_eq!(winners(&database.store, "stage", winner).await, 1);
    assert_eq!(database.store.flow(id(1)).await.unwrap().unwrap().stage, 2);
}

async fn a_flow_ends_in_one_grant(database: &Database) {
    database.store.write(one(|batch| batch.accept_flow(&flow(1, 3)))).await.unwrap();
    let finish = |_| one(|batch| batch.finish_flow(id(1), 3).insert_grant(&grant(1)));
    assert_eq!(winners(&database.store, "stage", finish).await, 1);
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
        winners(&database.store, "stage", race).await;
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
    winners(&database.store, "stage", race).await;
    let flow = database.store.flow(id(1)).await.unwrap().unwrap();
    assert_eq!((flow.stage, flow.body.as_slice()), (2, b"moved".as_slice()));
}

async fn an_identifier_is_used_once(database: &Database) {
    let use_once = |_| one(|batch| batch.use_once("jti", b"x", NOW + 60));
    assert_eq!(winners(&database.store, "used identifier", use_once).await, 1);
    assert!(!database.store.use_once("jti", b"x", NOW + 60).await.unwrap());
    assert!(database.store.use_once("dpop", b"x", NOW + 60).await.unwrap());
}

async fn a_stored_request_is_used_once(database: &Database) {
    let request = symbolon_store::StoredRequest { id: id(1), expires_at: NOW, body: vec![1] };
    database.store.insert_stored_request(&request).await.unwrap();
    let finish = |_| one(|batch| batch.finish_stored_request(id(1)));
    assert_eq!(winners(&database.store, "stored request", finish).await, 1);
}

async fn a_login_session_is_ended_once(database: &Database) {
    let session = crate::database::login_session(1, "alice");
    database.store.write(one(|batch| batch.insert_login_session(&session))).await.unwrap();
    let end = |_| one(|batch| batch.end_login_session(id(1)));
    assert_eq!(winners(&database.store, "login session", end).await, 1);
}

async fn a_device_is_answered_once_and_redeemed_once(database: &Database) {
    database.store.insert_device_authorization(&crate::database::device_authorization(1)).await.unwrap();
    let name = "device authorization";
    let accept = |number: usize| one(|batch| batch.accept_device_authorization(id(1), id(number as u64), NOW));
    assert_eq!(winners(&database.store, name, accept).await, 1);
    let redeem = |_| one(|batch| batch.redeem_device_authorization(id(1), NOW));
    assert_eq!(winners(&database.store, name, redeem).await, 1);
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
    a_generation_is_rotated_once,
    a_generation_is_handed_out_again_no_more_often_than_allowed,
    a_flow_is_moved_once,
    a_flow_ends_in_one_grant,
    a_flow_that_ends_meanwhile_is_not_started_again,
    of_accept_and_move_the_flow_keeps_one_history,
    an_identifier_is_used_once,
    a_stored_request_is_used_once,
    a_login_session_is_ended_once,
    a_device_is_answered_once_and_redeemed_once,
    a_lease_has_one_holder,
);
