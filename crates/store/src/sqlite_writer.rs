//! The one thread that writes to `SQLite`.
//!
//! It takes all batches that wait, executes each under its own savepoint and commits them together: one
//! synchronisation of the disk serves them all. A batch whose expectation fails rolls back alone. Nobody gets an answer
//! before the commit succeeded; when it fails, all of them failed.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use crate::batch::{Answer, Batch};
use crate::error::{StoreError, WriteError};
use crate::sqlite_connection::{Connection, is_conflict, store_error};

/// As many batches as one commit takes at most; bounds how long the first one waits.
const BATCHES_PER_COMMIT: usize = 256;

pub(crate) type Outcome = Result<Vec<Answer>, WriteError>;

/// What the writer is asked to do.
pub(crate) enum Job {
    /// Execute a batch.
    Write(Batch, oneshot::Sender<Outcome>),
    /// Finish what waits, then close the database.
    Close(oneshot::Sender<()>),
}

/// How much was written since the database was opened.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) batches: AtomicU64,
    pub(crate) commits: AtomicU64,
}

/// The state of the writing thread.
pub(crate) struct Writer {
    pub(crate) connection: Arc<Mutex<Connection>>,
    pub(crate) jobs: mpsc::Receiver<Job>,
    pub(crate) counters: Arc<Counters>,
    /// The advisory lock, released when the last byte is written.
    pub(crate) lock: Option<File>,
}

impl Writer {
    /// Works until the store is dropped or closed.
    pub(crate) fn run(mut self) {
        let mut closing = None;
        let mut group = Vec::with_capacity(BATCHES_PER_COMMIT);
        while let Some(job) = self.jobs.blocking_recv() {
            // Where all cores are busy, those who are about to write too shall come first: they join this commit.
            std::thread::yield_now();
            let mut next = Some(job);
            while let Some(job) = next.take() {
                match job {
                    Job::Write(batch, reply) => group.push((batch, reply)),
                    Job::Close(reply) => {
                        self.jobs.close();
                        closing = Some(reply);
                    }
                }
                if group.len() < BATCHES_PER_COMMIT {
                    next = self.jobs.try_recv().ok();
                }
            }
            self.commit(&mut group);
        }
        // A checkpoint that fails loses nothing: the log is read at the next start.
        let _ = self.connection.lock().raw().execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
        drop(self.connection);
        drop(self.lock);
        if let Some(reply) = closing {
            let _ = reply.send(());
        }
    }

    fn commit(&self, group: &mut Vec<(Batch, oneshot::Sender<Outcome>)>) {
        if group.is_empty() {
            return;
        }
        let batches: Vec<&Batch> = group.iter().map(|(batch, _)| batch).collect();
        let outcomes = commit_together(&mut self.connection.lock(), &batches);
        self.counters.batches.fetch_add(group.len() as u64, Ordering::Relaxed);
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        for ((_, reply), outcome) in group.drain(..).zip(outcomes) {
            // Whoever asked may have gone away; what is written stays written.
            let _ = reply.send(outcome);
        }
    }
}

/// Executes the batches in one transaction and answers for each.
fn commit_together(connection: &mut Connection, batches: &[&Batch]) -> Vec<Outcome> {
    if let Err(error) = connection.run("BEGIN IMMEDIATE", &[]) {
        return vec![Err(store_error(&error).into()); batches.len()];
    }
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(batches.len());
    for batch in batches {
        let outcome = execute_guarded(connection, batch);
        if connection.is_idle() {
            // The failure ended the whole transaction: what came before it is gone, too.
            let error = match outcome {
                Err(WriteError::Store(error)) => error,
                _ => StoreError::Unavailable("the transaction ended unexpectedly".into()),
            };
            return vec![Err(error.into()); batches.len()];
        }
        outcomes.push(outcome);
    }
    if let Err(error) = connection.run("COMMIT", &[]) {
        if !connection.is_idle() {
            let _ = connection.run("ROLLBACK", &[]);
        }
        let error = WriteError::from(store_error(&error));
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
            *outcome = Err(error.clone());
        }
    }
    outcomes
}

fn execute_guarded(connection: &mut Connection, batch: &Batch) -> Outcome {
    let plain = |error: rusqlite::Error| WriteError::from(store_error(&error));
    connection.run("SAVEPOINT batch", &[]).map_err(plain)?;
    let outcome = execute(connection, batch);
    if outcome.is_err() && !connection.is_idle() {
        connection.run("ROLLBACK TO batch", &[]).map_err(plain)?;
    }
    if !connection.is_idle() {
        connection.run("RELEASE batch", &[]).map_err(plain)?;
    }
    outcome
}

fn execute(connection: &mut Connection, batch: &Batch) -> Outcome {
    let mut answers = Vec::with_capacity(batch.statements.len());
    for statement in &batch.statements {
        let answer = connection.run(statement.sql, &statement.params).map_err(|error| {
            if is_conflict(&error) {
                WriteError::Conflict(statement.condition)
            } else {
                WriteError::Store(store_error(&error))
            }
        })?;
        if !statement.expect.is_met(answer.affected) {
            return Err(WriteError::Unmet(statement.condition));
        }
        answers.push(answer);
    }
    Ok(answers)
}
