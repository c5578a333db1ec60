//! Login sessions: one browser and one person, ended once, kept until the clients were told.

use symbolon_store::{Account, Condition, LoginSession, Persistence, Store, WriteError};

use crate::database::{Database, NOW, account, id, login_session, write};

const UNMET: Result<(), WriteError> = Err(WriteError::Unmet(Condition::Session));

async fn begin(store: &Store, sessions: &[(u64, &str)]) {
    for (number, subject) in sessions {
        store.put_login_session(&login_session(*number, subject)).await.unwrap();
    }
}

async fn goes_on(store: &Store, number: u64) -> bool {
    store.login_session(id(number)).await.unwrap().is_some()
}

async fn a_session_comes_back_as_it_was(database: &Database) {
    let store = &database.store;
    let until_closed = LoginSession {
        persistence: Persistence::UntilClosed,
        expires_at: i64::MAX,
        body: vec![],
        ..login_session(2, "bob")
    };
    for expected in [login_session(1, "alice"), until_closed] {
        store.put_login_session(&expected).await.unwrap();
        assert_eq!(store.login_session(expected.id).await.unwrap(), Some(expected));
    }
    assert!(!goes_on(store, 3).await);
}

async fn a_new_login_of_the_same_person_goes_on_with_the_session(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice")]).await;
    let again = LoginSession {
        authenticated_at: NOW + 5,
        persistence: Persistence::UntilClosed,
        expires_at: NOW + 9,
        body: b"new".to_vec(),
        ..login_session(1, "alice")
    };
    store.put_login_session(&again).await.unwrap();
    assert_eq!(store.login_session(id(1)).await.unwrap(), Some(again));
}

async fn somebody_elses_session_is_left_alone(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice")]).await;
    assert_eq!(store.put_login_session(&login_session(1, "mallory")).await, UNMET);
    assert_eq!(store.login_session(id(1)).await.unwrap(), Some(login_session(1, "alice")));
}

async fn a_session_that_has_ended_does_not_come_back(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice"), (2, "alice")]).await;
    assert!(store.end_login_session(id(1), NOW + 1).await.unwrap());
    assert!(!store.end_login_session(id(1), NOW + 2).await.unwrap(), "it has ended");
    assert!(!store.end_login_session(id(3), NOW).await.unwrap(), "there is none");
    assert_eq!((goes_on(store, 1).await, goes_on(store, 2).await), (false, true));
    assert_eq!(store.put_login_session(&login_session(1, "alice")).await, UNMET);
}

async fn a_session_that_has_ended_is_kept_until_its_clients_were_told(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice"), (2, "alice"), (3, "bob"), (4, "bob")]).await;
    for (number, at) in [(3, NOW + 3), (1, NOW + 1), (2, NOW + 2)] {
        store.end_login_session(id(number), at).await.unwrap();
    }
    assert_eq!(store.ended_login_sessions(NOW, 10).await.unwrap(), []);
    assert_eq!(store.ended_login_sessions(NOW + 2, 10).await.unwrap(), [id(1), id(2)]);
    assert_eq!(store.ended_login_sessions(NOW + 9, 2).await.unwrap(), [id(1), id(2)]);
    write(store, |batch| batch.forget_login_session(id(1))).await.unwrap();
    assert_eq!(store.ended_login_sessions(NOW + 9, 10).await.unwrap(), [id(2), id(3)]);
    assert_eq!(write(store, |batch| batch.forget_login_session(id(1))).await, UNMET, "somebody has told them");
    assert_eq!(write(store, |batch| batch.forget_login_session(id(4))).await, UNMET, "it goes on");
    assert!(goes_on(store, 4).await);
}

async fn all_sessions_of_a_person_end_together(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice"), (2, "alice"), (3, "bob")]).await;
    store.end_sessions_of("alice").await.unwrap();
    assert_eq!((goes_on(store, 1).await, goes_on(store, 2).await, goes_on(store, 3).await), (false, false, true));
    // A login that was accepted before and arrives late.
    begin(store, &[(4, "alice")]).await;
    assert!(!goes_on(store, 4).await);
}

async fn a_login_of_now_is_not_ended_by_what_ended_before(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice"), (2, "alice")]).await;
    store.sign_out("alice").await.unwrap();
    for number in [2, 3] {
        let later = LoginSession { subject_epoch: 1, ..login_session(number, "alice") };
        store.put_login_session(&later).await.unwrap();
    }
    assert_eq!((goes_on(store, 1).await, goes_on(store, 2).await, goes_on(store, 3).await), (false, true, true));
    store.sign_out("alice").await.unwrap();
    assert_eq!((goes_on(store, 2).await, goes_on(store, 3).await), (false, false));
}

async fn a_disabled_account_has_no_session_and_those_it_had_do_not_come_back(database: &Database) {
    let store = &database.store;
    begin(store, &[(1, "alice"), (2, "bob")]).await;
    store.insert_account(&account("alice")).await.unwrap();
    assert!(goes_on(store, 1).await);
    let disabled = Account { disabled_at: Some(NOW), ..account("alice") };
    store.replace_account(&disabled).await.unwrap();
    store.put_login_session(&LoginSession { subject_epoch: 1, ..login_session(3, "alice") }).await.unwrap();
    assert_eq!((goes_on(store, 1).await, goes_on(store, 2).await, goes_on(store, 3).await), (false, true, false));
    store.replace_account(&Account { disabled_at: None, revision: 2, ..disabled }).await.unwrap();
    assert_eq!((goes_on(store, 1).await, goes_on(store, 3).await), (false, true), "what is older has ended");
}

crate::on_every_database!(
    a_session_comes_back_as_it_was,
    a_new_login_of_the_same_person_goes_on_with_the_session,
    somebody_elses_session_is_left_alone,
    a_session_that_has_ended_does_not_come_back,
    a_session_that_has_ended_is_kept_until_its_clients_were_told,
    all_sessions_of_a_person_end_together,
    a_login_of_now_is_not_ended_by_what_ended_before,
    a_disabled_account_has_no_session_and_those_it_had_do_not_come_back,
);
