//! What the assertion says of itself, and what comes of a good one.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{GRANT_TYPE, ISSUER, Idp, TYPE, WIKI, assert_refused, call};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{part, signing_key, text, verified_claims, with};
use crate::support::TestServer;

#[tokio::test]
async fn a_good_one_is_an_access_token_for_its_resource_and_nothing_else() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = super::client(server, "app", &json!({})).await;
            let tokens = idp.show(server, &client, &json!({}), &[]).await.expect(200).json();
            let names: Vec<&String> = tokens.as_object().unwrap().keys().collect();
            assert_eq!(names, ["access_token", "expires_in", "scope", "token_type"]);
            assert_eq!((&tokens["scope"], &tokens["token_type"]), (&json!("wiki.read wiki.write"), &json!("bearer")));
            assert_eq!(tokens["expires_in"], 3_600);
            let token = text(&tokens, "access_token");
            assert_eq!(part(token, 0)["typ"], "at+jwt");
            let claims = verified_claims(server, token).await;
            assert_eq!((&claims["aud"], &claims["client_id"]), (&json!([WIKI]), &json!("app")));
            assert!(claims.get("auth_time").is_none(), "nobody logged in here");
            let told = server.introspect(token).await;
            assert_eq!((&told["active"], &told["sub"], &told["aud"]), (&json!(true), &claims["sub"], &json!([WIKI])));
        },
    )
    .await;
}

#[tokio::test]
async fn whatever_is_wrong_is_an_invalid_grant() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let now = server.clock.now();
    let url = server.public_url();
    let long = "s".repeat(2_049);
    let mut table = vec![
        json!({ "iss": "https://other.example" }),
        json!({ "iss": url }),
        json!({ "aud": format!("{url}/oauth2/token") }),
        json!({ "aud": format!("{url}/") }),
        json!({ "aud": "https://other.example" }),
        json!({ "aud": [] }),
        json!({ "aud": [url, url] }),
        json!({ "aud": [url, "https://other.example"] }),
        json!({ "aud": [[url]] }),
        json!({ "client_id": "other" }),
        json!({ "client_id": ["app"] }),
        json!({ "sub": long }),
        json!({ "sub": "a\nb" }),
        json!({ "jti": "j".repeat(257) }),
        json!({ "exp": now }),
        json!({ "exp": now + 301 }),
        json!({ "iat": now + 60, "exp": now + 120 }),
        json!({ "iat": now - 100 }),
        json!({ "nbf": now + 60 }),
        json!({ "scope": ["wiki.read"] }),
        json!({ "scope": "wiki.read\u{e9}" }),
        json!({ "resource": 7 }),
        json!({ "resource": [] }),
        json!({ "resource": [7] }),
        json!({ "resource": null, "cnf": {} }),
        json!({ "cnf": "key" }),
    ];
    for claim in ["iss", "aud", "client_id", "sub", "jti", "iat", "exp"] {
        table.extend([json!({ claim: null }), json!({ claim: "" }), json!({ claim: true }), json!({ claim: {} })]);
    }
    for changes in table {
        let answer = idp.show(&server, &client, &changes, &[]).await;
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{changes}: {}", answer.text());
        assert_refused(&answer, "invalid_grant");
    }
}

#[tokio::test]
async fn audiences_of_one_element_and_clocks_that_are_a_little_ahead_count() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let now = server.clock.now();
    for changes in [json!({ "aud": [server.public_url()] }), json!({ "iat": now + 15, "exp": now + 315 })] {
        idp.show(&server, &client, &changes, &[]).await.expect(200);
    }
}

#[tokio::test]
async fn a_row_may_want_shorter_lives() {
    let idp = Idp::new();
    let (server, client) = idp.server_with(&json!({ "max_ttl": "1m" })).await;
    let now = server.clock.now();
    assert_refused(&idp.show(&server, &client, &json!({ "exp": now + 61 }), &[]).await, "invalid_grant");
    idp.show(&server, &client, &json!({ "exp": now + 60 }), &[]).await.expect(200);
}

#[tokio::test]
async fn only_the_keys_of_the_issuer_count() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let (other, _) = signing_key(Algorithm::ES256, "idp");
    let forged = other.sign(Some(TYPE), &idp.claims(&server, &json!({}))).unwrap();
    assert_refused(&server.public(call(&client, &forged, &[])).await, "invalid_grant");
    let good = idp.assertion(&server, &json!({}));
    for (what, changed) in crate::fixtures::altered(&good) {
        let answer = server.public(call(&client, &changed, &[])).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text());
    }
    server.public(call(&client, &good, &[])).await.expect(200);
}

