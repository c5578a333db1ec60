//! Grants: their states, the code, revocation, and what voids them.

use symbolon_store::{
    Account, Batch, Branch, ClientEpoch, ClientRecord, Condition, Grant, GrantState, REVOKED_GRANT_KEPT_SECONDS,
    Rotation, Rotations, Store, WriteError,
};

use crate::database::{Database, EPOCH, NOW, account, client, grant, id, redeemed, redemption};

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
        client_epoch: ClientEpoch { incarnation: i64::MAX >> 1, revocations: 3 },
        subject_epoch: 5,
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
    store.write(redemption(1, NOW + 1, NOW + 10)).await.unwrap();
    store.write(redemption(2, NOW + 1, NOW + 9000)).await.unwrap();
    assert_eq!(stored(store, 1).await, redeemed(1));
    assert_eq!(stored(store, 2).await, Grant { expires_at: NOW + 9000, ..redeemed(2) });
    for number in [1, 2, 3] {
        let again = store.write(redemption(number, NOW + 2, NOW + 2)).await;
        assert_eq!(again, Err(WriteError::Unmet(Condition::Code)), "{number}");
    }
}

async fn a_code_is_redeemed_with_another_body_or_not_at_all(database: &Database) {
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    let redeem = async |body: &[u8]| {
        let mut batch = redemption(1, NOW + 1, NOW + 10);
        batch.replace_grant_body(id(1), body);
        store.write(batch).await
    };
    redeem(b"first").await.unwrap();
    assert_eq!(redeem(b"second").await, Err(WriteError::Unmet(Condition::Code)));
    assert_eq!(stored(store, 1).await, Grant { body: b"first".to_vec(), ..redeemed(1) });
}

async fn a_revoked_grant_redeems_and_rotates_nothing(database: &Database) {
    let store = &database.store;
    let rotation = Rotation { grant_id: id(2), now: NOW, expires_at: NOW, kept_seconds: 5, beside: Batch::new() };
    for endless in [grant(1), redeemed(2)] {
        store.insert_grant(&Grant { expires_at: i64::MAX, ..endless }).await.unwrap();
    }
    for number in [1, 2] {
        store.revoke_grant(id(number), NOW).await.unwrap();
        store.revoke_grant(id(number), NOW + 5).await.unwrap();
        let grant = stored(store, number).await;
        assert_eq!((grant.state, grant.expires_at), (GrantState::Revoked, NOW + REVOKED_GRANT_KEPT_SECONDS));
    }
    assert_eq!(store.write(redemption(1, NOW, NOW)).await, Err(WriteError::Unmet(Condition::Code)));
    let rotated = store.rotate(&Branch::default(), rotation).await;
    assert_eq!(rotated, Err(WriteError::Unmet(Condition::Generation)));
}

async fn a_grant_that_ends_sooner_is_not_kept_longer_when_it_is_revoked(database: &Database) {
    let store = &database.store;
    store.insert_grant(&redeemed(1)).await.unwrap();
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(stored(store, 1).await.expires_at, NOW + 3600);
}

async fn a_grant_stands_in_the_epochs_of_its_client_and_subject(database: &Database) {
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    let live = store.grant(id(1)).await.unwrap().unwrap();
    assert_eq!((live.client_epoch_now, live.stands()), (None, false), "there is no such client");
    let again = ClientEpoch { incarnation: EPOCH.incarnation + 1, ..EPOCH };
    store.insert_client(&ClientRecord { epoch: again, ..client("client") }).await.unwrap();
    assert!(!stands(store, 1).await, "another client has the same id");
    store.delete_client(&"client".into(), NOW).await.unwrap();
    store.insert_client(&client("client")).await.unwrap();
    let live = store.grant(id(1)).await.unwrap().unwrap();
    assert_eq!((live.client_epoch_now, live.tokens_from, live.stands()), (Some(EPOCH), 0, true));
    store.end_sessions_of(&"alice".into()).await.unwrap();
    assert!(stands(store, 1).await, "only sessions were ended");
    store.sign_out(&"alice".into()).await.unwrap();
    let live = store.grant(id(1)).await.unwrap().unwrap();
    assert_eq!((live.tokens_from, live.stands()), (2, false));
    store.insert_grant(&Grant { subject_epoch: 2, ..grant(2) }).await.unwrap();
    store.insert_grant(&Grant { subject: Some("bob".into()), ..grant(3) }).await.unwrap();
    store.insert_grant(&Grant { subject: None, ..grant(4) }).await.unwrap();
    for number in [2, 3, 4] {
        assert!(stands(store, number).await, "{number}");
    }
    store.revoke_everything_of_client(&"client".into()).await.unwrap();
    for number in [2, 3, 4] {
        assert!(!stands(store, number).await, "{number}");
    }
}

async fn a_grant_of_a_disabled_account_does_not_stand_and_does_not_come_back(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_grant(&redeemed(1)).await.unwrap();
    store.insert_account(&account("alice")).await.unwrap();
    assert!(stands(store, 1).await);
    let disabled = Account { disabled_at: Some(NOW), ..account("alice") };
    store.replace_account(&disabled).await.unwrap();
    store.insert_grant(&Grant { subject_epoch: 1, ..redeemed(2) }).await.unwrap();
    assert_eq!((stands(store, 1).await, stands(store, 2).await), (false, false));
    store.replace_account(&Account { disabled_at: None, revision: 2, ..disabled }).await.unwrap();
    assert_eq!((stands(store, 1).await, stands(store, 2).await), (false, true), "what is older has ended");
}

async fn a_token_without_a_grant_depends_on_its_client_and_itself(database: &Database) {
    let store = &database.store;
    let state = store.client_token_state(&"client".into(), b"token").await.unwrap();
    assert_eq!((state.client_epoch, state.revoked), (None, false));
    store.insert_client(&client("client")).await.unwrap();
    store.revoke_token(b"token", NOW + 5).await.unwrap();
    store.revoke_token(b"token", NOW + 9).await.unwrap();
    let state = store.client_token_state(&"client".into(), b"token").await.unwrap();
    assert_eq!((state.client_epoch, state.revoked), (Some(EPOCH), true));
    assert!(!store.client_token_state(&"client".into(), b"other").await.unwrap().revoked);
    assert!(!store.client_token_state(&"client".into(), b"tok").await.unwrap().revoked);
}

crate::on_every_database!(
    a_grant_comes_back_as_it_was,
    a_code_is_redeemed_once_and_never_shortens_the_life,
    a_code_is_redeemed_with_another_body_or_not_at_all,
    a_revoked_grant_redeems_and_rotates_nothing,
    a_grant_that_ends_sooner_is_not_kept_longer_when_it_is_revoked,
    a_grant_stands_in_the_epochs_of_its_client_and_subject,
    a_grant_of_a_disabled_account_does_not_stand_and_does_not_come_back,
    a_token_without_a_grant_depends_on_its_client_and_itself,
);
