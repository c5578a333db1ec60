//! Clients: revisions, the cache, lists, and the stored form of a record.

use symbolon_store::{Batch, ClientEpoch, ClientFilter, ClientRecord, Expect, Origin, WriteError};

use crate::database::{Database, EPOCH, NOW, client};

/// The epoch of a client that was registered again.
const OTHER: ClientEpoch = ClientEpoch { incarnation: 8, revocations: 0 };

async fn a_client_comes_back_as_it_was(database: &Database) {
    let store = &database.store;
    let registered = ClientRecord {
        origin: Origin::SelfService,
        registration_generation: None,
        secrets: vec![],
        owner: String::new(),
        ..client("b")
    };
    for expected in [client("a"), registered] {
        store.insert_client(&expected).await.unwrap();
        assert_eq!(*store.client(&expected.id).await.unwrap().unwrap(), expected);
        assert_eq!(store.insert_client(&expected).await, Err(WriteError::Conflict("client")));
    }
    assert!(store.client("c").await.unwrap().is_none());
}

async fn of_two_changes_to_the_same_revision_one_is_refused(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("a")).await.unwrap();
    let changed = ClientRecord { owner: "new".into(), epoch: ClientEpoch::default(), updated_at: 5, ..client("a") };
    store.replace_client(&changed, 1).await.unwrap();
    assert_eq!(store.replace_client(&changed, 1).await, Err(WriteError::Unmet("revision")));
    let stored = store.client("a").await.unwrap().unwrap();
    assert_eq!((stored.revision, stored.owner.as_str(), stored.epoch), (2, "new", EPOCH));
}

async fn what_was_parsed_is_kept_until_the_client_changes(database: &Database) {
    fn name(record: &ClientRecord) -> Result<String, String> {
        record.metadata["client_name"].as_str().map(str::to_owned).ok_or_else(|| "no name".into())
    }
    let store = &database.store;
    store.insert_client(&client("a")).await.unwrap();
    let first = store.client_as("a", name).await.unwrap().unwrap();
    let second = store.client_as("a", name).await.unwrap().unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    assert_eq!(first.parsed, "Example");

    let other = symbolon_store::Store::open(&symbolon_store::StoreOptions::new(&database.dsn)).await;
    // A second node on the same server; a file refuses it and memory is another database.
    let writer = other.ok().filter(|_| database.dsn.starts_with("postgres")).unwrap_or_else(|| store.clone());
    let renamed = ClientRecord { metadata: serde_json::json!({"client_name": "Renamed"}), ..client("a") };
    writer.replace_client(&renamed, 1).await.unwrap();
    assert_eq!(store.client_as("a", name).await.unwrap().unwrap().parsed, "Renamed");

    assert!(writer.revoke_everything_of_client("a").await.unwrap());
    assert_eq!(store.client_as("a", name).await.unwrap().unwrap().record.epoch.revocations, 1);

    writer.delete_client("a", NOW).await.unwrap();
    assert!(store.client_as("a", name).await.unwrap().is_none());
    let nameless = ClientRecord { metadata: serde_json::json!({}), epoch: OTHER, ..client("a") };
    writer.insert_client(&nameless).await.unwrap();
    assert!(store.client_as("a", name).await.unwrap_err().detail().contains("no name"));
    assert_eq!(store.client_as("a", |record| Ok(record.secrets.len())).await.unwrap().unwrap().parsed, 1);
}

async fn a_client_made_again_is_not_the_one_remembered(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("a")).await.unwrap();
    store.client("a").await.unwrap();
    let mut batch = Batch::new();
    batch.add("client", "DELETE FROM clients WHERE id = $1", vec!["a".into()], Expect::OneRow);
    store.write(batch).await.unwrap();
    store.insert_client(&ClientRecord { owner: "new".into(), epoch: OTHER, ..client("a") }).await.unwrap();
    assert_eq!(store.client("a").await.unwrap().unwrap().owner, "new");
}

async fn clients_are_listed_in_pages(database: &Database) {
    let store = &database.store;
    for name in ["c", "a", "d", "b"] {
        let owner = if name == "d" { "dev" } else { "ops" };
        let client_name = if name == "a" { "Other" } else { "Example" };
        let record = ClientRecord { owner: owner.into(), client_name: client_name.into(), ..client(name) };
        store.insert_client(&record).await.unwrap();
    }
    let list = |filter: ClientFilter, after: Option<&'static str>, limit| async move {
        let clients = store.list_clients(&filter, after, limit).await.unwrap();
        clients.iter().map(|client| client.id.clone()).collect::<String>()
    };
    let all = ClientFilter::default();
    assert_eq!(list(all.clone(), None, 10).await, "abcd");
    assert_eq!(list(all.clone(), None, 3).await, "abc");
    assert_eq!(list(all, Some("b"), 3).await, "cd");
    let ops = ClientFilter { owner: Some("ops".into()), ..ClientFilter::default() };
    assert_eq!(list(ops.clone(), None, 10).await, "abc");
    assert_eq!(list(ClientFilter { client_name: Some("Example".into()), ..ops }, None, 10).await, "bc");
}

async fn the_stored_form_changes_only_compatibly(database: &Database) {
    let store = &database.store;
    let golden = include_str!("../golden/client.json").trim_end();
    store.insert_client(&client("a")).await.unwrap();
    let rows = store.read("SELECT body FROM clients WHERE id = $1", vec!["a".into()]).await.unwrap();
    assert_eq!(rows[0].text(0).unwrap(), golden);
}

crate::on_every_database!(
    a_client_comes_back_as_it_was,
    of_two_changes_to_the_same_revision_one_is_refused,
    what_was_parsed_is_kept_until_the_client_changes,
    a_client_made_again_is_not_the_one_remembered,
    clients_are_listed_in_pages,
    the_stored_form_changes_only_compatibly,
);
