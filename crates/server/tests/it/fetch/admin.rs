//! The admin listener: `serve.admin.cors`, and nothing else.

use http::header::ORIGIN;
use symbolon_jose::Secret;
use symbolon_server::config::Config;

use super::{Seen, origins, preflight, seen};
use crate::support::{Call, TestServer};

const CONSOLE: &str = "https://console.example";
const EVIL: &str = "https://evil.example";
const TOKEN: &str = "a-token-of-the-operator";

async fn listing(list: &[&str], change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::with(|config| {
        config.serve.admin_cors.enabled = true;
        config.serve.admin_cors.allowed_origins = origins(list);
        change(config);
    })
    .await
}

#[tokio::test]
async fn by_default_no_page_reaches_it() {
    let server = TestServer::new().await;
    let answer = server.admin(preflight("/admin/clients", CONSOLE, "POST", "content-type")).await;
    assert_eq!(seen(&answer, CONSOLE), Seen::Nothing);
    let answer = server.admin(Call::get("/admin/clients").header(ORIGIN, CONSOLE)).await.expect(403);
    assert_eq!(seen(&answer, CONSOLE), Seen::Nothing);
}

#[tokio::test]
async fn a_listed_page_reaches_it_and_another_does_not() {
    let server = listing(&[CONSOLE], |_| {}).await;
    for (origin, status, expected) in [(CONSOLE, 200, Seen::WithCookies), (EVIL, 403, Seen::Nothing)] {
        let answer = server.admin(preflight("/admin/clients", origin, "POST", "content-type")).await.expect(204);
        assert_eq!(seen(&answer, origin), expected);
        let answer = server.admin(Call::get("/admin/clients").header(ORIGIN, origin)).await.expect(status);
        assert_eq!(seen(&answer, origin), expected);
    }
}

#[tokio::test]
async fn a_star_lets_no_page_in_without_the_operators_token() {
    let server = listing(&["*"], |_| {}).await;
    server.admin(Call::get("/admin/clients").header(ORIGIN, EVIL)).await.expect(403);
    let guarded = listing(&["*"], |config| config.symbolon.admin.token = Some(Secret::new(TOKEN.to_owned()))).await;
    let call = || Call::get("/admin/clients").header(ORIGIN, EVIL);
    assert_eq!(seen(&guarded.admin(call().bearer(TOKEN)).await.expect(200), EVIL), Seen::Anybody);
    guarded.admin(call()).await.expect(401);
}

#[tokio::test]
async fn the_public_list_does_not_hold_here() {
    let server = TestServer::with(|config| {
        config.serve.public_cors.enabled = true;
        config.serve.public_cors.allowed_origins = origins(&[CONSOLE]);
    })
    .await;
    let answer = server.admin(Call::get("/admin/clients").header(ORIGIN, CONSOLE)).await.expect(403);
    assert_eq!(seen(&answer, CONSOLE), Seen::Nothing);
}
