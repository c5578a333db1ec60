//! Clients in browsers (Fetch §3.2): each endpoint that their scripts call, the header fields that they send, what they may
//! read, and where no page may come.

use http::header::{ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN};
use http::{HeaderName, Method};
use serde_json::json;

use super::{Client, server};
use crate::support::{Answer, Call, TestServer};

const PAGE: &str = "http://localhost:6274";

fn preflight(path: &str, method: &str, headers: &str) -> Call {
    let call = Call::new(Method::OPTIONS, path).header(ORIGIN, PAGE).header(ACCESS_CONTROL_REQUEST_METHOD, method);
    if headers.is_empty() { call } else { call.header(ACCESS_CONTROL_REQUEST_HEADERS, headers) }
}

fn list<'a>(answer: &'a Answer, name: &str) -> Vec<String> {
    let value: &'a str = answer.header(name).unwrap_or_default();
    value.split(',').map(|part| part.trim().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn every_endpoint_of_scripts_passes_its_preflight() {
    let server = server().await;
    let endpoints = [
        ("GET", "/.well-known/oauth-authorization-server", "mcp-protocol-version"),
        ("GET", "/.well-known/openid-configuration", "mcp-protocol-version"),
        ("GET", "/.well-known/jwks.json", ""),
        ("POST", "/oauth2/token", "authorization,content-type,dpop,mcp-protocol-version"),
        ("POST", "/oauth2/register", "authorization,content-type,mcp-protocol-version"),
        ("GET", "/oauth2/register/an-id", "authorization"),
        ("PUT", "/oauth2/register/an-id", "authorization,content-type"),
        ("DELETE", "/oauth2/register/an-id", "authorization"),
        ("POST", "/oauth2/revoke", "authorization,content-type"),
        ("GET", "/userinfo", "authorization,dpop"),
        ("POST", "/oauth2/par", "authorization,content-type,dpop"),
    ];
    for (method, path, headers) in endpoints {
        let answer = server.public(preflight(path, method, headers)).await;
        assert!(answer.status == 200 || answer.status == 204, "{method} {path}: {}", answer.status);
        assert_readable(&answer);
        let methods = list(&answer, "access-control-allow-methods");
        assert!(methods.contains(&method.to_ascii_lowercase()), "{method} {path}: {methods:?}");
        let allowed = list(&answer, "access-control-allow-headers");
        for header in headers.split(',').filter(|header| !header.is_empty()) {
            assert!(allowed.contains(&header.to_owned()), "{method} {path}: {header} is not among {allowed:?}");
        }
    }
}

/// Fails unless the script of the page may read an answer, without cookies.
#[track_caller]
fn assert_readable(answer: &Answer) {
    let origin = answer.header("access-control-allow-origin");
    assert!(origin == Some("*") || origin == Some(PAGE), "{origin:?}: {} {}", answer.status, answer.text());
    assert_eq!(answer.header("access-control-allow-credentials"), None);
}

/// The page of an origin asks; may its script read the answer?
async fn readable(server: &TestServer, call: Call) -> Answer {
    let answer = server.public(call.header(ORIGIN, PAGE)).await;
    assert_readable(&answer);
    answer
}

#[tokio::test]
async fn scripts_read_answers_and_errors() {
    let server = server().await;
    let body =
        json!({ "redirect_uris": ["http://localhost:6274/oauth/callback"], "token_endpoint_auth_method": "none" });
    let version = HeaderName::from_static("mcp-protocol-version");
    readable(&server, Call::get("/.well-known/oauth-authorization-server").header(version, "2026-07-28"))
        .await
        .expect(200);
    readable(&server, Call::get("/.well-known/jwks.json")).await.expect(200);
    readable(&server, Call::post("/oauth2/register").json(&body)).await.expect(201);
    readable(&server, Call::post("/oauth2/register").json(&json!({ "redirect_uris": ["javascript:alert(1)"] })))
        .await
        .expect(400);
    let client = Client::register(&server, &body).await;
    readable(&server, client.refresh("made-up", &[])).await.expect(400);
    readable(&server, Call::get("/userinfo")).await.expect(401);
    let gone = [("grant_type", "refresh_token"), ("refresh_token", "made-up"), ("client_id", "never-registered")];
    readable(&server, Call::post("/oauth2/token").form(&gone)).await.expect(401);
}

/// Most clients leave the method out when they register, so they have a secret; one of a page is no other.
#[tokio::test]
async fn a_page_that_registered_with_a_secret_reads_its_tokens() {
    let server = server().await;
    let body = json!({ "redirect_uris": ["http://localhost:6274/oauth/callback"] });
    let client = Client::register(&server, &body).await;
    readable(&server, client.refresh("made-up", &[])).await.expect(400);
}

#[tokio::test]
async fn scripts_read_what_a_header_field_says() {
    let server = server().await;
    let answer = readable(&server, Call::get("/userinfo")).await;
    let exposed = list(&answer, "access-control-expose-headers");
    for name in ["www-authenticate", "location"] {
        assert!(exposed.contains(&name.to_owned()), "{name}: {exposed:?}");
    }
}

#[tokio::test]
async fn no_page_reaches_what_people_see() {
    let server = server().await;
    for path in ["/oauth2/auth", "/oauth2/sessions/logout"] {
        let answer = server.public(preflight(path, "GET", "")).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        let answer = server.public(Call::get(path).header(ORIGIN, PAGE)).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}
