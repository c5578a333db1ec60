//! Traces for a collector of OpenTelemetry and W3C Trace Context in and out, against an HTTP server that reads what comes with
//! the published message types of OTLP.

mod context;
mod sending;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use symbolon_server::config::{Config, TracingProvider};

use crate::client_side::{ClientServer, Received, Reply};
use crate::support::TestServer;

/// A trace of somebody else.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A collector that takes everything.
async fn collector() -> ClientServer {
    ClientServer::listen(Reply::Status(200)).await
}

/// Traces are sent to this collector.
fn to(collector: &ClientServer) -> impl Fn(&mut Config) + use<> {
    let url = collector.url.clone();
    move |config| {
        config.tracing.provider = Some(TracingProvider::Otel);
        config.tracing.otlp.server_url = Some(url.clone());
    }
}

fn read(received: &Received) -> ExportTraceServiceRequest {
    assert_eq!((received.method.as_str(), received.target.as_str()), ("POST", "/v1/traces"));
    assert!(received.header("content-type").unwrap().starts_with("application/json"));
    serde_json::from_str(&received.body).unwrap_or_else(|fault| panic!("{fault}: {}", received.body))
}

/// All spans that the collector gets now.
async fn spans(server: &TestServer, collector: &ClientServer) -> Vec<Span> {
    server.server.send_telemetry().await;
    let received = collector.take();
    let resources = received.iter().flat_map(|received| read(received).resource_spans);
    resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
}

/// The one span of this name.
#[track_caller]
fn one<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let found: Vec<&Span> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name}: {spans:#?}");
    found[0]
}

/// The value of an attribute as text.
fn attribute(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
