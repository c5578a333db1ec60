//! What is told of a request that has its answer.

use std::time::Duration;

use http::StatusCode;

use super::{Inner, Noted, Refusal, Trail, with};
use crate::access_log::Access;
use crate::audit::{About, Event, Refused};
use crate::telemetry::{Attribute, Kind, Record, Span};

/// A request that has its answer.
pub(crate) struct Finished<'a> {
    /// Its method.
    pub(crate) method: &'a str,
    /// Its path, without the query.
    pub(crate) path: &'a str,
    /// Status of the answer.
    pub(crate) status: StatusCode,
    /// Bytes of its body.
    pub(crate) bytes: u64,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Tells what came of a request.
pub(crate) fn finish(finished: &Finished<'_>) {
    with(|trail| {
        let noted = trail.0.noted.take();
        trail.write_access(finished, &noted);
        trail.write_refusal(finished, &noted);
        trail.push_span(finished, &noted);
    });
}

impl Trail {
    fn write_access(&self, finished: &Finished<'_>, noted: &Noted) {
        let Inner { seeing, id, .. } = &*self.0;
        let (Some(access), Some(id)) = (seeing.access(), id) else { return };
        let Finished { method, path, status, bytes, took } = *finished;
        access.record(&Access {
            at_micros: seeing.now_micros(),
            request_id: id,
            trace_id: self.trace_id().as_deref(),
            method,
            path,
            route: noted.route.as_deref(),
            status: status.as_u16(),
            bytes,
            took,
            address: noted.address,
            client_id: noted.client_id.as_deref(),
            error: noted.refusal.as_ref().map(|refusal| refusal.error.as_str()),
        });
    }

    fn write_refusal(&self, finished: &Finished<'_>, noted: &Noted) {
        let Noted { address, client_id, refusal, check, .. } = noted;
        let Some(Refusal { error, description, reason }) = refusal else { return };
        let (check, section) = check.unzip();
        let (client_id, status) = (client_id.as_deref(), finished.status.as_u16());
        let Finished { method, path, .. } = *finished;
        let refused = Refused { method, path, status, error, description, reason, client_id, check, section };
        let failed = matches!(error.as_str(), "server_error" | "temporarily_unavailable") || status >= 500;
        let event = if failed { Event::RequestFailed(refused) } else { Event::RequestRefused(refused) };
        let (request_id, trace_id) = (self.0.id.as_deref(), self.trace_id());
        let about = About { request_id, trace_id: trace_id.as_deref(), address: *address, at_micros: 0 };
        self.0.seeing.record(about, &event);
    }

    /// The span of the request, with the attributes that OpenTelemetry names for HTTP servers.
    fn push_span(&self, finished: &Finished<'_>, noted: &Noted) {
        let Inner { seeing, id, trace, began_at, .. } = &*self.0;
        let (Some(telemetry), Some(trace)) = (seeing.telemetry(), trace) else { return };
        if !trace.is_sampled {
            return;
        }
        let Finished { method, path, status, .. } = *finished;
        let route = noted.route.as_deref();
        let text = |name, value: Option<&str>| value.map(|value| Attribute::Text(name, value.to_owned()));
        let refusal = noted.refusal.as_ref();
        let attributes = [
            text("http.request.method", Some(method)),
            text("url.path", Some(path)),
            text("http.route", route),
            Some(Attribute::Number("http.response.status_code", i64::from(status.as_u16()))),
            noted.address.map(|address| Attribute::Text("client.address", address.to_string())),
            text("symbolon.request_id", id.as_deref()),
            text("symbolon.client_id", noted.client_id.as_deref()),
            text("error.type", refusal.map(|refusal| refusal.error.as_str())),
            text("symbolon.reason", refusal.map(|refusal| refusal.reason.as_str()).filter(|reason| !reason.is_empty())),
        ];
        telemetry.push(Record::Span(Box::new(Span {
            context: trace.clone(),
            name: route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}")),
            kind: Kind::Server,
            began_at: *began_at,
            ended_at: began_at.saturating_add(i64::try_from(finished.took.as_micros()).unwrap_or(0)),
            attributes: attributes.into_iter().flatten().collect(),
            is_failed: status.is_server_error(),
        })));
    }
}
