//! Sending requests and reading answers within limits.
//!
//! One [`Http`] per client: the transport, the time-out and size that hold for each request, and the headers of the
//! caller. Only GET is tried again ([`retry`]): everything else might have happened already. It knows nothing of OAuth;
//! [`Answer::success`] only tells 2xx from the rest.

mod answer;
mod request;
mod settings;
mod span;
mod url;

use std::sync::Arc;

use ::http::header::{HeaderMap, USER_AGENT};
use ::http::{HeaderValue, Method};
use ::url::Url;

pub(crate) use answer::{Answer, json_fault};
pub(crate) use request::RequestBuilder;
pub(crate) use settings::HttpSettings;
pub(crate) use url::{join_segments, parse_url};

use crate::error::Error;
use crate::retry::{self, Retries};
use crate::transport::{HttpClient, Limits, Runtime, TransportError, TransportErrorKind};

/// A transport with its limits.
#[derive(Clone)]
pub(crate) struct Http {
    client: Arc<dyn HttpClient>,
    runtime: Arc<dyn Runtime>,
    limits: Limits,
    retries: Retries,
    headers: HeaderMap,
}

impl Http {
    pub(crate) fn new(settings: &HttpSettings) -> Result<Self, Error> {
        let mut headers = settings.header_map()?;
        headers
            .entry(USER_AGENT)
            .or_insert_with(|| HeaderValue::from_static(concat!("symbolon-client/", env!("CARGO_PKG_VERSION"))));
        Ok(Self {
            client: settings.client()?,
            runtime: settings.runtime()?,
            limits: settings.limits,
            retries: settings.retries,
            headers,
        })
    }

    /// The same with another time-out.
    pub(crate) fn with_timeout(&self, timeout: std::time::Duration) -> Self {
        let mut other = self.clone();
        other.limits.timeout = timeout;
        other
    }

    pub(crate) fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.runtime
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        RequestBuilder::new(method, url, self.headers.clone())
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    pub(crate) fn put(&self, url: Url) -> RequestBuilder {
        self.request(Method::PUT, url)
    }

    #[cfg(feature = "admin")]
    pub(crate) fn patch(&self, url: Url) -> RequestBuilder {
        self.request(Method::PATCH, url)
    }

    pub(crate) fn delete(&self, url: Url) -> RequestBuilder {
        self.request(Method::DELETE, url)
    }

    /// Sends and reads the whole answer; any status is an answer. GET is tried again where that can help.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let request = request.build()?;
        let mut attempt = 0;
        loop {
            let outcome = self.exchange(request.clone()).await;
            // Only GET: whether anything else already took effect, the client cannot know (RFC 9110 §9.2.2).
            let pause = (request.method() == Method::GET).then(|| retry::pause(&outcome, attempt, self.retries));
            let Some(pause) = pause.flatten() else { return outcome };
            self.runtime.sleep(pause).await;
            attempt += 1;
        }
    }

    /// The same without another try, for requests that count only once.
    pub(crate) async fn send_once(&self, request: RequestBuilder) -> Result<Answer, Error> {
        self.exchange(request.build()?).await
    }

    pub(crate) fn retries(&self) -> Retries {
        self.retries
    }

    async fn exchange(&self, request: ::http::Request<bytes::Bytes>) -> Result<Answer, Error> {
        let span = span::of(&request);
        let outcome = span.around(self.client.send(request, self.limits)).await;
        span.record(&outcome);
        let answer = outcome.map_err(|error| self.failure(error))?;
        let (parts, body) = answer.into_parts();
        if body.len() > self.limits.answer_limit_bytes {
            return Err(Error::AnswerTooLarge { limit_bytes: self.limits.answer_limit_bytes });
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    fn failure(&self, error: TransportError) -> Error {
        match error.kind() {
            TransportErrorKind::Timeout => Error::Timeout,
            TransportErrorKind::TooLarge => Error::AnswerTooLarge { limit_bytes: self.limits.answer_limit_bytes },
            _ => Error::Transport(error),
        }
    }
}

impl std::fmt::Debug for Http {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Http").field("limits", &self.limits).finish_non_exhaustive()
    }
}
