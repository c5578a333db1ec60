//! Metrics: the names that are documented, labels with few values, both listeners.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use symbolon_server::config::TracingProvider;
use tokio::io::AsyncReadExt as _;

use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{self, parameter};
use crate::oidc_logout::{client as logout_client, log_out, sign_in};
use crate::support::{Answer, AuditFile, Call, Listener, ListeningServer, TestServer, until_somebody_waits};
use crate::ui::{self, Form, PASSWORD};

const DOCUMENTED: &str = include_str!("../../../../../docs/metrics.md");

async fn metrics(server: &TestServer) -> String {
    server.admin(Call::get("/admin/metrics/prometheus")).await.expect(200).text()
}

/// The longest that anything may take that should happen soon.
const SOON: Duration = Duration::from_secs(20);

/// The value of the one line that has all of these parts.
fn value(text: &str, parts: &[&str]) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let found: Vec<_> = lines.filter(|line| parts.iter().all(|part| line.contains(part))).collect();
    assert_eq!(found.len(), 1, "{parts:?}: {found:#?}");
    found[0].rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_counted_is_what_is_documented() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        audit.on(config);
        config.tracing.provider = Some(TracingProvider::Otel);
        config.tracing.otlp.server_url = Some("localhost:4318".to_owned());
    })
    .await;
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

/// How many answers of pages had this outcome.
async fn answers(server: &TestServer, step: &str, page: &str, outcome: &str) -> String {
    let labels = format!("outcome=\"{outcome}\",page=\"{page}\",step=\"{step}\"");
    value(&metrics(server).await, &[&format!("symbolon_page_answers_total{{{labels}}}")])
}

/// A headless page's answer.
async fn answer(server: &TestServer, step: &str, operation: &str, challenge: &str, body: &Value) -> Answer {
    let call = Call::put(format!("/admin/oauth2/auth/requests/{step}/{operation}"));
    server.admin(call.query(&[(&format!("{step}_challenge"), challenge)]).json(body)).await
}

#[tokio::test]
async fn answers_of_headless_pages_are_counted_by_what_came_of_them() {
    let server = TestServer::new().await;
    let client = fixtures::confidential(&server).await;
    let nobody = json!({ "subject": "" });
    let carol = json!({ "subject": "carol" });
    for step in ["login", "consent"] {
        let mut flow = client.flow(&server).login("remember", json!(step == "login"));
        let to = match step {
            "login" => flow.authorize().await,
            _ => flow.log_in().await,
        };
        let challenge = parameter(to.expect(302).location(), &format!("{step}_challenge"));
        let accepted =
            if step == "login" { json!({ "subject": "alice" }) } else { json!({ "grant_scope": ["openid"] }) };
        let refused = if step == "login" { &nobody } else { &json!({ "grant_scope": ["never.asked"] }) };
        answer(&server, step, "reject", &challenge, &json!({})).await.expect(200);
        answer(&server, step, "accept", &challenge, refused).await.expect(400);
        answer(&server, step, "accept", "made-up", &accepted).await.expect(404);
        let next = answer(&server, step, "accept", &challenge, &accepted).await.expect(200).member("redirect_to");
        flow.browser.get(&next).await;
        answer(&server, step, "accept", &challenge, &accepted).await.expect(410);
        server.clock.advance(1_801);
        answer(&server, step, "accept", &challenge, &accepted).await.expect(401);
        for outcome in ["accepted", "rejected", "refused", "unknown", "used_before", "expired"] {
            assert_eq!(answers(&server, step, "headless", outcome).await, "1", "{step} {outcome}");
        }
    }
    let mut remembered = client.flow(&server).login("remember", json!(true));
    remembered.tokens().await;
    let challenge = parameter(remembered.authorize().await.expect(302).location(), "login_challenge");
    answer(&server, "login", "accept", &challenge, &carol).await.expect(200);
    assert_eq!(answers(&server, "login", "headless", "started_again").await, "1");
    for step in ["login", "consent"] {
        assert_eq!(answers(&server, step, "built_in", "accepted").await, "0");
    }
    assert!(!metrics(&server).await.contains("carol"));
}

#[tokio::test]
async fn answers_of_built_in_pages_are_counted_by_what_came_of_them() {
    let server = TestServer::with(ui::built_in).await;
    let client = fixtures::confidential(&server).await;
    ui::account(&server, "alice").await;
    let mut flow = client.flow(&server);
    let page = ui::visit(&mut flow).await;
    for _ in 0..5 {
        ui::log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    }
    ui::log_in(&mut flow, &page, "alice", PASSWORD).await.expect(429);
    server.clock.advance(1);
    let consent = ui::log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    ui::submit(&mut flow, &Form::of(&consent, "consent-form").press("accept")).await.expect(303);
    let mut flow = client.flow(&server);
    let page = ui::visit(&mut flow).await;
    ui::submit(&mut flow, &Form::of(&page, "login-form").press("reject")).await;
    for (step, outcome, times) in [
        ("login", "wrong_credentials", "5"),
        ("login", "throttled", "1"),
        ("login", "accepted", "1"),
        ("login", "rejected", "1"),
        ("consent", "accepted", "1"),
        ("consent", "rejected", "0"),
    ] {
        assert_eq!(answers(&server, step, "built_in", outcome).await, times, "{step} {outcome}");
        assert_eq!(answers(&server, step, "headless", outcome).await, "0", "{step} {outcome}");
    }
}

