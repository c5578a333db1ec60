//! Login sessions: kept, extended, ended.

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

crate::on_every_database!(a_session_is_kept_extended_and_ended);
