//! The `SQLite` driver: opening, locking, migrating, reading, backing up. Writing is the writer's (`sqlite_writer`).
//!
//! One process owns the file (an advisory lock says so). Reads take a connection from a small stack and run where they
//! are asked for: a point look-up costs less than waking another thread. A database in memory has one connection only,
//! which reader and writer share under a mutex.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use crate::batch::{Answer, Batch};
use crate::error::{OpenError, StoreError, WriteError};
use crate::migration::{MIGRATIONS, VERSION_TABLE, newest};
use crate::sqlite_connection::{Connection, open_error, store_error};
use crate::sqlite_writer::{Counters, Job, Writer};
use crate::store::Statistics;
use crate::value::{Row, Value};

/// Batches that may wait before a caller has to.
const JOBS_WAITING: usize = 1024;

/// An open `SQLite` database.
pub(crate) struct Sqlite {
    /// `None` once the store is being dropped.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    counters: Arc<Counters>,
}

enum Readers {
    Memory(Mutex<Option<Arc<Mutex<Connection>>>>),
    /// `idle` is `None` once the store is closed.
    File {
        path: PathBuf,
        idle: Mutex<Option<Vec<Connection>>>,
        kept: usize,
    },
}

impl Sqlite {
    /// A new database in memory.
    pub(crate) fn memory() -> Result<Self, OpenError> {
        let connection = Connection::memory()?;
        migrate(&connection, Path::new(":memory:"))?;
        let connection = Arc::new(Mutex::new(connection));
        let readers = Readers::Memory(Mutex::new(Some(Arc::clone(&connection))));
        Self::start(connection, None, readers)
    }

    /// The database in the file at `path`, created when it does not exist.
    pub(crate) fn file(path: &Path) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        open_private(path).map_err(|error| unreadable(path, &error))?;
        let connection = Connection::writer(path)?;
        migrate(&connection, path)?;
        let kept = thread::available_parallelism().map_or(2, usize::from) + 2;
        let readers = Readers::File { path: path.to_owned(), idle: Mutex::new(Some(Vec::new())), kept };
        Self::start(Arc::new(Mutex::new(connection)), Some(lock), readers)
    }

    fn start(connection: Arc<Mutex<Connection>>, lock: Option<File>, readers: Readers) -> Result<Self, OpenError> {
        let counters = Arc::new(Counters::default());
        let (sender, receiver) = mpsc::channel(JOBS_WAITING);
        let writer = Writer { connection, jobs: receiver, counters: Arc::clone(&counters), lock };
        let thread = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| OpenError::Unavailable(error.to_string()))?;
        Ok(Self { jobs: Some(sender), writer: Mutex::new(Some(thread)), readers, counters })
    }

    /// Executes a batch. When the caller goes away, the batch is executed nevertheless.
    pub(crate) async fn write(&self, batch: Batch) -> Result<Vec<Answer>, WriteError> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(Job::Write(batch, reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs one statement that changes nothing.
    pub(crate) fn read(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.with_reader(|connection| connection.run(sql, params).map(|answer| answer.rows))
    }

    /// Copies the database, as it is at this moment, to a new file at `target`. Blocks.
    pub(crate) fn backup(&self, target: &Path) -> Result<(), StoreError> {
        copy_with(target, |copy| self.with_reader(|connection| copy(connection)))
    }

    /// Finishes what waits and closes the file.
    pub(crate) async fn close(&self) {
        let (reply, done) = oneshot::channel();
        self.close_readers();
        if let Some(jobs) = &self.jobs
            && jobs.send(Job::Close(reply)).await.is_ok()
        {
            let _ = done.await;
        }
    }

    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            batches: self.counters.batches.load(Ordering::Relaxed),
            commits: self.counters.commits.load(Ordering::Relaxed),
        }
    }

    /// How many batches wait for the writer.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.as_ref().map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    fn close_readers(&self) {
        match &self.readers {
            Readers::Memory(shared) => drop(shared.lock().take()),
            Readers::File { idle, .. } => drop(idle.lock().take()),
        }
    }

    fn with_reader<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        match &self.readers {
            Readers::Memory(shared) => {
                let connection = shared.lock().clone().ok_or(StoreError::Closed)?;
                work(&mut connection.lock()).map_err(|error| store_error(&error))
            }
            Readers::File { path, idle, kept } => {
                let waiting = idle.lock().as_mut().ok_or(StoreError::Closed)?.pop();
                let mut connection = match waiting {
                    Some(connection) => connection,
                    None => Connection::reader(path)?,
                };
                let answer = work(&mut connection).map_err(|error| store_error(&error))?;
                match idle.lock().as_mut() {
                    Some(idle) if idle.len() < *kept => idle.push(connection),
                    _ => {}
                }
                Ok(answer)
            }
        }
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.jobs.take();
        self.close_readers();
        // What was handed over is written before the store is gone, and the lock is free for the next.
        if let Some(writer) = self.writer.lock().take() {
            let _ = writer.join();
        }
    }
}

