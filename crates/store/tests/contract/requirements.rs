//! What a change rests on without changing it: it holds at the moment of the change, whatever happens at the same time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use symbolon_store::{
    Account, Batch, ClientEpoch, Condition, Expect, Grant, LoginSession, Store, StoreOptions, WriteError, raw,
};
use symbolon_types::{ClientId, GrantId, Subject};
use tokio::task::JoinHandle;

use crate::database::{Database, EPOCH, NOW, account, client, flow, grant, id, login_session, rows, write};

/// Whether a batch with this requirement is executed, and what of it was not met otherwise. Nothing of a refused batch
/// may be written.
async fn attempt(store: &Store, requirement: impl FnOnce(&mut Batch) -> &mut Batch) -> Result<(), Condition> {
    let before = store.grant(id(99)).await.unwrap();
    assert!(before.is_none());
    let mut batch = Batch::new();
    requirement(&mut batch).insert_grant(&grant(99));
    match store.write(batch).await {
        Ok(()) => {
            write(store, |batch| {
                let sql = "DELETE FROM grants WHERE id = $1";
                raw::add(batch, Condition::Grant, sql, vec![id::<GrantId>(99).into()], Expect::OneRow);
                batch
            })
            .await
            .unwrap();
            Ok(())
        }
        Err(WriteError::Unmet(condition)) => {
            assert!(store.grant(id(99)).await.unwrap().is_none());
            Err(condition)
        }
        Err(other) => panic!("{other}"),
    }
}

async fn a_login_session_goes_on_and_is_this_persons(database: &Database) {
    let store = &database.store;
    let (alice, bob) = (Subject::from("alice"), Subject::from("bob"));
    store.put_login_session(&login_session(1, "alice")).await.unwrap();
    let end = login_session(1, "alice").expires_at;
    let unmet = Err(Condition::Session);
    assert_eq!(attempt(store, |batch| batch.require_login_session(id(1), &alice, NOW)).await, Ok(()));
    assert_eq!(attempt(store, |batch| batch.require_login_session(id(1), &alice, end - 1)).await, Ok(()));
    assert_eq!(attempt(store, |batch| batch.require_login_session(id(1), &alice, end)).await, unmet, "expired");
    assert_eq!(attempt(store, |batch| batch.require_login_session(id(1), &bob, NOW)).await, unmet, "somebody else's");
    assert_eq!(attempt(store, |batch| batch.require_login_session(id(2), &alice, NOW)).await, unmet, "none");
    store.end_login_session(id(1), NOW).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_login_session(id(1), &alice, NOW)).await, unmet, "ended");
}

async fn a_session_that_the_same_batch_begins_is_one(database: &Database) {
    let alice = Subject::from("alice");
    let outcome = attempt(&database.store, |batch| {
        batch.put_login_session(&login_session(1, "alice")).require_login_session(id(1), &alice, NOW)
    })
    .await;
    assert_eq!(outcome, Ok(()));
}

async fn a_consent_is_remembered(database: &Database) {
    let store = &database.store;
    let unmet = Err(Condition::Consent);
    store.insert_grant(&Grant { remember_until: Some(NOW + 10), ..grant(1) }).await.unwrap();
    store.insert_grant(&grant(2)).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_consent(id(1), NOW + 9)).await, Ok(()));
    assert_eq!(attempt(store, |batch| batch.require_consent(id(1), NOW + 10)).await, unmet, "its time is over");
    assert_eq!(attempt(store, |batch| batch.require_consent(id(2), NOW)).await, unmet, "never remembered");
    assert_eq!(attempt(store, |batch| batch.require_consent(id(3), NOW)).await, unmet, "none");
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_consent(id(1), NOW)).await, Ok(()), "only the tokens were revoked");
    store.forget_consent(id(1), NOW).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_consent(id(1), NOW)).await, unmet, "forgotten");
}

