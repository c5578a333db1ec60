//! The `PostgreSQL` driver: migrations and reading. How the server is reached is the target's (`postgres_target`). Writing is the writer's (`postgres_writer`).
//!
//! Few connections: reads of all tasks are pipelined over two of them, the others write. Nothing here needs more than
//! what databases that speak the same protocol have: prepared statements, `ON CONFLICT`, read committed isolation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::batch::{Answer, Batch};
use crate::error::{OpenError, StoreError, WriteError};
use crate::migration::{MIGRATIONS, VERSION_TABLE, for_postgres, newest};
use crate::postgres_error::{Failure, FailureKind};
use crate::postgres_session::{Link, Session};
use crate::postgres_target::Target;
use crate::postgres_writer::{Counters, Job, Lane, may_share};
use crate::store::Statistics;
use crate::value::{Row, Value};

/// Batches that may wait in a queue before a caller has to.
const JOBS_WAITING: usize = 1024;

/// Whether there is the table of steps: 1 or 0.
const VERSION_TABLE_PRESENT: &str = "SELECT COUNT(*) FROM information_schema.tables \
    WHERE table_schema = current_schema() AND table_name = 'schema_version'";

/// How often a read is tried on a connection that breaks under it.
const READ_ATTEMPTS: u32 = 4;

/// How often nodes that start at the same time may get into each other's way.
const MIGRATION_ATTEMPTS: u32 = 10;

/// An open database on a server.
pub(crate) struct Postgres {
    readers: Vec<Link>,
    next_reader: AtomicUsize,
    /// `None` once the store is closed.
    queues: Mutex<Option<Queues>>,
    lanes: Mutex<Vec<JoinHandle<()>>>,
    counters: Arc<Counters>,
}

#[derive(Clone)]
struct Queues {
    shared: mpsc::Sender<Job>,
    alone: mpsc::Sender<Job>,
}

impl Postgres {
    /// Connects, brings the tables up to date, and starts the writers.
    pub(crate) async fn open(url: &str, connections: usize) -> Result<Self, OpenError> {
        let target = Arc::new(Target::parse(url)?);
        migrate(&target).await?;
        let counters = Arc::new(Counters::default());
        let readers = if connections < 4 { 1 } else { 2 };
        let lanes = connections.saturating_sub(readers + 1).max(1);
        let lane = || Lane { link: Link::new(Arc::clone(&target)), counters: Arc::clone(&counters) };
        let (shared, shared_jobs) = mpsc::channel(JOBS_WAITING);
        let (alone, alone_jobs) = mpsc::channel(JOBS_WAITING);
        let alone_jobs = Arc::new(tokio::sync::Mutex::new(alone_jobs));
        let mut tasks = vec![tokio::spawn(lane().run_shared(shared_jobs))];
        tasks.extend((0..lanes).map(|_| tokio::spawn(lane().run_alone(Arc::clone(&alone_jobs)))));
        Ok(Self {
            readers: (0..readers).map(|_| Link::new(Arc::clone(&target))).collect(),
            next_reader: AtomicUsize::new(0),
            queues: Mutex::new(Some(Queues { shared, alone })),
            lanes: Mutex::new(tasks),
            counters,
        })
    }

