//! W3C Trace Context: what comes is continued, and what is called is told.

use http::header::HeaderName;
use serde_json::json;
use symbolon_server::config::{Hook, Ratio};

use super::{PARENT, TRACE, collector, hex, one, spans, to};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, confidential};
use crate::oidc_logout::{client as logout_client, log_out, sign_in};
use crate::support::{AuditFile, Call, TestServer};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

fn own_token(client: &Registered) -> Call {
    client.token_request(&[("grant_type", "client_credentials")])
}

#[tokio::test]
async fn the_trace_of_a_request_goes_on_to_a_hook() {
    let (collector, hook) = (collector().await, ClientServer::listen(Reply::Status(204)).await);
    let server = TestServer::with(|config| {
        to(&collector)(config);
        config.oauth2.token_hook = Some(Hook { url: format!("{}/token", hook.url), key: None });
    })
    .await;
    let client = confidential(&server).await;
    spans(&server, &collector).await;
    let call = own_token(&client).header(TRACEPARENT, &format!("00-{TRACE}-{PARENT}-01")).header(TRACESTATE, "a=1");
    server.public(call).await.expect(200);
    let told = hook.take_one().unwrap();
    let spans = spans(&server, &collector).await;
    let (request, asked) = (one(&spans, "POST /oauth2/token"), one(&spans, "POST"));
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    assert_eq!((hex(&asked.trace_id), &asked.parent_span_id), (TRACE.to_owned(), &request.span_id));
    let expected = format!("00-{TRACE}-{}-01", hex(&asked.span_id));
    assert_eq!((told.header("traceparent"), told.header("tracestate")), (Some(expected.as_str()), Some("a=1")));
    assert_eq!(request.trace_state, "a=1");
    assert_eq!((request.kind, asked.kind), (2, 3), "server and client");
}

#[tokio::test]
async fn a_logout_token_that_is_delivered_later_belongs_to_the_trace_of_the_logout() {
    let (collector, receiver) = (collector().await, ClientServer::listen(Reply::Status(200)).await);
    let server = TestServer::with(to(&collector)).await;
    let settings = json!({ "backchannel_logout_uri": format!("{}/told", receiver.url) });
    let client = logout_client(&server, "app", &settings).await;
    let mut person = sign_in(&server, &client).await;
    spans(&server, &collector).await;
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    assert_eq!(server.server.deliver_logout_tokens().await, 1);
    let spans = spans(&server, &collector).await;
    let delivered = one(&spans, "POST");
    let ended = spans.iter().find(|span| span.span_id == delivered.parent_span_id).unwrap();
    assert_eq!((ended.name.as_str(), &ended.trace_id), ("GET /oauth2/sessions/logout", &delivered.trace_id));
    let told = receiver.take_one().unwrap();
    assert!(told.header("traceparent").unwrap().contains(&hex(&delivered.span_id)));
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent_and_told_so() {
    let (collector, hook) = (collector().await, ClientServer::listen(Reply::Status(204)).await);
    let server = TestServer::with(|config| {
        to(&collector)(config);
        config.tracing.otlp.sampling_ratio = Ratio::new(0.0).unwrap();
        config.oauth2.token_hook = Some(Hook { url: format!("{}/token", hook.url), key: None });
    })
    .await;
    let client = confidential(&server).await;
    server.public(own_token(&client)).await.expect(200);
    assert!(spans(&server, &collector).await.is_empty());
    assert!(hook.take_one().unwrap().header("traceparent").unwrap().ends_with("-00"));
    for (flags, sent) in [("00", 0), ("01", 2)] {
        let call = own_token(&client).header(TRACEPARENT, &format!("00-{TRACE}-{PARENT}-{flags}"));
        server.public(call).await.expect(200);
        assert_eq!(spans(&server, &collector).await.len(), sent, "{flags}: whoever began the trace decides");
        let told = hook.take_one().unwrap();
        assert!(told.header("traceparent").unwrap().ends_with(&format!("-{flags}")));
    }
}

#[tokio::test]
async fn about_half_of_the_traces_that_begin_here_are_sent() {
    let collector = collector().await;
    let server = TestServer::with(|config| {
        to(&collector)(config);
        config.tracing.otlp.sampling_ratio = Ratio::new(0.5).unwrap();
    })
    .await;
    for _ in 0..200 {
        server.public(Call::get("/health/alive")).await.expect(200);
    }
    let sent = spans(&server, &collector).await.len();
    assert!((60..=140).contains(&sent), "{sent}");
}

#[tokio::test]
async fn a_parent_that_cannot_be_read_begins_a_trace_of_its_own() {
    let collector = collector().await;
    let server = TestServer::with(to(&collector)).await;
    for bad in ["", "x", &format!("00-{TRACE}-{PARENT}"), &format!("ff-{TRACE}-{PARENT}-01"), &"0".repeat(55)] {
        server.public(Call::get("/health/alive").header(TRACEPARENT, bad)).await.expect(200);
        let spans = spans(&server, &collector).await;
        let request = one(&spans, "GET /health/alive");
        assert!(request.parent_span_id.is_empty() && hex(&request.trace_id) != TRACE, "{bad}");
    }
}

#[tokio::test]
async fn lines_of_the_audit_log_name_the_trace() {
    let (collector, audit) = (collector().await, AuditFile::new());
    let server = TestServer::with(|config| {
        to(&collector)(config);
        audit.on(config);
    })
    .await;
    let client = confidential(&server).await;
    server.public(own_token(&client).header(TRACEPARENT, &format!("00-{TRACE}-{PARENT}-00"))).await.expect(200);
    assert_eq!(audit.one("tokens_issued")["trace_id"], TRACE, "also where it is not sampled");
}

#[tokio::test]
async fn without_traces_nobody_is_told_of_any() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(|config| {
        config.oauth2.token_hook = Some(Hook { url: format!("{}/token", hook.url), key: None });
    })
    .await;
    let client = confidential(&server).await;
    server.public(own_token(&client).header(TRACEPARENT, &format!("00-{TRACE}-{PARENT}-01"))).await.expect(200);
    assert_eq!(hook.take_one().unwrap().header("traceparent"), None);
    server.server.send_telemetry().await;
}
