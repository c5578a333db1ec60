//! What is sent again and what is not, over real connections.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use symbolon_client::{AdminClient, Client, Error, RegisteredClient};

use crate::server::{Server, answer, json};

/// Answers the first `failures` requests with a status and a header, then well.
fn failing(failures: usize, status: u16, headers: &'static str) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_, url| {
        if count.fetch_add(1, Ordering::SeqCst) < failures {
            return answer(status, headers, "");
        }
        json(200, &json!({ "issuer": url, "authorization_endpoint": url, "token_endpoint": url, "jwks_uri": url }))
    })
}

fn client(server: &Server) -> Client {
    Client::unregistered(&server.url).without_proxy().build().unwrap()
}

#[tokio::test]
async fn reading_is_tried_three_times() {
    for status in [429, 502, 503, 504] {
        let server = failing(2, status, "retry-after: 0\r\n");
        client(&server).metadata().await.unwrap();
        assert_eq!(server.received().len(), 3);
        let server = failing(3, status, "retry-after: 0\r\n");
        assert_eq!(client(&server).metadata().await.unwrap_err().status(), Some(status));
        assert_eq!(server.received().len(), 3);
    }
}

#[tokio::test]
async fn long_waits_and_final_answers_are_told() {
    let server = failing(1, 503, "retry-after: 3600\r\n");
    let error = client(&server).metadata().await.unwrap_err();
    assert_eq!((error.status(), error.retry_after_seconds()), (Some(503), Some(3600)));
    let server = failing(1, 500, "retry-after: 0\r\n");
    assert_eq!(client(&server).metadata().await.unwrap_err().status(), Some(500));
    assert_eq!(server.received().len(), 1);
    let server = failing(1, 503, "retry-after: 0\r\n");
    let patient = Client::unregistered(&server.url).without_proxy().retries(0).build().unwrap();
    assert_eq!(patient.metadata().await.unwrap_err().status(), Some(503), "switched off");
}

#[tokio::test]
async fn writing_is_sent_once() {
    let server = Server::start(|_, _| answer(503, "retry-after: 0\r\n", ""));
    let admin = AdminClient::builder(&server.url).without_proxy().build().unwrap();
    assert_eq!(admin.create_client(&RegisteredClient::default()).await.unwrap_err().status(), Some(503));
    assert_eq!(admin.replace_client("a", &RegisteredClient::default()).await.unwrap_err().status(), Some(503));
    assert_eq!(admin.delete_client("a").await.unwrap_err().status(), Some(503));
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn lost_connections_are_made_again_for_reading() {
    let server = Server::start_raw(|_, _, _| {});
    let error = client(&server).metadata().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert_eq!(server.received().len(), 3);
}
