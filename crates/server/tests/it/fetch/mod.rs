//! Cross-origin requests of scripts in browsers (Fetch §3.2): who may ask, who may read the answer, and who may not.

mod admin;
mod clients;
mod operator;
mod public_endpoints;
mod registration;

use http::Method;
use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use symbolon_server::config::{Config, OriginPattern};

use crate::support::{Answer, Call, TestServer};

/// What a browser may do with an answer.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    Anybody,
    Origin,
    WithCookies,
}

/// What an answer lets the page of an origin do.
#[track_caller]
fn seen(answer: &Answer, origin: &str) -> Seen {
    let cookies = answer.header("access-control-allow-credentials");
    match (answer.header("access-control-allow-origin"), cookies) {
        (None, None) => Seen::Nothing,
        (Some("*"), None) => Seen::Anybody,
        (Some(own), None) if own == origin => Seen::Origin,
        (Some(own), Some("true")) if own == origin => Seen::WithCookies,
        other => panic!("{other:?} for {origin}"),
    }
}

fn preflight(path: &str, origin: &str, method: &str, headers: &str) -> Call {
    let call = Call::new(Method::OPTIONS, path).header(ORIGIN, origin).header(ACCESS_CONTROL_REQUEST_METHOD, method);
    if headers.is_empty() { call } else { call.header(ACCESS_CONTROL_REQUEST_HEADERS, headers) }
}

/// Asks before a POST with `Authorization` and `Content-Type`.
async fn asked(server: &TestServer, path: &str, origin: &str) -> Seen {
    let answer = server.public(preflight(path, origin, "POST", "authorization,content-type")).await;
    seen(&answer, origin)
}

fn origins(list: &[&str]) -> Vec<OriginPattern> {
    list.iter().map(|origin| OriginPattern::parse(origin).unwrap()).collect()
}

/// A server whose operator lists these origins, and which opens nothing else.
async fn listing(list: &[&str]) -> TestServer {
    listing_with(list, |_| {}).await
}

async fn listing_with(list: &[&str], change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::with(|config| {
        config.serve.public_cors.enabled = true;
        config.serve.public_cors.allowed_origins = origins(list);
        config.symbolon.cors.public_endpoints = false;
        change(config);
    })
    .await
}
