//! RFC 6749 §4.4: a client acts for itself. Nothing is written, and there is no user behind its tokens.

use serde_json::{Value, json};

use crate::fixtures::{Registered, altered, confidential, register, text};
use crate::support::{Answer, Call, TestServer};

async fn ask(server: &TestServer, client: &Registered, more: &[(&str, &str)]) -> Answer {
    let form = [&[("grant_type", "client_credentials")], more].concat();
    server.public(client.token_request(&form)).await
}

async fn token(server: &TestServer, client: &Registered, more: &[(&str, &str)]) -> String {
    ask(server, client, more).await.expect(200).member("access_token")
}

#[tokio::test]
async fn a_token_says_what_was_asked_for_and_belongs_to_the_client() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let more = [("scope", "photos.read email"), ("audience", "https://api.example/a https://api.example")];
        let answer = ask(server, &client, &more).await.expect(200).json();
        let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(members, ["access_token", "expires_in", "scope", "token_type"]);
        assert_eq!(answer["scope"], "photos.read email");
        let described = server.introspect(text(&answer, "access_token")).await;
        let now = server.clock.now();
        let expected = json!({
            "active": true,
            "scope": "photos.read email",
            "client_id": client.id,
            "sub": client.id,
            "exp": now + 3600,
            "iat": now,
            "nbf": now,
            "aud": ["https://api.example/a", "https://api.example"],
            "iss": "http://127.0.0.1:4444",
            "token_type": "Bearer",
            "token_use": "access_token",
        });
        assert_eq!(described, expected);
    })
    .await;
}

#[tokio::test]
async fn scope_is_all_or_nothing_and_none_by_default() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    assert_eq!(ask(&server, &client, &[]).await.expect(200).member("scope"), "");
    let partly = ask(&server, &client, &[("scope", "photos.read photos.write")]).await.expect(400);
    assert_eq!(partly.error().as_deref(), Some("invalid_scope"));
    assert!(partly.member("error_description").contains("photos.write"));
}

#[tokio::test]
async fn everything_is_granted_by_default_where_configuration_says_so() {
    let server = TestServer::with(|config| config.oauth2.client_credentials_default_grant_allowed_scope = true).await;
    let client = register(&server, "app", &json!({ "scope": "a b" })).await;
    assert_eq!(ask(&server, &client, &[]).await.expect(200).member("scope"), "a b");
    assert_eq!(ask(&server, &client, &[("scope", "b")]).await.expect(200).member("scope"), "b");
}

#[tokio::test]
async fn wildcards_follow_the_configured_comparison() {
    let wildcard = TestServer::new().await;
    let exact = TestServer::with(|config| config.strategies.scope = symbolon_types::ScopeStrategy::Exact).await;
    for (server, status) in [(&wildcard, 200), (&exact, 400)] {
        let client = register(server, "app", &json!({ "scope": "photos.*" })).await;
        ask(server, &client, &[("scope", "photos.read")]).await.expect(status);
        ask(server, &client, &[("scope", "videos.read")]).await.expect(400);
        ask(server, &client, &[("scope", "photos")]).await.expect(400);
    }
}

#[tokio::test]
async fn nothing_is_written_for_a_token_and_its_check() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let before = server.server.store().statistics();
        for _ in 0..20 {
            let token = token(server, &client, &[("scope", "photos.read"), ("audience", "https://api.example")]).await;
            assert_eq!(server.introspect(&token).await["active"], true);
        }
        assert_eq!(server.server.store().statistics(), before);
    })
    .await;
}

#[tokio::test]
async fn a_token_too_large_to_carry_itself_becomes_a_row_and_works_the_same() {
    TestServer::each_database(async |server| {
        let scopes: Vec<String> = (0..60).map(|number| format!("scope-number-{number}")).collect();
        let scope = scopes.join(" ");
        let client = register(server, "large", &json!({ "scope": scope })).await;
        let small = token(server, &client, &[("scope", &scopes[0])]).await;
        let large = token(server, &client, &[("scope", &scope)]).await;
        assert!(large.len() < 300, "a token must fit a header");
        for (token, scope) in [(&small, &scopes[0]), (&large, &scope)] {
            let described = server.introspect(token).await;
            assert_eq!((&described["scope"], &described["sub"]), (&Value::from(scope.as_str()), &json!("large")));
            server.public(Call::get("/userinfo").bearer(token)).await.expect(403);
            server.public(client.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
            assert_eq!(server.introspect(token).await, json!({ "active": false }));
        }
    })
    .await;
}

#[tokio::test]
async fn tokens_of_one_second_are_different_and_revoked_one_by_one() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let (one, two) = (token(&server, &client, &[]).await, token(&server, &client, &[]).await);
    assert_ne!(one, two);
    server.public(client.form("/oauth2/revoke", &[("token", &one)])).await.expect(200);
    assert_eq!(server.introspect(&one).await["active"], false);
    assert_eq!(server.introspect(&two).await["active"], true);
}

#[tokio::test]
async fn an_altered_token_of_a_client_counts_for_nothing() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let token = token(&server, &client, &[("scope", "photos.read")]).await;
    for (how, changed) in altered(&token) {
        assert_eq!(server.introspect(&changed).await, json!({ "active": false }), "{how}");
    }
    assert_eq!(server.introspect(&token).await["active"], true);
}
