//! What the collector gets, and what becomes of requests when it gets nothing.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use symbolon_jose::Secret;
use symbolon_server::{LogReceiver, LogRecord};

use super::{attribute, collector, one, read, spans, to};
use crate::client_side::Reply;
use crate::fixtures::confidential;
use crate::support::{Call, START, TestServer};

#[tokio::test]
async fn a_request_is_a_span_with_what_came_of_it() {
    let collector = collector().await;
    let server = TestServer::with(|config| {
        to(&collector)(config);
        config.tracing.service_name = "login".to_owned();
        config.tracing.deployment_environment = Some("staging".to_owned());
        config.tracing.otlp.authorization_header = Some(Secret::new("Bearer of-the-collector".to_owned()));
    })
    .await;
    let client = confidential(&server).await;
    spans(&server, &collector).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", "made-up")];
    let answer = server.public(client.token_request(&form).query(&[("hint", "in-the-query")])).await.expect(400);
    server.server.send_telemetry().await;
    let received = collector.take_one().unwrap();
    assert_eq!(received.header("authorization"), Some("Bearer of-the-collector"));
    assert!(!received.body.contains("in-the-query") && !received.body.contains("made-up"), "{}", received.body);
    let sent = read(&received).resource_spans.remove(0);
    let resource = sent.resource.unwrap().attributes;
    assert_eq!(attribute(&resource, "service.name").as_deref(), Some("login"));
    assert_eq!(attribute(&resource, "deployment.environment.name").as_deref(), Some("staging"));
    let spans = &sent.scope_spans[0].spans;
    let span = one(spans, "POST /oauth2/token");
    for (name, value) in [
        ("http.request.method", "POST"),
        ("url.path", "/oauth2/token"),
        ("http.route", "/oauth2/token"),
        ("http.response.status_code", "400"),
        ("client.address", "127.0.0.1"),
        ("symbolon.client_id", client.id.as_str()),
        ("symbolon.request_id", answer.header("x-request-id").unwrap()),
        ("error.type", "invalid_grant"),
    ] {
        assert_eq!(attribute(&span.attributes, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(span.start_time_unix_nano, u64::try_from(START).unwrap() * 1_000_000_000);
    assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    assert_eq!(span.status.clone().unwrap_or_default().code, 0, "a refusal is no fault of the server");
}

#[tokio::test]
async fn a_collector_that_is_gone_costs_no_request_and_is_counted() {
    let collector = collector().await;
    let server = TestServer::with(to(&collector)).await;
    let metrics = async || server.admin(Call::get("/admin/metrics/prometheus")).await.expect(200).text();
    collector.set(Reply::Status(400));
    server.public(Call::get("/health/alive")).await.expect(200);
    server.server.send_telemetry().await;
    assert_eq!(collector.take().len(), 1, "what is refused for good is not sent again");
    collector.set_next([Reply::Status(503), Reply::HangUp]);
    collector.set(Reply::Status(200));
    collector.set_next([Reply::Status(503), Reply::HangUp]);
    server.public(Call::get("/health/alive")).await.expect(200);
    server.server.send_telemetry().await;
    assert_eq!(collector.take().len(), 3, "what may pass is tried twice more");
    let text = metrics().await;
    assert!(text.contains("symbolon_telemetry_records_total{outcome=\"dropped\"} 1\n"), "{text}");
    assert!(text.contains("symbolon_telemetry_records_total{outcome=\"sent\"} 1\n"), "{text}");
}

#[tokio::test]
async fn lines_of_the_log_are_sent_where_that_is_wanted() {
    let collector = collector().await;
    for wanted in [false, true] {
        let server = TestServer::with(|config| {
            to(&collector)(config);
            config.tracing.otlp.logs = wanted;
        })
        .await;
        let receiver = LogReceiver::default();
        assert!(!receiver.is_open());
        server.server.receive_logs(&receiver);
        assert_eq!(receiver.is_open(), wanted);
        let mut record = LogRecord::new(tracing::Level::WARN, "symbolon_server".to_owned(), START * 1_000_000);
        "something happened".clone_into(&mut record.message);
        record.fields.push(("reason", "a \"quoted\" text".to_owned()));
        receiver.push(record);
        server.server.send_telemetry().await;
        let received = collector.take();
        assert_eq!(received.len(), usize::from(wanted));
        let Some(received) = received.first() else { continue };
        assert_eq!(received.target, "/v1/logs");
        let mut sent: ExportLogsServiceRequest = serde_json::from_str(&received.body).unwrap();
        let record = sent.resource_logs.remove(0).scope_logs.remove(0).log_records.remove(0);
        assert_eq!((record.severity_number, record.severity_text.as_str()), (13, "WARN"));
        assert_eq!(attribute(&record.attributes, "reason").as_deref(), Some("a \"quoted\" text"));
        assert_eq!(record.time_unix_nano, u64::try_from(START).unwrap() * 1_000_000_000);
        assert!(format!("{:?}", record.body).contains("something happened"));
    }
}
