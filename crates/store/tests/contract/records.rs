//! The smaller records: accounts, signing keys, stored requests, leases.

use symbolon_store::{Account, Batch, Condition, JsonWebKey, SigningKey, SigningKeyState, StoredRequest, WriteError};

use crate::database::{Database, NOW, id};

fn account(name: &str) -> Account {
    Account {
        id: format!("id of {name}").into(),
        username: name.into(),
        password_hash: "hash".into(),
        disabled_at: None,
        created_at: NOW,
        revision: 1,
        body: serde_json::json!({"email": "x@example.org"}),
    }
}

async fn accounts_are_found_and_listed(database: &Database) {
    let store = &database.store;
    for name in ["carol", "alice", "bob"] {
        store.insert_account(&account(name)).await.unwrap();
    }
    let doubled = Account { id: "another".into(), ..account("bob") };
    assert_eq!(store.insert_account(&doubled).await, Err(WriteError::Conflict(Condition::Account)));
    assert_eq!(store.account(&"id of bob".into()).await.unwrap(), Some(account("bob")));
    assert_eq!(store.account_by_username("bob").await.unwrap(), Some((account("bob"), 0)));
    assert_eq!(store.account_by_username("Bob").await.unwrap(), None);

    let names = |accounts: Vec<Account>| accounts.into_iter().map(|account| account.username).collect::<Vec<_>>();
    assert_eq!(names(store.list_accounts(None, 2).await.unwrap()), ["alice", "bob"]);
    assert_eq!(names(store.list_accounts(Some("bob"), 2).await.unwrap()), ["carol"]);
}

async fn of_two_changes_to_one_revision_of_an_account_one_is_refused(database: &Database) {
    let store = &database.store;
    for name in ["alice", "bob"] {
        store.insert_account(&account(name)).await.unwrap();
    }
    let renamed = Account { username: "robert".into(), body: serde_json::json!({}), ..account("bob") };
    store.replace_account(&renamed).await.unwrap();
    assert_eq!(store.replace_account(&renamed).await, Err(WriteError::Unmet(Condition::Account)));
    assert_eq!(store.account(&"id of bob".into()).await.unwrap(), Some(Account { revision: 2, ..renamed.clone() }));
    let taken = Account { username: "alice".into(), revision: 2, ..renamed };
    assert_eq!(store.replace_account(&taken).await, Err(WriteError::Conflict(Condition::Account)));
    assert_eq!(store.replace_account(&account("nobody")).await, Err(WriteError::Unmet(Condition::Account)));
}

async fn disabling_another_password_and_deletion_end_what_the_subject_had(database: &Database) {
    let store = &database.store;
    store.insert_account(&account("bob")).await.unwrap();
    let epoch = async || store.subject_state(&"id of bob".into()).await.unwrap().epoch;
    let changed = Account { body: serde_json::json!({}), ..account("bob") };
    store.replace_account(&changed).await.unwrap();
    assert_eq!(epoch().await, 0, "other claims end nothing");
    let disabled = Account { disabled_at: Some(NOW), revision: 2, ..account("bob") };
    store.replace_account(&disabled).await.unwrap();
    assert_eq!(store.subject_state(&"id of bob".into()).await.unwrap().disabled_at, Some(NOW));
    assert_eq!(epoch().await, 1);
    store.replace_account(&Account { disabled_at: None, revision: 3, ..disabled }).await.unwrap();
    assert_eq!(store.subject_state(&"id of bob".into()).await.unwrap().disabled_at, None);
    assert_eq!(epoch().await, 1);
    store.set_account_password(&"id of bob".into(), "new").await.unwrap();
    let (found, at) = store.account_by_username("bob").await.unwrap().unwrap();
    assert_eq!((found.password_hash.as_str(), found.revision, at), ("new", 4, 2));
    store.delete_account(&"id of bob".into(), NOW).await.unwrap();
    assert_eq!(epoch().await, 3, "the subject is remembered without its account");
    assert_eq!(store.set_account_password(&"id of bob".into(), "x").await, Err(WriteError::Unmet(Condition::Account)));
    assert_eq!(store.delete_account(&"id of bob".into(), NOW).await, Err(WriteError::Unmet(Condition::Account)));
    assert_eq!(epoch().await, 3);
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
    assert_eq!(store.all_signing_keys().await.unwrap()[2], key("b", "1", 5));
    assert_eq!(kids(store.all_signing_keys().await.unwrap()), ["2", "1", "1"]);

    let change = async |before: &SigningKey, after: &SigningKey| {
        let mut batch = Batch::new();
        batch.change_signing_key(before, after);
        store.write(batch).await
    };
    let pending = key("a", "1", 1);
    let active = SigningKey { state: SigningKeyState::Active, ..pending.clone() };
    change(&pending, &active).await.unwrap();
    assert_eq!(change(&pending, &active).await, Err(WriteError::Unmet(Condition::Key)), "the state has moved on");
    let retiring = SigningKey { retires_at: Some(NOW + 9), ..active.clone() };
    change(&active, &retiring).await.unwrap();
    let retired = SigningKey { state: SigningKeyState::Retired, retires_at: Some(NOW), ..active.clone() };
    assert_eq!(change(&active, &retired).await, Err(WriteError::Unmet(Condition::Key)), "its end was set meanwhile");
    change(&retiring, &retired).await.unwrap();
    assert_eq!(store.all_signing_keys().await.unwrap()[1], retired);
    assert_eq!(change(&key("c", "1", 1), &retired).await, Err(WriteError::Unmet(Condition::Key)));

    // Sealing a key again, on what was read earlier, does not bring its old state back.
    store.reseal_signing_key(&pending, vec![9]).await.unwrap();
    assert_eq!(store.all_signing_keys().await.unwrap()[1], SigningKey { body: vec![9], ..retired.clone() });
    assert_eq!(store.reseal_signing_key(&pending, vec![8]).await, Err(WriteError::Unmet(Condition::Key)));

    assert!(store.delete_signing_key("a", "1").await.unwrap() && !store.delete_signing_key("a", "1").await.unwrap());
    assert_eq!(store.delete_signing_keys("a").await.unwrap(), 1);
    assert_eq!(store.all_signing_keys().await.unwrap().len(), 1);
}

