//! The connection itself: redirects, endless and slow bodies, garbage; and what is said about them.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;
use symbolon_client::{AdminClient, Client, Clock, Error};

use super::{Operation, hostile_at, refusal};
use crate::server::{Server, answer, json};

fn client(url: &str) -> Client {
    Client::builder(url, "app").without_proxy().timeout(Duration::from_secs(2)).build().unwrap()
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::start(|_, url| answer(302, &format!("location: {url}/elsewhere\r\n"), ""));
    let error = client(&server.url).metadata().await.unwrap_err();
    assert_eq!(error.status(), Some(302));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn announced_large_body_is_not_read() {
    let server = Server::start_raw(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n{");
        std::thread::sleep(Duration::from_secs(5));
    });
    let start = Instant::now();
    let error = client(&server.url).metadata().await.unwrap_err();
    assert_eq!(error, Error::AnswerTooLarge { limit_bytes: 1 << 20 });
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn endless_body_is_cut() {
    let server = Server::start_raw(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        while stream.write_all(chunk.as_bytes()).is_ok() {}
    });
    let error = client(&server.url).metadata().await.unwrap_err();
    assert!(matches!(error, Error::AnswerTooLarge { .. }), "{error}");
}

#[tokio::test]
async fn slow_drip_ends_with_the_time_out() {
    let server = Server::start_raw(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let client =
        Client::builder(&server.url, "app").without_proxy().timeout(Duration::from_millis(500)).build().unwrap();
    assert_eq!(client.metadata().await.unwrap_err(), Error::Timeout);
}

#[tokio::test]
async fn other_content_is_not_understood() {
    for body in ["", "<html>", "[1]", "{\"issuer\":1}", "{\"issuer\":\"x\"", "null"] {
        let server = Server::start(move |_, _| answer(200, "content-type: application/json\r\n", body));
        let error = client(&server.url).metadata().await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{body}: {error}");
        let admin = AdminClient::builder(&server.url).without_proxy().build().unwrap();
        let error = admin.list_clients(1, None).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{body}: {error}");
    }
}

#[tokio::test]
async fn document_of_another_issuer_is_refused_and_not_kept() {
    let server = Server::start(|_, _| {
        let endpoint = "https://evil.example/";
        json(
            200,
            &json!({
                "issuer": "https://evil.example", "authorization_endpoint": endpoint,
                "token_endpoint": endpoint, "jwks_uri": endpoint,
            }),
        )
    });
    let now = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(0));
    let reading = std::sync::Arc::clone(&now);
    let clock = Clock::custom(move || reading.load(std::sync::atomic::Ordering::SeqCst));
    let client = Client::unregistered(&server.url).without_proxy().clock(clock).build().unwrap();
    // The third comes after the pause that follows a failure.
    for seconds in [0, 4, 5] {
        now.store(seconds, std::sync::atomic::Ordering::SeqCst);
        let error = client.metadata().await.unwrap_err();
        let expected = Error::IssuerMismatch { expected: server.url.clone(), found: "https://evil.example".to_owned() };
        assert_eq!(error, expected);
    }
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn refusal_tells_status_code_description_and_request() {
    let server = Server::start(|_, _| {
        let body = r#"{"error":"temporarily_unavailable","error_description":"Come back."}"#;
        answer(503, "retry-after: 7\r\nx-request-id: r-1\r\n", body)
    });
    let error = client(&server.url).metadata().await.unwrap_err();
    let told = (error.status(), error.code(), error.description());
    assert_eq!(told, (Some(503), Some("temporarily_unavailable"), Some("Come back.")));
    let Error::Api(refusal) = error else { panic!() };
    assert_eq!((refusal.retry_after_seconds, refusal.request_id.as_deref()), (Some(7), Some("r-1")));
}

#[tokio::test]
async fn closed_port_is_a_transport_error_without_the_query() {
    let admin = AdminClient::builder("http://127.0.0.1:1").without_proxy().build().unwrap();
    let error = admin.list_clients(5, Some("secret-token")).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Transport(_)), "{text}");
    assert!(text.contains("127.0.0.1:1") && !text.contains("secret-token"), "{text}");
}

#[tokio::test]
async fn garbage_is_no_answer() {
    for garbage in ["\0\0\0\0", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc X\r\n\r\n", "HTTP/1.1 200 OK\r\nx y z\r\n\r\n"] {
        let server = Server::start_raw(move |_, _, stream| drop(stream.write_all(garbage.as_bytes())));
        let error = client(&server.url).metadata().await.unwrap_err();
        assert!(matches!(error, Error::Transport(_)), "{garbage:?}: {error}");
    }
}

#[tokio::test]
async fn body_that_breaks_off_is_no_answer() {
    let server = Server::start_raw(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"issuer\":");
    });
    let error = client(&server.url).metadata().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
}

#[tokio::test]
async fn no_endpoint_makes_the_client_follow_a_redirect() {
    for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::Logout) {
        for status in [301, 302, 303, 307, 308] {
            let server = hostile_at(operation, move |url, stream| {
                drop(stream.write_all(&answer(status, &format!("location: {url}/elsewhere\r\n"), "")));
            });
            let error = refusal(operation, &server).await;
            assert_eq!(error.status(), Some(status), "{operation:?}: {error}");
            assert_eq!(server.received().iter().filter(|request| request.line.contains("elsewhere")).count(), 0);
        }
    }
}

#[tokio::test]
async fn no_endpoint_has_an_endless_answer() {
    for operation in Operation::ALL {
        let server = hostile_at(operation, |_, stream| {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n");
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            while stream.write_all(chunk.as_bytes()).is_ok() {}
        });
        let error = refusal(operation, &server).await;
        assert_eq!(error, Error::AnswerTooLarge { limit_bytes: 1 << 20 }, "{operation:?}");
        let server = hostile_at(operation, |_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n{");
            let _ = std::io::Read::read(stream, &mut [0]);
        });
        let error = refusal(operation, &server).await;
        assert_eq!(error, Error::AnswerTooLarge { limit_bytes: 1 << 20 }, "{operation:?}");
    }
}

/// Headers of every answer are bounded by the library below; here it is made sure that they are.
#[tokio::test]
async fn no_endpoint_has_endless_headers() {
    for operation in Operation::ALL {
        let server = hostile_at(operation, |_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
            let line = format!("x: {}\r\n", "y".repeat(0x10000));
            while stream.write_all(line.as_bytes()).is_ok() {}
        });
        let error = refusal(operation, &server).await;
        assert!(matches!(error, Error::Transport(_)), "{operation:?}: {error}");
    }
}

#[tokio::test]
async fn every_endpoint_that_drips_or_says_nothing_ends_with_the_time_out() {
    let all = Operation::ALL.into_iter().map(|operation| async move {
        let drips = hostile_at(operation, |_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
            while stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        assert_eq!(refusal(operation, &drips).await, Error::Timeout, "{operation:?}");
        let silent = hostile_at(operation, |_, stream| drop(std::io::Read::read(stream, &mut [0])));
        assert_eq!(refusal(operation, &silent).await, Error::Timeout, "{operation:?}");
    });
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn every_endpoint_that_breaks_off_is_a_fault_of_the_connection() {
    for operation in Operation::ALL {
        for garbage in [
            "",
            "\0\0\0\0",
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 abc X\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{",
        ] {
            let server = hostile_at(operation, move |_, stream| drop(stream.write_all(garbage.as_bytes())));
            let error = refusal(operation, &server).await;
            assert!(matches!(error, Error::Transport(_)), "{operation:?}: {garbage:?}: {error}");
        }
    }
}
