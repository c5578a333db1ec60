//! Opening an `SQLite` file: what is refused, what the operator is told, and what a reopened one still knows.

use std::path::Path;

use symbolon_store::{Batch, Condition, Expect, OpenError, Store, StoreOptions, raw};

use crate::database::{Database, NOW, count, grant, id};

async fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(&StoreOptions::new(format!("sqlite://{}", path.display()))).await
}

#[tokio::test]
async fn a_closed_or_dropped_store_keeps_what_it_was_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path).await.unwrap();
    store.insert_grant(&grant(1)).await.unwrap();
    store.close().await;
    let store = open(&path).await.unwrap();
    assert!(store.grant(id(1)).await.unwrap().is_some());
    store.insert_grant(&grant(2)).await.unwrap();
    drop(store);
    let store = open(&path).await.unwrap();
    assert!(store.grant(id(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_second_opening_of_the_same_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path).await.unwrap();
    let error = open(&path).await.unwrap_err();
    assert_eq!(error, OpenError::Locked(path.clone()));
    assert!(error.to_string().contains("a.db"));
    store.close().await;
    open(&path).await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path).await.unwrap();
    let mut batch = Batch::new();
    let sql = "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)";
    raw::add(&mut batch, Condition::Housekeeping, sql, vec![9999_i64.into(), NOW.into()], Expect::OneRow);
    store.write(batch).await.unwrap();
    drop(store);
    let error = open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 9999, .. }), "{error}");
    assert!(error.to_string().contains("9999"));
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("letter.txt");
    std::fs::write(&text, "Dear reader, this is not a database. ".repeat(100)).unwrap();
    assert_eq!(open(&text).await.unwrap_err(), OpenError::NotADatabase(text.clone()));
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("Dear reader"));

    let foreign = directory.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE hydra_client (id TEXT)").unwrap();
    assert_eq!(open(&foreign).await.unwrap_err(), OpenError::Foreign(foreign));
}

#[tokio::test]
async fn a_path_that_cannot_be_opened_is_named_with_what_to_change() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("no-such-directory/a.db");
    for path in [missing.as_path(), directory.path()] {
        let message = open(path).await.unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()) && message.contains("another path"), "{message}");
        assert!(!message.contains('\n'));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path).await.unwrap();
    store.insert_grant(&grant(1)).await.unwrap();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{}", entry.path().display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_one_consistent_state_of_a_database_in_use() {
    for database in [Database::memory().await, Database::file().await] {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("backup.db");
        database.store.insert_grant(&grant(0)).await.unwrap();
        let store = database.store.clone();
        let writing = tokio::spawn(async move {
            // Two grants at a time: a state in between would show an odd number.
            for number in 1..200 {
                let mut batch = Batch::new();
                batch.insert_grant(&grant(number)).insert_grant(&grant(number + 1000));
                store.write(batch).await.unwrap();
            }
        });
        tokio::task::yield_now().await;
        database.store.backup(&target).await.unwrap();
        assert!(database.store.backup(&target).await.is_err(), "an existing file is not overwritten");
        writing.await.unwrap();
        let copy = open(&target).await.unwrap();
        assert_eq!(count(&copy, "SELECT count(*) FROM grants").await % 2, 1);
        copy.insert_grant(&grant(5000)).await.unwrap();
    }
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_loses_nothing() {
    let database = Database::file().await;
    let store = &database.store;
    store.insert_grant(&grant(1)).await.unwrap();
    let mut limit = Batch::new();
    raw::add(&mut limit, Condition::Housekeeping, "PRAGMA max_page_count = 60", vec![], Expect::Any);
    store.write(limit).await.unwrap();
    let mut failed = None;
    for number in 2..200 {
        let mut large = grant(number);
        large.body = vec![7; 20_000];
        if let Err(error) = store.insert_grant(&large).await {
            failed = Some((number, error));
            break;
        }
    }
    let (number, error) = failed.unwrap();
    assert!(matches!(error, symbolon_store::WriteError::Store(symbolon_store::StoreError::Full(_))), "{error:?}");
    for number in 1..number {
        assert!(store.grant(id(number)).await.unwrap().is_some());
    }
    assert!(store.grant(id(number)).await.unwrap().is_none());
    let mut limit = Batch::new();
    raw::add(&mut limit, Condition::Housekeeping, "PRAGMA max_page_count = 100000", vec![], Expect::Any);
    store.write(limit).await.unwrap();
    store.insert_grant(&grant(number)).await.unwrap();
}