/// Which steps the database in a file has seen, and when (Unix seconds). A file that is not there has seen none.
pub(crate) fn applied_steps(path: &Path) -> Result<Vec<(i64, i64)>, OpenError> {
    if !path.try_exists().map_err(|error| unreadable(path, &error))? {
        return Ok(Vec::new());
    }
    let reason = |error: StoreError| OpenError::Unreadable { path: path.to_owned(), reason: error.detail().to_owned() };
    let connection = Connection::reader(path).map_err(reason)?;
    let raw = connection.raw();
    let failed = |error: rusqlite::Error| open_error(path, &error);
    let count = |sql: &str| raw.query_row(sql, (), |row| row.get::<_, i64>(0)).map_err(failed);
    if count("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'")? == 0 {
        let empty = count("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")? == 0;
        return if empty { Ok(Vec::new()) } else { Err(OpenError::Foreign(path.to_owned())) };
    }
    let mut statement =
        raw.prepare("SELECT version, applied_at FROM schema_version ORDER BY version").map_err(failed)?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

/// Copies the database in a file to a new one, whoever has it open. Blocks.
pub(crate) fn copy_file(path: &Path, target: &Path) -> Result<(), StoreError> {
    let mut connection = Connection::reader(path)?;
    copy_with(target, |copy| copy(&mut connection).map_err(|error| store_error(&error)))
}

/// Makes a new file at `target`, lets `run` fill it from its connection, and removes it again when that fails.
fn copy_with(
    target: &Path,
    run: impl FnOnce(&dyn Fn(&mut Connection) -> Result<(), rusqlite::Error>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::Unavailable(format!("{}: {error}", target.display()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // The copy belongs to its owner alone, like the database.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(target).map_err(failed)?;
    let copied = run(&|connection| {
        let mut copy = rusqlite::Connection::open(target)?;
        // All pages in one step: one consistent state, whatever is written meanwhile.
        rusqlite::backup::Backup::new(connection.raw(), &mut copy)?.step(-1).map(|_| ())
    });
    let synced = copied.and_then(|()| File::open(target).and_then(|file| file.sync_all()).map_err(failed));
    if synced.is_err() {
        let _ = std::fs::remove_file(target);
    }
    synced
}

/// Takes the advisory lock beside the database file; it ends with the process, however that ends.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = open_private(Path::new(&name)).map_err(|error| unreadable(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(unreadable(path, &error)),
    }
}

/// Opens a file for reading and writing; a new one belongs to its owner alone.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn unreadable(path: &Path, error: &io::Error) -> OpenError {
    OpenError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}

fn migrate(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let raw = connection.raw();
    let tables =
        |sql: &str| raw.query_row(sql, (), |row| row.get::<_, i64>(0)).map_err(|error| open_error(path, &error));
    let ours = tables("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'")? > 0;
    if !ours && tables("SELECT count(*) FROM sqlite_schema WHERE type = 'table'")? > 0 {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    let failed = |error: rusqlite::Error| OpenError::Migration(error.to_string());
    raw.execute_batch(VERSION_TABLE).map_err(failed)?;
    let found: i64 =
        raw.query_row("SELECT COALESCE(MAX(version), 0) FROM schema_version", (), |row| row.get(0)).map_err(failed)?;
    if found > newest() {
        return Err(OpenError::Newer { found, known: newest() });
    }
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > found) {
        let step = || {
            raw.execute_batch("BEGIN IMMEDIATE")?;
            raw.execute_batch(migration.sql)?;
            raw.execute(
                "INSERT INTO schema_version (version, applied_at) VALUES (?1, unixepoch())",
                [migration.version],
            )?;
            raw.execute_batch("COMMIT")
        };
        step().map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::batch::{Condition, Expect};

    fn batch() -> Batch {
        let mut batch = Batch::new();
        batch.add(Condition::Subject, "DELETE FROM subjects WHERE id = $1", vec!["nobody".into()], Expect::Any);
        batch
    }

    #[tokio::test]
    async fn what_waits_for_the_writer_is_counted() {
        let sqlite = Arc::new(Sqlite::memory().unwrap());
        let release = hold(&sqlite);
        let write = || {
            let sqlite = Arc::clone(&sqlite);
            tokio::spawn(async move { sqlite.write(batch()).await })
        };
        // The writer takes what it finds, and then waits for the connection itself.
        let taken = write();
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if sqlite.waiting() == 0 {
                break;
            }
        }
        let waiting: Vec<_> = (0..5).map(|_| write()).collect();
        while sqlite.waiting() < 5 {
            tokio::task::yield_now().await;
        }
        drop(release);
        taken.await.unwrap().unwrap();
        for batch in waiting {
            batch.await.unwrap().unwrap();
        }
        assert_eq!(sqlite.waiting(), 0);
    }

    /// Keeps the connection busy until the sender is dropped.
    fn hold(sqlite: &Sqlite) -> std::sync::mpsc::Sender<()> {
        let Readers::Memory(shared) = &sqlite.readers else { panic!("a database in memory") };
        let connection = shared.lock().clone().unwrap();
        let (release, released) = std::sync::mpsc::channel();
        let (holding, held) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let _connection = connection.lock();
            holding.send(()).unwrap();
            let _ = released.recv();
        });
        held.recv().unwrap();
        release
    }
}
