//! The eight operations under the names and signatures of the crate `ory-client`.
//!
//! Code written against that crate compiles after a change of the import; `reqwest`, where a program names it itself, is
//! [`crate::reqwest`]. Behind the same names, what hurt there is gone:
//!
//! * **Authentication goes where it belongs.** [`oidc_api::create_verifiable_credential`] sends the token, which the
//!   generated function cannot. Userinfo takes the token from either field, and so do the management operations, which
//!   also take the client's own credentials from `basic_auth` (form-encoded first, RFC 6749 §2.3.1). An initial access
//!   token in `bearer_access_token` is sent when registering. Never are two `Authorization` headers sent.
//! * **Errors are told by their status.** The typed `entity` is chosen by the HTTP status instead of the first shape that
//!   fits, so the nonce of a credential request is `Status400`, and a refused token is not. Deletions have an entity at
//!   all. [`Error::oauth_code`] and [`Error::description`] read any of them, and the text of an error says what the server
//!   said.
//! * **Nothing hangs, nothing wanders.** Requests end after 30 seconds, answers after 1 MiB, and redirects are not
//!   followed, unless [`configuration::Configuration::client`] is replaced by one that does.
//! * **Paths are escaped as paths**, base paths may end in a slash, and ids that no URL can carry are refused instead of
//!   naming something else.
//! * **More is read**: documents of any `OpenID` provider, keys without Ory's mandatory members, signed userinfo (its
//!   signature and issuer are checked), members without a field.
//! * **Secrets do not show** in `Debug`.
//!
//! What the signatures do not allow is in the better form: [`crate::Client`] and [`crate::AdminClient`].

pub mod configuration;
mod entity;
mod exchange;
pub mod oidc_api;

use std::fmt;

use crate::error::excerpt;

pub use entity::Refusal;

/// An answer that is not the one that was wanted.
#[derive(Debug, Clone)]
pub struct ResponseContent<T> {
    /// The HTTP status
    pub status: reqwest::StatusCode,
    /// The body as it came; bytes that are no UTF-8 are replaced
    pub content: String,
    /// The body as a type, `None` when it is no JSON
    pub entity: Option<T>,
}

/// Why an operation did not give its result.
#[derive(Debug)]
pub enum Error<T> {
    /// No answer, or none in time: `is_timeout`, `is_connect` tell.
    Reqwest(reqwest::Error),
    /// The answer is not of the promised type.
    Serde(serde_json::Error),
    /// The answer is too long (`FileTooLarge`), or the call cannot be made (`InvalidInput`).
    Io(std::io::Error),
    /// The server refused.
    ResponseError(ResponseContent<T>),
}

impl<T> Error<T> {
    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<reqwest::StatusCode> {
        match self {
            Self::ResponseError(refusal) => Some(refusal.status),
            Self::Reqwest(error) => error.status(),
            _ => None,
        }
    }
}

impl<T: Refusal> Error<T> {
    /// The OAuth error code of a refusal, such as `invalid_client_metadata`.
    pub fn oauth_code(&self) -> Option<&str> {
        self.entity().and_then(Refusal::code)
    }

    /// The server's explanation of a refusal.
    pub fn description(&self) -> Option<&str> {
        self.entity().and_then(Refusal::description)
    }

    fn entity(&self) -> Option<&T> {
        match self {
            Self::ResponseError(refusal) => refusal.entity.as_ref(),
            _ => None,
        }
    }
}

impl<T> fmt::Display for Error<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reqwest(error) => {
                write!(formatter, "error in reqwest: {}", crate::transport::connections::explanation(error))
            }
            Self::Serde(error) => write!(formatter, "error in serde: {error}"),
            Self::Io(error) => write!(formatter, "error in IO: {error}"),
            Self::ResponseError(refusal) => {
                write!(formatter, "error in response: status code {}", refusal.status)?;
                excerpt(&refusal.content).map_or(Ok(()), |said| write!(formatter, ": {said}"))
            }
        }
    }
}

impl<T: fmt::Debug> std::error::Error for Error<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Reqwest(error) => Some(error),
            Self::Serde(error) => Some(error),
            Self::Io(error) => Some(error),
            Self::ResponseError(_) => None,
        }
    }
}

impl<T> From<reqwest::Error> for Error<T> {
    fn from(error: reqwest::Error) -> Self {
        Self::Reqwest(error)
    }
}

impl<T> From<serde_json::Error> for Error<T> {
    fn from(error: serde_json::Error) -> Self {
        Self::Serde(error)
    }
}

impl<T> From<std::io::Error> for Error<T> {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
