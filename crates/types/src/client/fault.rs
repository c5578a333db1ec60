//! Why client metadata was refused, in the form that the registration and administration endpoints
//! answer (RFC 7591 §3.2.2).

use std::fmt;

use crate::{ErrorBody, ErrorCode, GenericError};

/// The `error` of a refusal: most have a code, some of Hydra's have a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataError {
    /// A code of RFC 7591 or RFC 6749.
    Code(ErrorCode),
    /// A fixed sentence.
    Generic(GenericError),
}

impl MetadataError {
    /// The value of the `error` member.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code(code) => code.as_str(),
            Self::Generic(generic) => generic.as_str(),
        }
    }
}

/// A refusal of client metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataFault {
    /// The value of the `error` member.
    pub error: MetadataError,
    /// Names the member at fault.
    pub description: String,
    /// HTTP status.
    pub status: u16,
}

impl MetadataFault {
    /// A fault with a code, answered with the status of that code.
    pub fn code(code: ErrorCode, description: impl Into<String>) -> Self {
        Self { error: MetadataError::Code(code), description: description.into(), status: code.status() }
    }

    /// A fault with a fixed sentence, answered with the status that belongs to it.
    pub fn generic(generic: GenericError, description: impl Into<String>) -> Self {
        Self { error: MetadataError::Generic(generic), description: description.into(), status: generic.status() }
    }

    /// `invalid_client_metadata`.
    pub fn metadata(description: impl Into<String>) -> Self {
        Self::code(ErrorCode::InvalidClientMetadata, description)
    }

    /// `invalid_redirect_uri`.
    pub fn redirect_uri(description: impl Into<String>) -> Self {
        Self::code(ErrorCode::InvalidRedirectUri, description)
    }

    /// The JSON body. Double quotes of the description become single ones, as everywhere on this
    /// wire.
    pub fn body(&self) -> ErrorBody {
        ErrorBody { error: self.error.as_str().into(), error_description: self.description.replace('"', "'") }
    }
}

impl fmt::Display for MetadataFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.error.as_str(), self.description)
    }
}

impl std::error::Error for MetadataFault {}