#[tokio::test]
async fn the_time_of_the_database_is_told_for_reads_and_batches() {
    TestServer::each_database(async |server| {
        let count = async |work: &str| -> u64 {
            let name = format!("symbolon_database_seconds_count{{work=\"{work}\"}}");
            value(&metrics(server).await, &[&name]).parse().unwrap()
        };
        let (reads, batches) = (count("read").await, count("batch").await);
        fixtures::confidential(server).await;
        assert_eq!(count("batch").await, batches + 1);
        server.admin(Call::get("/admin/clients/nobody")).await.expect(404);
        assert!(count("read").await > reads);
        let text = metrics(server).await;
        let longest = ["symbolon_database_seconds_bucket{", "work=\"batch\"", "le=\"+Inf\""];
        assert_eq!(value(&text, &longest).parse::<u64>().unwrap(), batches + 1);
        let total: f64 = value(&text, &["symbolon_database_seconds_sum{work=\"batch\"}"]).parse().unwrap();
        assert!(total > 0.0 && total < 60.0, "{total}");
        assert_eq!(value(&text, &["symbolon_database_batches_waiting "]), "0", "nobody writes at the moment");
    })
    .await;
}

#[tokio::test]
async fn batches_that_wait_for_a_database_server_are_counted() {
    const CLIENTS: u16 = 32;
    TestServer::beside_a_connection(async |server, connection| {
        let number = async |name: &str| -> f64 { value(&metrics(server).await, &[name]).parse().unwrap() };
        let waiting = async || number("symbolon_database_batches_waiting ").await;
        let names = ["symbolon_database_batches_total ", "symbolon_database_seconds_sum{work=\"batch\"}"];
        let [batches, seconds] = [number(names[0]).await, number(names[1]).await];
        assert!(waiting().await == 0.0);
        // Somebody else keeps a writer from its work; what comes meanwhile finds it busy.
        connection.batch_execute("BEGIN; LOCK TABLE clients IN SHARE MODE").await.unwrap();
        let register = |number: u16| {
            let server = server.clone();
            tokio::spawn(async move { fixtures::register(&server, &format!("client{number}"), &json!({})).await })
        };
        let mut registrations = vec![register(0)];
        until_somebody_waits(connection).await;
        registrations.extend((1..CLIENTS).map(register));
        let begun = std::time::Instant::now();
        while waiting().await == 0.0 {
            assert!(begun.elapsed() < SOON, "nothing waits");
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(waiting().await > 0.0);
        connection.batch_execute("COMMIT").await.unwrap();
        for registration in registrations {
            registration.await.unwrap();
        }
        assert!(waiting().await == 0.0);
        assert!(number(names[0]).await >= batches + f64::from(CLIENTS));
        // Waiting counts as time of the database.
        assert!(number(names[1]).await > seconds + 0.3, "{}", number(names[1]).await - seconds);
    })
    .await;
}

#[tokio::test]
async fn logout_tokens_that_wait_are_counted_until_they_arrive() {
    TestServer::each_database(async |server| {
        let waiting = async || value(&metrics(server).await, &["symbolon_logout_tokens_waiting "]);
        let receiver = ClientServer::listen(Reply::Status(500)).await;
        let address = json!({ "backchannel_logout_uri": format!("{}/logout", receiver.url) });
        let client = logout_client(server, "rp", &address).await;
        assert_eq!(waiting().await, "0");
        for expected in ["1", "2"] {
            let mut person = sign_in(server, &client).await;
            log_out(server, &mut person.browser, &[]).await.expect(302);
            assert_eq!(waiting().await, expected);
        }
        assert_eq!(server.server.deliver_logout_tokens().await, 0);
        assert_eq!(waiting().await, "2", "they are tried again");
        receiver.set(Reply::Status(200));
        server.clock.advance(10);
        assert_eq!(server.server.deliver_logout_tokens().await, 2);
        assert_eq!(waiting().await, "0");
    })
    .await;
}

#[tokio::test]
async fn slow_hashes_are_counted_while_they_run_and_wait() {
    let server = TestServer::new().await;
    let hashes = async |state: &str| -> u64 {
        let name = format!("symbolon_slow_hashes{{purpose=\"administration\",state=\"{state}\"}}");
        value(&metrics(&server).await, &[&name]).parse().unwrap()
    };
    assert_eq!((hashes("running").await, hashes("waiting").await), (0, 0));
    let accounts: Vec<_> = (0..32)
        .map(|number| {
            let server = server.clone();
            tokio::spawn(async move { ui::account(&server, &format!("account{number}")).await })
        })
        .collect();
    while hashes("running").await == 0 || hashes("waiting").await == 0 {
        assert!(accounts.iter().any(|account| !account.is_finished()), "all were hashed, and none was counted");
        tokio::task::yield_now().await;
    }
    for account in accounts {
        account.await.unwrap();
    }
    while hashes("running").await > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(hashes("waiting").await, 0);
}

/// The metrics of a server that listens.
async fn scraped(server: &ListeningServer) -> String {
    let request = "GET /admin/metrics/prometheus HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let mut connection = server.say(Listener::Admin, request).await;
    let mut answer = String::new();
    tokio::time::timeout(SOON, connection.stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn open_connections_are_counted_by_listener() {
    let server = ListeningServer::with(|_| {}).await;
    let until = async |listener: &str, expected: &str| {
        let begun = std::time::Instant::now();
        let name = format!("symbolon_connections_open{{listener=\"{listener}\"}}");
        while value(&scraped(&server).await, &[&name]) != expected {
            assert!(begun.elapsed() < SOON, "{listener} {expected}");
        }
    };
    until("public", "0").await;
    // That of the one who asks.
    until("admin", "1").await;
    let (first, second) = (server.say(Listener::Public, "").await, server.say(Listener::Public, "").await);
    until("public", "2").await;
    drop(first);
    until("public", "1").await;
    let admin = server.say(Listener::Admin, "").await;
    until("admin", "2").await;
    drop((second, admin));
    until("public", "0").await;
    until("admin", "1").await;
}
