//! Logging in.

use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::{Value, json};
use symbolon_client::reqwest::Method;
use symbolon_client::{AuthorizationRequest, LoginLayerBuilder};

use super::App;
use super::visitor::{FORM, PAGE, SCRIPT};

#[tokio::test]
async fn a_deep_link_comes_back_after_the_login() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let reply = visitor.get("/deep/page?a=1&b=%2F").await;
    assert_eq!((reply.status, &*reply.location), (303, "/auth/login?return_to=%2Fdeep%2Fpage%3Fa%3D1%26b%3D%252F"));
    let reply = visitor.log_in("/deep/page?a=1&b=%2F", "alice").await;
    assert_eq!((reply.status, &*reply.text), (200, "alice - a=1&b=%2F"));
    assert_eq!(visitor.names(), ["session"], "the login's own cookies are gone");
    assert_eq!(visitor.get("/").await.text, "alice");
}

#[tokio::test]
async fn public_paths_need_nobody_and_see_whoever_is_there() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    for path in ["/", "/open/x"] {
        let reply = visitor.get(path).await;
        assert_eq!((reply.status, &*reply.text, reply.header("vary")), (200, "nobody", "Cookie"), "{path}");
        assert_eq!((reply.header("cache-control"), reply.set_cookies().len()), ("", 0));
    }
    for path in ["/account", "/open", "/open/../account", "/open/%2e%2e/account", "/nowhere", "//"] {
        assert_eq!(visitor.get(path).await.status, 303, "{path}");
    }
    assert!(visitor.log_in("/auth/login", "alice").await.text.starts_with("alice"));
    assert_eq!(visitor.get("/open/x").await.text, "alice");
    assert_eq!(visitor.get("/nowhere").await.status, 404);
}

#[tokio::test]
async fn a_handler_that_takes_a_session_asks_for_a_login_on_a_public_path() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    assert_eq!(visitor.get("/mixed?x=y").await.location, "/auth/login?return_to=%2Fmixed%3Fx%3Dy");
    assert_eq!(visitor.fetch("/mixed").await.status, 401);
    assert_eq!(visitor.log_in("/mixed?x=y", "alice").await.text, "alice - x=y");
}

#[tokio::test]
async fn scripts_get_a_status_and_no_redirect() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    for headers in [SCRIPT, &[("accept", "application/json")], &[("accept", "*/*")], &[]] {
        let reply = visitor.ask(Method::GET, "/account", headers, None).await;
        assert_eq!((reply.status, &*reply.location), (401, ""), "{headers:?}");
        let body: Value = serde_json::from_str(&reply.text).unwrap();
        assert_eq!(body, json!({ "error": "login_required", "login": "/auth/login" }));
        assert!(!reply.header("www-authenticate").is_empty());
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    visitor.log_in("/account", "alice").await;
    assert_eq!(visitor.fetch("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_posted_is_not_sent_again() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let reply = visitor.post("/account", FORM, "a=b").await;
    assert_eq!((reply.status, &*reply.location), (303, "/auth/login"));
    assert_eq!(visitor.log_in("/auth/login", "alice").await.text, "alice", "at the path for after a login");
    assert_eq!(app.posts.load(Ordering::SeqCst), 0);
    assert_eq!(visitor.post("/account", FORM, "a=b").await.text, "posted 1");
}

#[tokio::test]
async fn tabs_log_in_side_by_side() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let first = visitor.begin("/deep/page?tab=1").await;
    let second = visitor.begin("/deep/page?tab=2").await;
    assert_eq!(visitor.names().len(), 2);
    let (first, second) =
        (visitor.provider.log_in(&first, "alice").await, visitor.provider.log_in(&second, "alice").await);
    assert_eq!(visitor.come_back(&second).await.location, "/deep/page?tab=2");
    assert_eq!(visitor.come_back(&first).await.location, "/deep/page?tab=1");
    assert_eq!(visitor.get("/account").await.status, 200);
}

#[tokio::test]
async fn of_many_logins_under_way_the_oldest_go() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let mut urls = Vec::new();
    for tab in 0..7 {
        urls.push(visitor.begin(&format!("/deep/page?tab={tab}")).await);
        app.provider.advance(std::time::Duration::from_secs(1));
    }
    assert_eq!(visitor.names().len(), 5);
    for (tab, url) in urls.iter().enumerate() {
        let landing = visitor.provider.log_in(url, "alice").await;
        let reply = app_answer(&visitor, &landing).await;
        assert_eq!(reply, if tab < 2 { 400 } else { 303 }, "{tab}");
    }
}

