//! One request and its answer by reqwest, and what its errors mean: time-outs, names, TLS, connections.

use bytes::Bytes;

use super::{HttpClient, HttpFuture, Limits, TransportError, TransportErrorKind};

impl HttpClient for reqwest::Client {
    fn send(&self, request: http::Request<Bytes>, limits: Limits) -> HttpFuture<'_> {
        Box::pin(async move { exchange(self, request, limits).await.map_err(Fault::into_error) })
    }
}

/// Why there is no whole answer.
pub(crate) enum Fault {
    TooLarge(usize),
    Library(reqwest::Error),
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        Self::Library(error)
    }
}

impl Fault {
    pub(super) fn into_error(self) -> TransportError {
        match self {
            Self::TooLarge(limit) => {
                TransportError::new(TransportErrorKind::TooLarge, format!("the answer is longer than {limit} bytes"))
            }
            Self::Library(error) => explained(error),
        }
    }
}

pub(super) async fn exchange(
    client: &reqwest::Client,
    request: http::Request<Bytes>,
    limits: Limits,
) -> Result<http::Response<Bytes>, Fault> {
    let (parts, body) = request.into_parts();
    let mut builder = client.request(parts.method, parts.uri.to_string()).headers(parts.headers);
    if !body.is_empty() {
        builder = builder.body(body);
    }
    read(builder.timeout(limits.timeout).send().await?, limits.answer_limit_bytes).await
}

/// Reads an answer of at most `limit_bytes`; a longer one that says so is not read at all.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn read(mut response: reqwest::Response, limit_bytes: usize) -> Result<http::Response<Bytes>, Fault> {
    if response.content_length().is_some_and(|length| length > limit_bytes as u64) {
        return Err(Fault::TooLarge(limit_bytes));
    }
    let mut body = bytes::BytesMut::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit_bytes {
            return Err(Fault::TooLarge(limit_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(answer(&response, body.freeze()))
}

/// A browser hands out an answer only as a whole.
#[cfg(target_arch = "wasm32")]
pub(crate) async fn read(response: reqwest::Response, limit_bytes: usize) -> Result<http::Response<Bytes>, Fault> {
    if response.content_length().is_some_and(|length| length > limit_bytes as u64) {
        return Err(Fault::TooLarge(limit_bytes));
    }
    let mut empty = http::Response::new(Bytes::new());
    *empty.status_mut() = response.status();
    *empty.headers_mut() = response.headers().clone();
    let body = response.bytes().await?;
    if body.len() > limit_bytes {
        return Err(Fault::TooLarge(limit_bytes));
    }
    *empty.body_mut() = body;
    Ok(empty)
}

#[cfg(not(target_arch = "wasm32"))]
fn answer(response: &reqwest::Response, body: Bytes) -> http::Response<Bytes> {
    let mut answer = http::Response::new(body);
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    answer
}

/// The innermost cause says what happened ("Connection refused"); the outer ones only say where.
pub(super) fn innermost<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

fn explained(error: reqwest::Error) -> TransportError {
    TransportError::new(kind(&error), explanation(&error)).with_source(error.without_url())
}

/// Where and why, without path and query.
pub(crate) fn explanation(error: &reqwest::Error) -> String {
    let place = error.url().map(|url| format!("{}: ", url.origin().ascii_serialization())).unwrap_or_default();
    format!("{place}{}", innermost(error))
}

/// The library tells time-outs and failed connections; which of the latter are DNS and TLS only its causes say.
fn kind(error: &reqwest::Error) -> TransportErrorKind {
    if error.is_timeout() {
        return TransportErrorKind::Timeout;
    }
    let mut causes = Vec::new();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string().to_ascii_lowercase());
        cause = inner.source();
    }
    let mentions = |words: &[&str]| causes.iter().any(|text| words.iter().any(|word| text.contains(word)));
    if mentions(&["certificate", "tls", "ssl", "handshake"]) {
        TransportErrorKind::Tls
    } else if mentions(&["dns error", "lookup address", "name resolution", "resolve"]) {
        TransportErrorKind::Dns
    } else if is_connect(error) {
        TransportErrorKind::Connect
    } else {
        TransportErrorKind::Other
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn is_connect(error: &reqwest::Error) -> bool {
    error.is_connect()
}

#[cfg(target_arch = "wasm32")]
fn is_connect(error: &reqwest::Error) -> bool {
    error.is_request()
}
