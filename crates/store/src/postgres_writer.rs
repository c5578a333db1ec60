//! How batches reach a `PostgreSQL` server.
//!
//! Two queues. Single statements that change one row by its key (most of all traffic) wait in the first; one task
//! sends all that wait in one transaction and one round trip, in the order of their keys, so that nodes do not wait for
//! each other in a circle. Everything else goes, one batch at a time, through the second, which several tasks serve: one
//! statement commits by itself, more of them take one round trip and a second for the commit. Transactions that had to
//! give way to others are tried again; what may have been committed when a connection broke is not.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::batch::{Answer, Batch, Expect, Statement};
use crate::error::{StoreError, WriteError};
use crate::postgres_error::{Failure, FailureKind};
use crate::postgres_session::{Link, Session};
use crate::value::Value;

/// As many single statements as one transaction carries at most.
const STATEMENTS_PER_COMMIT: usize = 64;

/// How often a transaction gives way before that is an error.
const ATTEMPTS: u32 = 30;

/// How often a connection is made again for the same batch.
const CONNECTIONS: u32 = 3;

pub(crate) type Outcome = Result<Vec<Answer>, WriteError>;

/// A batch and who waits for it.
pub(crate) struct Job {
    pub(crate) batch: Batch,
    pub(crate) reply: oneshot::Sender<Outcome>,
}

/// How much was written since the store was opened.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) batches: AtomicU64,
    pub(crate) commits: AtomicU64,
}

/// Whether a batch may share a transaction with others: one row, named by its key.
pub(crate) fn may_share(batch: &Batch) -> bool {
    matches!(batch.statements.as_slice(), [only] if only.expect == Expect::OneRow)
}

/// One task's way to the server.
pub(crate) struct Lane {
    pub(crate) link: Link,
    pub(crate) counters: Arc<Counters>,
}

impl Lane {
    /// Serves the queue of single statements until it is closed and empty.
    pub(crate) async fn run_shared(self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(STATEMENTS_PER_COMMIT);
        while jobs.recv_many(&mut group, STATEMENTS_PER_COMMIT).await > 0 {
            self.counters.batches.fetch_add(group.len() as u64, Ordering::Relaxed);
            if group.len() > 1 {
                group.sort_by(|a: &Job, b| key(&a.batch).cmp(&key(&b.batch)));
                if self.write_together(&mut group).await {
                    continue;
                }
            }
            for job in group.drain(..) {
                let outcome = self.write(&job.batch).await;
                let _ = job.reply.send(outcome);
            }
        }
    }

    /// Serves the queue of all other batches, together with other lanes, until it is closed and empty.
    pub(crate) async fn run_alone(self, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) {
        loop {
            let next = jobs.lock().await.recv().await;
            let Some(job) = next else { return };
            self.counters.batches.fetch_add(1, Ordering::Relaxed);
            let outcome = self.write(&job.batch).await;
            let _ = job.reply.send(outcome);
        }
    }

