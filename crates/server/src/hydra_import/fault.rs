//! Why nothing more is brought.

use std::fmt;

use symbolon_store::{StoreError, WriteError};

use crate::error::OAuthError;
use crate::start_error::StartError;

/// Why an import ended before its time: one line for the operator. What was written by then stays, and a further run goes
/// on from there.
#[derive(Debug)]
pub struct ImportFault(String);

impl ImportFault {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// There is nothing to seal with.
    pub(crate) fn without_secret() -> Self {
        Self::new("secrets.system: no secret is set; add one of 16 characters or more")
    }
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ImportFault {}

impl From<StoreError> for ImportFault {
    fn from(fault: StoreError) -> Self {
        Self(format!("{fault} ({})", fault.detail()))
    }
}

impl From<WriteError> for ImportFault {
    fn from(fault: WriteError) -> Self {
        match fault {
            WriteError::Store(fault) => fault.into(),
            fault => Self(fault.to_string()),
        }
    }
}

impl From<StartError> for ImportFault {
    fn from(fault: StartError) -> Self {
        Self(fault.to_string())
    }
}

impl From<OAuthError> for ImportFault {
    fn from(fault: OAuthError) -> Self {
        Self(fault.reason.unwrap_or_else(|| fault.hint.into()))
    }
}

impl From<serde_json::Error> for ImportFault {
    fn from(fault: serde_json::Error) -> Self {
        Self(fault.to_string())
    }
}
