//! Sending requests and reading answers within limits.
//!
//! One [`Http`] per client: time-outs, no redirects (a token must never follow one to another host), a bound on the
//! answer's size that also holds for endless and compressed-looking bodies, and the headers of the caller. It knows
//! nothing of OAuth; [`Answer::success`] only tells 2xx from the rest.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Error};

/// What the builders of both clients set alike.
#[derive(Clone)]
pub(crate) struct HttpSettings {
    pub(crate) timeout: Duration,
    pub(crate) answer_limit_bytes: usize,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) certificates: Certificates,
    pub(crate) proxy: Proxy,
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
            timeout: Duration::from_secs(30),
            answer_limit_bytes: 1 << 20,
            headers: Vec::new(),
            certificates: Certificates::System,
            proxy: Proxy::Environment,
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
}

impl Http {
    pub(crate) fn new(settings: &HttpSettings) -> Result<Self, Error> {
        let headers = header_map(&settings.headers)?;
        let inner = builder(settings, headers.clone()).build().or_else(|failure| {
            // A machine without any certificate authority (a bare container) can still talk plain HTTP: trust nobody,
            // so that https fails at the handshake instead of everything failing here.
            if settings.certificates == Certificates::Any {
                return Err(failure);
            }
            builder(settings, headers).tls_certs_only([]).build()
        });
        let inner = inner.map_err(|error| Error::Configuration(format!("no HTTP client can be made: {error}")))?;
        Ok(Self { inner, answer_limit_bytes: settings.answer_limit_bytes })
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

    pub(crate) fn delete(&self, url: Url) -> RequestBuilder {
        self.inner.delete(url)
    }

    /// Sends and reads the whole answer; any status is an answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let mut response = request.send().await.map_err(|error| Error::transport(&error))?;
        let limit_bytes = self.answer_limit_bytes;
        if response.content_length().is_some_and(|length| length > limit_bytes as u64) {
            return Err(Error::AnswerTooLarge { limit_bytes });
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Error::transport(&error))? {
            if body.len() + chunk.len() > limit_bytes {
                return Err(Error::AnswerTooLarge { limit_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status(), headers: response.headers().clone(), body: body.freeze() })
    }
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
}

/// An absolute http or https URL; `what` names it in the error.
pub(crate) fn parse_url(text: &str, what: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|error| Error::Configuration(format!("{what} '{text}' is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Configuration(format!("{what} '{text}' must begin with http:// or https://")));
    }
    Ok(url)
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
        Certificates::Any => builder.tls_danger_accept_invalid_certs(true),
    };
    match settings.proxy {
        Proxy::Environment => builder,
        Proxy::None => builder.no_proxy(),
    }
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::try_from(name.as_str())
            .map_err(|_| Error::Configuration(format!("'{name}' is not a header name")))?;
        let mut value = HeaderValue::try_from(value.as_str())
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
        assert!(header_map(&[("x-a".into(), "b".into())]).is_ok());
        assert!(header_map(&[("x a".into(), "b".into())]).is_err());
        assert!(header_map(&[("x-a".into(), "b\r\nc: d".into())]).is_err());
    }
}