async fn keys_of_administrators_are_kept_in_sets(database: &Database) {
    let store = &database.store;
    let key = |set_name: &str, kid: &str| JsonWebKey { set_name: set_name.into(), kid: kid.into(), body: vec![1, 2] };
    let kids = |keys: Vec<JsonWebKey>| keys.into_iter().map(|key| key.kid).collect::<Vec<_>>();
    let insert = async |keys: &[JsonWebKey]| {
        let mut batch = Batch::new();
        for key in keys {
            batch.insert_json_web_key(key, 3);
        }
        store.write(batch).await
    };
    insert(&[key("a", "1"), key("a", "3"), key("a", "2"), key("b", "1")]).await.unwrap();
    assert_eq!(insert(&[key("b", "2"), key("a", "1")]).await, Err(WriteError::Conflict(Condition::Key)));
    assert_eq!(insert(&[key("b", "2"), key("a", "4")]).await, Err(WriteError::Unmet(Condition::Key)), "a is full");
    assert_eq!(kids(store.json_web_keys("a").await.unwrap()), ["2", "3", "1"], "the newest first");
    assert_eq!(kids(store.json_web_keys("b").await.unwrap()), ["1"]);
    assert_eq!(store.json_web_key("a", "3").await.unwrap(), Some(key("a", "3")));
    assert_eq!(store.json_web_key("b", "3").await.unwrap(), None);

    assert_eq!(store.json_web_keys_after("", "", 2).await.unwrap(), [key("a", "1"), key("a", "2")]);
    assert_eq!(store.json_web_keys_after("a", "2", 9).await.unwrap(), [key("a", "3"), key("b", "1")]);
    store.reseal_json_web_key(&key("a", "3"), vec![9]).await.unwrap();
    assert_eq!(store.reseal_json_web_key(&key("a", "3"), vec![8]).await, Err(WriteError::Unmet(Condition::Key)));
    assert_eq!(store.json_web_key("a", "3").await.unwrap().unwrap().body, [9]);

    let mut batch = Batch::new();
    batch.delete_json_web_key("a", "3").insert_json_web_key(&key("a", "3"), 3);
    batch.delete_json_web_keys("b").delete_json_web_key("b", "none");
    store.write(batch).await.unwrap();
    assert_eq!(kids(store.json_web_keys("a").await.unwrap()), ["3", "2", "1"], "what was put again is the newest");
    assert_eq!(store.json_web_keys("b").await.unwrap(), []);
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
    assert_eq!(database.store.account_by_username(odd).await.unwrap(), Some((account, 0)));
}

crate::on_every_database!(
    accounts_are_found_and_listed,
    of_two_changes_to_one_revision_of_an_account_one_is_refused,
    disabling_another_password_and_deletion_end_what_the_subject_had,
    signing_keys_are_kept_in_sets,
    keys_of_administrators_are_kept_in_sets,
    a_stored_request_comes_back,
    a_lease_is_renewed_by_its_holder_and_taken_over_after_its_end,
    text_of_any_script_and_quotes_come_back,
);
