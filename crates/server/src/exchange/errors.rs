//! The only mapping from errors to answers that carry them. Every error answer goes through here or through the error
//! page, and is told to the log once.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use symbolon_types::ErrorBody;

use super::Answer;
use crate::error::{ApiError, OAuthError, in_log};
use crate::trail;

/// The answer, with the seconds after which the same request may be made again (RFC 6585 §4).
pub fn after(mut answer: Answer, seconds: impl Into<HeaderValue>) -> Answer {
    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    answer
}

impl OAuthError {
    /// JSON answer of an OAuth 2.0 endpoint (RFC 6749 §5.2), with a challenge where the client has tried Basic. Another
    /// method has no scheme, and libraries that find a challenge look no further, not even at `error`.
    pub fn answer(&self, config: &crate::config::Config) -> Answer {
        self.log();
        let mut answer = super::oauth_json(self.status(), &self.exposed_body(config));
        if self.challenge {
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"symbolon\""));
        }
        if let Some(seconds) = self.retry_after_seconds {
            answer = after(answer, seconds);
        }
        answer
    }

    /// JSON answer of a resource that is opened with a Bearer token (RFC 6750 §3).
    pub fn bearer_answer(&self) -> Answer {
        self.log();
        let body = self.body();
        let mut answer = super::with_json(self.status(), "application/json", &body, b"\n");
        if !matches!(self.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return super::no_store(answer);
        }
        let challenge = format!(
            "Bearer error=\"{}\",error_description=\"{}\"",
            body.error,
            body.error_description.replace(['\\', '"'], "'")
        );
        if let Ok(value) = HeaderValue::from_str(&challenge) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, value);
        }
        answer
    }
}

impl ApiError {
    /// The answer.
    pub fn answer(&self) -> Answer {
        let reason = in_log(self.reason.as_deref().unwrap_or(""));
        let (error, description) = (in_log(&self.error), in_log(&self.description));
        if self.status.is_server_error() {
            tracing::error!(%error, %reason, "request failed");
        } else {
            tracing::info!(%error, %description, %reason, "request refused");
        }
        trail::note_refusal(|| {
            let [error, description, reason] = [error, description, reason].map(Cow::into_owned);
            trail::Refusal { error, description, reason }
        });
        let body = ErrorBody {
            error: self.error.clone(),
            error_description: self.description.replace('"', "'"),
            ..ErrorBody::default()
        };
        let mut answer = super::with_json(self.status, "application/json", &body, b"\n");
        if self.challenge {
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"symbolon\""));
        }
        debug_assert!(answer.headers().contains_key(CONTENT_TYPE));
        answer
    }
}
