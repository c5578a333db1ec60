//! The token endpoint (OpenID Connect CIBA §10.1, §11): what a client hears while it waits, and what it gets.

use serde_json::json;

use super::{GRANT_TYPE, accept, answer_call, ask, ask_with, asking_client, deny, hears, poll, poll_call, server};
use crate::fixtures::{altered, claims, text, verified_claims};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn an_accepted_request_gives_all_tokens_once() {
    TestServer::each_database_with(super::on, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let asked = ask(server, &client).await;
        hears(server, &client, &asked, "authorization_pending").await;
        accept(server, &asked).await;
        let answer = poll(server, &client, &asked).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let tokens = answer.json();
        assert_eq!((&tokens["scope"], &tokens["token_type"]), (&json!("openid offline"), &json!("bearer")));
        let id_token = verified_claims(server, text(&tokens, "id_token")).await;
        assert_eq!((&id_token["sub"], &id_token["aud"]), (&json!("alice"), &json!(["bank"])));
        assert_eq!(id_token["auth_time"], json!(server.clock.now()));
        for absent in ["nonce", "c_hash", "s_hash", "sid"] {
            assert!(!id_token.contains_key(absent), "{absent}");
        }
        let told = server.introspect(text(&tokens, "access_token")).await;
        assert_eq!(
            (&told["active"], &told["sub"], &told["client_id"]),
            (&json!(true), &json!("alice"), &json!("bank"))
        );
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        let tokens = server.public(client.token_request(&refresh)).await.expect(200).json();
        hears(server, &client, &asked, "invalid_grant").await;
        let told = server.introspect(text(&tokens, "access_token")).await;
        assert_eq!(told["active"], true, "the id never left the client, which may have lost the answer");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let asked = ask(&server, &client).await;
    deny(&server, &asked).await;
    hears(&server, &client, &asked, "access_denied").await;
    hears(&server, &client, &asked, "access_denied").await;
}

#[tokio::test]
async fn a_hasty_client_is_slowed_down() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let asked = ask(&server, &client).await;
    hears(&server, &client, &asked, "authorization_pending").await;
    server.clock.advance(3);
    hears(&server, &client, &asked, "slow_down").await;
    server.clock.advance(8);
    hears(&server, &client, &asked, "slow_down").await;
    server.clock.advance(15);
    hears(&server, &client, &asked, "authorization_pending").await;
    accept(&server, &asked).await;
    poll(&server, &client, &asked).await.expect(200);
}

#[tokio::test]
async fn an_expired_request_is_told_before_and_after_it_was_purged() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let (open, accepted) = (ask(&server, &client).await, ask(&server, &client).await);
    accept(&server, &accepted).await;
    server.clock.advance(299);
    hears(&server, &client, &open, "authorization_pending").await;
    server.clock.advance(1);
    for asked in [&open, &accepted] {
        hears(&server, &client, asked, "expired_token").await;
    }
    let late = server.admin(answer_call("accept", &open, &json!({ "subject": "alice" }))).await;
    late.expect(410);
    assert!(super::waiting(&server, "alice").await.is_empty());
    server.server.purge().await.unwrap();
    for asked in [&open, &accepted] {
        hears(&server, &client, asked, "expired_token").await;
    }
}

#[tokio::test]
async fn an_id_counts_for_its_client_alone_and_unaltered() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let other = asking_client(&server, "shop", &json!({})).await;
    let asked = ask(&server, &client).await;
    accept(&server, &asked).await;
    hears(&server, &other, &asked, "invalid_grant").await;
    let id = text(&asked, "auth_req_id");
    for (how, changed) in altered(id) {
        let call = client.token_request(&[("grant_type", GRANT_TYPE), ("auth_req_id", &changed)]);
        let answer = server.public(call).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{how}");
    }
    for form in [
        &[("grant_type", GRANT_TYPE)][..],
        &[("grant_type", GRANT_TYPE), ("auth_req_id", "")],
        &[("grant_type", GRANT_TYPE), ("auth_req_id", id), ("auth_req_id", id)],
    ] {
        let answer = server.public(client.token_request(form)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{form:?}");
    }
    for (grant_type, parameter) in [("authorization_code", "code"), ("refresh_token", "refresh_token")] {
        let call = client.token_request(&[("grant_type", grant_type), (parameter, id)]);
        assert_eq!(server.public(call).await.expect(400).error().as_deref(), Some("invalid_grant"), "{parameter}");
    }
    poll(&server, &client, &asked).await.expect(200);
}

#[tokio::test]
async fn a_client_that_may_not_ask_any_more_gets_nothing() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let (open, accepted) = (ask(&server, &client).await, ask(&server, &client).await);
    accept(&server, &accepted).await;
    let target = "/admin/clients/bank";
    let mut current = server.admin(Call::get(target)).await.expect(200).json();
    current["grant_types"] = json!(["authorization_code"]);
    server.admin(Call::put(target).json(&current)).await.expect(200);
    let answer = poll(&server, &client, &accepted).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("unauthorized_client"));
    assert!(super::waiting(&server, "alice").await.is_empty());
    server.admin(answer_call("accept", &open, &json!({ "subject": "alice" }))).await.expect(404);
    // Ended and allowed again: what was asked before does not come back.
    server.admin(Call::delete("/admin/oauth2/tokens").query(&[("client_id", "bank")])).await.expect(204);
    current["grant_types"] = json!(["authorization_code", GRANT_TYPE]);
    server.admin(Call::put(target).json(&current)).await.expect(200);
    hears(&server, &client, &accepted, "invalid_grant").await;
}

#[tokio::test]
async fn asking_for_less_gives_less() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let asked = ask_with(&server, &client, &[("audience", "https://api.example"), ("acr_values", "high low")]).await;
    let told = super::waiting(&server, "alice").await;
    assert_eq!(told[0]["requested_access_token_audience"], json!(["https://api.example"]));
    assert_eq!(told[0]["acr_values"], json!(["high", "low"]));
    let body = json!({
        "subject": "alice", "grant_scope": ["openid"], "grant_access_token_audience": [], "acr": "high",
        "amr": ["pop", "mfa"], "authenticated_at": server.clock.now() - 7,
        "session": { "id_token": { "branch": "west" }, "access_token": { "limit": 40 } },
    });
    server.admin(answer_call("accept", &asked, &body)).await.expect(204);
    let tokens = poll(&server, &client, &asked).await.expect(200).json();
    assert!(tokens.get("refresh_token").is_none());
    let id_token = claims(text(&tokens, "id_token"));
    assert_eq!((&id_token["acr"], &id_token["amr"]), (&json!("high"), &json!(["pop", "mfa"])));
    assert_eq!((&id_token["auth_time"], &id_token["branch"]), (&json!(server.clock.now() - 7), &json!("west")));
    let told = server.introspect(text(&tokens, "access_token")).await;
    assert_eq!((&told["scope"], &told["ext"]), (&json!("openid"), &json!({ "limit": 40 })));
}

#[tokio::test]
async fn a_poll_at_another_endpoint_or_without_credentials_is_refused() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let asked = ask(&server, &client).await;
    let mut call = poll_call(&client, &asked);
    call.headers.remove(http::header::AUTHORIZATION);
    server.public(call).await.expect(400);
    let wrong = poll_call(&client, &asked).basic("bank", "wrong-secret");
    assert_eq!(server.public(wrong).await.expect(401).error().as_deref(), Some("invalid_client"));
}
