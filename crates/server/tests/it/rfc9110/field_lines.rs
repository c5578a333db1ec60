//! Fields that come once come once; lists may come in several lines (RFC 9110 §5.3).

use axum::body::Body;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, IF_NONE_MATCH, ORIGIN,
};
use http::{HeaderValue, Method, Request};
use serde_json::json;

use crate::fixtures::{Registered, borrowed, confidential, register, request};
use crate::support::{Answer, Call, Listener, TestServer};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A field in two lines.
fn twice(mut call: Call, name: &HeaderName, values: [&str; 2]) -> Call {
    call.headers.remove(name);
    for value in values {
        call.headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    call
}

#[track_caller]
fn assert_refused(answer: &Answer, name: &HeaderName) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{name}");
    assert!(answer.member("error_description").contains(name.as_str()), "{}", answer.text());
    assert!(answer.header("x-request-id").is_some() && answer.header("cache-control") == Some("no-store"), "{name}");
}

#[tokio::test]
async fn a_field_that_comes_once_is_refused_when_it_comes_twice_whatever_it_says() {
    let server = TestServer::new().await;
    let targets = [
        (Listener::Public, Method::GET, "/oauth2/auth"),
        (Listener::Public, Method::POST, "/oauth2/token"),
        (Listener::Public, Method::POST, "/oauth2/revoke"),
        (Listener::Public, Method::POST, "/oauth2/device/auth"),
        (Listener::Public, Method::GET, "/userinfo"),
        (Listener::Public, Method::POST, "/credentials"),
        (Listener::Public, Method::POST, "/oauth2/register"),
        (Listener::Public, Method::PUT, "/oauth2/register/some-client"),
        (Listener::Public, Method::GET, "/oauth2/fallbacks/login"),
        (Listener::Public, Method::GET, "/health/alive"),
        (Listener::Public, Method::GET, "/no/such/path"),
        (Listener::Admin, Method::GET, "/admin/clients"),
        (Listener::Admin, Method::POST, "/admin/oauth2/introspect"),
    ];
    let fields = [
        (AUTHORIZATION, ["Bearer a", "Bearer a"]),
        (AUTHORIZATION, ["Basic YTpi", "Bearer c"]),
        (AUTHORIZATION, ["", "Bearer c"]),
        (CONTENT_TYPE, ["application/x-www-form-urlencoded", "application/json"]),
        (CONTENT_TYPE, ["application/json", "application/json"]),
        (HOST, ["127.0.0.1", "evil.example"]),
        (HOST, ["127.0.0.1", "127.0.0.1"]),
        (ORIGIN, ["http://127.0.0.1:4444", "https://evil.example"]),
        (SEC_FETCH_SITE, ["same-origin", "cross-site"]),
    ];
    for (listener, method, target) in targets {
        for (name, values) in &fields {
            let answer = server.call(listener, twice(Call::new(method.clone(), target), name, *values)).await;
            assert_refused(&answer, name);
        }
    }
}

#[tokio::test]
async fn right_credentials_do_not_help_beside_others() {
    let server = TestServer::new().await;
    let grants = json!({ "grant_types": ["client_credentials"] });
    let (one, other) = (register(&server, "one", &grants).await, register(&server, "other", &grants).await);
    let ask = |client: &Registered| client.token_request(&[("grant_type", "client_credentials")]);
    server.public(ask(&one)).await.expect(200);
    let text = |call: &Call| call.headers[AUTHORIZATION].to_str().unwrap().to_owned();
    let (first, second) = (text(&ask(&one)), text(&ask(&other)));
    for values in [[&*first, &*second], [&*second, &*first], [&*first, &*first], [&*first, "Basic d3Jvbmc6d3Jvbmc="]] {
        assert_refused(&server.public(twice(ask(&one), &AUTHORIZATION, values)).await, &AUTHORIZATION);
    }
    // Two that a proxy has put into one line are none that anybody knows.
    let joined = ask(&one).header(AUTHORIZATION, &format!("{first}, {second}"));
    assert_eq!(server.public(joined).await.expect(400).error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn lists_may_come_in_several_lines() {
    let server = TestServer::with(|config| config.symbolon.ui.enabled = true).await;
    // Of the languages the second line names the one that is wanted most.
    let home = server.public(twice(Call::get("/"), &ACCEPT_LANGUAGE, ["en;q=0.5", "de"])).await.expect(200);
    assert!(home.text().contains("lang=\"de\""), "{}", home.text());
    let page = twice(Call::get("/no/such/path"), &ACCEPT, ["image/png", "application/json"]);
    assert_eq!(server.public(page).await.expect(404).json()["error"]["code"], 404);
    let document = server.public(Call::get("/.well-known/jwks.json")).await.expect(200);
    let tag = document.header("etag").unwrap();
    let again = twice(Call::get("/.well-known/jwks.json"), &IF_NONE_MATCH, ["\"other\"", tag]);
    server.public(again).await.expect(304);
    let forwarded = HeaderName::from_static("x-forwarded-for");
    server.public(twice(Call::get("/health/alive"), &forwarded, ["192.0.2.1", "192.0.2.2"])).await.expect(200);
}

#[tokio::test]
async fn cookies_may_come_in_several_lines() {
    // HTTP/2 splits them (RFC 9113 §8.2.3).
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let page = flow.authorize().await.expect(302);
    let challenge = page.location_parameter("login_challenge").unwrap();
    let accept = Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", &challenge)]);
    let accepted = server.admin(accept.json(&json!({ "subject": "alice" }))).await.expect(200).member("redirect_to");
    let target = server.public_target(&accepted).unwrap();
    let cookies = flow.browser.jar().sent("/", server.clock.now());
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let (name, value) = &cookies[0];
    let line = format!("{name}={value}");
    let without = server.public(Call::get(&target).navigating()).await;
    assert_eq!(without.error().as_deref(), Some("request_forbidden"));
    let with = server.public(twice(Call::get(&target).navigating(), &COOKIE, ["a=b", &line])).await.expect(302);
    assert!(with.location().contains("consent_challenge="), "{}", with.location());
}

#[tokio::test]
async fn fields_with_secrets_show_nothing_when_they_are_printed() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let target = Call::get("/oauth2/auth").query(&borrowed(&request(&client.id))).target;
    let request = Request::get(&target).header("host", "127.0.0.1").body(Body::empty()).unwrap();
    let answer = server.server.public_routes().answer(request).await;
    assert_eq!(answer.status(), 302);
    let printed = format!("{:?}", answer.headers());
    assert!(printed.contains("set-cookie") && printed.contains("location"), "{printed}");
    assert!(!printed.contains("login_challenge") && !printed.contains("csrf"), "{printed}");
}
