//! What is done to a database beside the server, by its DSN: seeing how far its tables are, bringing them up to date, and
//! copying them. Nothing here reads what the tables hold.

use std::path::{Path, PathBuf};

use crate::dsn::{self, Location};
use crate::error::{OpenError, StoreError};
use crate::migration::MIGRATIONS;
use crate::postgres;
use crate::sqlite;
use crate::store::{Store, StoreOptions};

/// One step of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaStep {
    /// Its number, counted from 1.
    pub version: i64,
    /// When the database saw it, Unix seconds; `None` when it has not yet.
    pub applied_at: Option<i64>,
}

/// All steps that this program or the database knows, oldest first. Changes nothing: a database that is not there has
/// seen none. A server may be running.
///
/// # Errors
/// [`OpenError`] when the database cannot be read, or is that of another program.
pub async fn schema_steps(dsn: &str) -> Result<Vec<SchemaStep>, OpenError> {
    let applied = match dsn::parse(dsn)? {
        Location::Memory => Vec::new(),
        Location::File(path) => sqlite::applied_steps(&path)?,
        Location::Server(url) => postgres::applied_steps(&url).await?,
    };
    let known = MIGRATIONS.iter().map(|migration| migration.version);
    let unknown =
        applied.iter().map(|(version, _)| *version).filter(|version| known.clone().all(|own| own != *version));
    let mut versions: Vec<i64> = known.clone().chain(unknown).collect();
    versions.sort_unstable();
    let step = |version| {
        let seen = applied.iter().find(|(applied, _)| *applied == version);
        SchemaStep { version, applied_at: seen.map(|(_, at)| *at) }
    };
    Ok(versions.into_iter().map(step).collect())
}

/// The present time of the database's own clock, in Unix seconds; `None` for databases that have none of their own.
///
/// # Errors
/// [`OpenError`] when the database cannot be reached.
pub async fn clock(dsn: &str) -> Result<Option<i64>, OpenError> {
    match dsn::parse(dsn)? {
        Location::Memory | Location::File(_) => Ok(None),
        Location::Server(url) => postgres::clock(&url).await.map(Some),
    }
}

/// The file of an `SQLite` database.
///
/// # Errors
/// [`OpenError`] when the DSN is none.
pub fn file(dsn: &str) -> Result<Option<PathBuf>, OpenError> {
    Ok(match dsn::parse(dsn)? {
        Location::File(path) => Some(path),
        Location::Memory | Location::Server(_) => None,
    })
}

/// The number of the newest step of the schema that this program knows.
pub fn newest_step() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Creates the tables of a database or brings them up to date, as a server does when it starts.
///
/// # Errors
/// As [`Store::open`]: among others [`OpenError::Locked`] while a server has an `SQLite` file open.
pub async fn bring_up_to_date(dsn: &str) -> Result<(), OpenError> {
    let options = StoreOptions { connections: 2, ..StoreOptions::new(dsn) };
    Store::open(&options).await?.close().await;
    Ok(())
}

/// Copies an `SQLite` database as it is at this moment to a new file, while a server may be using it.
///
/// # Errors
/// [`StoreError::Unsupported`] for other databases; [`StoreError::Unavailable`] when the database cannot be read, is that
/// of another program, or when `target` exists or cannot be written.
pub async fn copy(dsn: &str, target: &Path) -> Result<(), StoreError> {
    let unusable = |error: OpenError| StoreError::Unavailable(error.to_string());
    let path = match dsn::parse(dsn).map_err(unusable)? {
        Location::File(path) => path,
        Location::Memory => {
            return Err(StoreError::Unsupported("a database in memory belongs to its server alone"));
        }
        Location::Server(_) => {
            return Err(StoreError::Unsupported(
                "a PostgreSQL database is copied with its own tools: pg_dump and pg_restore, or a base backup",
            ));
        }
    };
    if sqlite::applied_steps(&path).map_err(unusable)?.is_empty() {
        return Err(StoreError::Unavailable(format!("{} is no database of this program", path.display())));
    }
    let target = target.to_owned();
    let copy = move || sqlite::copy_file(&path, &target);
    tokio::task::spawn_blocking(copy).await.map_err(|error| StoreError::Unavailable(error.to_string()))?
}
