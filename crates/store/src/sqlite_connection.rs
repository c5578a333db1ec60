//! One `SQLite` connection: how it is opened and how a statement runs on it.
//!
//! Statements are written with `$1` placeholders; `SQLite` calls them `?1`. The translation is made once per statement
//! and connection, and prepared statements are kept. Who uses a connection when is not decided here.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ToSql, ffi};

use crate::batch::Answer;
use crate::error::{OpenError, StoreError};
use crate::value::{Row, Value};

/// More than there are different statements, so that none is prepared twice.
const STATEMENTS_KEPT: usize = 256;

/// A connection and what it remembers of the statements it has seen.
pub(crate) struct Connection {
    inner: rusqlite::Connection,
    /// Statements are static texts, so that their address identifies them.
    translated: HashMap<(usize, usize), Box<str>>,
}

impl Connection {
    /// A new database in memory.
    pub(crate) fn memory() -> Result<Self, OpenError> {
        let open = || {
            let inner = rusqlite::Connection::open_in_memory()?;
            keep_plans(&inner)?;
            inner.execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")?;
            Ok::<_, rusqlite::Error>(inner)
        };
        open().map(Self::wrap).map_err(|error| OpenError::Migration(error.to_string()))
    }

    /// The one connection that writes to the file at `path`, which exists.
    pub(crate) fn writer(path: &Path) -> Result<Self, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let inner = rusqlite::Connection::open_with_flags(path, flags)?;
            keep_plans(&inner)?;
            inner.execute_batch("PRAGMA busy_timeout = 5000;")?;
            let mode: String = inner.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
            inner.execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
                 PRAGMA journal_size_limit = 67108864;",
            )?;
            Ok::<_, rusqlite::Error>((inner, mode))
        };
        let (inner, mode) = open().map_err(|error| open_error(path, &error))?;
        if mode != "wal" {
            return Err(OpenError::Unreadable {
                path: path.to_owned(),
                reason: "its file system cannot keep a write-ahead log".into(),
            });
        }
        Ok(Self::wrap(inner))
    }

    /// A connection that only reads the file at `path`, which a writer has prepared.
    pub(crate) fn reader(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let inner = rusqlite::Connection::open_with_flags(path, flags)?;
            keep_plans(&inner)?;
            inner.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;")?;
            Ok::<_, rusqlite::Error>(inner)
        };
        open().map(Self::wrap).map_err(|error| store_error(&error))
    }

    fn wrap(inner: rusqlite::Connection) -> Self {
        inner.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Self { inner, translated: HashMap::new() }
    }

    /// Runs one statement and fetches all it returns.
    pub(crate) fn run(&mut self, sql: &'static str, params: &[Value]) -> Result<Answer, rusqlite::Error> {
        let key = (sql.as_ptr().addr(), sql.len());
        let translated = self.translated.entry(key).or_insert_with(|| sql.replace('$', "?").into());
        let mut statement = self.inner.prepare_cached(translated)?;
        if statement.parameter_count() != params.len() {
            return Err(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()));
        }
        for (param, index) in params.iter().zip(1_usize..) {
            statement.raw_bind_parameter(index, param)?;
        }
        let columns = statement.column_count();
        if columns == 0 {
            let affected = statement.raw_execute()? as u64;
            return Ok(Answer { affected, rows: Vec::new() });
        }
        let mut rows = Vec::new();
        let mut cursor = statement.raw_query();
        while let Some(row) = cursor.next()? {
            let values = (0..columns).map(|column| value_of(row.get_ref(column)?)).collect::<Result<_, _>>()?;
            rows.push(Row(values));
        }
        Ok(Answer { affected: rows.len() as u64, rows })
    }

    /// Whether no transaction is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.inner.is_autocommit()
    }

    /// The connection itself, for what is no ordinary statement.
    pub(crate) fn raw(&self) -> &rusqlite::Connection {
        &self.inner
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn value_of(value: ValueRef<'_>) -> Result<Value, rusqlite::Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(_) => Value::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
    })
}

/// Keeps the plan of a prepared statement whatever is bound to it. `SQLite` is built with statistics of values here and
/// would compile a statement again each time a bound value might lead to a better plan, which costs more than it runs.
fn keep_plans(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Whether a statement would have made a second row with the same key.
pub(crate) fn is_conflict(error: &rusqlite::Error) -> bool {
    let rusqlite::Error::SqliteFailure(failure, _) = error else { return false };
    matches!(failure.extended_code, ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE)
}

/// What an error of `SQLite` means for the caller.
pub(crate) fn store_error(error: &rusqlite::Error) -> StoreError {
    let detail = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(detail),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(detail),
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::OperationInterrupted
            | ErrorCode::FileLockingProtocolFailed,
        ) => StoreError::Unavailable(detail),
        _ => StoreError::Statement(detail),
    }
}

/// What an error of `SQLite` means for the operator who named the file.
pub(crate) fn open_error(path: &Path, error: &rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotADatabase(path),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked(path),
        _ => OpenError::Unreadable { path, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::{Connection, Value};

    const FIND: &str = "SELECT 1 FROM t WHERE a = $1 AND b > $2";

    #[test]
    fn a_statement_is_compiled_once_whatever_is_bound() {
        let mut connection = Connection::memory().expect("a database in memory");
        let schema = "CREATE TABLE t (a INTEGER, b INTEGER); CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b);
            INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4), (5, 5); ANALYZE;";
        connection.raw().execute_batch(schema).expect("a table with statistics");
        for bound in 0..10 {
            connection.run(FIND, &[Value::Int(bound), Value::Int(bound)]).expect("a row or none");
        }
        let statement = connection.raw().prepare_cached(&FIND.replace('$', "?")).expect("the kept statement");
        assert_eq!(statement.get_status(StatementStatus::Run), 10);
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
