//! The guarded batch: all or nothing, and a name for what failed.

use symbolon_store::{Batch, Condition, Expect, Store, WriteError, raw};
use tokio::task::JoinSet;

use crate::database::{Database, NOW, count, flow, grant, id};

async fn revoked_tokens(store: &Store) -> i64 {
    count(store, "SELECT count(*) FROM revoked_tokens").await
}

async fn an_unmet_expectation_rolls_back_the_whole_batch(database: &Database) {
    let mut batch = Batch::new();
    batch.insert_grant(&grant(1)).accept_flow(&flow(2, 1)).finish_flow(id(3), 1).revoke_token(b"token", NOW);
    assert_eq!(database.store.write(batch).await, Err(WriteError::Unmet(Condition::Flow)));
    assert!(database.store.grant(id(1)).await.unwrap().is_none());
    assert!(database.store.flow(id(2)).await.unwrap().is_none());
    assert_eq!(revoked_tokens(&database.store).await, 0);
}

async fn too_many_rows_are_as_wrong_as_none(database: &Database) {
    let store = &database.store;
    for number in 1..=2 {
        store.insert_grant(&grant(number)).await.unwrap();
    }
    let mut batch = Batch::new();
    batch.revoke_token(b"token", NOW);
    let sql = "UPDATE grants SET expires_at = 5 WHERE client_id = $1";
    raw::add(&mut batch, Condition::Grant, sql, vec!["client".into()], Expect::OneRow);
    assert_eq!(store.write(batch).await, Err(WriteError::Unmet(Condition::Grant)));
    assert_eq!(store.grant(id(1)).await.unwrap().unwrap().grant, grant(1));
    assert_eq!(revoked_tokens(store).await, 0);
}

async fn a_second_row_with_the_same_key_is_a_conflict_that_names_its_statement(database: &Database) {
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    let mut batch = Batch::new();
    batch.revoke_token(b"token", NOW).insert_grant(&grant(1));
    assert_eq!(store.write(batch).await, Err(WriteError::Conflict(Condition::Grant)));
    assert_eq!(revoked_tokens(store).await, 0);
}

async fn a_statement_that_finds_no_row_is_unmet_too(database: &Database) {
    let store = &database.store;
    let finds = |number: i64| {
        let mut batch = Batch::new();
        batch.insert_grant(&grant(1));
        let sql = "SELECT 1 WHERE CAST($1 AS BIGINT) = 1";
        raw::add(&mut batch, Condition::Consent, sql, vec![number.into()], Expect::OneRow);
        batch
    };
    assert_eq!(store.write(finds(2)).await, Err(WriteError::Unmet(Condition::Consent)));
    assert!(store.grant(id(1)).await.unwrap().is_none());
    store.write(finds(1)).await.unwrap();
    assert!(store.grant(id(1)).await.unwrap().is_some());
}

async fn a_refused_statement_is_an_error_and_leaves_the_store_usable(database: &Database) {
    let mut batch = Batch::new();
    batch.insert_grant(&grant(1));
    raw::add(&mut batch, Condition::Housekeeping, "DELETE FROM no_such_table", vec![], Expect::Any);
    assert!(matches!(database.store.write(batch).await, Err(WriteError::Store(_))));
    assert!(raw::read(&database.store, "SELECT nothing FROM grants", vec![]).await.is_err());
    assert!(database.store.grant(id(1)).await.unwrap().is_none());
    database.store.insert_grant(&grant(1)).await.unwrap();
}

async fn a_failing_neighbour_does_not_take_others_down(database: &Database) {
    let mut tasks = JoinSet::new();
    for number in 0..200_u64 {
        let store = database.store.clone();
        tasks.spawn(async move {
            let mut batch = Batch::new();
            batch.insert_grant(&grant(number));
            if number % 3 == 0 {
                batch.redeem_code(id(1_000_000), NOW, NOW);
            }
            (number, store.write(batch).await.is_ok())
        });
    }
    while let Some(done) = tasks.join_next().await {
        let (number, written) = done.unwrap();
        assert_eq!(written, number % 3 != 0);
        assert_eq!(database.store.grant(id(number)).await.unwrap().is_some(), written, "{number}");
    }
}

async fn an_empty_batch_is_no_error(database: &Database) {
    assert!(Batch::new().is_empty());
    assert_eq!(database.store.write(Batch::new()).await, Ok(()));
}

async fn what_was_written_is_read_at_once(database: &Database) {
    let mut tasks = JoinSet::new();
    for number in 0..64_u64 {
        let store = database.store.clone();
        tasks.spawn(async move {
            store.insert_grant(&grant(number)).await.unwrap();
            assert!(store.grant(id(number)).await.unwrap().is_some());
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn a_batch_is_executed_even_if_nobody_waits_for_it(database: &Database) {
    let store = &database.store;
    for number in 1..=50 {
        let mut batch = Batch::new();
        batch.insert_grant(&grant(number)).accept_flow(&flow(100 + number, 1));
        let mut writing = Box::pin(store.write(batch));
        // It is handed over when it is first asked for; then nobody asks any more.
        let _ = std::future::poll_fn(|context| std::task::Poll::Ready(writing.as_mut().poll(context))).await;
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while count(store, "SELECT count(*) FROM grants").await < 50 {
        assert!(std::time::Instant::now() < deadline, "what was handed over was not written");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(count(store, "SELECT count(*) FROM flows").await, 50);
}

async fn a_closed_store_says_so(database: &Database) {
    database.store.insert_grant(&grant(1)).await.unwrap();
    database.store.close().await;
    assert!(database.store.insert_grant(&grant(2)).await.is_err());
    assert!(database.store.grant(id(1)).await.is_err());
    database.store.close().await;
}

crate::on_every_database!(
    an_unmet_expectation_rolls_back_the_whole_batch,
    too_many_rows_are_as_wrong_as_none,
    a_second_row_with_the_same_key_is_a_conflict_that_names_its_statement,
    a_statement_that_finds_no_row_is_unmet_too,
    a_refused_statement_is_an_error_and_leaves_the_store_usable,
    a_failing_neighbour_does_not_take_others_down,
    an_empty_batch_is_no_error,
    what_was_written_is_read_at_once,
    a_batch_is_executed_even_if_nobody_waits_for_it,
    a_closed_store_says_so,
);

#[tokio::test(flavor = "current_thread")]
async fn batches_that_wait_are_committed_together() {
    let database = Database::file().await;
    let before = database.store.statistics();
    let mut tasks = JoinSet::new();
    for number in 0..512_u64 {
        let store = database.store.clone();
        tasks.spawn(async move { store.insert_grant(&grant(number)).await.unwrap() });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let after = database.store.statistics();
    assert_eq!(after.batches - before.batches, 512);
    assert!(after.commits - before.commits <= 128, "{} commits", after.commits - before.commits);
}
