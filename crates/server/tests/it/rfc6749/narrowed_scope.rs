//! RFC 6749 §6: `scope` in a refresh request narrows the access token. It never adds anything, and the refresh token keeps
//! what was granted.

use serde_json::{Value, json};

use crate::fixtures::{Registered, claims, confidential, register, text};
use crate::support::{Answer, Call, TestServer};

const GRANTED: &str = "openid offline profile email photos.read";

async fn answer(server: &TestServer, client: &Registered, tokens: &Value, scopes: &[&str]) -> Answer {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", text(tokens, "refresh_token"))];
    form.extend(scopes.iter().map(|scope| ("scope", *scope)));
    server.public(client.token_request(&form)).await
}

async fn narrowed(server: &TestServer, client: &Registered, tokens: &Value, scope: &str) -> Value {
    answer(server, client, tokens, &[scope]).await.expect(200).json()
}

async fn scope_of(server: &TestServer, tokens: &Value, name: &str) -> Value {
    server.introspect(text(tokens, name)).await["scope"].clone()
}

#[tokio::test]
async fn a_part_of_the_scope_is_the_scope_of_the_access_token() {
    TestServer::each_database(async |server| {
        for strategy in ["opaque", "jwt"] {
            let client = register(server, strategy, &json!({ "access_token_strategy": strategy })).await;
            let mut tokens = client.flow(server).scope(GRANTED).tokens().await;
            for part in ["photos.read", "openid email", "email openid", "offline", "openid offline profile email"] {
                tokens = narrowed(server, &client, &tokens, part).await;
                assert_eq!(tokens["scope"], part, "{strategy}");
                assert_eq!(scope_of(server, &tokens, "access_token").await, part, "{strategy}");
                assert_eq!(scope_of(server, &tokens, "refresh_token").await, GRANTED, "{strategy}: {part}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_jwt_access_token_says_its_own_scope() {
    let server = TestServer::with(|config| {
        config.strategies.scope_claim = symbolon_server::config::ScopeClaim::Both;
    })
    .await;
    let client = register(&server, "jwt", &json!({ "access_token_strategy": "jwt" })).await;
    let tokens = client.flow(&server).scope(GRANTED).tokens().await;
    let tokens = narrowed(&server, &client, &tokens, "openid email").await;
    let said = claims(text(&tokens, "access_token"));
    assert_eq!((&said["scp"], &said["scope"]), (&json!(["openid", "email"]), &json!("openid email")));
    let whole = answer(&server, &client, &tokens, &[]).await.expect(200).json();
    assert_eq!(claims(text(&whole, "access_token"))["scope"], GRANTED);
}

#[tokio::test]
async fn the_whole_scope_is_there_again_at_the_next_refresh() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut tokens = client.flow(server).scope(GRANTED).tokens().await;
        for whole in [vec![], vec![GRANTED], vec![""], vec![" "], vec!["email photos.read offline profile openid"]] {
            tokens = narrowed(server, &client, &tokens, "photos.read").await;
            tokens = answer(server, &client, &tokens, &whole).await.expect(200).json();
            assert_eq!(tokens["scope"], GRANTED, "{whole:?}");
            assert_eq!(scope_of(server, &tokens, "access_token").await, GRANTED, "{whole:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_scope_that_is_named_twice_counts_once() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).scope(GRANTED).tokens().await;
    let tokens = narrowed(&server, &client, &tokens, "email email  openid email").await;
    assert_eq!(tokens["scope"], "email openid");
}

#[tokio::test]
async fn nothing_beyond_the_grant_is_given_and_nothing_is_used_up() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        // Registered for more than was granted.
        let tokens = client.flow(server).scope("openid offline photos.read").tokens().await;
        let huge = "a".repeat(40_000);
        for (scopes, expected) in [
            (vec!["never-granted"], "invalid_scope"),
            (vec!["email"], "invalid_scope"),
            (vec!["openid email"], "invalid_scope"),
            (vec!["offline_access"], "invalid_scope"),
            (vec!["OPENID"], "invalid_scope"),
            (vec!["photos"], "invalid_scope"),
            (vec!["photos.read.all"], "invalid_scope"),
            (vec!["photos.*"], "invalid_scope"),
            (vec!["openid,offline"], "invalid_scope"),
            (vec!["openid \"offline\""], "invalid_scope"),
            (vec!["openid \u{e9}"], "invalid_scope"),
            (vec!["openid\u{0}"], "invalid_request"),
            (vec!["openid", "offline"], "invalid_request"),
            (vec![huge.as_str()], "invalid_request"),
        ] {
            let refused = answer(server, &client, &tokens, &scopes).await.expect(400);
            assert_eq!(refused.error().as_deref(), Some(expected), "{scopes:?}");
            assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true, "{scopes:?}");
        }
        narrowed(server, &client, &tokens, "openid").await;
    })
    .await;
}

#[tokio::test]
async fn a_used_token_with_a_scope_beyond_the_grant_is_a_used_token() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let first = client.flow(&server).tokens().await;
    let second = narrowed(&server, &client, &first, "openid").await;
    server.clock.advance(60);
    let reused = answer(&server, &client, &first, &["never-granted"]).await.expect(400);
    assert_eq!(reused.error().as_deref(), Some("invalid_grant"));
    assert_eq!(server.introspect(text(&second, "access_token")).await["active"], false);
}

#[tokio::test]
async fn an_id_token_comes_with_openid_only() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).scope(GRANTED).tokens().await;
    let without = narrowed(&server, &client, &tokens, "offline email").await;
    assert_eq!(without.get("id_token"), None);
    let with = narrowed(&server, &client, &without, "openid").await;
    assert_eq!(claims(text(&with, "id_token"))["sub"], "alice");
    assert!(with.get("refresh_token").is_some(), "whatever the scope of the access token is");
}

