//! Pages that register clients: `symbolon.registration.allowed_origins` is their list, for reading and for asking.

use http::header::{CONTENT_TYPE, ORIGIN};
use serde_json::json;

use super::{Seen, asked, listing, origins, preflight, seen};
use crate::support::{Call, TestServer};

const CONSOLE: &str = "https://console.example";
const EVIL: &str = "https://evil.example";

fn registration(origin: &str) -> Call {
    Call::post("/oauth2/register").json(&json!({ "redirect_uris": ["https://a.example/cb"] })).header(ORIGIN, origin)
}

#[tokio::test]
async fn pages_that_may_register_may_ask_read_and_manage() {
    let server = TestServer::with(|config| config.symbolon.registration.allowed_origins = origins(&[CONSOLE])).await;
    assert_eq!(asked(&server, "/oauth2/register", CONSOLE).await, Seen::Origin);
    let answer = server.public(registration(CONSOLE)).await.expect(201);
    assert_eq!((seen(&answer, CONSOLE), answer.header("vary")), (Seen::Origin, Some("Origin")));
    let (id, token) = (answer.member("client_id"), answer.member("registration_access_token"));
    let path = format!("/oauth2/register/{id}");
    for method in ["GET", "PUT", "DELETE"] {
        let answer = server.public(preflight(&path, CONSOLE, method, "authorization,content-type")).await.expect(200);
        assert_eq!(seen(&answer, CONSOLE), Seen::Origin, "{method}");
    }
    let answer = server.public(Call::get(&path).bearer(&token).header(ORIGIN, CONSOLE)).await.expect(200);
    assert_eq!(seen(&answer, CONSOLE), Seen::Origin);
    for call in [registration(EVIL), Call::get(&path).bearer(&token).header(ORIGIN, EVIL)] {
        assert_eq!(seen(&server.public(call).await, EVIL), Seen::Nothing);
    }
    assert_eq!(asked(&server, "/oauth2/register", EVIL).await, Seen::Nothing);
}

#[tokio::test]
async fn by_default_no_foreign_page_registers() {
    let server = TestServer::new().await;
    for origin in [EVIL, "null"] {
        assert_eq!(asked(&server, "/oauth2/register", origin).await, Seen::Nothing);
        assert_eq!(seen(&server.public(registration(origin)).await.expect(403), origin), Seen::Nothing);
    }
}

#[tokio::test]
async fn who_may_read_answers_may_not_therefore_register() {
    for list in [&[EVIL][..], &["*"]] {
        let server = listing(list).await;
        let refused = server.public(registration(EVIL)).await.expect(403);
        assert_ne!(seen(&refused, EVIL), Seen::Nothing, "the page reads why");
    }
}

#[tokio::test]
async fn a_star_lets_every_page_register_that_asks_first() {
    let server = TestServer::with(|config| config.symbolon.registration.allowed_origins = origins(&["*"])).await;
    for origin in [EVIL, "null"] {
        assert_eq!(asked(&server, "/oauth2/register", origin).await, Seen::Origin);
        assert_eq!(seen(&server.public(registration(origin)).await.expect(201), origin), Seen::Origin);
        let unasked = registration(origin).header(CONTENT_TYPE, "text/plain");
        server.public(unasked).await.expect(400);
    }
}

#[tokio::test]
async fn where_nobody_registers_there_is_nothing_to_read() {
    let server = TestServer::with(|config| {
        config.oidc.dynamic_client_registration.enabled = false;
        config.symbolon.registration.allowed_origins = origins(&[CONSOLE]);
    })
    .await;
    assert_eq!(asked(&server, "/oauth2/register", CONSOLE).await, Seen::Nothing);
    assert_eq!(seen(&server.public(registration(CONSOLE)).await.expect(404), CONSOLE), Seen::Nothing);
}
