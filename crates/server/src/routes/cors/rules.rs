//! The operator's list for one listener: `serve.public.cors`, `serve.admin.cors`.

use http::HeaderValue;

use super::Permission;
use super::preflight::Preflight;
use crate::config::{Cors, OriginPattern};

/// Seconds for which a browser may remember that a public endpoint takes requests. It changes with the configuration
/// only; Chromium keeps it two hours at most.
const PUBLIC_MAX_AGE: i64 = 600;

/// The list, in the form in which it is asked.
pub(super) struct Rules {
    cors: Cors,
    /// Allowed headers of requests, in small letters.
    headers: Vec<String>,
    /// What scripts may read of an answer.
    exposed: HeaderValue,
}

impl Rules {
    pub(super) fn new(cors: &Cors) -> Self {
        let exposed = HeaderValue::from_str(&cors.exposed_headers.join(", "));
        Self {
            headers: cors.allowed_headers.iter().map(|name| name.to_ascii_lowercase()).collect(),
            exposed: exposed.unwrap_or(HeaderValue::from_static("")),
            cors: cors.clone(),
        }
    }

    pub(super) fn enabled(&self) -> bool {
        self.cors.enabled
    }

    pub(super) fn pass_on_preflights(&self) -> bool {
        self.cors.options_passthrough
    }

    pub(super) fn allow_cookies(&self) -> bool {
        self.cors.enabled && self.cors.allow_credentials
    }

    pub(super) fn log_decisions(&self) -> bool {
        self.cors.debug
    }

    pub(super) fn exposed(&self) -> HeaderValue {
        self.exposed.clone()
    }

    /// What an origin may do. One that only a lone `*` lets in is anybody's, and gets no cookies.
    pub(super) fn permits(&self, origin: &str) -> Permission {
        if !self.cors.enabled {
            return Permission::Nothing;
        }
        let mut matching = self.cors.allowed_origins.iter().filter(|pattern| pattern.matches(origin)).peekable();
        if matching.peek().is_none() {
            Permission::Nothing
        } else if matching.all(OriginPattern::is_anybody) {
            Permission::AsAnybody
        } else if self.cors.allow_credentials {
            Permission::WithCookies
        } else {
            Permission::AsItself
        }
    }

    /// Whether method and headers are those that the operator allows.
    pub(super) fn permits_request(&self, preflight: &Preflight) -> bool {
        self.cors.enabled && preflight.asks(&self.cors.allowed_methods, &self.headers)
    }

    /// For how many seconds an answer to a preflight may be remembered; `None` says nothing of it.
    pub(super) fn max_age(&self, permission: Permission) -> Option<i64> {
        if self.cors.enabled {
            return Some(self.cors.max_age_seconds).filter(|seconds| *seconds > 0);
        }
        (permission != Permission::Nothing).then_some(PUBLIC_MAX_AGE)
    }
}
