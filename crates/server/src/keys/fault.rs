//! Why signing keys could not be read, made or changed.

use std::fmt;

use symbolon_store::{StoreError, WriteError};

use crate::error::ApiError;

/// Why signing keys could not be read, made or changed. `Display` is one line for the operator.
#[derive(Debug)]
pub enum KeyFault {
    /// The database failed.
    Store(StoreError),
    /// A key cannot be opened, used or made.
    Key(String),
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(fault) => fault.fmt(f),
            Self::Key(reason) => f.write_str(reason),
        }
    }
}

impl From<StoreError> for KeyFault {
    fn from(fault: StoreError) -> Self {
        Self::Store(fault)
    }
}

impl From<WriteError> for KeyFault {
    fn from(fault: WriteError) -> Self {
        match fault {
            WriteError::Store(fault) => Self::Store(fault),
            other => Self::Key(other.to_string()),
        }
    }
}

impl From<KeyFault> for ApiError {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Store(fault) => fault.into(),
            KeyFault::Key(reason) => Self::server(reason),
        }
    }
}
