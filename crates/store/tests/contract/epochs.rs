//! Epochs: what one write voids, and what it leaves.

use symbolon_store::{Batch, ClientEpoch, ClientRecord, Grant, GrantPage, LoginSession, Store};
use symbolon_types::ClientId;

use crate::database::{Database, EPOCH, NOW, account, client, grant, id, login_session};

/// Epochs of a registered client and of two subjects, each with a session and a remembered grant.
async fn prepare(store: &Store) {
    store.insert_client(&client("client")).await.unwrap();
    let mut batch = Batch::new();
    for (number, subject) in [(1, "alice"), (2, "bob")] {
        batch.put_login_session(&login_session(number, subject)).insert_grant(&remembered(number, subject, 0));
    }
    store.write(batch).await.unwrap();
}

fn remembered(number: u64, subject: &str, subject_epoch: i64) -> Grant {
    Grant { subject: Some(subject.into()), subject_epoch, remember_until: Some(i64::MAX), ..grant(number) }
}

const ALL: [&str; 4] = ["session", "tokens", "consent", "in the list"];
const NOTHING: [&str; 0] = [];

/// What counts of the session and the grant of one number.
async fn counting(store: &Store, number: u64) -> Vec<&'static str> {
    let live = store.grant(id(number)).await.unwrap().unwrap();
    let (subject, client_id) = (live.grant.subject.clone().unwrap(), ClientId::from("client"));
    let is_it = |grant: &Grant| grant.id == id(number);
    let page = GrantPage { after: None, limit: 10, now: NOW };
    let counts = [
        store.login_session(id(number)).await.unwrap().is_some(),
        live.stands(),
        store.remembered_grants(&subject, &client_id, NOW).await.unwrap().iter().any(is_it),
        store.grants_of_subject(&subject, None, page).await.unwrap().iter().any(is_it),
    ];
    ALL.into_iter().zip(counts).filter(|(_, counts)| *counts).map(|(name, _)| name).collect()
}

async fn each_end_of_a_subject_ends_what_it_says_and_nothing_of_others(database: &Database) {
    let store = &database.store;
    prepare(store).await;
    store.insert_account(&account("alice")).await.unwrap();
    let cases: [(&str, &[&str]); 4] = [
        ("end_sessions_of", &["tokens", "consent", "in the list"]),
        ("sign_out", &["consent", "in the list"]),
        ("revoke_consents_of", &["session"]),
        ("delete_account", &NOTHING),
    ];
    for (number, (end, expected)) in (10..).zip(cases) {
        let epoch = store.subject_state(&"alice".into()).await.unwrap().epoch;
        let session = LoginSession { subject_epoch: epoch, ..login_session(number, "alice") };
        let mut batch = Batch::new();
        batch.put_login_session(&session).insert_grant(&remembered(number, "alice", epoch));
        store.write(batch).await.unwrap();
        assert_eq!(counting(store, number).await, ALL, "before {end}, in epoch {epoch}");
        match end {
            "end_sessions_of" => store.end_sessions_of(&"alice".into()).await.unwrap(),
            "sign_out" => store.sign_out(&"alice".into()).await.unwrap(),
            "revoke_consents_of" => store.revoke_consents_of(&"alice".into(), NOW).await.unwrap(),
            _ => store.delete_account(&"alice".into(), NOW).await.unwrap(),
        }
        assert_eq!(counting(store, number).await, expected, "after {end}");
        assert_eq!(store.subject_state(&"alice".into()).await.unwrap().epoch, epoch + 1);
        assert_eq!(counting(store, 2).await, ALL, "bob after {end}");
    }
    assert_eq!(counting(store, 1).await, NOTHING, "what is older has ended, too");
}

async fn each_end_moves_the_epoch_on_and_what_it_ends(database: &Database) {
    let store = &database.store;
    let state = async || {
        let state = store.subject_state(&"alice".into()).await.unwrap();
        (state.epoch, state.sessions_from, state.tokens_from)
    };
    assert_eq!(state().await, (0, 0, 0));
    store.end_sessions_of(&"alice".into()).await.unwrap();
    assert_eq!(state().await, (1, 1, 0));
    store.revoke_consents_of(&"alice".into(), NOW).await.unwrap();
    assert_eq!(state().await, (2, 1, 2));
}

async fn a_session_is_read_with_the_epoch_of_now(database: &Database) {
    let store = &database.store;
    prepare(store).await;
    store.revoke_consents_of(&"alice".into(), NOW).await.unwrap();
    let session = store.login_session(id(1)).await.unwrap().unwrap();
    assert_eq!(session.subject_epoch, 1);
    let after = remembered(20, "alice", session.subject_epoch);
    store.insert_grant(&after).await.unwrap();
    assert!(store.grant(id(20)).await.unwrap().unwrap().stands(), "given in a session that is older than the end");
}

async fn revoking_everything_of_a_client_voids_tokens_and_leaves_consents(database: &Database) {
    let store = &database.store;
    prepare(store).await;
    assert!(store.revoke_everything_of_client(&"client".into()).await.unwrap());
    assert_eq!(counting(store, 1).await, ["session", "consent", "in the list"]);
    let epoch = store.client(&"client".into()).await.unwrap().unwrap().epoch;
    assert_eq!(epoch, ClientEpoch { revocations: 1, ..EPOCH });
    store.insert_grant(&Grant { client_epoch: epoch, ..remembered(3, "bob", 0) }).await.unwrap();
    assert!(store.grant(id(3)).await.unwrap().unwrap().stands());
    assert!(!store.revoke_everything_of_client(&"other".into()).await.unwrap());
}

async fn a_client_registered_again_inherits_nothing(database: &Database) {
    let store = &database.store;
    prepare(store).await;
    assert!(store.delete_client(&"client".into(), NOW).await.unwrap());
    assert!(!store.delete_client(&"client".into(), NOW).await.unwrap());
    assert_eq!(counting(store, 1).await, ["session"]);
    let again = ClientRecord { epoch: ClientEpoch { incarnation: 8, revocations: 0 }, ..client("client") };
    store.insert_client(&again).await.unwrap();
    assert_eq!(counting(store, 1).await, ["session"]);
    assert_eq!(store.client_token_state(&"client".into(), b"x").await.unwrap().client_epoch, Some(again.epoch));
}

crate::on_every_database!(
    each_end_of_a_subject_ends_what_it_says_and_nothing_of_others,
    each_end_moves_the_epoch_on_and_what_it_ends,
    a_session_is_read_with_the_epoch_of_now,
    revoking_everything_of_a_client_voids_tokens_and_leaves_consents,
    a_client_registered_again_inherits_nothing,
);
