//! Sending requests and reading answers within limits.
//!
//! One [`Http`] per client: time-outs, no redirects (a token must never follow one to another host), a bound on the
//! answer's size that also holds for endless and compressed-looking bodies, and the headers of the caller. Only GET is
//! tried again ([`retry`]): everything else might have happened already. It knows nothing of
//! OAuth; [`Answer::success`] only tells 2xx from the rest.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use symbolon_jose::Secret;

use crate::error::{ApiError, Error};
use crate::retry::{self, Retries};

/// How long a request may take in all unless told otherwise.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest answer that is read unless told otherwise, in bytes.
pub(crate) const DEFAULT_ANSWER_LIMIT_BYTES: usize = 1 << 20;

/// What the builders of both clients set alike.
#[derive(Clone)]
pub(crate) struct HttpSettings {
    pub(crate) timeout: Duration,
    pub(crate) answer_limit_bytes: usize,
    pub(crate) headers: Vec<(String, Secret<String>)>,
    pub(crate) certificates: Certificates,
    pub(crate) proxy: Proxy,
    pub(crate) retries: Retries,
}

impl HttpSettings {
    pub(crate) fn add_header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.headers.push((name.into(), Secret::new(value.into())));
    }
}

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certificates {
    /// Those of the system's authorities.
    System,
    /// Any, for development only.
    Any,
}

/// Whether the proxy named by the environment is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// `HTTP_PROXY` and its relatives are honoured.
    Environment,
    /// Always a direct connection.
    None,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout: DEFAULT_TIMEOUT,
            answer_limit_bytes: DEFAULT_ANSWER_LIMIT_BYTES,
            headers: Vec::new(),
            certificates: Certificates::System,
            proxy: Proxy::Environment,
            retries: Retries::default(),
        }
    }
}

/// Headers are where tokens travel, so only their names are shown.
impl fmt::Debug for HttpSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("HttpSettings")
            .field("timeout", &self.timeout)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

/// A connection pool with its limits.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    inner: reqwest::Client,
    answer_limit_bytes: usize,
    retries: Retries,
}

impl Http {
    pub(crate) fn new(settings: &HttpSettings) -> Result<Self, Error> {
        let headers = header_map(&settings.headers)?;
        let inner = connection_pool(settings, &headers)
            .map_err(|error| Error::Configuration(format!("no HTTP client can be made: {error}")))?;
        Ok(Self { inner, answer_limit_bytes: settings.answer_limit_bytes, retries: settings.retries })
    }

    /// Over connections that the caller has made, with the caller's time-outs.
    pub(crate) fn over(connections: &reqwest::Client) -> Self {
        Self { inner: connections.clone(), answer_limit_bytes: DEFAULT_ANSWER_LIMIT_BYTES, retries: Retries::default() }
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.inner.request(method, url)
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.inner.get(url)
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.inner.post(url)
    }

    pub(crate) fn put(&self, url: Url) -> RequestBuilder {
        self.inner.put(url)
    }

    pub(crate) fn patch(&self, url: Url) -> RequestBuilder {
        self.inner.patch(url)
    }

    pub(crate) fn delete(&self, url: Url) -> RequestBuilder {
        self.inner.delete(url)
    }

    /// Sends and reads the whole answer; any status is an answer. GET is tried again where that can help.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let mut request = request.build().map_err(|error| Error::transport(&error))?;
        let mut attempt = 0;
        loop {
            // Only GET: whether anything else already took effect, the client cannot know (RFC 9110 §9.2.2).
            let next = if request.method() == Method::GET { request.try_clone() } else { None };
            let outcome = self.send_once(request).await;
            let (Some(again), Some(pause)) = (next, retry::pause(&outcome, attempt, self.retries)) else {
                return outcome;
            };
            tokio::time::sleep(pause).await;
            request = again;
            attempt += 1;
        }
    }

    async fn send_once(&self, request: Request) -> Result<Answer, Error> {
        let response = self.inner.execute(request).await.map_err(|error| Error::transport(&error))?;
        read(response, self.answer_limit_bytes).await.map_err(|fault| match fault {
            ReadFault::TooLarge => Error::AnswerTooLarge { limit_bytes: self.answer_limit_bytes },
            ReadFault::Transport(error) => Error::transport(&error),
        })
    }
}

/// Why an answer was not read to its end.
pub(crate) enum ReadFault {
    TooLarge,
    Transport(reqwest::Error),
}

