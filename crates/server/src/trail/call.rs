//! A call to another server, as a part of the trace in which it is made: the other server is told the trace, and what came of
//! the call is told to the collector, also where nobody waits for it any more.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::{Seeing, with};
use crate::telemetry::{Attribute, Kind, Record, Span, Telemetry, TraceContext};

/// A call that is under way. What it came to is told when it is dropped.
pub(crate) struct Call {
    seeing: Arc<Seeing>,
    trace: TraceContext,
    method: &'static str,
    server: String,
    began_at: i64,
    status: Option<u16>,
}

/// Begins a call of this method to this host; `None` where no traces are sent.
pub(crate) fn call(method: &'static str, server: &str) -> Option<Call> {
    with(|trail| {
        let seeing = &trail.0.seeing;
        let telemetry = seeing.telemetry()?;
        // What the server does by itself is a trace of its own.
        let trace = trail.0.trace.as_ref().map_or_else(|| telemetry.beginning(), |trace| telemetry.within(trace));
        let (seeing, server, began_at) = (Arc::clone(seeing), server.to_owned(), seeing.now_micros());
        Some(Call { seeing, trace, method, server, began_at, status: None })
    })
    .flatten()
}

impl Call {
    /// The header fields that tell the other server its place in the trace.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> + '_ {
        self.trace.fields()
    }

    /// Notes the status of the answer.
    pub(crate) fn answered(&mut self, status: u16) {
        self.status = Some(status);
    }

    fn span(&self) -> Span {
        let status = self.status.map(|status| Attribute::Number("http.response.status_code", i64::from(status)));
        let attributes = [
            Some(Attribute::Text("http.request.method", self.method.to_owned())),
            Some(Attribute::Text("server.address", self.server.clone())),
            status,
        ];
        Span {
            context: self.trace.clone(),
            name: self.method.to_owned(),
            kind: Kind::Client,
            began_at: self.began_at,
            ended_at: self.seeing.now_micros(),
            attributes: attributes.into_iter().flatten().collect(),
            is_failed: self.status.is_none_or(|status| status >= 400),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let telemetry: Option<&Arc<Telemetry>> = self.seeing.telemetry();
        if let Some(telemetry) = telemetry.filter(|_| self.trace.is_sampled) {
            telemetry.push(Record::Span(Box::new(self.span())));
        }
    }
}
