//! What only a database server can do to us: end connections, choose between transactions, be shared by several nodes.

use std::time::Duration;

use symbolon_store::{Batch, Condition, Expect, OpenError, Store, StoreOptions, WriteError, raw};
use symbolon_types::GrantId;
use tokio::task::JoinSet;

use crate::database::{Database, NOW, flow, grant, id, redemption, rows};

async fn node(database: &Database, name: &str) -> Store {
    Store::open(&StoreOptions::new(format!("{}&application_name={name}", database.dsn))).await.unwrap()
}

/// Ends all connections of a node; answers how many.
async fn end_connections(database: &Database, name: &str) -> usize {
    let sql = "SELECT CAST(pg_terminate_backend(pid) AS INT) FROM pg_stat_activity WHERE application_name = $1";
    rows(&database.store, sql, vec![name.into()]).await.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_connections_are_made_again() {
    let Some(database) = Database::postgres().await else { return };
    let name = format!("lost_{}", std::process::id());
    let store = node(&database, &name).await;
    for round in 0..5 {
        store.insert_grant(&grant(round)).await.unwrap();
        let mut batch = Batch::new();
        batch.accept_flow(&flow(100 + round, 1));
        store.write(batch).await.unwrap();
        store.grant(id(round)).await.unwrap();
        assert!(end_connections(&database, &name).await >= 2);
        assert!(store.grant(id(round)).await.unwrap().is_some(), "a read never notices");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_lost_connections() {
    let Some(database) = Database::postgres().await else { return };
    let name = format!("survives_{}", std::process::id());
    let store = node(&database, &name).await;
    let writing = tokio::spawn(async move {
        let mut acknowledged = Vec::new();
        for number in 0..400 {
            match store.insert_grant(&grant(number)).await {
                Ok(()) => acknowledged.push(number),
                Err(WriteError::Store(_)) => tokio::time::sleep(Duration::from_millis(5)).await,
                Err(other) => panic!("{other}"),
            }
        }
        acknowledged
    });
    for _ in 0..10 {
        end_connections(&database, &name).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    let acknowledged = writing.await.unwrap();
    assert!(acknowledged.len() > 50, "{} of 400", acknowledged.len());
    for number in acknowledged {
        assert!(database.store.grant(id(number)).await.unwrap().is_some(), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_deadlock_is_settled_without_anybody_noticing() {
    let Some(database) = Database::postgres().await else { return };
    let store = &database.store;
    let raise = "UPDATE grants SET branches = branches + 1 WHERE id = $1";
    // Between the two rows each transaction waits, so that the other has the second one by then.
    let wait = "SELECT CAST(pg_sleep(0.2) AS TEXT)";
    for number in 1..=2 {
        store.insert_grant(&grant(number)).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for (first, second) in [(1, 2), (2, 1)] {
        let store = store.clone();
        tasks.spawn(async move {
            let mut batch = Batch::new();
            let one = |number| vec![id::<GrantId>(number).into()];
            raw::add(&mut batch, Condition::Grant, raise, one(first), Expect::OneRow);
            raw::add(&mut batch, Condition::Grant, wait, vec![], Expect::Any);
            raw::add(&mut batch, Condition::Grant, raise, one(second), Expect::OneRow);
            store.write(batch).await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let raised = rows(store, "SELECT branches FROM grants", vec![]).await;
    assert_eq!(raised.iter().map(|row| row.int(0).unwrap()).collect::<Vec<_>>(), [2, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_share_what_may_happen_once() {
    let Some(database) = Database::postgres().await else { return };
    let nodes = [database.store.clone(), node(&database, "second").await, node(&database, "third").await];
    for number in 0..50 {
        nodes[0].insert_grant(&grant(number)).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for (turn, store) in nodes.iter().enumerate() {
        for number in 0..50 {
            let store = store.clone();
            // Each node in another order.
            let number = if turn == 1 { 49 - number } else { number };
            tasks.spawn(async move { store.write(redemption(number, NOW, NOW)).await });
        }
    }
    let mut redeemed = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(()) => redeemed += 1,
            Err(error) => assert_eq!(error, WriteError::Unmet(Condition::Code)),
        }
    }
    assert_eq!(redeemed, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_may_create_the_tables_at_the_same_time() {
    let Some(database) = Database::postgres().await else { return };
    // An empty database again, whatever tables there are.
    let mut batch = Batch::new();
    for sql in ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"] {
        raw::add(&mut batch, Condition::Housekeeping, sql, vec![], Expect::Any);
    }
    database.store.write(batch).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let options = StoreOptions::new(&database.dsn);
        tasks.spawn(async move { Store::open(&options).await.map(drop) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_newer_schema_is_refused() {
    let Some(database) = Database::postgres().await else { return };
    let mut batch = Batch::new();
    let sql = "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)";
    raw::add(&mut batch, Condition::Housekeeping, sql, vec![9999_i64.into(), NOW.into()], Expect::OneRow);
    database.store.write(batch).await.unwrap();
    let error = Store::open(&StoreOptions::new(&database.dsn)).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn single_statements_that_wait_are_committed_together() {
    let Some(database) = Database::postgres().await else { return };
    database.store.insert_grant(&grant(0)).await.unwrap();
    let before = database.store.statistics();
    let mut tasks = JoinSet::new();
    for number in 1..=512_u64 {
        let store = database.store.clone();
        // Every hundredth conflicts, which must not hurt those it travels with.
        let number = if number % 100 == 0 { 0 } else { number };
        tasks.spawn(async move { store.insert_grant(&grant(number)).await });
    }
    let mut written = 0;
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Ok(()) => written += 1,
            Err(error) => assert_eq!(error, WriteError::Conflict(Condition::Grant)),
        }
    }
    let after = database.store.statistics();
    assert_eq!((written, after.batches - before.batches), (507, 512));
    assert!(after.commits < after.batches, "{} commits", after.commits - before.commits);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_in_one_line() {
    let error = Store::open(&StoreOptions::new("postgres://u:hunter2@127.0.0.1:1/d")).await.unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, OpenError::Unavailable(_)), "{message}");
    assert!(message.contains("check host") && !message.contains('\n') && !message.contains("hunter2"), "{message}");
}
