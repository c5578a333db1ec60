//! What carries requests, and what runs in the background: two small traits that a program can answer itself.
//!
//! [`HttpClient`] sends one request and reads one answer within [`Limits`]; `reqwest::Client` is one, and the default
//! (feature `reqwest`). [`Runtime`] starts tasks and waits; the default is tokio, and in a browser the browser. Everything
//! that OAuth asks for stands above them: what is sent, how often, and whether the answer is believed.

#[cfg(feature = "reqwest")]
pub(crate) mod connections;
mod error;
#[cfg(feature = "reqwest")]
pub(crate) mod exchange;
mod runtime;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;

pub use error::{TransportError, TransportErrorKind};
#[cfg(feature = "reqwest")]
pub use runtime::DefaultRuntime;
pub use runtime::{BackgroundFuture, Runtime, SleepFuture};

/// What an [`HttpClient`] gives back: an answer of any status, or why there is none.
#[cfg(not(target_arch = "wasm32"))]
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + Send + 'a>>;
/// What an [`HttpClient`] gives back: an answer of any status, or why there is none.
#[cfg(target_arch = "wasm32")]
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, TransportError>> + 'a>>;

/// Sends requests.
///
/// An implementation must not follow redirects (a token would follow them to another host), must not keep cookies, and
/// must hold to the [`Limits`]. It need not try again: that is decided above it.
///
/// ```
/// use bytes::Bytes;
/// use symbolon_client::{HttpClient, HttpFuture, Limits, TransportError, TransportErrorKind};
///
/// /// An HTTP client that is never online.
/// struct Offline;
///
/// impl HttpClient for Offline {
///     fn send(&self, request: http::Request<Bytes>, _: Limits) -> HttpFuture<'_> {
///         let reason = format!("{} cannot be reached", request.uri());
///         Box::pin(async move { Err(TransportError::new(TransportErrorKind::Connect, reason)) })
///     }
/// }
/// ```
pub trait HttpClient: Send + Sync + 'static {
    /// Sends `request` and reads the whole answer.
    ///
    /// # Errors
    /// [`TransportErrorKind::Timeout`] and [`TransportErrorKind::TooLarge`] for what is beyond `limits`.
    fn send(&self, request: http::Request<Bytes>, limits: Limits) -> HttpFuture<'_>;
}

/// How long a request may take and how much of the answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// From the first byte sent to the last byte read.
    pub timeout: Duration,
    /// The longest body of an answer, in bytes.
    pub answer_limit_bytes: usize,
}

impl Default for Limits {
    /// 30 seconds and 1 MiB.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), answer_limit_bytes: 1 << 20 }
    }
}
