//! Registrations that a web page sends through its visitor, and the schemes of redirect URIs (RFC 8252 §7, §8.4).

use serde_json::json;
use symbolon_server::config::{OriginPattern, RegistrationRights};

use super::{assert_error, minimal, post};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn a_web_page_registers_only_from_an_allowed_origin_and_as_json() {
    let allowed = "https://console.example";
    let list = vec![OriginPattern::parse(allowed).unwrap()];
    let server = TestServer::with(|config| config.symbolon.registration.allowed_origins = list).await;
    let call = || Call::post("/oauth2/register").json(&minimal());
    let own = server.public_url().to_owned();
    for (origin, status) in [(allowed, 201), (own.as_str(), 201), ("https://evil.example", 403), ("null", 403)] {
        server.public(call().header(http::header::ORIGIN, origin)).await.expect(status);
    }
    let fetch = http::HeaderName::from_static("sec-fetch-site");
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)] {
        server.public(call().header(fetch.clone(), site)).await.expect(status);
    }
    let plain =
        Call::post("/oauth2/register").raw(minimal().to_string()).header(http::header::CONTENT_TYPE, "text/plain");
    assert_error(&server.public(plain.header(http::header::ORIGIN, allowed)).await, 400, "invalid_client_metadata");
}

#[tokio::test]
async fn redirect_schemes_of_strangers_are_an_allow_list() {
    let server = TestServer::with(|config| {
        config.symbolon.registration.policy = RegistrationRights::Restricted;
        config.symbolon.registration.private_schemes = vec!["cursor".to_owned()];
    })
    .await;
    let answers = [
        ("https://a.example/cb", 201),
        ("http://127.0.0.1:1/cb", 201),
        ("http://[::1]/cb", 201),
        ("http://localhost/cb", 201),
        ("com.example.app:/cb", 201),
        ("cursor://x/cb", 201),
        ("http://evil.example/cb", 400),
        ("https://bank.example@evil.example/", 400),
        ("smb://evil/x", 400),
        ("ms-settings:x", 400),
        ("intent://x", 400),
        ("tel:123", 400),
        ("mailto:x@y", 400),
        ("ftp://x/y", 400),
    ];
    for (uri, status) in answers {
        let answer = post(&server, &json!({ "redirect_uris": [uri] })).await;
        assert_eq!(answer.status, status, "{uri}: {}", answer.text());
    }
    for uri in ["smb://evil/x", "ms-settings:x", "search-ms:query=x", "intent://x"] {
        server.admin(Call::post("/admin/clients").json(&json!({ "redirect_uris": [uri] }))).await.expect(400);
    }
    server
        .admin(Call::post("/admin/clients").json(&json!({ "redirect_uris": ["http://a.example/cb"] })))
        .await
        .expect(201);
}
