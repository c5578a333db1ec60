//! Why client metadata was refused. The registration endpoints answer a code of RFC 7591 §3.2.2; the
//! administration API answers what Hydra answers there, which is a sentence in one case.

use std::fmt;

use crate::{ErrorCode, GenericError, LimitFault};

/// A refusal of client metadata, always with status 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataFault {
    kind: Kind,
    description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Structure,
    Metadata,
    RedirectUri,
    Reserved,
}

impl MetadataFault {
    fn new(kind: Kind, description: impl Into<String>) -> Self {
        Self { kind, description: description.into() }
    }

    /// A member whose JSON has the wrong shape.
    pub fn structure(description: impl Into<String>) -> Self {
        Self::new(Kind::Structure, description)
    }

    /// A member with a value that cannot be registered.
    pub fn metadata(description: impl Into<String>) -> Self {
        Self::new(Kind::Metadata, description)
    }

    /// A redirect URI that cannot be registered.
    pub fn redirect_uri(description: impl Into<String>) -> Self {
        Self::new(Kind::RedirectUri, description)
    }

    /// A member that only an administrator may set and for which Hydra answers `invalid_request`.
    pub fn reserved(description: impl Into<String>) -> Self {
        Self::new(Kind::Reserved, description)
    }

    /// A member that is too large.
    pub fn too_large(fault: &LimitFault) -> Self {
        let kind = if fault.member() == "redirect_uris" { Kind::RedirectUri } else { Kind::Metadata };
        Self::new(kind, format!("The {fault}."))
    }

    /// The code for a client that registers itself.
    pub fn code(&self) -> ErrorCode {
        match self.kind {
            Kind::Structure | Kind::Metadata => ErrorCode::InvalidClientMetadata,
            Kind::RedirectUri => ErrorCode::InvalidRedirectUri,
            Kind::Reserved => ErrorCode::InvalidRequest,
        }
    }

    /// The value of `error` for an administrator.
    pub fn administration_error(&self) -> &'static str {
        match self.kind {
            Kind::Structure => GenericError::Malformed.as_str(),
            Kind::Metadata | Kind::RedirectUri | Kind::Reserved => self.code().as_str(),
        }
    }

    /// Names the member at fault. It may repeat what was sent.
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl fmt::Display for MetadataFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.description)
    }
}

impl std::error::Error for MetadataFault {}
