//! What can go wrong: opening a database, reading, and writing a batch.
//!
//! `Display` of [`OpenError`] is one line for an operator that says what to change. `Display` of [`StoreError`] is a
//! sentence that may be shown to anybody; what the database said is private and found in [`StoreError::detail`].

use std::fmt;
use std::path::PathBuf;

use crate::batch::Condition;

/// A read or a write failed for a reason that has nothing to do with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The database cannot be reached or does not answer in time; trying again later may help.
    Unavailable(String),
    /// The disk, or the space the database was given, is full. Nothing of the batch was written.
    Full(String),
    /// The database is damaged or holds something this program did not write.
    Corrupt(String),
    /// The database refused a statement: a fault of this program.
    Statement(String),
    /// What was asked for does not exist for this kind of database.
    Unsupported(&'static str),
    /// The store was closed.
    Closed,
}

impl StoreError {
    /// What the database said, for the log. Never for a client.
    pub fn detail(&self) -> &str {
        match self {
            Self::Unavailable(detail) | Self::Full(detail) | Self::Corrupt(detail) | Self::Statement(detail) => detail,
            Self::Unsupported(detail) => detail,
            Self::Closed => "the store was closed",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable(_) => "the database is not available at the moment",
            Self::Full(_) => "the database has no space left",
            Self::Corrupt(_) => "the database holds something unexpected",
            Self::Statement(_) => "the database refused a statement",
            Self::Unsupported(detail) => detail,
            Self::Closed => "the database was closed",
        })
    }
}

impl std::error::Error for StoreError {}

/// A batch was not written; nothing of it remains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// This condition does not hold.
    Unmet(Condition),
    /// There is a row with the same key already.
    Conflict(Condition),
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for WriteError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl WriteError {
    /// The error of statements that expect nothing and conflict with nothing.
    pub(crate) fn unexpected(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Unmet(condition) | Self::Conflict(condition) => {
                StoreError::Statement(format!("{condition:?} failed where nothing was expected"))
            }
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmet(condition) => write!(f, "the condition {condition:?} was not met"),
            Self::Conflict(condition) => write!(f, "{condition:?} exists already"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WriteError {}

/// A database could not be opened. The text is for the operator and says what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The DSN is none of the forms this program knows.
    Dsn(String),
    /// The file cannot be read and written, or its directory does not exist.
    Unreadable {
        /// The file in question.
        path: PathBuf,
        /// What the operating system or the database said.
        reason: String,
    },
    /// The file is not a database.
    NotADatabase(PathBuf),
    /// The file is a database of another program.
    Foreign(PathBuf),
    /// Another process has the file open.
    Locked(PathBuf),
    /// The database was written by a newer version of this program.
    Newer {
        /// The schema version found.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// This kind of database is not supported; the sentence says more.
    Unsupported(&'static str),
    /// The database server cannot be reached or refused the connection.
    Unavailable(String),
    /// Creating or updating the tables failed.
    Migration(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dsn(reason) => write!(f, "dsn: {reason}"),
            Self::Unreadable { path, reason } => write!(
                f,
                "dsn: the database file {} cannot be opened ({reason}); create its directory and give this user the right to read and write there, or name another path",
                path.display()
            ),
            Self::NotADatabase(path) => {
                write!(f, "dsn: {} is not an SQLite database; name another path or move that file away", path.display())
            }
            Self::Foreign(path) => write!(
                f,
                "dsn: {} is the database of another program; name a path that does not exist yet",
                path.display()
            ),
            Self::Locked(path) => write!(
                f,
                "dsn: another process has {} open; stop it first, or use PostgreSQL to run several nodes",
                path.display()
            ),
            Self::Newer { found, known } => write!(
                f,
                "dsn: the database has schema version {found}, this program knows versions up to {known}; start the newer version of the program again"
            ),
            Self::Unsupported(sentence) => write!(f, "dsn: {sentence}"),
            Self::Unavailable(reason) => {
                write!(
                    f,
                    "dsn: the database server cannot be used ({reason}); check host, port, user, password, database name and sslmode"
                )
            }
            Self::Migration(reason) => write!(f, "the database tables could not be created or updated ({reason})"),
        }
    }
}

impl std::error::Error for OpenError {}