async fn a_client_exists_in_its_epoch(database: &Database) {
    let store = &database.store;
    let (id, unmet) = (ClientId::from("client"), Err(Condition::Client));
    assert_eq!(attempt(store, |batch| batch.require_client(&id, EPOCH)).await, unmet, "none");
    store.insert_client(&client("client")).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_client(&id, EPOCH)).await, Ok(()));
    let again = ClientEpoch { incarnation: EPOCH.incarnation + 1, ..EPOCH };
    assert_eq!(attempt(store, |batch| batch.require_client(&id, again)).await, unmet, "another one of this id");
    store.revoke_everything_of_client("client").await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_client(&id, EPOCH)).await, unmet, "everything was revoked");
    let later = ClientEpoch { revocations: 1, ..EPOCH };
    assert_eq!(attempt(store, |batch| batch.require_client(&id, later)).await, Ok(()));
    store.delete_client("client", NOW).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_client(&id, later)).await, unmet, "deleted");
}

async fn a_subject_was_not_signed_out_since_and_is_not_disabled(database: &Database) {
    let store = &database.store;
    let (alice, unmet) = (Subject::from("alice"), Err(Condition::Subject));
    assert_eq!(attempt(store, |batch| batch.require_subject(&alice, 0)).await, Ok(()), "nothing is known of it");
    store.end_sessions_of("alice").await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_subject(&alice, 0)).await, unmet, "its sessions were ended");
    assert_eq!(attempt(store, |batch| batch.require_subject(&alice, 1)).await, Ok(()), "a login after that");
    store.revoke_consents_of("alice", NOW).await.unwrap();
    assert_eq!(
        attempt(store, |batch| batch.require_subject(&alice, 1)).await,
        Ok(()),
        "only its consents were revoked"
    );
    assert_eq!(attempt(store, |batch| batch.require_tokens_of(&alice, 1)).await, unmet, "its tokens were ended");
    assert_eq!(attempt(store, |batch| batch.require_tokens_of(&alice, 2)).await, Ok(()), "a consent after that");
    store.sign_out("alice").await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_subject(&alice, 2)).await, unmet, "it was signed out");
    assert_eq!(attempt(store, |batch| batch.require_subject(&alice, 3)).await, Ok(()));
    store.insert_account(&account("alice")).await.unwrap();
    assert_eq!(attempt(store, |batch| batch.require_subject(&alice, 3)).await, Ok(()));
    store.replace_account(&Account { disabled_at: Some(NOW), ..account("alice") }).await.unwrap();
    for epoch in [3, 4] {
        assert_eq!(attempt(store, |batch| batch.require_subject(&alice, epoch)).await, unmet, "disabled, {epoch}");
    }
    let bob = Subject::from("bob");
    assert_eq!(attempt(store, |batch| batch.require_subject(&bob, 0)).await, Ok(()), "somebody else");
}

async fn of_several_requirements_the_first_that_is_not_met_is_named(database: &Database) {
    let store = &database.store;
    let (alice, client) = (Subject::from("alice"), ClientId::from("client"));
    let outcome = attempt(store, |batch| {
        batch.require_subject(&alice, 0).require_login_session(id(1), &alice, NOW).require_client(&client, EPOCH)
    })
    .await;
    assert_eq!(outcome, Err(Condition::Session));
}

crate::on_every_database!(
    a_login_session_goes_on_and_is_this_persons,
    a_session_that_the_same_batch_begins_is_one,
    a_consent_is_remembered,
    a_client_exists_in_its_epoch,
    a_subject_was_not_signed_out_since_and_is_not_disabled,
    of_several_requirements_the_first_that_is_not_met_is_named,
);

/// A transaction of somebody else that has one row locked until it is told to end. A batch that touches this row stops
/// there, with everything before it done and not committed.
struct Obstacle<'a> {
    database: &'a Database,
    client: tokio_postgres::Client,
}

/// The grant that is locked.
const LOCKED: u64 = 50;

