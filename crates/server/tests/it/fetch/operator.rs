//! The operator's list: `serve.public.cors`.

use http::Method;
use http::header::ORIGIN;

use super::{Seen, asked, listing, listing_with, preflight, seen};
use crate::support::{Call, TestServer};

const SPA: &str = "https://spa.example";

#[tokio::test]
async fn listed_origins_may_ask_at_every_path_and_others_at_none() {
    let server = listing(&[SPA, "https://*.wild.example"]).await;
    for path in ["/oauth2/auth", "/oauth2/device/auth", "/oauth2/sessions/logout", "/.well-known/jwks.json", "/nowhere"]
    {
        for origin in [SPA, "https://a.wild.example", "https://a.b.wild.example"] {
            assert_eq!(asked(&server, path, origin).await, Seen::WithCookies, "{path} {origin}");
        }
        for origin in
            ["https://wild.example", "https://evil.example", "http://spa.example", "https://spa.example.evil", "null"]
        {
            assert_eq!(asked(&server, path, origin).await, Seen::Nothing, "{path} {origin}");
        }
    }
    for path in ["/.well-known/openid-configuration", "/userinfo", "/nowhere"] {
        let answer = server.public(Call::get(path).header(ORIGIN, SPA)).await;
        assert_eq!(seen(&answer, SPA), Seen::WithCookies, "{path}");
        assert_eq!(answer.header("vary"), Some("Origin"), "{path}");
        let exposed = "Cache-Control, Expires, Last-Modified, Pragma, Content-Length, Content-Language, Content-Type";
        assert_eq!(answer.header("access-control-expose-headers"), Some(exposed), "{path}");
        let other = server.public(Call::get(path).header(ORIGIN, "https://evil.example")).await;
        assert_eq!(seen(&other, "https://evil.example"), Seen::Nothing, "{path}");
        assert_eq!(other.header("vary"), Some("Origin"), "{path}");
        assert_eq!(other.header("access-control-expose-headers"), None, "{path}");
        assert_eq!(server.public(Call::get(path)).await.header("vary"), Some("Origin"), "{path}");
    }
}

