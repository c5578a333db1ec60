//! Why a server does not start, or stops.

use std::fmt;

use symbolon_store::OpenError;

/// Why a server does not start or stops: one line for the operator.
#[derive(Debug)]
pub enum StartError {
    /// The database cannot be used.
    Store(OpenError),
    /// The signing keys cannot be used.
    Keys(String),
    /// A port cannot be taken.
    Listen(String),
    /// Anything else.
    Other(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(fault) => fault.fmt(f),
            Self::Keys(reason) | Self::Listen(reason) | Self::Other(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for StartError {}
