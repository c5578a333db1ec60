//! How the registration endpoints refuse. `error` is always a code of a specification, never a sentence: RFC 7591 §3.2.2
//! for metadata, RFC 6750 §3.1 for credentials (RFC 7592 §2 is built on it), RFC 6749 and RFC 8628 §3.5 for the rest.

use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use symbolon_store::StoreError;
use symbolon_types::client::MetadataFault;
use symbolon_types::{ErrorBody, ErrorCode};

use crate::clients::change::{ChangeFault, OUTDATED};
use crate::error::OAuthError;
use crate::exchange::{self, Answer};

/// What a registration endpoint answers instead of a client.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: OAuthError,
    hint: Hint,
}

/// What the header says beside the error.
#[derive(Debug)]
enum Hint {
    None,
    Challenge(&'static str),
    RetryAfter(i64),
}

/// Whether a request carried anything that could have been a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presented {
    Nothing,
    Credentials,
}

impl Refusal {
    fn new(status: StatusCode, code: ErrorCode, description: &str) -> Self {
        Self { status, error: OAuthError::new(code, description.to_owned()), hint: Hint::None }
    }

    /// 400: the body is no client metadata.
    pub(super) fn undecodable(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidClientMetadata, description)
    }

    /// 401. A challenge names an error only to somebody who sent credentials (RFC 6750 §3.1).
    pub(super) fn unauthorized(presented: Presented, description: &str) -> Self {
        let challenge = match presented {
            Presented::Nothing => "Bearer realm=\"symbolon\"",
            Presented::Credentials => "Bearer realm=\"symbolon\", error=\"invalid_token\"",
        };
        let mut refusal = Self::new(StatusCode::UNAUTHORIZED, ErrorCode::InvalidToken, description);
        refusal.hint = Hint::Challenge(challenge);
        refusal
    }

    /// 403: the credentials are good, and do not allow this.
    pub(super) fn forbidden(description: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::AccessDenied, description)
    }

    /// 429, with the seconds to wait.
    pub(super) fn too_many(seconds: i64) -> Self {
        let description = "Too many registrations from this address, or changes of this client. Try again later.";
        let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::SlowDown, description);
        refusal.hint = Hint::RetryAfter(seconds);
        refusal
    }

    /// The answer; the log is told once.
    pub(super) fn answer(self) -> Answer {
        self.error.log();
        let own = self.error.hint;
        let description = if own.is_empty() { self.error.code.description().to_owned() } else { own.into_owned() };
        let error = self.error.code.as_str().into();
        let body = ErrorBody { error, error_description: description, ..ErrorBody::default() };
        let mut answer = exchange::with_json(self.status, "application/json", &body, b"\n");
        let headers = answer.headers_mut();
        match self.hint {
            Hint::None => {}
            Hint::Challenge(text) => drop(headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(text))),
            Hint::RetryAfter(seconds) => drop(headers.insert(RETRY_AFTER, HeaderValue::from(seconds))),
        }
        answer
    }
}

impl From<MetadataFault> for Refusal {
    fn from(fault: MetadataFault) -> Self {
        Self::new(StatusCode::BAD_REQUEST, fault.code(), fault.description())
    }
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        let hint = error.retry_after_seconds.map_or(Hint::None, Hint::RetryAfter);
        Self { status: error.status(), error, hint }
    }
}

impl From<StoreError> for Refusal {
    fn from(fault: StoreError) -> Self {
        OAuthError::from(fault).into()
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(fault: serde_json::Error) -> Self {
        OAuthError::server(fault.to_string()).into()
    }
}

impl From<ChangeFault> for Refusal {
    fn from(fault: ChangeFault) -> Self {
        match fault {
            ChangeFault::Metadata { fault, reason } => {
                let mut refusal = Self::from(fault);
                refusal.error.reason = reason;
                refusal
            }
            // An id that this server chose at random was taken: as good as a failure, and worth another try.
            ChangeFault::Taken => Self::new(StatusCode::CONFLICT, ErrorCode::TemporarilyUnavailable, ""),
            ChangeFault::Outdated => Self::new(StatusCode::CONFLICT, ErrorCode::TemporarilyUnavailable, OUTDATED),
            ChangeFault::Server(error) => error.into(),
        }
    }
}