#[tokio::test]
async fn userinfo_tells_what_the_narrowed_scope_covers() {
    TestServer::each_database(async |server| {
        let account =
            json!({ "username": "alice", "password": "a good password", "email": "alice@a.example", "name": "Alice" });
        let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
        for strategy in ["opaque", "jwt"] {
            let client = register(server, strategy, &json!({ "access_token_strategy": strategy })).await;
            let tokens = client.flow(server).scope(GRANTED).subject(&subject).tokens().await;
            let told = async |tokens: &Value| {
                let bearer = Call::get("/userinfo").bearer(text(tokens, "access_token"));
                let claims = server.public(bearer).await.expect(200).json();
                (claims.get("email").is_some(), claims.get("name").is_some())
            };
            assert_eq!(told(&tokens).await, (true, true), "{strategy}");
            let email = narrowed(server, &client, &tokens, "openid email").await;
            assert_eq!(told(&email).await, (true, false), "{strategy}");
            let profile = narrowed(server, &client, &email, "openid profile").await;
            assert_eq!(told(&profile).await, (false, true), "{strategy}");
            let neither = narrowed(server, &client, &profile, "openid").await;
            assert_eq!(told(&neither).await, (false, false), "{strategy}");
            let whole = answer(server, &client, &neither, &[]).await.expect(200).json();
            assert_eq!(told(&whole).await, (true, true), "{strategy}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_side_branch_narrows_for_itself() {
    let server = TestServer::with(|config| {
        config.oauth2.refresh.mode = symbolon_server::config::RotationMode::Grace;
        config.oauth2.refresh.rotation_grace_period_seconds = 60;
    })
    .await;
    let client = confidential(&server).await;
    let first = client.flow(&server).scope(GRANTED).tokens().await;
    let one = narrowed(&server, &client, &first, "openid").await;
    let other = narrowed(&server, &client, &first, "photos.read").await;
    let whole = answer(&server, &client, &first, &[]).await.expect(200).json();
    for (tokens, scope) in [(&one, "openid"), (&other, "photos.read"), (&whole, GRANTED)] {
        assert_eq!(scope_of(&server, tokens, "access_token").await, scope);
        assert_eq!(scope_of(&server, tokens, "refresh_token").await, GRANTED);
    }
}

#[tokio::test]
async fn introspection_for_a_scope_asks_the_tokens_own() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).scope(GRANTED).tokens().await;
    let tokens = narrowed(&server, &client, &tokens, "openid").await;
    for (scope, active) in [("openid", true), ("email", false), ("openid email", false)] {
        let form = [("token", text(&tokens, "access_token")), ("scope", scope)];
        let call = Call::post("/admin/oauth2/introspect").form(&form);
        assert_eq!(server.admin(call).await.expect(200).json()["active"], active, "{scope}");
    }
}
