//! From the id of an answer to its reason with the real program, and the check of the audit log that it wrote.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::process::{Finished, Running, free_ports, run, text};

/// A server that writes both logs, and where it does so.
struct Server {
    running: Running,
    public: u16,
    settings: Vec<String>,
    audit: PathBuf,
    access: PathBuf,
}

impl Server {
    fn start(place: &Path) -> Self {
        let [public, admin] = free_ports();
        let (audit, access) = (place.join("audit.jsonl"), place.join("access.jsonl"));
        let settings = [
            format!("symbolon.audit.file={}", audit.display()),
            "symbolon.audit.chain=true".to_owned(),
            format!("symbolon.access_log.file={}", access.display()),
            "symbolon.keys.signing_algorithm=ES256".to_owned(),
            format!("serve.public.port={public}"),
            format!("serve.admin.port={admin}"),
        ];
        let settings: Vec<String> = settings.into_iter().flat_map(|setting| ["--set".to_owned(), setting]).collect();
        let named: Vec<&str> = settings.iter().map(String::as_str).collect();
        let mut running = Running::start(&[&["serve", "--dev", "--dsn", "memory"], named.as_slice()].concat());
        running.wait_for_port(public);
        Self { running, public, settings, audit, access }
    }

    /// A token request of a client that does not exist; the id of its answer.
    async fn refused(&self) -> String {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let address = format!("http://127.0.0.1:{}/oauth2/token?hint=in-the-query", self.public);
        let form = "grant_type=client_credentials";
        let call = client.post(address).basic_auth("no-such-client", Some("not-a-secret"));
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let answer = call.header(kind.0, kind.1).body(form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401);
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    }

    fn explain(&self, id: &str, more: &[&str]) -> Finished {
        let named: Vec<&str> = self.settings.iter().map(String::as_str).collect();
        run(&[&["explain", id, "--dev", "--dsn", "memory"], named.as_slice(), more].concat())
    }
}

#[tokio::test]
async fn the_id_of_an_answer_leads_to_its_reason() {
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path());
    let id = server.refused().await;
    let told = server.explain(&id, &[]);
    for part in [
        format!("Request {id}").as_str(),
        "POST /oauth2/token was answered with 401 in ",
        "127.0.0.1",
        "client_authentication_failed: A client did not prove who it is.",
        "invalid_client",
        "Not told  unknown client",
        "RFC 6749 §2.3.1",
        "There is no client with this id",
    ] {
        assert!(told.success().contains(part), "{part}: {told:?}");
    }
    let object = server.explain(&id, &["--format", "json"]).json();
    assert_eq!((&object["refusal"]["error"], &object["request_id"]), (&"invalid_client".into(), &id.as_str().into()));

    // One log is enough, whichever it is.
    let of_audit = run(&["explain", &id, "--file", text(&server.audit)]);
    assert!(of_audit.success().contains("unknown client"), "{of_audit:?}");
    let of_access = run(&["explain", &id, "--file", text(&server.access)]);
    assert!(of_access.success().contains("answered with 401") && !of_access.stdout.contains("unknown client"));

    // Of yesterday's file, too.
    std::fs::rename(&server.audit, place.path().join("audit.jsonl.1")).unwrap();
    std::fs::write(&server.audit, "").unwrap();
    assert!(server.explain(&id, &[]).success().contains("unknown client"));

    let absent = server.explain("nobody-1", &[]);
    assert!(
        absent.failure().contains("nothing about the request nobody-1 in ") && absent.stderr.contains("X-Request-Id")
    );
    let unset = run(&["explain", &id, "--dev", "--dsn", "memory"]);
    assert!(unset.failure().contains("symbolon.audit.file"), "{unset:?}");
    let missing = run(&["explain", &id, "--file", "/no/such/file"]);
    assert!(missing.failure().contains("/no/such/file"), "{missing:?}");

    let lines = std::fs::read_to_string(&server.access).unwrap();
    let line = lines.lines().find(|line| line.contains(&id)).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (&line["method"], &line["path"], &line["route"]),
        (&"POST".into(), &"/oauth2/token".into(), &"/oauth2/token".into())
    );
    assert_eq!((&line["status"], &line["error"]), (&401.into(), &"invalid_client".into()));
    assert!(line["duration_ms"].as_f64().unwrap() > 0.0 && line["bytes"].as_u64().unwrap() > 0, "{line}");
    for log in ["access.jsonl", "audit.jsonl.1"] {
        let text = std::fs::read_to_string(place.path().join(log)).unwrap();
        assert!(!text.contains("not-a-secret") && !text.contains("in-the-query"), "{log}: {text}");
    }
    assert_eq!(server.running.terminate().0, Some(0));
}

