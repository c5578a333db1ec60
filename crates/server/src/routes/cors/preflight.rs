//! What a browser asks before it sends a request that no form could have sent (Fetch §4.8).

use axum::extract::Request;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD,
};
use http::{HeaderMap, HeaderValue, Method};

/// Longest list of headers that is looked at, in bytes.
const LONGEST_LIST: usize = 1_024;
/// The methods of the endpoints that are open to every page.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE"];
/// The headers that they read, and those that libraries add without asking; in small letters.
const HEADERS: &[&str] = &[
    "accept",
    "accept-language",
    "authorization",
    "content-language",
    "content-length",
    "content-type",
    "dpop",
    "mcp-protocol-version",
    "x-requested-with",
];

/// The question.
pub(super) struct Preflight {
    method: HeaderValue,
    headers: Option<HeaderValue>,
}

impl Preflight {
    /// `None` for a request that asks nothing.
    pub(super) fn of(request: &Request) -> Option<Self> {
        if request.method() != Method::OPTIONS {
            return None;
        }
        let method = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?.clone();
        Some(Self { method, headers: request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).cloned() })
    }

    /// Whether the method and all headers are among these; those of headers are in small letters.
    pub(super) fn asks(&self, methods: &[impl AsRef<str>], headers: &[impl AsRef<str>]) -> bool {
        if !methods.iter().any(|method| method.as_ref().as_bytes() == self.method.as_bytes()) {
            return false;
        }
        let Some(asked) = &self.headers else { return true };
        let Ok(asked) = asked.to_str() else { return false };
        let is_listed = |name: &str| headers.iter().any(|listed| listed.as_ref().eq_ignore_ascii_case(name));
        asked.len() <= LONGEST_LIST && asked.split(',').map(str::trim).filter(|name| !name.is_empty()).all(is_listed)
    }

    /// Whether the method and all headers are of use at an endpoint that is open to every page.
    pub(super) fn asks_what_public_endpoints_take(&self) -> bool {
        self.asks(METHODS, HEADERS)
    }

    /// Writes what is allowed, which is what was asked for.
    pub(super) fn mark(&self, max_age_seconds: Option<i64>, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.method.clone());
        if let Some(asked) = self.headers.as_ref().filter(|asked| !asked.is_empty()) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        if let Some(seconds) = max_age_seconds {
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(seconds));
        }
    }
}
