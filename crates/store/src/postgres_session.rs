//! One connection to a `PostgreSQL` server: statements prepared once and kept, values converted, errors understood.
//!
//! Requests of several tasks may share a connection: they are sent as they come and answered in that order. Only
//! somebody who has the connection to himself may open a transaction on it. A [`Link`] is a connection that is made
//! when it is first needed and made again when it was lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use crate::batch::Answer;
use crate::error::StoreError;
use crate::postgres_error::{Failure, FailureKind};
use crate::postgres_target::Target;
use crate::postgres_value::row_of;
use crate::value::Value;

/// After a failed attempt to connect, others fail at once for so long instead of queueing for the next one.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(250);

/// How long to wait before connecting again.
const PAUSES_WHILE_CONNECTING: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(150)];

/// Nothing here takes long; a statement or a lock that does is given up, so that others get their turn.
const LIMITS: &str = "SET statement_timeout = 30000; SET lock_timeout = 10000;";

/// An open connection.
pub(crate) struct Session {
    client: Client,
    /// Statements are static texts, so that their address identifies them.
    prepared: Mutex<HashMap<(usize, usize), Statement>>,
}

impl Session {
    /// Connects, and sets the limits of what a statement may take.
    pub(crate) async fn connect(target: &Target) -> Result<Self, Failure> {
        // Connecting is rare, and its state is large: whoever waits for an answer does not carry it.
        let client = Box::pin(target.connect()).await?;
        client.batch_execute(LIMITS).await?;
        Ok(Self { client, prepared: Mutex::new(HashMap::new()) })
    }

    /// The connection itself, for what is no ordinary statement.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Runs a statement without parameters and answers, such as `COMMIT`.
    pub(crate) async fn command(&self, sql: &'static str) -> Result<Answer, Failure> {
        self.client.batch_execute(sql).await.map_err(|error| Failure::from(&error))?;
        Ok(Answer { affected: 0, rows: Vec::new() })
    }

    /// Runs one statement, preparing it first when this connection has not seen it.
    pub(crate) async fn run(&self, sql: &'static str, params: &[Value]) -> Result<Answer, Failure> {
        let statement = self.prepare(sql).await?;
        self.run_prepared(&statement, params).await
    }

    /// Prepares a statement. A statement that is known costs no request.
    pub(crate) async fn prepare(&self, sql: &'static str) -> Result<Statement, Failure> {
        let key = (sql.as_ptr().addr(), sql.len());
        let known = self.prepared.lock().get(&key).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        // What only this database needs stands in a comment that the other one passes over.
        let text = sql.replace("/* FOR SHARE */", "FOR SHARE");
        let statement = self.client.prepare(&text).await.map_err(|error| Failure::from(&error))?;
        self.prepared.lock().insert(key, statement.clone());
        Ok(statement)
    }

    /// Runs a prepared statement. The request is sent when the future is first polled.
    pub(crate) async fn run_prepared(&self, statement: &Statement, params: &[Value]) -> Result<Answer, Failure> {
        if statement.params().len() != params.len() {
            let wanted = statement.params().len();
            return Err(StoreError::Statement(format!("{} parameters instead of {wanted}", params.len())).into());
        }
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        if statement.columns().is_empty() {
            let affected = self.client.execute(statement, &params).await.map_err(|error| Failure::from(&error))?;
            return Ok(Answer { affected, rows: Vec::new() });
        }
        let rows = self.client.query(statement, &params).await.map_err(|error| Failure::from(&error))?;
        let rows = rows.iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
        Ok(Answer { affected: rows.len() as u64, rows })
    }
}

/// A place for one connection.
pub(crate) struct Link {
    target: Arc<Target>,
    current: Mutex<Option<Arc<Session>>>,
    connecting: tokio::sync::Mutex<Option<(Instant, Failure)>>,
}

impl Link {
    pub(crate) fn new(target: Arc<Target>) -> Self {
        Self { target, current: Mutex::new(None), connecting: tokio::sync::Mutex::new(None) }
    }

    /// The connection; a new one when there is none or it was lost.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Failure> {
        if let Some(session) = self.open_session() {
            return Ok(session);
        }
        let mut last_failure = self.connecting.lock().await;
        if let Some(session) = self.open_session() {
            return Ok(session);
        }
        if let Some((at, failure)) = &*last_failure
            && at.elapsed() < PAUSE_AFTER_FAILURE
        {
            return Err(failure.clone());
        }
        let connected = self.connect().await;
        *last_failure = connected.as_ref().err().map(|failure| (Instant::now(), failure.clone()));
        let session = Arc::new(connected?);
        *self.current.lock() = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Connects, again when that fails at first: a server that was restarted, or has a successor, is back soon. What
    /// is answered in the end is final, so that nobody else queues for the same.
    async fn connect(&self) -> Result<Session, Failure> {
        for pause in PAUSES_WHILE_CONNECTING {
            match Session::connect(&self.target).await {
                Err(failure) if failure.kind == FailureKind::Lost => tokio::time::sleep(pause).await,
                other => return other,
            }
        }
        let last = Session::connect(&self.target).await;
        last.map_err(|failure| Failure { kind: FailureKind::Final, ..failure })
    }

    /// Gives the connection up, because its state is unknown. Others finish on it what they began.
    pub(crate) fn discard(&self) {
        self.current.lock().take();
    }

    fn open_session(&self) -> Option<Arc<Session>> {
        self.current.lock().as_ref().filter(|session| !session.client.is_closed()).cloned()
    }
}
