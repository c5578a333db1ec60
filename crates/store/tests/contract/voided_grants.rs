//! What is voided with its client or subject is one row's work at once, and goes in small batches later.

use symbolon_store::{Batch, ClientEpoch, ClientRecord, Grant, Origin, REVOKED_GRANT_KEPT_SECONDS, Store};

use crate::database::{Database, NOW, client, count_branches, grant, id, insert_branched, redeemed};

const MANY: u64 = 20_000;
const BATCH: u32 = 500;

/// Grants of the numbers from `first` on, in few transactions.
async fn insert_many(store: &Store, first: u64, count: u64, change: impl Fn(Grant) -> Grant) {
    for begin in (first..first + count).step_by(2_000) {
        let mut batch = Batch::new();
        for number in begin..(begin + 2_000).min(first + count) {
            let grant = Grant { remember_until: Some(i64::MAX), ..grant(number) };
            batch.insert_grant(&change(grant));
        }
        store.write(batch).await.unwrap();
    }
}

async fn exists(store: &Store, number: u64) -> bool {
    store.grant(id(number)).await.unwrap().is_some()
}

/// Purges until nothing is left to do; the rows of each round.
async fn rounds(store: &Store, now: i64) -> Vec<u64> {
    let mut rounds = Vec::new();
    loop {
        let rows = store.purge(now, BATCH).await.unwrap().total();
        if rows == 0 {
            return rounds;
        }
        rounds.push(rows);
    }
}

async fn a_client_with_many_grants_is_deleted_by_its_row_and_purged_in_batches(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_client(&client("other")).await.unwrap();
    insert_many(store, 1, MANY, |grant| grant).await;
    insert_many(store, 50_000, 3, |grant| Grant { client_id: "other".into(), ..grant }).await;

    let before = store.statistics().batches;
    assert!(store.delete_client(&"client".into(), NOW).await.unwrap());
    assert_eq!(store.statistics().batches - before, 1);
    assert!(exists(store, 1).await && exists(store, MANY).await, "the rows were not touched");
    assert!(!store.grant(id(MANY)).await.unwrap().unwrap().stands());

    // The client comes again before the purge, and what it is given stays.
    let epoch = ClientEpoch { incarnation: 8, revocations: 0 };
    store.insert_client(&ClientRecord { epoch, ..client("client") }).await.unwrap();
    insert_many(store, 60_000, 3, |grant| Grant { client_epoch: epoch, ..grant }).await;

    let due = NOW + REVOKED_GRANT_KEPT_SECONDS;
    assert!(rounds(store, due - 1).await.is_empty(), "used codes and flows are still recognised");
    let purged = rounds(store, due).await;
    assert!(purged.iter().all(|rows| *rows <= u64::from(BATCH)), "{purged:?}");
    assert_eq!(purged.iter().sum::<u64>(), MANY + 1, "the grants and the note");
    for number in [1, MANY / 2, MANY] {
        assert!(!exists(store, number).await);
    }
    for number in [50_000, 50_002, 60_000, 60_002] {
        assert!(store.grant(id(number)).await.unwrap().unwrap().stands(), "{number}");
    }
    // With nothing to do a round is no more than its statements by table.
    let before = store.statistics().batches;
    assert!(rounds(store, due).await.is_empty());
    assert!(store.statistics().batches - before < 15);
}

async fn the_grants_of_a_subject_that_was_forgotten_are_purged_and_later_ones_stay(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert_many(store, 1, 1_200, |grant| grant).await;
    insert_many(store, 5_000, 1, |grant| Grant { subject: Some("bob".into()), ..grant }).await;
    let before = store.statistics().batches;
    store.revoke_consents_of(&"alice".into(), NOW).await.unwrap();
    assert_eq!(store.statistics().batches - before, 1);
    insert_many(store, 6_000, 1, |grant| Grant { subject_epoch: 1, ..grant }).await;
    let due = NOW + REVOKED_GRANT_KEPT_SECONDS;
    assert!(rounds(store, due - 1).await.is_empty(), "used codes and flows are still recognised");
    assert_eq!(rounds(store, due).await, [500, 500, 200]);
    assert!(!exists(store, 1).await && exists(store, 5_000).await && exists(store, 6_000).await);
    assert!(rounds(store, due).await.is_empty());
}

async fn many_clients_that_are_gone_share_a_round(database: &Database) {
    let store = &database.store;
    for number in 1..=40 {
        let name = format!("client {number}");
        store.insert_client(&client(&name)).await.unwrap();
        insert_many(store, number * 10, 2, |grant| Grant { client_id: name.as_str().into(), ..grant }).await;
        store.delete_client(&name.as_str().into(), NOW).await.unwrap();
    }
    assert_eq!(rounds(store, NOW + REVOKED_GRANT_KEPT_SECONDS).await, [120]);
}

