//! Why a client was not created or changed, before anybody puts it into words: the administration API answers as Hydra
//! does, with sentences; the registration endpoints answer with codes (RFC 7591 §3.2.2).

use symbolon_store::{StoreError, WriteError};
use symbolon_types::client::MetadataFault;

use crate::error::{ApiError, OAuthError};

/// What is in the way of a change.
#[derive(Debug)]
pub enum ChangeFault {
    /// The metadata cannot be stored.
    Metadata {
        /// What is wrong with them.
        fault: MetadataFault,
        /// For the log only.
        reason: Option<String>,
    },
    /// There is a client of that id.
    Taken,
    /// Another request was faster.
    Outdated,
    /// This server could not do it.
    Server(OAuthError),
}

/// What the loser of two changes at once is told.
pub const OUTDATED: &str =
    "The client was changed or deleted by another request at the same time. Read it and try again.";

impl From<MetadataFault> for ChangeFault {
    fn from(fault: MetadataFault) -> Self {
        Self::Metadata { fault, reason: None }
    }
}

impl From<OAuthError> for ChangeFault {
    fn from(error: OAuthError) -> Self {
        Self::Server(error)
    }
}

impl From<StoreError> for ChangeFault {
    fn from(fault: StoreError) -> Self {
        Self::Server(fault.into())
    }
}

impl From<WriteError> for ChangeFault {
    fn from(fault: WriteError) -> Self {
        match fault {
            WriteError::Conflict(_) => Self::Taken,
            WriteError::Unmet(_) => Self::Outdated,
            WriteError::Store(fault) => fault.into(),
        }
    }
}

impl From<serde_json::Error> for ChangeFault {
    fn from(fault: serde_json::Error) -> Self {
        Self::Server(OAuthError::server(fault.to_string()))
    }
}

impl From<ChangeFault> for ApiError {
    fn from(fault: ChangeFault) -> Self {
        match fault {
            ChangeFault::Metadata { fault, reason } => {
                let mut error =
                    Self::new(http::StatusCode::BAD_REQUEST, fault.administration_error(), fault.description());
                error.reason = reason;
                error
            }
            ChangeFault::Taken => Self::conflict(),
            ChangeFault::Outdated => Self::new(http::StatusCode::CONFLICT, "Conflict", OUTDATED),
            ChangeFault::Server(error) => error.into(),
        }
    }
}