#[tokio::test]
async fn a_changed_line_of_the_audit_log_is_found() {
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path());
    for _ in 0..3 {
        server.refused().await;
    }
    let (audit, settings) = (server.audit.clone(), server.settings.clone());
    let ports = free_ports::<2>();
    let others = [format!("serve.public.port={}", ports[0]), format!("serve.admin.port={}", ports[1])];
    let others = others.iter().flat_map(|setting| ["--set", setting]);
    let named: Vec<&str> = settings.iter().map(String::as_str).chain(others).collect();
    let second = run(&[&["serve", "--dev", "--dsn", "memory"], named.as_slice()].concat());
    assert!(second.failure().contains("is written by another process"), "{second:?}");
    assert_eq!(server.running.terminate().0, Some(0));
    let verify = |more: &[&str]| run(&[&["audit", "verify", text(&audit)], more].concat());
    let whole = verify(&[]);
    assert!(whole.success().starts_with("The chain is whole: "), "{whole:?}");
    let newest = whole.stdout.lines().last().unwrap().strip_prefix("Newest line: ").unwrap().to_owned();
    assert!(verify(&["--last", &newest]).success().contains(&newest));
    let written = std::fs::read_to_string(&audit).unwrap();
    std::fs::write(&audit, written.replacen("unknown client", "wrong secret", 1)).unwrap();
    let changed = verify(&[]);
    assert!(changed.failure().contains("1 finding"), "{changed:?}");
    let line = 1 + written.lines().position(|line| line.contains("unknown client")).unwrap();
    assert!(changed.stdout.starts_with(&format!("{}:{line}: the line was altered", audit.display())), "{changed:?}");
    let object: serde_json::Value = serde_json::from_str(&verify(&["--format", "json"]).stdout).unwrap();
    assert_eq!((&object["valid"], &object["findings"][0]["line"]), (&false.into(), &line.into()));
    assert!(verify(&["--after", "x"]).stderr.contains("NUMBER:HASH"));
    assert!(run(&["audit", "verify", "/no/such/file"]).failure().contains("/no/such/file"));
    assert_eq!(run(&["audit", "verify"]).code, Some(1));
}

#[test]
fn what_cannot_be_written_is_found_before_the_start() {
    let check = |settings: &[&str]| {
        let settings: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
        run(&[&["config", "check", "--dev", "--dsn", "memory"], settings.as_slice()].concat())
    };
    for (settings, part) in [
        (vec!["symbolon.audit.file=/no/such/folder/audit"], "symbolon.audit.file: the file /no/such/folder/audit"),
        (vec!["symbolon.access_log.file=/no/such/folder/access"], "symbolon.access_log.file"),
        (vec!["symbolon.audit.chain=true"], "set symbolon.audit.file to a path"),
        (vec!["symbolon.audit.chain=true", "symbolon.audit.file=stdout"], "set symbolon.audit.file to a path"),
    ] {
        let told = check(&settings);
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.stdout.contains(part), "{part}: {told:?}");
    }
    assert_eq!(check(&["symbolon.audit.file=stdout"]).code, Some(0));
}

/// A collector: takes every request, and tells its path and body.
fn collector() -> (u16, std::sync::mpsc::Receiver<(String, String)>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut lines = reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
            let Some(first) = lines.next() else { continue };
            let length =
                lines.filter_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.last().unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            reader.get_mut().write_all(answer).unwrap();
            let path = first.split(' ').nth(1).unwrap().to_owned();
            if sender.send((path, String::from_utf8(body).unwrap())).is_err() {
                return;
            }
        }
    });
    (port, received)
}

#[tokio::test]
async fn traces_and_the_log_reach_a_collector_at_the_latest_when_the_server_stops() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let (port, received) = collector();
    let [public, admin] = free_ports();
    let settings = [
        "tracing.provider=otel".to_owned(),
        format!("tracing.providers.otlp.server_url=127.0.0.1:{port}"),
        "tracing.providers.otlp.insecure=true".to_owned(),
        "tracing.service_name=login".to_owned(),
        "symbolon.tracing.logs=true".to_owned(),
        "symbolon.keys.signing_algorithm=ES256".to_owned(),
        format!("serve.public.port={public}"),
        format!("serve.admin.port={admin}"),
    ];
    let settings: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting]).collect();
    let mut server = Running::start(&[&["serve", "--dev", "--dsn", "memory"], settings.as_slice()].concat());
    server.wait_for_port(public);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client.get(format!("http://127.0.0.1:{public}/oauth2/auth?client_id=none"));
    call.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01")).send().await.unwrap();
    assert_eq!(server.terminate().0, Some(0));
    let all: Vec<(String, String)> = received.try_iter().collect();
    let of = |path: &str, parts: &[&str]| {
        all.iter().any(|(to, body)| to == path && parts.iter().all(|part| body.contains(part)))
    };
    assert!(of("/v1/traces", &[TRACE, "GET /oauth2/auth", "\"login\"", "invalid_client"]), "{all:#?}");
    assert!(of("/v1/logs", &[TRACE, "request refused", "symbolon.request_id"]), "{all:#?}");
}
