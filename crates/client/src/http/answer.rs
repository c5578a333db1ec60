//! An answer, read to its end.

use ::http::StatusCode;
use ::http::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use ::url::Url;
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Error};

/// An answer read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The answer itself when its status is 2xx, else what the server objects to.
    pub(crate) fn success(self) -> Result<Self, Error> {
        if self.status.is_success() { Ok(self) } else { Err(self.refusal()) }
    }

    /// What the server objects to.
    pub(crate) fn refusal(&self) -> Error {
        Error::Api(ApiError::read(self.status.as_u16(), &self.headers, &self.body))
    }

    /// The body as JSON; `what` names it in the error.
    pub(crate) fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::UnexpectedAnswer(format!("{what}: {error}")))
    }

    /// The media type of the body in lower case, without parameters.
    pub(crate) fn media_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The target of a redirect, absolute; `base` is what was asked for.
    pub(crate) fn location(&self, base: &Url) -> Option<Url> {
        let text = self.headers.get(LOCATION)?.to_str().ok()?;
        base.join(text).ok()
    }
}

/// A body may hold tokens.
impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}