    /// Executes a batch. When the caller goes away, the batch is executed nevertheless.
    pub(crate) async fn write(&self, batch: Batch) -> Result<Vec<Answer>, WriteError> {
        let queues = self.queues.lock().clone().ok_or(StoreError::Closed)?;
        let queue = if may_share(&batch) { queues.shared } else { queues.alone };
        let (reply, answer) = oneshot::channel();
        queue.send(Job { batch, reply }).await.map_err(|_| StoreError::Closed)?;
        drop(queue);
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs one statement that changes nothing; again on another connection when one breaks under it.
    pub(crate) async fn read(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        // The server knows no text with NUL in it, so nothing can be found by one.
        if params.iter().any(|param| matches!(param, Value::Text(text) if text.contains('\0'))) {
            return Ok(Vec::new());
        }
        let mut attempt = 1;
        loop {
            if self.queues.lock().is_none() {
                return Err(StoreError::Closed);
            }
            let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
            let link = self.readers.get(turn % self.readers.len()).ok_or(StoreError::Closed)?;
            let result = match link.session().await {
                Ok(session) => session.run(sql, params).await,
                Err(failure) => return Err(failure.error),
            };
            match result {
                Ok(answer) => return Ok(answer.rows),
                Err(failure) if failure.kind == FailureKind::Final || attempt == READ_ATTEMPTS => {
                    return Err(failure.error);
                }
                Err(failure) => {
                    if failure.kind == FailureKind::Lost {
                        link.discard();
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// Finishes what waits and closes the connections.
    pub(crate) async fn close(&self) {
        self.queues.lock().take();
        let lanes = std::mem::take(&mut *self.lanes.lock());
        for lane in lanes {
            let _ = lane.await;
        }
        self.readers.iter().for_each(Link::discard);
    }

    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            batches: self.counters.batches.load(Ordering::Relaxed),
            commits: self.counters.commits.load(Ordering::Relaxed),
        }
    }

    /// How many batches wait for a writer.
    pub(crate) fn waiting(&self) -> usize {
        let of = |queue: &mpsc::Sender<Job>| queue.max_capacity() - queue.capacity();
        self.queues.lock().as_ref().map_or(0, |queues| of(&queues.shared) + of(&queues.alone))
    }
}

async fn migrate(target: &Target) -> Result<(), OpenError> {
    let session = Session::connect(target).await.map_err(|failure| OpenError::Unavailable(detail(&failure)))?;
    let mut attempt = 1;
    loop {
        match migrate_once(&session).await {
            Ok(found) if found > newest() => return Err(OpenError::Newer { found, known: newest() }),
            Ok(_) => return Ok(()),
            // Another node does the same: its rows or tables come first.
            Err(failure) if attempt < MIGRATION_ATTEMPTS && failure.kind != FailureKind::Lost => {
                let _ = session.command("ROLLBACK").await;
                if failure.kind == FailureKind::Final && attempt > 2 {
                    return Err(OpenError::Migration(detail(&failure)));
                }
                attempt += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(failure) => return Err(OpenError::Migration(detail(&failure))),
        }
    }
}

/// Which steps the database has seen, and when (Unix seconds).
pub(crate) async fn applied_steps(url: &str) -> Result<Vec<(i64, i64)>, OpenError> {
    let unavailable = |failure: Failure| OpenError::Unavailable(detail(&failure));
    let session = Session::connect(&Target::parse(url)?).await.map_err(unavailable)?;
    let present = session.run(VERSION_TABLE_PRESENT, &[]).await.map_err(unavailable)?;
    if present.rows.first().is_some_and(|row| row.int(0) == Ok(0)) {
        return Ok(Vec::new());
    }
    let sql = "SELECT version, applied_at FROM schema_version ORDER BY version";
    let answer = session.run(sql, &[]).await.map_err(unavailable)?;
    let step = |row: &Row| Ok((row.int(0)?, row.int(1)?));
    let steps: Result<Vec<_>, StoreError> = answer.rows.iter().map(step).collect();
    steps.map_err(|error| OpenError::Migration(error.detail().to_owned()))
}

/// The present time of the server, in Unix seconds.
pub(crate) async fn clock(url: &str) -> Result<i64, OpenError> {
    let unavailable = |failure: Failure| OpenError::Unavailable(detail(&failure));
    let session = Session::connect(&Target::parse(url)?).await.map_err(unavailable)?;
    let sql = "SELECT EXTRACT(EPOCH FROM clock_timestamp())::bigint";
    let answer = session.run(sql, &[]).await.map_err(unavailable)?;
    let now = answer.rows.first().and_then(|row| row.int(0).ok());
    now.ok_or_else(|| OpenError::Unavailable("it does not tell its time".to_owned()))
}

fn detail(failure: &Failure) -> String {
    failure.error.detail().to_owned()
}

/// Applies what is missing; answers the version found before.
async fn migrate_once(session: &Session) -> Result<i64, Failure> {
    let present = session.run(VERSION_TABLE_PRESENT, &[]).await?;
    if present.rows.first().is_some_and(|row| row.int(0) == Ok(0)) {
        session.command(VERSION_TABLE).await?;
    }
    let answer = session.run("SELECT COALESCE(MAX(version), 0) FROM schema_version", &[]).await?;
    let found = answer.rows.first().map_or(Ok(0), |row| row.int(0))?;
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > found) {
        // The row comes first: a second node waits for it, and then finds the work done.
        let sql = format!(
            "BEGIN; INSERT INTO schema_version (version, applied_at) \
             VALUES ({}, CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)); {} COMMIT;",
            migration.version,
            for_postgres(migration.sql)
        );
        session.client().batch_execute(&sql).await.map_err(|error| Failure::from(&error))?;
    }
    Ok(found)
}
