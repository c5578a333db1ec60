//! What is wrong is told at once, as JSON, and nothing is redirected (RFC 9126 §2.3).

use serde_json::json;

use super::{push, pushed, uri};
use crate::fixtures::{authorize, confidential, outcome, register, request, set, unset};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn every_fault_of_a_request_is_one_here() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let good = pushed(&client);
    for (name, pairs, error) in [
        ("request_uri", set(&good, "request_uri", "urn:ietf:params:oauth:request_uri:x"), "invalid_request"),
        ("no response_type", unset(&good, "response_type"), "unsupported_response_type"),
        ("unknown response_type", set(&good, "response_type", "cod"), "unsupported_response_type"),
        ("unregistered response_type", set(&good, "response_type", "token"), "unsupported_response_type"),
        ("foreign redirect_uri", set(&good, "redirect_uri", "https://evil.example/cb"), "invalid_request"),
        ("no redirect_uri", unset(&good, "redirect_uri"), "invalid_request"),
        ("foreign scope", set(&good, "scope", "openid admin"), "invalid_scope"),
        ("foreign audience", set(&good, "audience", "https://x.example"), "invalid_request"),
        ("short state", set(&good, "state", "x"), "invalid_state"),
        ("plain PKCE", set(&good, "code_challenge_method", "plain"), "invalid_request"),
        ("wrong challenge", set(&good, "code_challenge", "x"), "invalid_request"),
        ("unknown prompt", set(&good, "prompt", "dance"), "invalid_request"),
        ("wrong max_age", set(&good, "max_age", "-1"), "invalid_request"),
        ("wrong claims", set(&good, "claims", "[]"), "invalid_request"),
        ("wrong dpop_jkt", set(&good, "dpop_jkt", "x"), "invalid_request"),
        ("garbage for an object", set(&good, "request", "a.b.c"), "invalid_request_object"),
        ("wrong hint", set(&good, "id_token_hint", "x"), "invalid_request"),
    ] {
        let answer = server.public(push(&client, &pairs)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some(error)), "{name}: {}", answer.text());
        assert_eq!(answer.header("location"), None, "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    }
    let twice = [good.clone(), vec![("scope".to_owned(), "openid".to_owned())]].concat();
    server.public(push(&client, &twice)).await.expect(400);
    server.public(push(&client, &good)).await.expect(201);
    server.public(Call::post("/oauth2/par").json(&json!({})).basic(&client.id, &client.secret)).await.expect(400);
    server.public(Call::get("/oauth2/par")).await.expect(405);
    for (length, status) in [(9_000, 201), (60_000, 400), (70_000, 413)] {
        let long = set(&good, "login_hint", &"x".repeat(length));
        let answer = server.public(push(&client, &long)).await;
        assert_eq!(answer.status, status, "{length}: {}", answer.text());
    }
}

/// What is a fault at the authorization endpoint is the same fault here.
#[tokio::test]
async fn a_pushed_request_goes_through_the_checks_of_all_others() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let good = pushed(&client);
    for (name, value) in [
        ("response_type", "token"),
        ("scope", "admin"),
        ("audience", "https://x.example"),
        ("state", "x"),
        ("code_challenge", "x"),
        ("prompt", "none login"),
        ("max_age", "x"),
        ("claims", "x"),
        ("dpop_jkt", "x"),
        ("response_mode", "x"),
        ("request", "x"),
    ] {
        let pairs = set(&good, name, value);
        let sent = authorize(&server, &pairs).await.error().unwrap();
        let pushed = server.public(push(&client, &pairs)).await.expect(400).error().unwrap();
        assert_eq!(pushed, sent, "{name}");
    }
}

/// RFC 9126 §5, §6: who wants pushed requests gets no others.
#[tokio::test]
async fn who_pushes_requests_may_want_no_others() {
    for by_server in [true, false] {
        let server = TestServer::with(|config| config.symbolon.par.required = by_server).await;
        let client =
            register(&server, "pushing", &json!({ "require_pushed_authorization_requests": !by_server })).await;
        let answer = authorize(&server, &request(&client.id)).await;
        assert_eq!(outcome(&answer), "client invalid_request");
        let uri = uri(&server, &client, &pushed(&client)).await;
        assert_eq!(outcome(&super::visit(&server, &client.id, &uri).await), "login");
        // What does not name the client's address stays on a page.
        let foreign = set(&request(&client.id), "redirect_uri", "https://evil.example/cb");
        assert_eq!(outcome(&authorize(&server, &foreign).await), "page invalid_request");
    }
}