#[tokio::test]
async fn published_keys_are_fetched_and_fetched_again_after_a_rotation() {
    let idp = Idp::new();
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [idp.jwk] }))).await;
    let row = json!({ "jwks": null, "jwks_uri": format!("{}/keys", keys.url) });
    let (server, client) = idp.server_with(&row).await;
    for _ in 0..3 {
        idp.show(&server, &client, &json!({}), &[]).await.expect(200);
    }
    assert_eq!(keys.count(), 1);
    let (next, next_jwk) = signing_key(Algorithm::ES256, "next");
    keys.set(Reply::Json(json!({ "keys": [next_jwk] })));
    server.clock.advance(5);
    let signed = next.sign(Some(TYPE), &idp.claims(&server, &json!({}))).unwrap();
    server.public(call(&client, &signed, &[])).await.expect(200);
    assert_refused(&idp.show(&server, &client, &json!({}), &[]).await, "invalid_grant");
    assert_eq!(keys.count(), 2);
    let (server, client) = idp.server_with(&json!({ "jwks": null, "jwks_uri": "http://127.0.0.1:9/keys" })).await;
    let answer = idp.show(&server, &client, &json!({}), &[]).await;
    assert_eq!((answer.status, answer.error().as_deref()), (503, Some("temporarily_unavailable")));
}

#[tokio::test]
async fn the_parameter_comes_once_and_is_a_jwt() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let good = idp.assertion(&server, &json!({}));
    let none = server.public(client.token_request(&[("grant_type", GRANT_TYPE)])).await;
    assert_refused(&none, "invalid_request");
    let twice = server.public(call(&client, &good, &[("assertion", &good)])).await;
    assert_refused(&twice, "invalid_request");
    for text in ["x", "a.b.c", &"x".repeat(40_000)] {
        assert_eq!(server.public(call(&client, text, &[])).await.status, 400);
    }
}

#[tokio::test]
async fn it_counts_once_and_a_request_that_was_refused_does_not_use_it_up() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = super::client(server, "app", &json!({})).await;
            let assertion = idp.assertion(server, &json!({}));
            let beyond = [("scope", "chat.read")];
            assert_refused(&server.public(call(&client, &assertion, &beyond)).await, "invalid_scope");
            server.public(call(&client, &assertion, &[])).await.expect(200);
            assert_refused(&server.public(call(&client, &assertion, &[])).await, "invalid_grant");
            server.clock.advance(299);
            assert_refused(&server.public(call(&client, &assertion, &[])).await, "invalid_grant");
        },
    )
    .await;
}

#[tokio::test]
async fn a_row_may_let_an_assertion_be_shown_again_until_it_ends() {
    let idp = Idp::new();
    let (server, client) = idp.server_with(&json!({ "allow_resubmission": true })).await;
    let assertion = idp.assertion(&server, &json!({}));
    let first = server.public(call(&client, &assertion, &[])).await.expect(200).json();
    let second = server.public(call(&client, &assertion, &[])).await.expect(200).json();
    for tokens in [&first, &second] {
        assert_eq!(server.introspect(text(tokens, "access_token")).await["active"], true);
    }
    server.clock.advance(300);
    assert_refused(&server.public(call(&client, &assertion, &[])).await, "invalid_grant");
    assert_refused(&idp.show(&server, &client, &json!({ "jti": null }), &[]).await, "invalid_grant");
}

#[tokio::test]
async fn two_issuers_may_use_one_jti() {
    let (one, two) = (Idp::new(), Idp::new());
    let other = "https://two.example";
    let server = TestServer::with(|config| {
        one.on(config);
        let rows = json!([one.row(), with(two.row(), &json!({ "issuer": other }))]);
        config.symbolon.id_jag.issuers = symbolon_server::config::IdJagIssuers::read(&rows).unwrap();
    })
    .await;
    let client = super::client(&server, "app", &json!({})).await;
    one.show(&server, &client, &json!({ "jti": "same" }), &[]).await.expect(200);
    two.show(&server, &client, &json!({ "jti": "same", "iss": other }), &[]).await.expect(200);
    let crossed: Value = json!({ "iss": other });
    assert_refused(&one.show(&server, &client, &crossed, &[]).await, "invalid_grant");
    assert_refused(&one.show(&server, &client, &json!({ "jti": "same", "iss": ISSUER }), &[]).await, "invalid_grant");
}
