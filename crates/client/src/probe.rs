//! Single requests without any protocol around them, for programs that look at how servers behave instead of using them.
//!
//! Time, size and redirects are bounded as everywhere in this crate; nothing is tried again, and every status is an
//! answer. Which requests make sense is the caller's business.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::HeaderMap;
use url::Url;

use crate::error::Error;
use crate::http::{Http, HttpSettings, RequestBuilder};
use crate::retry::Retries;
use crate::transport::Limits;
use crate::transport::connections::{Certificates, ConnectionSettings};

/// Makes single requests.
#[derive(Debug, Clone)]
pub struct Probe(Http);

/// A request that was not sent yet.
#[must_use]
pub struct ProbeRequest {
    http: Http,
    request: RequestBuilder,
}

/// An answer, read to its end.
#[derive(Clone)]
#[non_exhaustive]
pub struct ProbeAnswer {
    /// The status.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, which the length of a [`Probe`]'s answers bounds.
    pub body: Bytes,
}

impl Probe {
    /// Requests may take `timeout` in all, and answers have at most `answer_limit_bytes`.
    ///
    /// # Errors
    /// [`Error::Configuration`] when no HTTP client can be made.
    pub fn new(timeout: Duration, answer_limit_bytes: usize) -> Result<Self, Error> {
        Self::of(timeout, answer_limit_bytes, Certificates::System)
    }

    /// The same, for development: any TLS certificate is accepted.
    ///
    /// # Errors
    /// [`Error::Configuration`] when no HTTP client can be made.
    pub fn danger_accept_any_certificate(timeout: Duration, answer_limit_bytes: usize) -> Result<Self, Error> {
        Self::of(timeout, answer_limit_bytes, Certificates::Any)
    }

    fn of(timeout: Duration, answer_limit_bytes: usize, certificates: Certificates) -> Result<Self, Error> {
        let retries = Retries { count: 0 };
        let limits = Limits { timeout, answer_limit_bytes };
        let connections = ConnectionSettings { certificates, ..ConnectionSettings::default() };
        let settings = HttpSettings { limits, retries, connections, ..HttpSettings::default() };
        Http::new(&settings).map(Self)
    }

    /// Starts a GET.
    pub fn get(&self, url: &Url) -> ProbeRequest {
        self.request(self.0.get(url.clone()))
    }

    /// Starts a POST.
    pub fn post(&self, url: &Url) -> ProbeRequest {
        self.request(self.0.post(url.clone()))
    }

    /// Starts a DELETE.
    pub fn delete(&self, url: &Url) -> ProbeRequest {
        self.request(self.0.delete(url.clone()))
    }

    /// Starts an OPTIONS, as a browser does before it lets a page call.
    pub fn options(&self, url: &Url) -> ProbeRequest {
        self.request(self.0.request(Method::OPTIONS, url.clone()))
    }

    fn request(&self, request: RequestBuilder) -> ProbeRequest {
        ProbeRequest { http: self.0.clone(), request }
    }
}

impl ProbeRequest {
    /// Adds a header field. A malformed one is an error of [`ProbeRequest::send`].
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.request = self.request.body(body.into());
        self
    }

    /// Sets the body to a form, with its content type.
    pub fn form(mut self, form: &[(&str, &str)]) -> Self {
        self.request = self.request.form(form);
        self
    }

    /// Authenticates a client with its secret, both as they are: this is what most clients send.
    pub fn basic_auth(mut self, client_id: &str, secret: &str) -> Self {
        self.request = self.request.basic_auth(client_id, secret);
        self
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    /// [`Error::Transport`], [`Error::Timeout`] and [`Error::AnswerTooLarge`].
    pub async fn send(self) -> Result<ProbeAnswer, Error> {
        let answer = self.http.send(self.request).await?;
        Ok(ProbeAnswer { status: answer.status.as_u16(), headers: answer.headers, body: answer.body })
    }
}

/// A request may carry a token.
impl fmt::Debug for ProbeRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProbeRequest").finish_non_exhaustive()
    }
}

/// An answer may carry one, too.
impl fmt::Debug for ProbeAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProbeAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}