/// The status of an answer that is not kept.
async fn app_answer(visitor: &super::Visitor<'_>, landing: &symbolon_test_provider::Landing) -> u16 {
    visitor.ask(Method::GET, &super::visitor::target(landing), PAGE, None).await.status
}

#[tokio::test]
async fn a_form_posted_by_the_provider_ends_the_login() {
    let request = AuthorizationRequest::new("openid").parameter("response_mode", "form_post");
    let app = App::with(|login| login.request(request)).await;
    let mut visitor = app.visitor();
    let reply = visitor.get("/auth/login?return_to=/account").await;
    let cookie = reply.set_cookies()[0].to_owned();
    assert!(cookie.contains("; SameSite=None") && cookie.contains("; Secure"), "{cookie}");
    assert!(visitor.log_in("/account", "alice").await.text.starts_with("alice"));
}

#[tokio::test]
async fn userinfo_is_kept_when_it_was_asked_for() {
    let app = App::with(LoginLayerBuilder::with_user_info).await;
    app.provider.add_user("alice", json!({ "email": "alice@example.com" }));
    let mut visitor = app.visitor();
    assert_eq!(visitor.log_in("/account", "alice").await.text, "alice alice@example.com ");
    assert_eq!(app.provider.requests("/userinfo"), 1);
    visitor.get("/account").await;
    assert_eq!(app.provider.requests("/userinfo"), 1);
}

#[tokio::test]
async fn a_refusal_is_told_and_goes_nowhere() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.refuse_consent(&url, "alice").await;
    let reply = visitor.come_back(&landing).await;
    assert_eq!((reply.status, &*reply.location), (403, ""));
    assert!(reply.text.contains("access_denied") && reply.text.contains("return_to=%2Faccount"), "{}", reply.text);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(visitor.names().is_empty(), "the login is over");
}

#[tokio::test]
async fn a_silent_attempt_is_followed_by_one_with_the_user() {
    let app = App::with(|login| login.request(AuthorizationRequest::new("openid").prompt("none"))).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    assert!(url.contains("prompt=none"));
    let landing = visitor.provider.open(&url).await;
    assert_eq!(landing.error().unwrap(), "login_required");
    let reply = visitor.come_back(&landing).await;
    assert_eq!(reply.status, 303);
    assert!(reply.location.starts_with(app.provider.issuer()) && !reply.location.contains("prompt"));
    let landing = visitor.provider.log_in(&reply.location, "alice").await;
    assert_eq!(visitor.come_back(&landing).await.location, "/account");
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_and_the_next_attempt_works() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    app.provider.fail_next("/.well-known/openid-configuration", 503);
    let reply = visitor.get("/auth/login?return_to=/account").await;
    assert_eq!((reply.status, reply.set_cookies().len()), (503, 0));
    assert!(reply.text.contains("/auth/login?return_to=%2Faccount"), "{}", reply.text);
    app.provider.advance(std::time::Duration::from_secs(60));
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    app.provider.fail_next("/oauth2/token", 503);
    assert_eq!(visitor.come_back(&landing).await.status, 503);
    assert!(visitor.log_in("/account", "alice").await.text.starts_with("alice"));
}

#[tokio::test]
async fn a_browser_without_cookies_does_not_go_round_in_circles() {
    let app = App::start().await;
    let mut visitor = app.visitor();
    // None at all: the answer of the provider belongs to nothing.
    let url = visitor.begin("/account").await;
    visitor.jar.clear();
    let landing = visitor.provider.log_in(&url, "alice").await;
    assert_eq!(visitor.come_back(&landing).await.status, 400);
    // All but the session's.
    let mut statuses = Vec::new();
    for _ in 0..10 {
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        statuses.push(visitor.come_back(&landing).await.status);
        visitor.jar.remove("session");
    }
    assert_eq!(statuses, [303, 303, 303, 303, 303, 303, 303, 303, 400, 400]);
}

#[tokio::test]
async fn methods_are_those_of_the_paths() {
    let app = App::start().await;
    let visitor = app.visitor();
    for (method, path, allowed) in [
        (Method::POST, "/auth/login", "GET"),
        (Method::PUT, "/auth/callback", "GET, POST"),
        (Method::GET, "/auth/logout", "POST"),
        (Method::POST, "/auth/logged-out", "GET, HEAD"),
        (Method::GET, "/auth/backchannel-logout", "POST"),
    ] {
        let reply = visitor.ask(method, path, FORM, None).await;
        assert_eq!((reply.status, reply.header("allow")), (405, allowed), "{path}");
    }
    assert_eq!(visitor.ask(Method::GET, "/auth/frontchannel-logout?iss=a&sid=b", PAGE, None).await.status, 404);
}
