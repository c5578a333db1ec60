//! Device authorizations: one answer, one redemption, and an interval that grows.

use symbolon_store::{ClientEpoch, Condition, DeviceAuthorization, DeviceStage, Store, WriteError};
use tokio::task::JoinSet;

use crate::database::{Database, EPOCH, NOW, client, device_authorization as device, id, write};

const UNMET: Result<(), WriteError> = Err(WriteError::Unmet(Condition::Device));

async fn stage(store: &Store, number: u64) -> DeviceStage {
    store.device_authorization(id(number)).await.unwrap().unwrap().stage
}

async fn it_is_found_by_id_and_by_user_code(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_device_authorization(&device(1)).await.unwrap();
    assert_eq!(store.device_authorization(id(1)).await.unwrap(), Some(device(1)));
    let hash = device(1).user_code_hash;
    assert_eq!(store.device_authorization_by_user_code(&hash).await.unwrap(), Some(device(1)));
    assert_eq!(store.device_authorization_by_user_code(&device(2).user_code_hash).await.unwrap(), None);
}

async fn a_user_code_is_in_use_once(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_device_authorization(&device(1)).await.unwrap();
    let same = DeviceAuthorization { id: id(2), ..device(1) };
    let conflict = Err(WriteError::Conflict(Condition::Device));
    assert_eq!(store.insert_device_authorization(&same).await, conflict);
    assert_eq!(store.device_authorization(id(2)).await.unwrap(), None);
}

async fn it_is_answered_once_and_redeemed_once(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_device_authorization(&device(1)).await.unwrap();
    assert_eq!(write(store, |batch| batch.redeem_device_authorization(id(1), NOW)).await, UNMET);
    write(store, |batch| batch.accept_device_authorization(id(1), id(7), NOW)).await.unwrap();
    assert_eq!(stage(store, 1).await, DeviceStage::Accepted(id(7)));
    assert_eq!(write(store, |batch| batch.accept_device_authorization(id(1), id(8), NOW)).await, UNMET);
    assert!(!store.deny_device_authorization(id(1)).await.unwrap());
    write(store, |batch| batch.redeem_device_authorization(id(1), NOW)).await.unwrap();
    assert_eq!(write(store, |batch| batch.redeem_device_authorization(id(1), NOW)).await, UNMET);
    assert_eq!(stage(store, 1).await, DeviceStage::Redeemed);
}

async fn a_refusal_is_final(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_device_authorization(&device(1)).await.unwrap();
    assert!(store.deny_device_authorization(id(1)).await.unwrap());
    assert_eq!(write(store, |batch| batch.accept_device_authorization(id(1), id(7), NOW)).await, UNMET);
    assert_eq!(stage(store, 1).await, DeviceStage::Denied);
}

async fn nothing_happens_after_it_has_expired(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    let end = device(1).expires_at;
    for number in [1, 2] {
        store.insert_device_authorization(&device(number)).await.unwrap();
    }
    assert_eq!(write(store, |batch| batch.accept_device_authorization(id(1), id(7), end)).await, UNMET);
    write(store, |batch| batch.accept_device_authorization(id(2), id(7), end - 1)).await.unwrap();
    assert_eq!(write(store, |batch| batch.redeem_device_authorization(id(2), end)).await, UNMET);
}

async fn who_polls_too_early_has_to_wait_longer(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_device_authorization(&device(1)).await.unwrap();
    let interval = async || store.device_authorization(id(1)).await.unwrap().unwrap().interval_seconds;
    assert!(store.poll_device_authorization(id(1), NOW).await.unwrap());
    assert!(store.poll_device_authorization(id(1), NOW + 5).await.unwrap());
    assert!(store.poll_device_authorization(id(1), NOW + 9).await.unwrap(), "a second less is forgiven");
    assert!(!store.poll_device_authorization(id(1), NOW + 12).await.unwrap());
    assert_eq!(interval().await, 10);
    assert!(!store.poll_device_authorization(id(1), NOW + 20).await.unwrap());
    assert!(store.poll_device_authorization(id(1), NOW + 35).await.unwrap());
    for _ in 0..20 {
        assert!(!store.poll_device_authorization(id(1), NOW + 36).await.unwrap());
    }
    assert_eq!(interval().await, 60, "not for ever");
}

async fn of_many_polls_at_once_one_keeps_the_interval(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    store.insert_device_authorization(&device(1)).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..64 {
        let store = store.clone();
        tasks.spawn(async move { store.poll_device_authorization(id(1), NOW).await.unwrap() });
    }
    let kept = tasks.join_all().await.into_iter().filter(|kept| *kept).count();
    assert_eq!(kept, 1);
}

async fn it_waits_for_nothing_once_its_client_is_gone_or_lost_everything(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    let found = async |number| {
        let by_code = store.device_authorization_by_user_code(&device(number).user_code_hash).await.unwrap();
        let by_id = store.device_authorization(id(number)).await.unwrap();
        assert_eq!(by_code, by_id);
        by_id.is_some()
    };
    store.insert_device_authorization(&device(1)).await.unwrap();
    assert!(found(1).await);
    store.revoke_everything_of_client("client").await.unwrap();
    assert!(!found(1).await);
    let client_epoch = ClientEpoch { revocations: 1, ..EPOCH };
    store.insert_device_authorization(&DeviceAuthorization { client_epoch, ..device(2) }).await.unwrap();
    assert!(found(2).await);
    store.delete_client("client", NOW).await.unwrap();
    assert!(!found(2).await);
}

crate::on_every_database!(
    it_is_found_by_id_and_by_user_code,
    a_user_code_is_in_use_once,
    it_is_answered_once_and_redeemed_once,
    a_refusal_is_final,
    nothing_happens_after_it_has_expired,
    who_polls_too_early_has_to_wait_longer,
    of_many_polls_at_once_one_keeps_the_interval,
    it_waits_for_nothing_once_its_client_is_gone_or_lost_everything,
);
