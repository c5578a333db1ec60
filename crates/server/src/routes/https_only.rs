//! What a listener with `tls.enabled` does with requests that came without TLS: a proxy of `tls.allow_termination_from`
//! may bring them, if it says that it spoke https itself. Others get 502, as in Hydra; health and metrics are for all.

use std::net::IpAddr;

use axum::extract::Request;
use http::StatusCode;
use http::header::HeaderName;

use crate::config::{ListenerTls, Network};
use crate::error::ApiError;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// With and without the prefix that the admin listener adds.
const FOR_ALL: [&str; 6] = [
    "/health/alive",
    "/health/ready",
    "/metrics/prometheus",
    "/admin/health/alive",
    "/admin/health/ready",
    "/admin/metrics/prometheus",
];

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    /// TLS ends here.
    Tls,
    /// Over a socket of this machine, or not over a socket at all.
    Local,
    /// As everybody on the way can read it.
    None,
}

/// A listener that wants https.
pub(super) struct HttpsOnly(Vec<Network>);

impl HttpsOnly {
    /// `None` where the listener speaks http with everybody.
    pub(super) fn of(tls: &ListenerTls) -> Option<Self> {
        tls.enabled.then(|| Self(tls.allow_termination_from.clone()))
    }

    /// Refuses what came without TLS, unless a proxy vouches for it. Only the peer itself counts as the proxy:
    /// `X-Forwarded-For`, where Hydra looks as well, is what anybody writes.
    pub(super) fn check(&self, protection: Protection, peer: IpAddr, request: &Request) -> Result<(), ApiError> {
        if protection != Protection::None || FOR_ALL.contains(&request.uri().path()) {
            return Ok(());
        }
        let refused = |description: &str| Err(ApiError::new(StatusCode::BAD_GATEWAY, "error", description));
        if !self.0.iter().any(|network| network.contains(peer)) {
            return refused("This server wants https.");
        }
        let mut said = request.headers().get_all(&FORWARDED_PROTO).iter();
        match (said.next().map(http::HeaderValue::as_bytes), said.next()) {
            (Some(b"https"), None) => Ok(()),
            _ => refused("The proxy must say with 'X-Forwarded-Proto: https' that it was asked with https."),
        }
    }
}
