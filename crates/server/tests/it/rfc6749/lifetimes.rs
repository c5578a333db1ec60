//! RFC 6749 §4.1.2, §5.1: how long what is issued counts. The instant of expiry itself is already too late.

use serde_json::{Value, json};

use crate::fixtures::{Registered, claims, confidential, register, text};
use crate::support::{Call, TestServer};

async fn active(server: &TestServer, token: &Value) -> bool {
    server.introspect(token.as_str().unwrap()).await["active"] == true
}

#[tokio::test]
async fn a_code_expires_at_the_exact_second() {
    let server = TestServer::with(|config| config.ttl.auth_code = 30).await;
    let client = confidential(&server).await;
    for (seconds, status) in [(29, 200), (30, 400), (31, 400)] {
        let mut flow = client.flow(&server);
        let code = flow.code().await;
        server.clock.advance(seconds);
        let answer = server.public(flow.redemption(&code)).await.expect(status);
        assert_eq!(answer.error().is_some(), status == 400, "after {seconds} seconds");
    }
}

#[tokio::test]
async fn access_refresh_and_id_tokens_expire_at_the_exact_second() {
    let server = TestServer::with(|config| {
        config.ttl.access_token = 100;
        config.ttl.id_token = 50;
        config.ttl.refresh_token = Some(200);
    })
    .await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    assert_eq!(tokens["expires_in"], 100);
    let id_token = claims(text(&tokens, "id_token"));
    assert_eq!(id_token["exp"].as_i64().unwrap() - id_token["iat"].as_i64().unwrap(), 50);
    let userinfo = || Call::get("/userinfo").bearer(text(&tokens, "access_token"));
    server.clock.advance(99);
    assert!(active(&server, &tokens["access_token"]).await);
    server.public(userinfo()).await.expect(200);
    server.clock.advance(1);
    assert!(!active(&server, &tokens["access_token"]).await);
    let late = server.public(userinfo()).await.expect(401);
    assert_eq!(late.error().as_deref(), Some("invalid_token"));
    assert!(active(&server, &tokens["refresh_token"]).await);
    server.clock.advance(99);
    let second = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    // Each refresh token lives as long as the first.
    server.clock.advance(200);
    assert!(!active(&server, &second["refresh_token"]).await);
    let late = server.public(flow.refresh(text(&second, "refresh_token"))).await.expect(400);
    assert_eq!(late.error().as_deref(), Some("invalid_grant"));
}

#[tokio::test]
async fn a_refresh_token_without_end_survives_years_and_the_purge() {
    let server = TestServer::with(|config| config.ttl.refresh_token = None).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let mut tokens = flow.tokens().await;
    for _ in 0..3 {
        server.clock.advance(10 * 365 * 24 * 3600);
        server.server.purge().await.unwrap();
        tokens = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    }
}

/// Below zero is without end for refresh tokens, as with `ttl.refresh_token`; everything else would be over at once.
#[tokio::test]
async fn a_client_may_have_refresh_tokens_without_end() {
    let server = TestServer::with(|config| config.ttl.refresh_token = Some(3600)).await;
    let endless = json!({
        "authorization_code_grant_refresh_token_lifespan": "-1s",
        "refresh_token_grant_refresh_token_lifespan": "-1h",
    });
    let client = register(&server, "endless", &endless).await;
    let mut flow = client.flow(&server);
    let mut tokens = flow.tokens().await;
    for _ in 0..2 {
        server.clock.advance(10 * 365 * 24 * 3600);
        server.server.purge().await.unwrap();
        let shown = server.introspect(text(&tokens, "refresh_token")).await;
        assert_eq!((&shown["active"], shown.get("exp")), (&json!(true), None), "there is no such instant");
        tokens = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    }
    for (member, lifespan) in [
        ("authorization_code_grant_access_token_lifespan", "-1h"),
        ("client_credentials_grant_access_token_lifespan", "0s"),
        ("implicit_grant_id_token_lifespan", "999ms"),
        ("refresh_token_grant_refresh_token_lifespan", "0s"),
    ] {
        let call = Call::put("/admin/clients/endless/lifespans").json(&json!({ member: lifespan }));
        let answer = server.admin(call).await.expect(400);
        assert!(answer.member("error_description").contains(member), "{}", answer.text());
    }
}

#[tokio::test]
async fn lifespans_of_a_client_go_before_those_of_the_server() {
    let server = TestServer::new().await;
    let own = json!({
        "authorization_code_grant_access_token_lifespan": "11s",
        "authorization_code_grant_id_token_lifespan": "12s",
        "authorization_code_grant_refresh_token_lifespan": "1m",
        "refresh_token_grant_access_token_lifespan": "21s",
        "refresh_token_grant_id_token_lifespan": "22s",
        "refresh_token_grant_refresh_token_lifespan": "1h23s",
        "client_credentials_grant_access_token_lifespan": "31s",
    });
    let client: Registered = register(&server, "own", &own).await;
    let mut flow = client.flow(&server);
    let start = server.clock.now();
    let first = flow.tokens().await;
    let second = server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
    let expiry =
        async |token: &Value| server.introspect(token.as_str().unwrap()).await["exp"].as_i64().unwrap() - start;
    assert_eq!(first["expires_in"], 11);
    assert_eq!(claims(text(&first, "id_token"))["exp"], start + 12);
    assert_eq!(second["expires_in"], 21);
    assert_eq!(expiry(&second["access_token"]).await, 21);
    assert_eq!(claims(text(&second, "id_token"))["exp"], start + 22);
    assert_eq!(expiry(&second["refresh_token"]).await, 3623);
    let third = client.flow(&server).tokens().await;
    assert_eq!(expiry(&third["refresh_token"]).await, 60);
    let form = [("grant_type", "client_credentials")];
    let machine = server.public(client.token_request(&form)).await.expect(200).json();
    assert_eq!((machine["expires_in"].as_i64(), expiry(&machine["access_token"]).await), (Some(31), 31));
}

#[tokio::test]
async fn an_access_token_outlives_its_refresh_token_when_it_is_given_longer() {
    let server = TestServer::with(|config| {
        config.ttl.access_token = 500;
        config.ttl.refresh_token = Some(100);
    })
    .await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    server.clock.advance(499);
    server.server.purge().await.unwrap();
    assert!(active(&server, &tokens["access_token"]).await);
    assert!(!active(&server, &tokens["refresh_token"]).await);
}
