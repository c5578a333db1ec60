//! Records in the form of the OpenTelemetry Protocol (OTLP 1, JSON): ids as hexadecimal digits, 64-bit numbers as texts.

use serde::Serialize;
use serde_json::{Value, json};

use super::record::{Attribute, Kind, LogRecord, Span};
use super::trace_context::hex;

/// What describes the server that sends records.
pub(crate) struct Resource(Vec<Pair>);

#[derive(Serialize, Clone)]
struct Pair {
    key: &'static str,
    value: Value,
}

impl Resource {
    /// A server of this name.
    pub(super) fn new(service_name: &str, environment: Option<&str>) -> Self {
        let environment = environment.map(|environment| Pair::text("deployment.environment.name", environment));
        let version = Pair::text("service.version", env!("CARGO_PKG_VERSION"));
        Self([Pair::text("service.name", service_name), version].into_iter().chain(environment).collect())
    }

    /// The document for `/v1/traces`.
    pub(crate) fn traces(&self, spans: &[Box<Span>]) -> Vec<u8> {
        let spans: Vec<WireSpan<'_>> = spans.iter().map(|span| WireSpan::of(span)).collect();
        let scope_spans = json!([{ "scope": scope(), "spans": spans }]);
        json!({ "resourceSpans": [{ "resource": { "attributes": self.0 }, "scopeSpans": scope_spans }] })
            .to_string()
            .into()
    }

    /// The document for `/v1/logs`.
    pub(crate) fn logs(&self, records: &[Box<LogRecord>]) -> Vec<u8> {
        let records: Vec<Value> = records.iter().map(|record| log(record)).collect();
        let scope_logs = json!([{ "scope": scope(), "logRecords": records }]);
        json!({ "resourceLogs": [{ "resource": { "attributes": self.0 }, "scopeLogs": scope_logs }] })
            .to_string()
            .into()
    }
}

impl Pair {
    fn text(key: &'static str, value: &str) -> Self {
        Self { key, value: json!({ "stringValue": value }) }
    }

    fn of(attribute: &Attribute) -> Self {
        match attribute {
            Attribute::Text(key, value) => Self::text(key, value),
            Attribute::Number(key, value) => Self { key, value: json!({ "intValue": value.to_string() }) },
        }
    }
}

fn scope() -> Value {
    json!({ "name": "symbolon", "version": env!("CARGO_PKG_VERSION") })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireSpan<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_state: Option<&'a str>,
    name: &'a str,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Pair>,
    status: Value,
}

impl<'a> WireSpan<'a> {
    fn of(span: &'a Span) -> Self {
        let Span { context, name, kind, began_at, ended_at, attributes, is_failed } = span;
        Self {
            trace_id: hex(&context.trace_id),
            span_id: hex(&context.span_id),
            parent_span_id: context.parent.map(|parent| hex(&parent)),
            trace_state: context.state.as_deref(),
            name,
            kind: match kind {
                Kind::Server => 2,
                Kind::Client => 3,
            },
            start_time_unix_nano: nanos(*began_at),
            end_time_unix_nano: nanos(*ended_at),
            attributes: attributes.iter().map(Pair::of).collect(),
            status: if *is_failed { json!({ "code": 2 }) } else { json!({}) },
        }
    }
}

fn log(record: &LogRecord) -> Value {
    let LogRecord { level, target, message, fields, at_micros, .. } = record;
    let severity = match *level {
        tracing::Level::TRACE => 1,
        tracing::Level::DEBUG => 5,
        tracing::Level::INFO => 9,
        tracing::Level::WARN => 13,
        tracing::Level::ERROR => 17,
    };
    let target = Pair::text("log.target", target);
    let attributes: Vec<Pair> =
        std::iter::once(target).chain(fields.iter().map(|(name, value)| Pair::text(name, value))).collect();
    let mut value = json!({
        "timeUnixNano": nanos(*at_micros),
        "observedTimeUnixNano": nanos(*at_micros),
        "severityNumber": severity,
        "severityText": level.as_str(),
        "body": { "stringValue": message },
        "attributes": attributes,
    });
    if let (Some(context), Some(members)) = (record.context(), value.as_object_mut()) {
        members.insert("traceId".to_owned(), hex(&context.trace_id).into());
        members.insert("spanId".to_owned(), hex(&context.span_id).into());
        members.insert("flags".to_owned(), u8::from(context.is_sampled).into());
    }
    value
}

fn nanos(micros: i64) -> String {
    micros.saturating_mul(1000).to_string()
}
