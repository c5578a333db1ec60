//! Clients: revisions, epoch, the cache, lists, and the stored form of a record.

use std::sync::Arc;

use symbolon_store::{
    Batch, ClientEpoch, ClientFilter, ClientRecord, Condition, Expect, Grant, Origin, REVOKED_GRANT_KEPT_SECONDS,
    WriteError, raw,
};
use symbolon_types::ClientId;

use crate::database::{Database, EPOCH, NOW, client, count_branches, flow, id, insert_branched, redeemed, rows, write};

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
        assert_eq!(store.insert_client(&expected).await, Err(WriteError::Conflict(Condition::Client)));
    }
    assert!(store.client(&"c".into()).await.unwrap().is_none());
}

async fn of_two_changes_to_the_same_revision_one_is_refused(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("a")).await.unwrap();
    let changed = ClientRecord { owner: "new".into(), epoch: ClientEpoch::default(), updated_at: 5, ..client("a") };
    store.replace_client(&changed, 1).await.unwrap();
    assert_eq!(store.replace_client(&changed, 1).await, Err(WriteError::Unmet(Condition::Client)));
    let stored = store.client(&"a".into()).await.unwrap().unwrap();
    assert_eq!((stored.revision, stored.owner.as_str(), stored.epoch), (2, "new", EPOCH));
}

#[allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "the form of what parses a client")]
async fn what_was_parsed_is_kept_until_the_client_changes(database: &Database) {
    let name = |record: Arc<ClientRecord>| -> Result<String, String> {
        record.metadata["client_name"].as_str().map(str::to_owned).ok_or_else(|| "no name".into())
    };
    let epoch = |record: Arc<ClientRecord>| -> Result<ClientEpoch, String> { Ok(record.epoch) };
    let store = &database.store;
    let a = ClientId::from("a");
    store.insert_client(&client("a")).await.unwrap();
    let first = store.client_as(&a, name).await.unwrap().unwrap();
    let second = store.client_as(&a, name).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(*first, "Example");

    let other = symbolon_store::Store::open(&symbolon_store::StoreOptions::new(&database.dsn)).await;
    // A second node on the same server; a file refuses it and memory is another database.
    let writer = other.ok().filter(|_| database.dsn.starts_with("postgres")).unwrap_or_else(|| store.clone());
    let renamed = ClientRecord { metadata: serde_json::json!({"client_name": "Renamed"}), ..client("a") };
    writer.replace_client(&renamed, 1).await.unwrap();
    assert_eq!(*store.client_as(&a, name).await.unwrap().unwrap(), "Renamed");

    assert!(writer.revoke_everything_of_client(&"a".into()).await.unwrap());
    assert_eq!(*store.client_as(&a, epoch).await.unwrap().unwrap(), ClientEpoch { revocations: 1, ..EPOCH });

    // The epoch stays, and the count is that of this client.
    assert!(writer.revoke_access_tokens_of_client(&"a".into()).await.unwrap());
    assert!(!writer.revoke_access_tokens_of_client(&"b".into()).await.unwrap());
    assert_eq!(*store.client_as(&a, epoch).await.unwrap().unwrap(), ClientEpoch { revocations: 1, ..EPOCH });
    assert_eq!(store.client(&"a".into()).await.unwrap().unwrap().access_revocations, 1);
    assert_eq!(store.client_token_state(&"a".into(), b"token").await.unwrap().access_revocations, 1);

    writer.delete_client(&"a".into(), NOW).await.unwrap();
    assert!(store.client_as(&a, name).await.unwrap().is_none());
    let nameless = ClientRecord { metadata: serde_json::json!({}), epoch: OTHER, ..client("a") };
    writer.insert_client(&nameless).await.unwrap();
    assert!(store.client_as(&a, name).await.unwrap_err().detail().contains("no name"));
    assert_eq!(*store.client_as(&a, epoch).await.unwrap().unwrap(), OTHER);
}

