//! An answer, read to its end.

use ::http::StatusCode;
use ::http::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use ::url::Url;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

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
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::UnexpectedAnswer(format!("{what}: {}", json_fault(&error))))
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

/// What is wrong with JSON, without the values that the library's own text quotes: they may be tokens, or about a user.
pub(crate) fn json_fault(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let names_a_member = text.starts_with("missing field") || text.starts_with("duplicate field");
    let fault = match error.classify() {
        Category::Data if names_a_member => return text,
        Category::Data => "a value is not of the type that it should be",
        Category::Eof => "it breaks off",
        Category::Syntax | Category::Io => "it is no JSON",
    };
    match error.line() {
        0 => fault.to_owned(),
        line => format!("{fault} at line {line} column {}", error.column()),
    }
}

/// A body may hold tokens.
impl std::fmt::Debug for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Members {
        #[expect(dead_code, reason = "only whether it can be read counts")]
        first: u8,
    }

    #[test]
    fn faults_are_told_without_what_was_read() {
        for (body, told) in [
            ("\"hush\"", "a value is not of the type that it should be at line 1 column 6"),
            ("{\"first\":\"hush\"}", "a value is not of the type that it should be at line 1 column 15"),
            ("{\"first\":300}", "a value is not of the type that it should be at line 1 column 12"),
            ("{\"other\":\"hush\"}", "missing field `first` at line 1 column 16"),
            ("{\"first\":1,\"first\":1}", "duplicate field `first` at line 1 column 18"),
            ("{\"first\"", "it breaks off at line 1 column 8"),
            ("<hush>", "it is no JSON at line 1 column 1"),
        ] {
            let error = serde_json::from_str::<Members>(body).unwrap_err();
            assert_eq!(json_fault(&error), told, "{body}");
        }
        let error = serde_json::from_value::<Members>("hush".into()).unwrap_err();
        assert_eq!(json_fault(&error), "a value is not of the type that it should be");
    }
}
