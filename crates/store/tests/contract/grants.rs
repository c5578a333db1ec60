//! Grants: code, generations, revocation and watermarks.

use symbolon_store::{Grant, REVOKED_GRANT_KEPT_SECONDS, Store, WriteError};

use crate::database::{Database, EPOCH, NOW, client, grant, id};

async fn stored(store: &Store, number: u64) -> Grant {
    store.grant(id(number)).await.unwrap().unwrap().grant
}

async fn a_grant_comes_back_as_it_was(database: &Database) {
    let full = Grant {
        login_session_id: None,
        code_redeemed_at: Some(NOW),
        generation: 4,
        rotated_at: Some(NOW + 1),
        reuse_count: 2,
        successor_seen: 1,
        revoked_at: Some(NOW + 2),
        remember_until: Some(i64::MAX),
        body: vec![],
        ..grant(2)
    };
    for expected in [grant(1), full] {
        database.store.insert_grant(&expected).await.unwrap();
        assert_eq!(database.store.grant(expected.id).await.unwrap().unwrap().grant, expected);
    }
    assert!(database.store.grant(id(3)).await.unwrap().is_none());
}

async fn a_revoked_grant_redeems_and_rotates_nothing(database: &Database) {
    let store = &database.store;
    store.insert_grant(&Grant { expires_at: i64::MAX, ..grant(1) }).await.unwrap();
    store.revoke_grant(id(1), NOW).await.unwrap();
    assert_eq!(store.redeem_code(id(1), NOW, NOW).await, Err(WriteError::Unmet("code")));
    assert_eq!(store.rotate_grant(id(1), 0, NOW, NOW).await, Err(WriteError::Unmet("generation")));
    assert_eq!(store.reissue_grant_until_seen(id(1), 0).await, Err(WriteError::Unmet("generation")));
    store.revoke_grant(id(1), NOW + 5).await.unwrap();
    let grant = stored(store, 1).await;
    assert_eq!((grant.revoked_at, grant.expires_at), (Some(NOW), NOW + REVOKED_GRANT_KEPT_SECONDS));
}

async fn rotation_starts_a_new_generation_and_never_shortens_the_life(database: &Database) {
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    store.rotate_grant(id(1), 0, NOW + 1, NOW + 10).await.unwrap();
    store.reissue_grant(id(1), 1, NOW, 0).await.unwrap();
    store.mark_successor_seen(id(1), 1).await.unwrap();
    let grant = stored(store, 1).await;
    assert_eq!((grant.generation, grant.rotated_at, grant.reuse_count), (1, Some(NOW + 1), 1));
    assert_eq!((grant.successor_seen, grant.expires_at), (1, NOW + 3600));
    store.rotate_grant(id(1), 1, NOW + 2, NOW + 9000).await.unwrap();
    let grant = stored(store, 1).await;
    assert_eq!((grant.generation, grant.reuse_count, grant.successor_seen, grant.expires_at), (2, 0, 0, NOW + 9000));
}

async fn a_generation_is_handed_out_again_only_inside_its_window(database: &Database) {
    let store = &database.store;
    let unmet = Err(WriteError::Unmet("generation"));
    store.insert_grant(&grant(1)).await.unwrap();
    assert_eq!(store.reissue_grant(id(1), 0, 0, 0).await, unmet, "the first generation has no predecessor");
    store.rotate_grant(id(1), 0, NOW, NOW).await.unwrap();
    assert_eq!(store.reissue_grant(id(1), 1, NOW + 1, 0).await, unmet, "the window is over");
    assert_eq!(store.reissue_grant(id(1), 2, NOW, 0).await, unmet, "another generation");
    store.reissue_grant(id(1), 1, NOW, 1).await.unwrap();
    assert_eq!(store.reissue_grant(id(1), 1, NOW, 1).await, unmet, "often enough");
    store.reissue_grant(id(1), 1, NOW, 0).await.unwrap();
    assert_eq!(stored(store, 1).await.reuse_count, 2);
}

async fn until_its_successor_is_seen_a_token_may_come_again(database: &Database) {
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    store.rotate_grant(id(1), 0, NOW, NOW).await.unwrap();
    store.mark_successor_seen(id(1), 0).await.unwrap();
    store.reissue_grant_until_seen(id(1), 1).await.unwrap();
    store.mark_successor_seen(id(1), 1).await.unwrap();
    assert_eq!(store.reissue_grant_until_seen(id(1), 1).await, Err(WriteError::Unmet("generation")));
}

async fn a_token_without_a_grant_depends_on_its_client_and_itself(database: &Database) {
    let store = &database.store;
    let state = store.client_token_state("client", b"token").await.unwrap();
    assert_eq!((state.client_epoch, state.revoked), (None, false));
    store.insert_client(&client("client")).await.unwrap();
    store.revoke_token(b"token", NOW + 5).await.unwrap();
    store.revoke_token(b"token", NOW + 9).await.unwrap();
    let state = store.client_token_state("client", b"token").await.unwrap();
    assert_eq!((state.client_epoch, state.revoked), (Some(EPOCH), true));
    assert!(!store.client_token_state("client", b"other").await.unwrap().revoked);
    assert!(!store.client_token_state("client", b"tok").await.unwrap().revoked);
}

crate::on_every_database!(
    a_grant_comes_back_as_it_was,
    a_revoked_grant_redeems_and_rotates_nothing,
    rotation_starts_a_new_generation_and_never_shortens_the_life,
    a_generation_is_handed_out_again_only_inside_its_window,
    until_its_successor_is_seen_a_token_may_come_again,
    a_token_without_a_grant_depends_on_its_client_and_itself,
);
