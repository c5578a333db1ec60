//! What an error of a `PostgreSQL` server means, and above all whether the same may be tried again.

use tokio_postgres::error::SqlState;

use crate::error::StoreError;
use crate::postgres_tls::TlsFault;

/// A request that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// What the caller is told in the end.
    pub(crate) error: StoreError,
    /// What to do about it first.
    pub(crate) kind: FailureKind,
    /// Whether the server has no rule for this user with TLS, or without it.
    pub(crate) refuses_this_protection: bool,
}

impl Failure {
    /// A connection that is lost, or was never made.
    pub(crate) fn lost(detail: String) -> Self {
        Self { kind: FailureKind::Lost, ..StoreError::Unavailable(detail).into() }
    }
}

/// The kinds of failure that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// A second row with the same key.
    Conflict,
    /// The server chose this transaction to give way to another; nothing of it was done.
    GaveWay,
    /// The connection is lost or useless; whether a request was executed is unknown.
    Lost,
    /// Trying again would not help.
    Final,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { error, kind: FailureKind::Final, refuses_this_protection: false }
    }
}

impl From<TlsFault> for Failure {
    fn from(fault: TlsFault) -> Self {
        Self::lost(fault.to_string())
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&tokio_postgres::Error> for Failure {
    fn from(error: &tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else { return from_client(error) };
        // The message alone: detail and hint repeat values.
        let detail = format!("{} ({})", said.message(), said.code().code());
        let code = said.code();
        let kind = if *code == SqlState::UNIQUE_VIOLATION {
            FailureKind::Conflict
        } else if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
            FailureKind::GaveWay
        } else if code.code().starts_with("08")
            || code.code().starts_with("57P")
            || *code == SqlState::READ_ONLY_SQL_TRANSACTION
            || *code == SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN
        {
            // A server that stops, or has become a replica: another connection may lead to its successor.
            FailureKind::Lost
        } else {
            FailureKind::Final
        };
        let error = match code.code().get(..2).unwrap_or_default() {
            _ if *code == SqlState::DISK_FULL => StoreError::Full(detail),
            _ if kind == FailureKind::Lost || kind == FailureKind::GaveWay => StoreError::Unavailable(detail),
            // Resources, limits of time, locks, and whoever may not connect.
            "53" | "55" | "57" | "58" | "28" => StoreError::Unavailable(detail),
            "XX" => StoreError::Corrupt(detail),
            _ => StoreError::Statement(detail),
        };
        let refuses_this_protection = *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION;
        Self { error, kind, refuses_this_protection }
    }
}

/// An error that the server did not send.
fn from_client(error: &tokio_postgres::Error) -> Failure {
    // The text of the error leaves out its cause.
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    let detail = format!("{error}{cause}");
    // A parameter that cannot be sent is a fault of this program and leaves the connection as it was.
    if detail.starts_with("error serializing parameter") {
        return StoreError::Statement(detail).into();
    }
    Failure::lost(detail)
}