    /// Sends all statements and the commit at once. `false` when nothing was written and each must go by itself;
    /// otherwise all have their answers.
    async fn write_together(&self, group: &mut Vec<Job>) -> bool {
        let Ok(session) = self.link.session().await else { return false };
        let mut prepared = Vec::with_capacity(group.len());
        for statement in group.iter().flat_map(|job| &job.batch.statements) {
            match session.prepare(statement.sql).await {
                Ok(ready) => prepared.push(ready),
                Err(_) => return false,
            }
        }
        let statements = group.iter().flat_map(|job| &job.batch.statements).zip(&prepared);
        let mut requests: Vec<Request<'_>> = vec![Box::pin(session.command("BEGIN"))];
        requests.extend(
            statements
                .map(|(statement, ready)| -> Request<'_> { Box::pin(session.run_prepared(ready, &statement.params)) }),
        );
        requests.push(Box::pin(session.command("COMMIT")));
        let results = pipelined(requests).await;
        self.counters.commits.fetch_add(1, Ordering::Relaxed);

        let failures = || results.iter().filter_map(|result| result.as_ref().err());
        let lost = failures().find(|failure| failure.kind == FailureKind::Lost);
        if failures().next().is_some() && lost.is_none() {
            // The server made a rollback of the commit.
            return false;
        }
        if let Some(failure) = lost {
            self.link.discard();
            for job in group.drain(..) {
                let _ = job.reply.send(Err(failure.error.clone().into()));
            }
            return true;
        }
        for (job, result) in group.drain(..).zip(results.into_iter().skip(1)) {
            let outcome = result.map_err(|failure| failure.error.into());
            let _ = job.reply.send(outcome.and_then(|answer| check_alone(&job.batch, answer)));
        }
        true
    }

    /// Writes one batch, again when it had to give way.
    async fn write(&self, batch: &Batch) -> Outcome {
        let (mut gave_way, mut lost) = (0, 0);
        loop {
            let attempt = match batch.statements.as_slice() {
                [only] => self.write_alone(batch, only).await,
                _ => self.write_transaction(batch).await,
            };
            match attempt {
                Ok(outcome) => return outcome,
                Err(failure) if failure.kind == FailureKind::GaveWay && gave_way < ATTEMPTS => {
                    gave_way += 1;
                    tokio::time::sleep(Duration::from_millis(u64::from(gave_way))).await;
                }
                Err(failure) if failure.kind == FailureKind::Lost && lost < CONNECTIONS => lost += 1,
                Err(failure) => return Err(failure.error.into()),
            }
        }
    }

    /// One statement that commits by itself. The error says that nothing was written.
    async fn write_alone(&self, batch: &Batch, statement: &Statement) -> Result<Outcome, Failure> {
        let session = self.link.session().await?;
        let prepared = session.prepare(statement.sql).await.inspect_err(|failure| self.forget(failure))?;
        let result = session.run_prepared(&prepared, &statement.params).await;
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        match result {
            Ok(answer) => Ok(check_alone(batch, answer)),
            Err(failure) if failure.kind == FailureKind::Conflict => Ok(Err(WriteError::Conflict(statement.condition))),
            Err(failure) if failure.kind == FailureKind::GaveWay => Err(failure),
            Err(failure) => {
                self.forget(&failure);
                Ok(Err(failure.error.into()))
            }
        }
    }

    /// Several statements. The error says that nothing was written.
    async fn write_transaction(&self, batch: &Batch) -> Result<Outcome, Failure> {
        let session = self.link.session().await?;
        let results = self.send_statements(&session, batch).await.inspect_err(|failure| self.forget(failure))?;
        let outcome = match evaluate(batch, results) {
            Ok(answers) => answers,
            Err(refused) => {
                if session.command("ROLLBACK").await.is_err() {
                    self.link.discard();
                }
                return refused.map(Err);
            }
        };
        self.counters.commits.fetch_add(1, Ordering::Relaxed);
        match session.command("COMMIT").await {
            Ok(_) => Ok(Ok(outcome)),
            Err(failure) if failure.kind == FailureKind::GaveWay => Err(failure),
            Err(failure) => {
                self.link.discard();
                Ok(Err(failure.error.into()))
            }
        }
    }

    async fn send_statements(&self, session: &Session, batch: &Batch) -> Result<Vec<Result<Answer, Failure>>, Failure> {
        let mut prepared = Vec::with_capacity(batch.statements.len());
        for statement in &batch.statements {
            prepared.push(session.prepare(statement.sql).await?);
        }
        let mut requests: Vec<Request<'_>> = vec![Box::pin(session.command("BEGIN"))];
        requests.extend(
            batch
                .statements
                .iter()
                .zip(&prepared)
                .map(|(statement, ready)| -> Request<'_> { Box::pin(session.run_prepared(ready, &statement.params)) }),
        );
        let mut results = pipelined(requests).await;
        results.remove(0)?;
        Ok(results)
    }

    fn forget(&self, failure: &Failure) {
        if failure.kind == FailureKind::Lost {
            self.link.discard();
        }
    }
}

/// The key a batch locks, which orders a group.
fn key(batch: &Batch) -> Option<(&[u8], &'static str)> {
    let statement = batch.statements.first()?;
    let key = match statement.params.first() {
        Some(Value::Text(text)) => text.as_bytes(),
        Some(Value::Blob(bytes)) => bytes.as_slice(),
        _ => &[],
    };
    Some((key, statement.sql))
}

/// The verdict on a statement that is committed already.
fn check_alone(batch: &Batch, answer: Answer) -> Outcome {
    let unmet = batch.statements.iter().find(|statement| !statement.expect.is_met(answer.affected));
    match unmet {
        None => Ok(vec![answer]),
        Some(statement) if answer.affected == 0 => Err(WriteError::Unmet(statement.condition)),
        Some(statement) => {
            let detail = format!("{:?} changed {} rows, its key promised one", statement.condition, answer.affected);
            Err(StoreError::Statement(detail).into())
        }
    }
}

/// The verdict on statements that are not committed yet: their answers, or why they must be rolled back: a refusal to
/// tell, or a failure to try again.
fn evaluate(batch: &Batch, results: Vec<Result<Answer, Failure>>) -> Result<Vec<Answer>, Result<WriteError, Failure>> {
    let mut answers = Vec::with_capacity(results.len());
    for (statement, result) in batch.statements.iter().zip(results) {
        match result {
            Ok(answer) if statement.expect.is_met(answer.affected) => answers.push(answer),
            Ok(_) => return Err(Ok(WriteError::Unmet(statement.condition))),
            Err(failure) => {
                return Err(match failure.kind {
                    FailureKind::Conflict => Ok(WriteError::Conflict(statement.condition)),
                    FailureKind::GaveWay | FailureKind::Lost => Err(failure),
                    FailureKind::Final => Ok(failure.error.into()),
                });
            }
        }
    }
    Ok(answers)
}

type Request<'a> = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + 'a>>;

/// Sends all requests before waiting for the first answer. Each is sent when it is first polled, and the server answers
/// in the same order.
async fn pipelined(mut requests: Vec<Request<'_>>) -> Vec<Result<Answer, Failure>> {
    let mut results: Vec<Option<Result<Answer, Failure>>> = Vec::with_capacity(requests.len());
    std::future::poll_fn(|context| {
        for request in &mut requests {
            results.push(match request.as_mut().poll(context) {
                Poll::Ready(result) => Some(result),
                Poll::Pending => None,
            });
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(requests.len());
    for (request, result) in requests.into_iter().zip(results) {
        answers.push(match result {
            Some(result) => result,
            None => request.await,
        });
    }
    answers
}
