//! An orderly stop: what was begun is finished, and nothing new is.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::load::Load;
use crate::login_application::http;
use crate::login_application::server::{Settings, register};

#[tokio::test]
async fn requests_in_flight_are_answered() {
    let place = tempfile::tempdir().unwrap();
    let settings = Settings::write(place.path(), "");
    let server = settings.start();
    let client = json!({ "client_id": "service", "client_secret": "secret-1", "grant_types": ["client_credentials"],
                         "token_endpoint_auth_method": "client_secret_post" });
    register(&settings.admin, client).await;

    // Half a request at each port.
    let form = "grant_type=client_credentials&client_id=service&client_secret=secret-1";
    let token = Halved::begin(&settings.issuer, "/oauth2/token", "application/x-www-form-urlencoded", form);
    let client = r#"{"client_id":"late"}"#;
    let late = Halved::begin(&settings.admin, "/admin/clients", "application/json", client);
    // And a connection that is open without a request, which is no reason to wait.
    let _idle = TcpStream::connect(settings.issuer.strip_prefix("http://").unwrap()).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begin = Instant::now();
    let stopped = std::thread::spawn(move || server.terminate());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!stopped.is_finished(), "it waits");
    assert!(http().get(format!("{}/health/alive", settings.issuer)).send().await.is_err(), "nothing new begins");

    let (token, late) = (token.finish(), late.finish());
    assert!(token.starts_with("HTTP/1.1 200") && token.contains("access_token"), "{token}");
    assert!(late.starts_with("HTTP/1.1 201"), "{late}");
    let (code, lines) = stopped.join().unwrap();
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());

    let server = settings.start();
    let answer = http().get(format!("{}/admin/clients/late", settings.admin)).send().await.unwrap();
    assert_eq!(answer.status(), 200, "what was answered is there");
    assert_eq!(server.terminate().0, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_under_load_answers_or_refuses_and_loses_nothing() {
    let place = tempfile::tempdir().unwrap();
    let settings = Settings::write(place.path(), "");
    let server = settings.start();
    let load = Arc::new(Load::begin(&settings).await);
    let work = |worker| {
        let load = Arc::clone(&load);
        tokio::spawn(async move { load.work(worker).await })
    };
    let workers: Vec<_> = (0..6).map(work).collect();
    let begin = Instant::now();
    while load.answered.lock().unwrap().revoked.len() < 6 && begin.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stopped = tokio::task::spawn_blocking(|| server.terminate()).await.unwrap();
    assert_eq!(stopped.0, Some(0), "{:#?}", stopped.1);
    load.end();
    for worker in workers {
        // Every answer that came was the right one, or the worker has failed.
        worker.await.unwrap();
    }
    let server = settings.start();
    let answered = std::mem::take(&mut *load.answered.lock().unwrap());
    for tokens in &answered.current {
        assert_eq!(load.present(tokens["refresh_token"].as_str().unwrap()).await.unwrap().0, 200);
    }
    assert_eq!(server.terminate().0, Some(0));
}

/// A request of which the last byte is held back.
struct Halved {
    stream: TcpStream,
    last: u8,
}

impl Halved {
    fn begin(base: &str, path: &str, content_type: &str, body: &str) -> Self {
        let host = base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let (&last, first) = body.as_bytes().split_last().unwrap();
        write!(stream, "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {content_type}\r\n").unwrap();
        write!(stream, "content-length: {}\r\n\r\n", body.len()).unwrap();
        stream.write_all(first).unwrap();
        Self { stream, last }
    }

    /// Sends the rest; everything that comes until the server closes the connection.
    fn finish(mut self) -> String {
        self.stream.write_all(&[self.last]).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
