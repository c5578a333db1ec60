//! Grants: their states, the code, revocation, and what voids them.

use symbolon_store::Condition;
use symbolon_store::{
    Account, Branch, Grant, GrantState, REVOKED_GRANT_KEPT_SECONDS, Rotation, Rotations, Store, WriteError,
};

use crate::database::{Database, NOW, client, grant, id, redeemed};

async fn stored(store: &Store, number: u64) -> Grant {
    store.grant(id(number)).await.unwrap().unwrap().grant
}

async fn stands(store: &Store, number: u64) -> bool {
    store.grant(id(number)).await.unwrap().unwrap().stands()
}

async fn a_grant_comes_back_as_it_was(database: &Database) {
    let branch = Branch {
        number: 0,
        generation: 4,
        rotations: vec![Rotations { at: NOW + 1, count: 1 }, Rotations { at: NOW - 9, count: 3 }],
        successor_seen: true,
    };
    let refreshed = Grant {
        session_id: None,
        state: GrantState::Redeemed(branch),
        remember_until: Some(i64::MAX),
        body: vec![],
        ..grant(2)
    };
    let of_no_user = Grant { subject: None, ..redeemed(3) };
    let revoked = Grant { state: GrantState::Revoked, expires_at: i64::MAX, ..grant(4) };
    for expected in [grant(1), refreshed, of_no_user, revoked] {
        database.store.insert_grant(&expected).await.unwrap();
        assert_eq!(stored(&database.store, u64::from(expected.id.as_bytes()[15])).await, expected);
    }
    assert!(database.store.grant(id(5)).await.unwrap().is_none());
}

async fn a_code_is_redeemed_once_and_never_shortens_the_life(database: &Database) {
    let store = &database.store;
    for number in [1, 2] {
        store.insert_grant(&grant(number)).await.unwrap();
    }
    store.redeem_code(id(1), NOW + 1, NOW + 10).await.unwrap();
    store.redeem_code(id(2), NOW + 1, NOW + 9000).await.unwrap();
    assert_eq!(stored(store, 1).await, redeemed(1));
    assert_eq!(stored(store, 2).await, Grant { expires_at: NOW + 9000, ..redeemed(2) });
    for number in [1, 2, 3] {
        let again = store.redeem_code(id(number), NOW + 2, NOW + 2).await;
        assert_eq!(again, Err(WriteError::Unmet(Condition::Code)), "{number}");
    }
}

async fn a_revoked_grant_redeems_and_rotates_nothing(database: &Database) {
    let store = &database.store;
    let rotation = Rotation { grant_id: id(2), now: NOW, expires_at: NOW, kept_seconds: 5 };
    for endless in [grant(1), redeemed(2)] {
        store.insert_grant(&Grant { expires_at: i64::MAX, ..endless }).await.unwrap();
    }
    for number in [1, 2] {
        store.revoke_grant(id(number), NOW).await.unwrap();
        store.revoke_grant(id(number), NOW + 5).await.unwrap();
        let grant = stored(store, number).await;
        assert_eq!((grant.state, grant.expires_at), (GrantState::Revoked, NOW + REVOKED_GRANT_KEPT_SECONDS));
    }
    assert_eq!(store.redeem_code(id(1), NOW, NOW).await, Err(WriteError::Unmet(Condition::Code)));
    let rotated = store.rotate(&Branch::default(), rotation).await;
    assert_eq!(rotated, Err(WriteError::Unmet(Condition::Generation)));
}

async fn a_grant_that_ends_sooner_is_not_kept_longer_when_it_is_revoked(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(1)).await.unwrap();
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(stored(store, 1).await.expires_at, NOW + 3600);
}

async fn watermarks_void_what_is_older(database: &Database) {
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    assert!(!stands(store, 1).await, "there is no such client");
    store.insert_client(&client("client")).await.unwrap();
    let live = store.grant(id(1)).await.unwrap().unwrap();
    assert_eq!((live.client_not_before, live.subject_not_before, live.stands()), (Some(NOW), None, true));
    store.set_subject_not_before("alice", NOW).await.unwrap();
    assert!(stands(store, 1).await, "the same second still counts");
    store.set_subject_not_before("alice", NOW + 1).await.unwrap();
    store.set_subject_not_before("alice", NOW - 9).await.unwrap();
    let live = store.grant(id(1)).await.unwrap().unwrap();
    assert_eq!((live.subject_not_before, live.stands()), (Some(NOW + 1), false));
    store.insert_grant(&Grant { subject: Some("bob".into()), ..grant(2) }).await.unwrap();
    assert!(stands(store, 2).await);
    store.set_client_not_before("client", NOW + 1).await.unwrap();
    assert!(!stands(store, 2).await);
}

async fn a_grant_of_a_disabled_account_stands_again_when_that_is_enabled(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_grant(&redeemed(1)).await.unwrap();
    let account = Account {
        id: "alice".into(),
        username: "alice".into(),
        password_hash: "hash".into(),
        disabled_at: None,
        created_at: NOW,
        body: serde_json::json!({}),
    };
    store.insert_account(&account).await.unwrap();
    assert!(stands(store, 1).await);
    store.set_account_disabled("alice", Some(NOW)).await.unwrap();
    assert!(!stands(store, 1).await);
    store.set_account_disabled("alice", None).await.unwrap();
    assert!(stands(store, 1).await);
}

async fn a_token_without_a_grant_depends_on_its_client_and_itself(database: &Database) {
    let store = &database.store;
    let state = store.client_token_state("client", b"token").await.unwrap();
    assert_eq!((state.client_not_before, state.revoked), (None, false));
    store.insert_client(&client("client")).await.unwrap();
    store.revoke_token(b"token", NOW + 5).await.unwrap();
    store.revoke_token(b"token", NOW + 9).await.unwrap();
    let state = store.client_token_state("client", b"token").await.unwrap();
    assert_eq!((state.client_not_before, state.revoked), (Some(NOW), true));
    assert!(!store.client_token_state("client", b"other").await.unwrap().revoked);
    assert!(store.is_token_revoked(b"token").await.unwrap() && !store.is_token_revoked(b"tok").await.unwrap());
}

crate::on_every_database!(
    a_grant_comes_back_as_it_was,
    a_code_is_redeemed_once_and_never_shortens_the_life,
    a_revoked_grant_redeems_and_rotates_nothing,
    a_grant_that_ends_sooner_is_not_kept_longer_when_it_is_revoked,
    watermarks_void_what_is_older,
    a_grant_of_a_disabled_account_stands_again_when_that_is_enabled,
    a_token_without_a_grant_depends_on_its_client_and_itself,
);
