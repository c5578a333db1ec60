//! What of a request is told to `tracing` (feature `tracing`): method, host, path and status. Never the query, a header or a
//! body, where tokens and secrets travel.

use std::future::Future;

use ::http::{Request, Response};
use bytes::Bytes;

use crate::transport::TransportError;

/// The span of one request; without the feature nothing.
pub(super) struct RequestSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
pub(super) fn of(request: &Request<Bytes>) -> RequestSpan {
    let uri = request.uri();
    let span = tracing::debug_span!(
        "http_request",
        method = request.method().as_str(),
        host = uri.host().unwrap_or_default(),
        path = uri.path(),
        status = tracing::field::Empty,
        error = tracing::field::Empty,
    );
    RequestSpan { span }
}

#[cfg(feature = "tracing")]
impl RequestSpan {
    pub(super) fn around<F: Future>(&self, sending: F) -> impl Future<Output = F::Output> + use<F> {
        tracing::Instrument::instrument(sending, self.span.clone())
    }

    pub(super) fn record(&self, outcome: &Result<Response<Bytes>, TransportError>) {
        match outcome {
            Ok(answer) => self.span.record("status", answer.status().as_u16()),
            Err(error) => self.span.record("error", tracing::field::display(error)),
        };
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) fn of(_: &Request<Bytes>) -> RequestSpan {
    RequestSpan {}
}

#[cfg(not(feature = "tracing"))]
#[expect(clippy::unused_self, reason = "the same functions with the feature use it")]
impl RequestSpan {
    pub(super) fn around<F: Future>(&self, sending: F) -> F {
        sending
    }

    pub(super) fn record(&self, _: &Result<Response<Bytes>, TransportError>) {}
}
