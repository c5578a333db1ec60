//! The store itself: which driver is behind it, and the four things every record needs: read, write, close, back up.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::batch::{Answer, Batch};
use crate::client_cache::ClientCache;
use crate::dsn::{self, Location};
use crate::error::{OpenError, StoreError, WriteError};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::timing::{DatabaseTime, Stopwatch};
use crate::value::{Row, Value};

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// Where the database is: `memory`, `sqlite:///path`, `postgres://user:password@host/database`.
    pub dsn: String,
    /// How much memory the clients take that are kept parsed, in bytes.
    pub client_cache_bytes: u64,
    /// How many connections are opened to a database server.
    pub connections: usize,
}

impl StoreOptions {
    /// The defaults for the database at `dsn`.
    pub fn new(dsn: impl Into<String>) -> Self {
        Self { dsn: dsn.into(), client_cache_bytes: 32 * 1024 * 1024, connections: 6 }
    }
}

impl Default for StoreOptions {
    /// A database in memory.
    fn default() -> Self {
        Self::new("memory")
    }
}

// The DSN may hold a password.
impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreOptions").field("client_cache_bytes", &self.client_cache_bytes).finish_non_exhaustive()
    }
}

/// How much was written since the store was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Batches executed, failed ones included.
    pub batches: u64,
    /// Transactions that carried them. Fewer than batches when several were committed together.
    pub commits: u64,
}

/// An open database. Clones are handles to the same one.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    driver: Driver,
    clients: ClientCache,
    reads: Stopwatch,
    batches: Stopwatch,
}

enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("statistics", &self.statistics()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, creates it or brings its tables up to date when needed.
    pub async fn open(options: &StoreOptions) -> Result<Self, OpenError> {
        let driver = match dsn::parse(&options.dsn)? {
            Location::Memory => Driver::Sqlite(Sqlite::memory()?),
            Location::File(path) => Driver::Sqlite(Sqlite::file(&path)?),
            Location::Server(url) => Driver::Postgres(Postgres::open(&url, options.connections).await?),
        };
        let clients = ClientCache::new(options.client_cache_bytes);
        let (reads, batches) = (Stopwatch::default(), Stopwatch::default());
        Ok(Self { inner: Arc::new(Inner { driver, clients, reads, batches }) })
    }

    /// Executes a batch in one transaction: all of it, or nothing. Once it is called the batch may be executed even if
    /// the future is dropped.
    pub async fn write(&self, batch: Batch) -> Result<(), WriteError> {
        self.execute(batch).await.map(drop)
    }

    /// Runs one statement that changes nothing, and answers its rows.
    pub(crate) async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let begun = Instant::now();
        let rows = match &self.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.read(sql, &params),
            Driver::Postgres(postgres) => postgres.read(sql, &params).await,
        };
        self.inner.reads.note(begun.elapsed());
        rows
    }

    /// Whether other processes can use the same database. An `SQLite` file belongs to one.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.driver, Driver::Postgres(_))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read("SELECT 1", Vec::new()).await.map(drop)
    }

    /// Finishes what was handed over and closes the database; whatever is asked afterwards fails.
    pub async fn close(&self) {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.close().await,
            Driver::Postgres(postgres) => postgres.close().await,
        }
    }

    /// Copies the database as it is at this moment to a new file, while it is in use. `SQLite` only.
    pub async fn backup(&self, target: &Path) -> Result<(), StoreError> {
        let (store, target) = (self.clone(), target.to_owned());
        let copy = move || match &store.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.backup(&target),
            Driver::Postgres(_) => {
                Err(StoreError::Unsupported("a PostgreSQL database is backed up with its own tools, such as pg_dump"))
            }
        };
        tokio::task::spawn_blocking(copy).await.map_err(|error| StoreError::Unavailable(error.to_string()))?
    }

    /// How much was written since the store was opened.
    pub fn statistics(&self) -> Statistics {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.statistics(),
            Driver::Postgres(postgres) => postgres.statistics(),
        }
    }

    /// How long the database took since the store was opened.
    pub fn time(&self) -> DatabaseTime {
        DatabaseTime { reads: self.inner.reads.durations(), batches: self.inner.batches.durations() }
    }

    /// How many batches wait for a writer, up to the 1,024 that fit into a queue.
    pub fn waiting_batches(&self) -> usize {
        match &self.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.waiting(),
            Driver::Postgres(postgres) => postgres.waiting(),
        }
    }

    pub(crate) async fn execute(&self, batch: Batch) -> Result<Vec<Answer>, WriteError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let begun = Instant::now();
        let answers = match &self.inner.driver {
            Driver::Sqlite(sqlite) => sqlite.write(batch).await,
            Driver::Postgres(postgres) => postgres.write(batch).await,
        };
        self.inner.batches.note(begun.elapsed());
        answers
    }

    /// Executes the statements that `fill` adds to an empty batch; answers how many rows they changed in all.
    pub(crate) async fn change(&self, fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Result<u64, WriteError> {
        let mut batch = Batch::new();
        fill(&mut batch);
        Ok(self.execute(batch).await?.iter().map(|answer| answer.affected).sum())
    }

    /// Like [`Store::change`], for statements that expect nothing and conflict with nothing.
    pub(crate) async fn change_any(&self, fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Result<u64, StoreError> {
        self.change(fill).await.map_err(WriteError::unexpected)
    }

    pub(crate) fn client_cache(&self) -> &ClientCache {
        &self.inner.clients
    }
}