async fn a_client_made_again_is_not_the_one_remembered(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("a")).await.unwrap();
    store.client(&"a".into()).await.unwrap();
    let mut batch = Batch::new();
    let sql = "DELETE FROM clients WHERE id = $1";
    raw::add(&mut batch, Condition::Client, sql, vec!["a".into()], Expect::OneRow);
    store.write(batch).await.unwrap();
    store.insert_client(&ClientRecord { owner: "new".into(), epoch: OTHER, ..client("a") }).await.unwrap();
    assert_eq!(store.client(&"a".into()).await.unwrap().unwrap().owner, "new");
}

async fn a_client_is_deleted_with_its_grants_and_flows(database: &Database) {
    let store = &database.store;
    store.insert_client(&client("client")).await.unwrap();
    insert_branched(store, &Grant { expires_at: i64::MAX, ..redeemed(1) }, 1).await;
    write(store, |batch| batch.accept_flow(&flow(2, 1))).await.unwrap();
    assert!(store.delete_client(&"client".into(), NOW).await.unwrap());
    assert!(!store.delete_client(&"client".into(), NOW).await.unwrap());
    assert!(store.client(&"client".into()).await.unwrap().is_none());
    assert!(!store.grant(id(1)).await.unwrap().unwrap().stands());
    while store.purge(NOW + REVOKED_GRANT_KEPT_SECONDS, 100).await.unwrap().total() > 0 {}
    assert!(store.grant(id(1)).await.unwrap().is_none());
    assert!(store.flow(id(2)).await.unwrap().is_none());
    assert_eq!(count_branches(store).await, 0);
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
        let page = store.list_clients(&filter, after, limit).await.unwrap();
        let names = page.clients.iter().map(|client| client.id.as_str()).collect::<String>();
        if page.more { names + "…" } else { names }
    };
    let all = ClientFilter::default();
    assert_eq!(list(all.clone(), None, 10).await, "abcd");
    assert_eq!(list(all.clone(), None, 3).await, "abc…");
    assert_eq!(list(all.clone(), None, 4).await, "abcd");
    assert_eq!(list(all, Some("b"), 3).await, "cd");
    let ops = ClientFilter { owner: Some("ops".into()), ..ClientFilter::default() };
    assert_eq!(list(ops.clone(), None, 10).await, "abc");
    assert_eq!(list(ClientFilter { client_name: Some("Example".into()), ..ops }, None, 10).await, "bc");
}

async fn a_page_of_large_clients_is_a_short_one(database: &Database) {
    const BYTES: usize = 1024 * 1024;
    let store = &database.store;
    for name in ["a", "b", "c", "d", "e", "f"] {
        let size = if name == "f" { 6 * BYTES } else { BYTES };
        let metadata = serde_json::json!({ "note": "x".repeat(size) });
        store.insert_client(&ClientRecord { metadata, ..client(name) }).await.unwrap();
    }
    let (mut after, mut pages) = (String::new(), Vec::new());
    loop {
        let page = store.list_clients(&ClientFilter::default(), Some(&after), 500).await.unwrap();
        pages.push(page.clients.iter().map(|client| client.id.as_str()).collect::<String>());
        after = page.clients.last().unwrap().id.to_string();
        if !page.more {
            break;
        }
    }
    assert_eq!(pages, ["abc", "de", "f"], "four of them and what is around them are more than four megabytes");
}

async fn the_stored_form_changes_only_compatibly(database: &Database) {
    let store = &database.store;
    let golden = include_str!("../golden/client.json").trim_end();
    store.insert_client(&client("a")).await.unwrap();
    let rows = rows(store, "SELECT body FROM clients WHERE id = $1", vec!["a".into()]).await;
    assert_eq!(rows[0].text(0).unwrap(), golden);
}

crate::on_every_database!(
    a_client_comes_back_as_it_was,
    of_two_changes_to_the_same_revision_one_is_refused,
    what_was_parsed_is_kept_until_the_client_changes,
    a_client_made_again_is_not_the_one_remembered,
    a_client_is_deleted_with_its_grants_and_flows,
    clients_are_listed_in_pages,
    a_page_of_large_clients_is_a_short_one,
    the_stored_form_changes_only_compatibly,
);