#[tokio::test]
async fn an_empty_list_allows_nobody() {
    let server = listing(&[]).await;
    for path in ["/oauth2/auth", "/.well-known/openid-configuration", "/oauth2/register"] {
        assert_eq!(asked(&server, path, SPA).await, Seen::Nothing, "{path}");
        let answer = server.public(Call::get(path).header(ORIGIN, SPA)).await;
        assert_eq!(seen(&answer, SPA), Seen::Nothing, "{path}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_with_what_it_asked_for() {
    let server = listing_with(&[SPA], |config| config.serve.public_cors.max_age_seconds = 90).await;
    let answer =
        server.public(preflight("/oauth2/token", SPA, "POST", "Authorization, content-type")).await.expect(204);
    assert_eq!(answer.text(), "");
    for (name, value) in [
        ("access-control-allow-origin", Some(SPA)),
        ("access-control-allow-credentials", Some("true")),
        ("access-control-allow-methods", Some("POST")),
        ("access-control-allow-headers", Some("Authorization, content-type")),
        ("access-control-max-age", Some("90")),
        ("access-control-expose-headers", None),
        ("vary", Some("Origin, Access-Control-Request-Method, Access-Control-Request-Headers")),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn a_preflight_for_more_than_is_allowed_gets_nothing() {
    let server = listing_with(&[SPA], |config| {
        config.serve.public_cors.allowed_methods = vec!["POST".to_owned()];
        config.serve.public_cors.allowed_headers = vec!["X-Mine".to_owned()];
    })
    .await;
    let long = format!("x-mine,{}", " ".repeat(2_000));
    for (method, headers, expected) in [
        ("POST", "x-mine", Seen::WithCookies),
        ("POST", "X-MINE", Seen::WithCookies),
        ("POST", "", Seen::WithCookies),
        ("GET", "x-mine", Seen::Nothing),
        ("post", "x-mine", Seen::Nothing),
        ("PROPFIND", "", Seen::Nothing),
        ("POST", "x-mine, authorization", Seen::Nothing),
        ("POST", long.as_str(), Seen::Nothing),
    ] {
        let answer = server.public(preflight("/oauth2/auth", SPA, method, headers)).await.expect(204);
        assert_eq!(seen(&answer, SPA), expected, "{method} {headers}");
    }
}

#[tokio::test]
async fn credentials_and_passthrough_follow_their_keys() {
    let server = listing_with(&[SPA], |config| {
        config.serve.public_cors.allow_credentials = false;
        config.serve.public_cors.options_passthrough = true;
        config.serve.public_cors.exposed_headers = vec!["X-Request-Id".to_owned()];
    })
    .await;
    let answer = server.public(preflight("/oauth2/token", SPA, "POST", "")).await.expect(200);
    assert_eq!((seen(&answer, SPA), answer.header("allow")), (Seen::Origin, Some("POST, OPTIONS")));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    let answer = server.public(preflight("/nowhere", SPA, "POST", "")).await.expect(404);
    assert_eq!(seen(&answer, SPA), Seen::Origin);
    let answer = server.public(Call::get("/userinfo").header(ORIGIN, SPA)).await.expect(401);
    assert_eq!(seen(&answer, SPA), Seen::Origin);
    assert_eq!(answer.header("access-control-expose-headers"), Some("X-Request-Id"));
}

#[tokio::test]
async fn any_origin_never_comes_with_credentials() {
    for star in ["*", "https://*"] {
        let server = listing(&[star, SPA]).await;
        for (origin, expected) in [("https://evil.example", Seen::Anybody), (SPA, Seen::WithCookies)] {
            assert_eq!(asked(&server, "/oauth2/auth", origin).await, expected, "{star}");
            let answer = server.public(Call::get("/oauth2/auth").header(ORIGIN, origin)).await;
            assert_eq!(seen(&answer, origin), expected, "{star}");
        }
    }
    assert_eq!(asked(&listing(&["*"]).await, "/oauth2/auth", "null").await, Seen::Anybody);
    assert_eq!(asked(&listing(&["https://*"]).await, "/oauth2/auth", "http://a.example").await, Seen::Nothing);
}

#[tokio::test]
async fn origins_that_are_none_get_nothing() {
    let server = listing(&["https://*.wild.example"]).await;
    let long = format!("https://{}.wild.example", "a".repeat(600));
    for origin in
        [long.as_str(), "https://evil.example/.wild.example", "https://x@a.wild.example", "https://a.wild.example "]
    {
        let answer = server.public(Call::get("/oauth2/auth").header(ORIGIN, origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
    }
    let mut twice = http::Request::builder().method(Method::OPTIONS).uri("/oauth2/token").header("host", "a.example");
    for origin in ["https://a.wild.example", "https://evil.example"] {
        twice = twice.header(ORIGIN, origin);
    }
    let twice = twice.header("access-control-request-method", "POST").body(axum::body::Body::empty()).unwrap();
    server.send(crate::support::Listener::Public, twice).await.expect(400);
}

#[tokio::test]
async fn options_without_a_question_is_no_preflight() {
    let server = listing(&[SPA]).await;
    let answer = server.public(Call::new(Method::OPTIONS, "/oauth2/token").header(ORIGIN, SPA)).await.expect(200);
    assert_eq!((seen(&answer, SPA), answer.header("allow")), (Seen::WithCookies, Some("POST, OPTIONS")));
    assert_eq!(answer.header("access-control-allow-methods"), None);
}

#[tokio::test]
async fn without_cors_a_path_of_the_servers_own_answers_nobody_else() {
    let server = TestServer::new().await;
    for path in ["/oauth2/auth", "/oauth2/device/auth", "/oauth2/fallbacks/login", "/oauth2/sessions/logout"] {
        assert_eq!(asked(&server, path, SPA).await, Seen::Nothing, "{path}");
        let answer = server.public(Call::get(path).header(ORIGIN, SPA)).await;
        assert_eq!((seen(&answer, SPA), answer.header("vary")), (Seen::Nothing, None), "{path}");
    }
}

/// The operator's list of headers adds to what anybody's requests may have, and takes nothing away from it.
#[tokio::test]
async fn a_listed_origin_may_ask_what_anybody_may_ask() {
    let server = listing_with(&[SPA], |config| {
        config.serve.public_cors.allowed_headers = vec!["Authorization".to_owned(), "X-Foo".to_owned()];
        config.symbolon.cors.public_endpoints = true;
    })
    .await;
    let ask = async |path: &str, origin: &str, headers: &str| {
        seen(&server.public(preflight(path, origin, "POST", headers)).await.expect(204), origin)
    };
    assert_eq!(ask("/oauth2/token", SPA, "x-foo").await, Seen::WithCookies);
    assert_eq!(ask("/oauth2/token", SPA, "content-type").await, Seen::Anybody);
    assert_eq!(ask("/oauth2/token", "https://other.example", "content-type").await, Seen::Anybody);
    // The origin may be one that a client lists, whose name is not known yet.
    assert_eq!(ask("/oauth2/token", "https://client.example", "x-foo").await, Seen::Anybody);
    assert_eq!(ask("/oauth2/token", SPA, "x-bar").await, Seen::Nothing);
    assert_eq!(ask("/oauth2/auth", SPA, "content-type").await, Seen::Nothing);
    assert_eq!(ask("/oauth2/auth", "https://client.example", "x-foo").await, Seen::Nothing);
}