/// Reads an answer of at most `limit_bytes`; a longer one that says so is not read at all.
pub(crate) async fn read(mut response: Response, limit_bytes: usize) -> Result<Answer, ReadFault> {
    if response.content_length().is_some_and(|length| length > limit_bytes as u64) {
        return Err(ReadFault::TooLarge);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(ReadFault::Transport)? {
        if body.len() + chunk.len() > limit_bytes {
            return Err(ReadFault::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status(), headers: response.headers().clone(), body: body.freeze() })
}

/// An answer read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The answer itself when its status is 2xx, else what the server objects to.
    pub(crate) fn success(self) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        Err(Error::Api(ApiError::read(self.status.as_u16(), &self.headers, &self.body)))
    }

    /// The body as JSON; `what` names it in the error.
    pub(crate) fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::UnexpectedAnswer(format!("{what}: {error}")))
    }

    /// The media type of the body in lower case, without parameters.
    pub(crate) fn media_type(&self) -> String {
        let value = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The target of a redirect, absolute; `base` is what was asked for.
    pub(crate) fn location(&self, base: &Url) -> Option<Url> {
        let text = self.headers.get("location")?.to_str().ok()?;
        base.join(text).ok()
    }
}

/// An absolute http or https URL; `what` names it in the error.
pub(crate) fn parse_url(text: &str, what: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|error| Error::Configuration(format!("{what} '{text}' is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Configuration(format!("{what} '{text}' must begin with http:// or https://")));
    }
    Ok(url)
}

/// Below `base`, one percent-encoded segment after the other.
///
/// # Errors
/// [`Error::Argument`] for a segment that no URL can carry: an empty one would name the list above it, and `.` and `..`
/// are dropped by every URL parser, also percent-encoded; tabulators and line breaks are dropped, too, so that the rest
/// would name something else.
pub(crate) fn join_segments(base: &Url, segments: &[&str]) -> Result<Url, Error> {
    if let Some(impossible) = segments.iter().find(|segment| matches!(**segment, "" | "." | "..")) {
        return Err(Error::Argument(format!("'{impossible}' cannot be an id in a URL")));
    }
    if segments.iter().any(|segment| segment.contains(char::is_control)) {
        return Err(Error::Argument("an id cannot have a control character, such as a line break".to_owned()));
    }
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    Ok(url)
}

/// A pool of connections with these settings.
pub(crate) fn connection_pool(settings: &HttpSettings, headers: &HeaderMap) -> reqwest::Result<reqwest::Client> {
    builder(settings, headers.clone()).build().or_else(|failure| {
        // A machine without any certificate authority (a bare container) can still talk plain HTTP: trust nobody,
        // so that https fails at the handshake instead of everything failing here.
        if settings.certificates == Certificates::Any {
            return Err(failure);
        }
        trusting_nobody(builder(settings, headers.clone())).build()
    })
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn trusting_nobody(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.tls_certs_only([])
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn trusting_anybody(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.tls_danger_accept_invalid_certs(true)
}

/// Without TLS there is nothing to trust: https fails when a request is made.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn trusting_nobody(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn trusting_anybody(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

fn builder(settings: &HttpSettings, headers: HeaderMap) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("symbolon-client/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(settings.timeout.min(Duration::from_secs(10)))
        .timeout(settings.timeout)
        .default_headers(headers);
    let builder = match settings.certificates {
        Certificates::System => builder,
        Certificates::Any => trusting_anybody(builder),
    };
    match settings.proxy {
        Proxy::Environment => builder,
        Proxy::None => builder.no_proxy(),
    }
}

fn header_map(headers: &[(String, Secret<String>)]) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(name.as_str())
            .map_err(|_| Error::Configuration(format!("'{name}' is not a header name")))?;
        let mut value = HeaderValue::try_from(value.expose().as_str())
            .map_err(|_| Error::Configuration(format!("the value of the header '{name}' has forbidden characters")))?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_absolute_http() {
        assert!(parse_url("https://as.example/x", "the issuer").is_ok());
        for wrong in ["", "as.example", "ftp://as.example", "/x", "javascript:alert(1)"] {
            let message = parse_url(wrong, "the issuer").unwrap_err().to_string();
            assert!(message.contains("the issuer"), "{message}");
        }
    }

    #[test]
    fn headers_are_checked() {
        let map = |name: &str, value: &str| header_map(&[(name.into(), Secret::new(value.into()))]);
        assert!(map("x-a", "b").is_ok());
        assert!(map("x a", "b").is_err());
        assert!(map("x-a", "b\r\nc: d").is_err());
    }

    #[test]
    fn segments_are_encoded_and_cannot_climb() {
        let base = Url::parse("https://h/idp/").unwrap();
        assert_eq!(join_segments(&base, &["a b/c", "?#"]).unwrap().as_str(), "https://h/idp/a%20b%2Fc/%3F%23");
        for wrong in ["", ".", "..", "a\nb", "a\tb", "a\r", "\0", "\u{7f}", "\u{85}"] {
            assert!(matches!(join_segments(&base, &["clients", wrong]), Err(Error::Argument(_))), "{wrong:?}");
        }
    }
}
