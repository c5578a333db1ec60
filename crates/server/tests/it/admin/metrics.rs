//! Metrics: the names that are documented, labels with few values, both listeners.

use std::collections::BTreeSet;

use http::Method;

use crate::fixtures;
use crate::support::{Call, TestServer};

const DOCUMENTED: &str = include_str!("../../../../../docs/metrics.md");

async fn metrics(server: &TestServer) -> String {
    server.admin(Call::get("/admin/metrics/prometheus")).await.expect(200).text()
}

/// The value of the one line that has all of these parts.
fn value(text: &str, parts: &[&str]) -> String {
    let found: Vec<_> = text.lines().filter(|line| parts.iter().all(|part| line.contains(part))).collect();
    assert_eq!(found.len(), 1, "{parts:?}: {found:#?}");
    found[0].rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_counted_is_what_is_documented() {
    let server = TestServer::new().await;
    let client = fixtures::confidential(&server).await;
    server.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
    let answer = server.admin(Call::get("/metrics/prometheus")).await.expect(200);
    assert_eq!(answer.content_type(), Some("text/plain; version=0.0.4; charset=utf-8; escaping=underscores"));
    let text = answer.text();
    let counted: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let documented: BTreeSet<&str> =
        DOCUMENTED.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(counted, documented);
    server.public(Call::get("/metrics/prometheus")).await.expect(404);
}

#[tokio::test]
async fn requests_of_both_listeners_are_counted_by_route() {
    let server = TestServer::new().await;
    for id in ["a", "b"] {
        server.admin(Call::get(format!("/admin/clients/{id}"))).await.expect(404);
    }
    server.public(Call::get("/health/alive")).await.expect(200);
    server.public(Call::get("/no/such/path")).await.expect(404);
    server.public(Call::new(Method::from_bytes(b"ODD").unwrap(), "/health/alive")).await.expect(405);
    let text = metrics(&server).await;
    let clients = ["http_requests_total{", "endpoint=\"/admin/clients/{param}\"", "code=\"404\"", "method=\"get\""];
    assert_eq!(value(&text, &clients), "2");
    assert_eq!(value(&text, &["http_requests_total{", "endpoint=\"/health/alive\"", "code=\"200\""]), "1");
    assert_eq!(value(&text, &["http_requests_total{", "endpoint=\"unmatched\"", "code=\"404\""]), "1");
    assert_eq!(value(&text, &["http_requests_total{", "method=\"unknown\"", "code=\"405\""]), "1");
    assert_eq!(value(&text, &["http_requests_statuses_total{", "method=\"GET\"", "status_bucket=\"2xx\""]), "1");
    assert_eq!(value(&text, &["http_response_time_seconds_count{", "endpoint=\"/admin/clients/{param}\""]), "2");
    for made_up in ["no/such", "ODD", "clients/a"] {
        assert!(!text.contains(made_up), "{made_up} is a word of a request");
    }
}

#[tokio::test]
async fn token_requests_are_counted_by_grant_type_and_outcome() {
    let server = TestServer::new().await;
    let client = fixtures::confidential(&server).await;
    for (form, status) in [
        (vec![("grant_type", "client_credentials")], 200),
        (vec![("grant_type", "client_credentials"), ("scope", "no.such")], 400),
        (vec![("grant_type", "made-up")], 400),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "made-up")], 400),
    ] {
        server.public(client.token_request(&form)).await.expect(status);
    }
    let text = metrics(&server).await;
    for (grant_type, outcome) in [
        ("client_credentials", "issued"),
        ("client_credentials", "invalid_scope"),
        ("unknown", "unsupported_grant_type"),
        ("refresh_token", "invalid_grant"),
    ] {
        let name = format!("symbolon_token_requests_total{{grant_type=\"{grant_type}\",outcome=\"{outcome}\"}}");
        assert_eq!(value(&text, &[&name]), "1");
    }
    assert_eq!(value(&text, &["symbolon_unopened_seals_total{kind=\"refresh_token\"}"]), "1");
    assert!(!text.contains("made-up"));
}

#[tokio::test]
async fn metrics_need_the_operators_token_where_there_is_one() {
    let token = "a-token-of-the-operator";
    let server = TestServer::with(|config| {
        config.symbolon.admin.token = Some(symbolon_jose::Secret::new(token.to_owned()));
    })
    .await;
    server.admin(Call::get("/admin/metrics/prometheus")).await.expect(401);
    server.admin(Call::get("/admin/metrics/prometheus").bearer(token)).await.expect(200);
}
