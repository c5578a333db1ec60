//! A request in few words.

use std::fmt::Write as _;

use axum::body::Body;
use base64::Engine as _;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request};
use serde_json::Value;

use super::Pairs;

/// Which of the two listeners is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    Public,
    Admin,
}

/// A request that is being put together. Its target is a path with an optional query.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(method: Method, target: impl Into<String>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self { method, target: target.into(), headers, body: Vec::new() }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    pub(crate) fn put(target: impl Into<String>) -> Self {
        Self::new(Method::PUT, target)
    }

    pub(crate) fn patch(target: impl Into<String>) -> Self {
        Self::new(Method::PATCH, target)
    }

    pub(crate) fn delete(target: impl Into<String>) -> Self {
        Self::new(Method::DELETE, target)
    }

    /// Adds parameters to the query.
    pub(crate) fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        if pairs.is_empty() {
            return self;
        }
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(&encode(pairs));
        self
    }

    /// A form as the body.
    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        self.body = encode(pairs).into_bytes();
        self.header(CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    /// Like [`Call::form`], for pairs that were computed.
    pub(crate) fn form_of(self, pairs: &Pairs) -> Self {
        self.form(&pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>())
    }

    /// JSON as the body.
    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header(CONTENT_TYPE, "application/json")
    }

    /// A body as it is, without a type.
    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Client credentials in the header, form-encoded before base64 (RFC 6749 §2.3.1).
    pub(crate) fn basic(self, user: &str, password: &str) -> Self {
        let credentials = format!("{}:{}", form_encode(user), form_encode(password));
        let encoded = base64::engine::general_purpose::STANDARD.encode(credentials);
        self.header(AUTHORIZATION, &format!("Basic {encoded}"))
    }

    /// A bearer token in the header (RFC 6750 §2.1).
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// What a browser's navigation says it accepts.
    pub(crate) fn navigating(self) -> Self {
        self.header(ACCEPT, "text/html")
    }

    /// Cookies as one header; none when there are none.
    pub(crate) fn cookies(self, cookies: &[(String, String)]) -> Self {
        let mut line = String::new();
        for (name, value) in cookies {
            let separator = if line.is_empty() { "" } else { "; " };
            write!(line, "{separator}{name}={value}").unwrap();
        }
        if line.is_empty() { self } else { self.header(COOKIE, &line) }
    }

    /// Sets a header, in place of one of the same name.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The request for a router.
    pub(super) fn into_request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target.parse().unwrap();
        *request.headers_mut() = self.headers;
        request
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn form_encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
