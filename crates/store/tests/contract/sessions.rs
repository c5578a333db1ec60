//! Login sessions and the watermark of their subject.

use symbolon_store::{Batch, LoginSession, Store, WriteError};

use crate::database::{Database, NOW, id, login_session};

async fn write(store: &Store, fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Result<(), WriteError> {
    let mut batch = Batch::new();
    fill(&mut batch);
    store.write(batch).await.map(drop)
}

async fn a_session_is_kept_extended_and_ended(database: &Database) {
    let store = &database.store;
    let session = login_session(1, "alice");
    write(store, |batch| batch.insert_login_session(&session)).await.unwrap();
    let other = LoginSession { subject: "mallory".into(), ..session.clone() };
    write(store, |batch| batch.insert_login_session(&other).extend_login_session(&other)).await.unwrap();
    assert_eq!(store.login_session(id(1)).await.unwrap(), Some(session.clone()));
    let longer = LoginSession { authenticated_at: NOW + 5, expires_at: i64::MAX, body: b"new".to_vec(), ..session };
    write(store, |batch| batch.extend_login_session(&longer)).await.unwrap();
    assert_eq!(store.login_session(id(1)).await.unwrap(), Some(longer));
    assert!(store.delete_login_session(id(1)).await.unwrap());
    assert!(!store.delete_login_session(id(1)).await.unwrap());
    write(store, |batch| batch.delete_login_session(id(1))).await.unwrap();
    let ended = write(store, |batch| batch.end_login_session(id(1))).await;
    assert_eq!(ended, Err(WriteError::Unmet("login session")));
}

async fn a_watermark_ends_all_sessions_of_its_subject(database: &Database) {
    let store = &database.store;
    for (number, subject) in [(1, "alice"), (2, "alice"), (3, "bob")] {
        write(store, |batch| batch.insert_login_session(&login_session(number, subject))).await.unwrap();
    }
    let listed = |subject: &'static str| async move { store.login_sessions_of(subject).await.unwrap().len() };
    assert_eq!((listed("alice").await, listed("bob").await), (2, 1));
    store.set_subject_not_before("alice", NOW + 1).await.unwrap();
    assert_eq!((listed("alice").await, listed("bob").await), (0, 1));
    assert!(store.login_session(id(1)).await.unwrap().is_none());
    assert!(store.login_session(id(3)).await.unwrap().is_some());
    assert_eq!(store.delete_login_sessions_of("alice").await.unwrap(), 2);
}

crate::on_every_database!(a_session_is_kept_extended_and_ended, a_watermark_ends_all_sessions_of_its_subject);
