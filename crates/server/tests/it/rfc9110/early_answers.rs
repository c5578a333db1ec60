//! Answers that are made before any rule runs look like the others: with the request's name, in the standard's form.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Method, Request};
use hyper::body::Frame;

use crate::support::{Answer, Call, Listener, TestServer};

/// Endpoints with the largest body they take, in KiB.
const TARGETS: [(Listener, &str, usize); 12] = [
    (Listener::Public, "/oauth2/token", 64),
    (Listener::Public, "/oauth2/auth", 64),
    (Listener::Public, "/oauth2/revoke", 64),
    (Listener::Public, "/oauth2/device/auth", 64),
    (Listener::Public, "/oauth2/register", 64),
    (Listener::Public, "/oauth2/fallbacks/login", 64),
    (Listener::Public, "/userinfo", 64),
    (Listener::Admin, "/admin/clients", 512),
    (Listener::Admin, "/clients", 512),
    (Listener::Admin, "/admin/accounts", 256),
    (Listener::Admin, "/admin/oauth2/introspect", 64),
    (Listener::Admin, "/oauth2/introspect", 64),
];

#[track_caller]
fn assert_named(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some("invalid_request")), "{}", answer.text());
    assert!(answer.content_type().unwrap().starts_with("application/json"));
    assert!(answer.header("x-request-id").unwrap().contains('-'));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("connection"), Some("close"), "what is left of the body is no request");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let server = TestServer::new().await;
    for (listener, target, kibibytes) in TARGETS {
        let largest = vec![b'a'; kibibytes * 1024];
        let fits = server.call(listener, Call::post(target).raw(largest.clone())).await;
        assert_ne!(fits.status, 413, "{target}");
        let announced = server.call(listener, Call::post(target).raw([&*largest, b"a"].concat())).await;
        assert_named(&announced, 413);
        assert!(announced.member("error_description").contains(&format!("{kibibytes} KiB")), "{}", announced.text());
        let pieces = (0..=kibibytes).map(|_| Ok(Bytes::from_static(&[b'a'; 1024])));
        assert_named(&server.send(listener, post(target, pieces)).await, 413);
    }
}

#[tokio::test]
async fn a_login_application_may_hand_over_a_mebibyte() {
    let server = TestServer::new().await;
    for (beyond, status) in [(0, 400), (1, 413)] {
        for step in ["login/accept", "login/reject", "consent/accept", "consent/reject", "logout/accept"] {
            let target = format!("/admin/oauth2/auth/requests/{step}");
            let call = Call::put(&target).raw(vec![b'a'; 1024 * 1024 + beyond]);
            let answer = server.call(Listener::Admin, call).await;
            assert_eq!(answer.status == 413, status == 413, "{step}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let server = TestServer::new().await;
    for (listener, target, _) in TARGETS {
        let pieces = [Ok(Bytes::from_static(b"{")), Err(io::Error::other("the line went dead"))];
        let answer = server.send(listener, post(target, pieces.into_iter())).await;
        assert_named(&answer, 400);
        assert!(!answer.text().contains("dead"), "the reason is for the log: {}", answer.text());
    }
}

#[tokio::test]
async fn every_answer_names_its_request_and_no_two_are_named_alike() {
    let server = TestServer::new().await;
    let mut seen = std::collections::BTreeSet::new();
    for (listener, target, _) in TARGETS.into_iter().chain([(Listener::Public, "/no/such/path", 0)]) {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::PATCH] {
            let answer = server.call(listener, Call::new(method, target)).await;
            assert!(seen.insert(answer.header("x-request-id").unwrap().to_owned()), "{target}");
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_refused_without_reading_what_is_sent_to_them() {
    let server = TestServer::new().await;
    let pieces = std::iter::once_with(|| -> io::Result<Bytes> { panic!("nobody wants this") });
    server.send(Listener::Public, post("/no/such/path", pieces)).await.expect(404);
}

fn post(target: &str, pieces: impl Iterator<Item = io::Result<Bytes>> + Send + Unpin + 'static) -> Request<Body> {
    Request::post(target).header("host", "127.0.0.1").body(Body::new(Pieces(pieces))).unwrap()
}

/// A body in pieces, of which nobody knows how many there are.
struct Pieces<I>(I);

impl<I: Iterator<Item = io::Result<Bytes>> + Unpin> HttpBody for Pieces<I> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(self.0.next().map(|piece| piece.map(Frame::data)))
    }
}