impl<'a> Obstacle<'a> {
    async fn put(database: &'a Database) -> Self {
        database.store.insert_grant(&Grant { client_id: "locked".into(), ..grant(LOCKED) }).await.unwrap();
        let (client, connection) = tokio_postgres::connect(&database.dsn, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("BEGIN; UPDATE grants SET expires_at = 1 WHERE client_id = 'locked'").await.unwrap();
        Self { database, client }
    }

    /// Writes a batch from a node of its own; answers once that waits for a lock.
    async fn stopped(&self, node: &str, batch: Batch) -> JoinHandle<Result<(), WriteError>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{node}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let options = StoreOptions::new(format!("{}&application_name={name}", self.database.dsn));
        let store = Store::open(&options).await.unwrap();
        let running = tokio::spawn(async move { store.write(batch).await });
        let waiting = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'";
        while rows(&self.database.store, waiting, vec![name.as_str().into()]).await.is_empty() {
            assert!(!running.is_finished(), "{node} did not wait");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running
    }

    async fn removed(self) {
        self.client.batch_execute("ROLLBACK").await.unwrap();
    }
}

fn batch(fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    let mut batch = Batch::new();
    fill(&mut batch);
    batch
}

/// A batch that requires something and, after the obstacle, inserts grant 99.
fn resting_on(requirement: impl FnOnce(&mut Batch) -> &mut Batch) -> Batch {
    batch(|batch| requirement(batch).revoke_grant(id(LOCKED), NOW).insert_grant(&grant(99)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_change_rests_on_does_not_end_under_it() {
    let Some(database) = Database::postgres().await else { return };
    let store = &database.store;
    let (alice, client_id, other) = (Subject::from("alice"), ClientId::from("client"), ClientId::from("other"));
    store.put_login_session(&login_session(1, "alice")).await.unwrap();
    for name in ["client", "other"] {
        store.insert_client(&client(name)).await.unwrap();
    }
    store.insert_grant(&Grant { remember_until: Some(i64::MAX), ..grant(1) }).await.unwrap();
    let resting = resting_on(|batch| {
        batch
            .require_client(&client_id, EPOCH)
            .require_client(&other, EPOCH)
            .require_login_session(id(1), &alice, NOW)
            .require_consent(id(1), NOW)
    });
    let obstacle = Obstacle::put(&database).await;
    let finishing = obstacle.stopped("finishing", resting).await;
    let of_client = |sql, id: &ClientId| {
        batch(|batch| {
            raw::add(batch, Condition::Client, sql, vec![id.into()], Expect::OneRow);
            batch
        })
    };
    let deletion = of_client("DELETE FROM clients WHERE id = $1", &client_id);
    let revocation = of_client("UPDATE clients SET revocations = revocations + 1 WHERE id = $1", &other);
    let ending = [
        obstacle.stopped("logout", batch(|batch| batch.end_login_session(id(1), NOW))).await,
        obstacle.stopped("forgetting", batch(|batch| batch.forget_consent(id(1), NOW))).await,
        obstacle.stopped("deleting", deletion).await,
        obstacle.stopped("revoking", revocation).await,
    ];
    obstacle.removed().await;
    assert_eq!(finishing.await.unwrap(), Ok(()));
    for change in ending {
        assert_eq!(change.await.unwrap(), Ok(()));
    }
    assert!(store.grant(id(99)).await.unwrap().is_some());
    assert_eq!(attempt_again(store, |batch| batch.require_login_session(id(1), &alice, NOW)).await, Condition::Session);
}

/// What is not met when the same is tried once more.
async fn attempt_again(store: &Store, requirement: impl FnOnce(&mut Batch) -> &mut Batch) -> Condition {
    match store.write(batch(requirement)).await {
        Err(WriteError::Unmet(condition)) => condition,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_that_rest_on_the_same_do_not_wait_for_each_other() {
    let Some(database) = Database::postgres().await else { return };
    let store = &database.store;
    let (alice, client_id) = (Subject::from("alice"), ClientId::from("client"));
    store.put_login_session(&login_session(1, "alice")).await.unwrap();
    store.insert_client(&client("client")).await.unwrap();
    let requirement = |batch: &mut Batch| {
        batch.require_login_session(id(1), &alice, NOW).require_client(&client_id, EPOCH);
    };
    let obstacle = Obstacle::put(&database).await;
    let resting = resting_on(|batch| {
        requirement(batch);
        batch
    });
    let finishing = obstacle.stopped("finishing", resting).await;
    write(store, |batch| {
        requirement(batch);
        batch.insert_grant(&grant(98))
    })
    .await
    .unwrap();
    assert!(!finishing.is_finished());
    obstacle.removed().await;
    assert_eq!(finishing.await.unwrap(), Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_ends_while_a_change_waits_for_it_is_not_met() {
    let Some(database) = Database::postgres().await else { return };
    let store = &database.store;
    let alice = Subject::from("alice");
    store.put_login_session(&login_session(1, "alice")).await.unwrap();
    write(store, |batch| batch.accept_flow(&flow(99, 1))).await.unwrap();
    let obstacle = Obstacle::put(&database).await;
    let logout = batch(|batch| batch.end_login_session(id(1), NOW).revoke_grant(id(LOCKED), NOW));
    let logout = obstacle.stopped("logout", logout).await;
    let finishing =
        batch(|batch| batch.require_login_session(id(1), &alice, NOW).finish_flow(id(99), 1).insert_grant(&grant(99)));
    let finishing = obstacle.stopped("finishing", finishing).await;
    let again = LoginSession { authenticated_at: NOW + 5, ..login_session(1, "alice") };
    let again = obstacle.stopped("again", batch(|batch| batch.put_login_session(&again))).await;
    obstacle.removed().await;
    assert_eq!(logout.await.unwrap(), Ok(()));
    for overtaken in [finishing, again] {
        assert_eq!(overtaken.await.unwrap(), Err(WriteError::Unmet(Condition::Session)));
    }
    assert!(store.flow(id(99)).await.unwrap().is_some() && store.grant(id(99)).await.unwrap().is_none());
    assert_eq!(store.login_session(id(1)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_signing_out_everywhere_and_finishing_a_flow_one_comes_first() {
    let Some(database) = Database::postgres().await else { return };
    let store = &database.store;
    let alice = Subject::from("alice");
    store.insert_client(&client("client")).await.unwrap();
    for number in [1, 2] {
        write(store, |batch| batch.accept_flow(&flow(number, 1))).await.unwrap();
    }
    let obstacle = Obstacle::put(&database).await;
    // The flow comes first: signing out does not wait for it, and what it gives is of the epoch that has ended.
    let resting = batch(|batch| {
        batch
            .require_subject(&alice, 0)
            .finish_flow(id(1), 1)
            .revoke_grant(id(LOCKED), NOW)
            .put_login_session(&login_session(1, "alice"))
            .insert_grant(&grant(1))
    });
    let finishing = obstacle.stopped("finishing", resting).await;
    store.sign_out("alice").await.unwrap();
    assert!(!finishing.is_finished());
    obstacle.removed().await;
    assert_eq!(finishing.await.unwrap(), Ok(()));
    assert!(!store.grant(id(1)).await.unwrap().unwrap().stands());
    assert_eq!(store.login_session(id(1)).await.unwrap(), None);
    // Signing out comes first: the flow ends in nothing.
    let finish = async |epoch| {
        let grant = Grant { subject_epoch: epoch, ..grant(2) };
        write(store, |batch| batch.require_subject(&alice, epoch).finish_flow(id(2), 1).insert_grant(&grant)).await
    };
    assert_eq!(finish(0).await, Err(WriteError::Unmet(Condition::Subject)));
    assert!(store.grant(id(2)).await.unwrap().is_none());
    assert_eq!(finish(1).await, Ok(()), "somebody signed in again");
    assert!(store.grant(id(2)).await.unwrap().unwrap().stands());
}