async fn branches_of_refresh_tokens_go_with_voided_grants(database: &Database) {
    let store = &database.store;
    for name in ["client", "other"] {
        store.insert_client(&client(name)).await.unwrap();
    }
    for (number, client_id, subject) in
        [(1, "client", "alice"), (2, "client", "bob"), (3, "other", "alice"), (4, "other", "bob")]
    {
        let grant = Grant { client_id: client_id.into(), subject: Some(subject.into()), ..redeemed(number) };
        insert_branched(store, &Grant { expires_at: i64::MAX, ..grant }, 3).await;
    }
    store.delete_client(&"client".into(), NOW).await.unwrap();
    store.revoke_consents_of(&"alice".into(), NOW).await.unwrap();
    let due = NOW + REVOKED_GRANT_KEPT_SECONDS;
    assert!(rounds(store, due - 1).await.is_empty());
    assert_eq!(count_branches(store).await, 12);
    for (grants, left) in [(1, 9), (1, 6), (1, 3), (0, 3)] {
        let report = store.purge(due, 1).await.unwrap();
        assert_eq!(report.rows.get("grants").copied().unwrap_or_default(), grants, "branches are not counted");
        assert_eq!(count_branches(store).await, left);
    }
    assert!(store.grant(id(4)).await.unwrap().unwrap().stands());
    assert!(store.refresh_branch(id(4), 3).await.unwrap().is_some());
}

/// A grant whose tokens have ended, and that is kept as a consent.
fn remembered(number: u64) -> Grant {
    Grant { expires_at: NOW, remember_until: Some(i64::MAX), ..grant(number) }
}

async fn unused_clients_are_deleted_a_bounded_number_at_a_time_and_used_ones_stay(database: &Database) {
    let store = &database.store;
    let registered = |name: &str, created_at| ClientRecord { created_at, origin: Origin::SelfService, ..client(name) };
    for number in 0..25 {
        store.insert_client(&registered(&format!("old {number:02}"), NOW - 100 + number)).await.unwrap();
    }
    store.insert_client(&registered("new", NOW)).await.unwrap();
    store.insert_client(&ClientRecord { created_at: 0, ..client("administrator's") }).await.unwrap();
    store.insert_client(&registered("used", 0)).await.unwrap();
    store.note_client_used(&"used".into(), NOW, 1).await.unwrap();
    // What is remembered and has no token any more keeps no client; what is alive does.
    store.insert_client(&registered("alive", 0)).await.unwrap();
    store.insert_grant(&Grant { client_id: "old 00".into(), ..remembered(1) }).await.unwrap();
    store.insert_grant(&Grant { client_id: "used".into(), ..remembered(2) }).await.unwrap();
    store.insert_grant(&Grant { client_id: "alive".into(), expires_at: NOW + 1, ..remembered(3) }).await.unwrap();
    let mut deleted = Vec::new();
    for _ in 0..4 {
        deleted.push(store.delete_unused_clients(NOW - 10, NOW, 10).await.unwrap());
    }
    assert_eq!(deleted, [10, 10, 5, 0]);
    for name in ["new", "administrator's", "used", "alive"] {
        assert!(store.client(&name.into()).await.unwrap().is_some(), "{name}");
    }
    assert!(!store.grant(id(1)).await.unwrap().unwrap().stands());
    assert_eq!(rounds(store, NOW + REVOKED_GRANT_KEPT_SECONDS).await, [26]);
    assert!(!exists(store, 1).await && exists(store, 2).await);
}

async fn a_client_that_is_used_while_unused_ones_are_deleted_stays_whole(database: &Database) {
    let store = &database.store;
    for round in 0..8_u64 {
        let name = format!("client {round}");
        let record = ClientRecord { created_at: 0, origin: Origin::SelfService, ..client(&name) };
        store.insert_client(&record).await.unwrap();
        store.insert_grant(&Grant { client_id: name.as_str().into(), ..remembered(round) }).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..64 {
            let (store, name) = (store.clone(), name.clone());
            tasks.spawn(async move {
                if number % 2 == 0 {
                    store.note_client_used(&name.as_str().into(), NOW, 1).await.unwrap();
                } else {
                    store.delete_unused_clients(NOW, NOW, 10).await.unwrap();
                }
            });
        }
        tasks.join_all().await;
        store.purge(NOW + REVOKED_GRANT_KEPT_SECONDS, 100).await.unwrap();
        let stayed = store.client(&name.as_str().into()).await.unwrap().is_some();
        assert_eq!(exists(store, round).await, stayed, "the grants share the fate of their client");
    }
}

crate::on_every_database!(
    a_client_with_many_grants_is_deleted_by_its_row_and_purged_in_batches,
    the_grants_of_a_subject_that_was_forgotten_are_purged_and_later_ones_stay,
    many_clients_that_are_gone_share_a_round,
    branches_of_refresh_tokens_go_with_voided_grants,
    unused_clients_are_deleted_a_bounded_number_at_a_time_and_used_ones_stay,
    a_client_that_is_used_while_unused_ones_are_deleted_stays_whole,
);
