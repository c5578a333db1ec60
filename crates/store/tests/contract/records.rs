//! The smaller records: accounts, signing keys, stored requests, leases.

use symbolon_store::{Account, Batch, Condition, SigningKey, SigningKeyState, StoredRequest, WriteError};

use crate::database::{Database, NOW, id};

fn account(name: &str) -> Account {
    Account {
        id: format!("id of {name}"),
        username: name.into(),
        password_hash: "hash".into(),
        disabled_at: None,
        created_at: NOW,
        body: serde_json::json!({"email": "x@example.org"}),
    }
}

async fn accounts_are_found_changed_and_listed(database: &Database) {
    let store = &database.store;
    for name in ["carol", "alice", "bob"] {
        store.insert_account(&account(name)).await.unwrap();
    }
    let doubled = Account { id: "another".into(), ..account("bob") };
    assert_eq!(store.insert_account(&doubled).await, Err(WriteError::Conflict(Condition::Account)));
    assert_eq!(store.account("id of bob").await.unwrap(), Some(account("bob")));
    assert_eq!(store.account_by_username("bob").await.unwrap(), Some(account("bob")));
    assert_eq!(store.account_by_username("Bob").await.unwrap(), None);

    assert!(store.update_account_password("id of bob", "new").await.unwrap());
    assert!(store.set_account_disabled("id of bob", Some(NOW)).await.unwrap());
    assert!(store.update_account_body("id of bob", &serde_json::json!({})).await.unwrap());
    assert!(!store.update_account_password("nobody", "new").await.unwrap());
    let changed = store.account("id of bob").await.unwrap().unwrap();
    assert_eq!((changed.password_hash.as_str(), changed.disabled_at), ("new", Some(NOW)));
    assert_eq!(changed.body, serde_json::json!({}));
    assert!(store.set_account_disabled("id of bob", None).await.unwrap());
    assert_eq!(store.account("id of bob").await.unwrap().unwrap().disabled_at, None);

    let names = |accounts: Vec<Account>| accounts.into_iter().map(|account| account.username).collect::<Vec<_>>();
    assert_eq!(names(store.list_accounts(None, 2).await.unwrap()), ["alice", "bob"]);
    assert_eq!(names(store.list_accounts(Some("bob"), 2).await.unwrap()), ["carol"]);
    assert!(store.delete_account("id of bob").await.unwrap() && !store.delete_account("id of bob").await.unwrap());
}

fn key(set_name: &str, kid: &str, created_at: i64) -> SigningKey {
    SigningKey {
        set_name: set_name.into(),
        kid: kid.into(),
        state: SigningKeyState::Pending,
        created_at,
        activates_at: created_at + 10,
        retires_at: None,
        body: vec![1, 2, 3],
    }
}

async fn signing_keys_are_kept_in_sets(database: &Database) {
    let store = &database.store;
    let kids = |keys: Vec<SigningKey>| keys.into_iter().map(|key| key.kid).collect::<Vec<_>>();
    for key in [key("b", "1", 5), key("a", "1", 1), key("a", "2", 2)] {
        store.insert_signing_key(&key).await.unwrap();
    }
    assert_eq!(store.insert_signing_key(&key("a", "1", 9)).await, Err(WriteError::Conflict(Condition::Key)));
    assert_eq!(store.signing_keys("b").await.unwrap(), [key("b", "1", 5)]);
    assert_eq!(kids(store.signing_keys("a").await.unwrap()), ["2", "1"]);
    assert_eq!(kids(store.all_signing_keys().await.unwrap()), ["2", "1", "1"]);

    let activate = || {
        let mut batch = Batch::new();
        batch.move_signing_key("a", "1", SigningKeyState::Pending, SigningKeyState::Active);
        batch
    };
    store.write(activate()).await.unwrap();
    assert_eq!(store.write(activate()).await, Err(WriteError::Unmet(Condition::Key)));
    let retired =
        SigningKey { state: SigningKeyState::Retired, retires_at: Some(NOW), body: vec![9], ..key("a", "1", 1) };
    store.update_signing_key(&retired).await.unwrap();
    assert_eq!(store.signing_keys("a").await.unwrap()[1], retired);
    assert_eq!(store.update_signing_key(&key("c", "1", 1)).await, Err(WriteError::Unmet(Condition::Key)));

    assert!(store.delete_signing_key("a", "1").await.unwrap() && !store.delete_signing_key("a", "1").await.unwrap());
    assert_eq!(store.delete_signing_keys("a").await.unwrap(), 1);
    assert_eq!(store.all_signing_keys().await.unwrap().len(), 1);
}

async fn a_stored_request_comes_back(database: &Database) {
    let request = StoredRequest { id: id(1), expires_at: NOW, body: vec![0; 100_000] };
    database.store.insert_stored_request(&request).await.unwrap();
    assert_eq!(database.store.stored_request(id(1)).await.unwrap(), Some(request.clone()));
    let doubled = database.store.insert_stored_request(&request).await;
    assert_eq!(doubled, Err(WriteError::Conflict(Condition::Request)));
    assert_eq!(database.store.stored_request(id(2)).await.unwrap(), None);
}

async fn a_lease_is_renewed_by_its_holder_and_taken_over_after_its_end(database: &Database) {
    let store = &database.store;
    assert!(store.lease("purge", "a", NOW, NOW + 60).await.unwrap());
    assert!(!store.lease("purge", "b", NOW + 59, NOW + 100).await.unwrap());
    assert!(store.lease("purge", "a", NOW + 30, NOW + 90).await.unwrap());
    assert!(!store.lease("purge", "b", NOW + 60, NOW + 100).await.unwrap());
    assert!(store.lease("purge", "b", NOW + 90, NOW + 200).await.unwrap());
    assert!(store.lease("rotate", "a", NOW, NOW + 60).await.unwrap());
}

async fn text_of_any_script_and_quotes_come_back(database: &Database) {
    let odd = "O'Brien \u{1F600} \u{0}"; // a NUL is text to SQLite only
    let odd = if database.dsn.starts_with("postgres") { "O'Brien \u{1F600} $1" } else { odd };
    let account = Account { username: odd.into(), ..account("x") };
    database.store.insert_account(&account).await.unwrap();
    assert_eq!(database.store.account_by_username(odd).await.unwrap(), Some(account));
}

crate::on_every_database!(
    accounts_are_found_changed_and_listed,
    signing_keys_are_kept_in_sets,
    a_stored_request_comes_back,
    a_lease_is_renewed_by_its_holder_and_taken_over_after_its_end,
    text_of_any_script_and_quotes_come_back,
);
