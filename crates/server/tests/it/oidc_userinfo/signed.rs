//! Signed answers (OpenID Connect Core §5.3.2).

use serde_json::json;

use super::ask;
use crate::fixtures::{part, register, text, verified_claims, with};
use crate::support::{Call, REDIRECT_URI, START, TestServer};

#[tokio::test]
async fn the_answer_is_a_verifiable_jwt_in_the_registered_algorithm() {
    let server = TestServer::new().await;
    for algorithm in ["RS256", "ES256", "PS256", "EdDSA"] {
        let client = register(&server, algorithm, &json!({ "userinfo_signed_response_alg": algorithm })).await;
        let tokens = client.flow(&server).consent("session", json!({ "id_token": { "tier": "gold" } })).tokens().await;
        server.clock.advance(30);
        let answer = ask(&server, text(&tokens, "access_token")).await.expect(200);
        assert_eq!(answer.content_type(), Some("application/jwt"));
        let token = answer.text();
        assert_eq!(part(&token, 0)["alg"], algorithm);
        let claims = verified_claims(&server, &token).await;
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(server.public_url()), &json!([algorithm])));
        assert_eq!((&claims["sub"], &claims["tier"]), (&json!("alice"), &json!("gold")));
        assert_eq!(claims["iat"], json!(server.clock.now()), "the moment of the answer");
        assert_eq!(claims["auth_time"], json!(server.clock.now() - 30));
        assert!(claims["jti"].is_string() && claims.get("exp").is_none() && claims.get("nonce").is_none());
        let again = ask(&server, text(&tokens, "access_token")).await.expect(200).text();
        assert_ne!(verified_claims(&server, &again).await["jti"], claims["jti"]);
    }
    assert!(server.clock.now() > START);
}

#[tokio::test]
async fn none_and_nothing_mean_json() {
    let server = TestServer::new().await;
    for (id, change) in [("a", json!({ "userinfo_signed_response_alg": "none" })), ("b", json!({}))] {
        let tokens = register(&server, id, &change).await.flow(&server).tokens().await;
        let answer = ask(&server, text(&tokens, "access_token")).await.expect(200);
        assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    }
}

#[tokio::test]
async fn the_registration_of_the_moment_counts() {
    let server = TestServer::new().await;
    let client = register(&server, "c", &json!({})).await;
    let tokens = client.flow(&server).tokens().await;
    let body = with(json!({ "redirect_uris": [REDIRECT_URI] }), &json!({ "userinfo_signed_response_alg": "ES256" }));
    server.admin(Call::put("/admin/clients/c").json(&body)).await.expect(200);
    let answer = ask(&server, text(&tokens, "access_token")).await.expect(200);
    assert_eq!(part(&answer.text(), 0)["alg"], "ES256");
}

#[tokio::test]
async fn a_signed_answer_is_no_token_of_another_kind() {
    let server = TestServer::new().await;
    let client = register(&server, "c", &json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let tokens = client.flow(&server).tokens().await;
    let signed = ask(&server, text(&tokens, "access_token")).await.expect(200).text();
    ask(&server, &signed).await.expect(401);
    assert_eq!(server.introspect(&signed).await, json!({ "active": false }));
    let form = [("grant_type", "refresh_token"), ("refresh_token", signed.as_str())];
    server.public(client.token_request(&form)).await.expect(400);
    let logout = Call::get("/oauth2/sessions/logout").query(&[("id_token_hint", &signed)]);
    assert_eq!(server.public(logout).await.error().as_deref(), Some("invalid_request"));
    let silent = client.flow(&server).parameter("prompt", "none").parameter("id_token_hint", &signed).authorize().await;
    assert!(silent.error().is_some(), "{}", silent.location());
}
