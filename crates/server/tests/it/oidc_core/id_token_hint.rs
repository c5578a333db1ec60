//! OpenID Connect Core §3.1.2.1: `id_token_hint` says whom the client expects. A hint that is not ours is a fault.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{login_request, remembered};
use crate::fixtures::{authorize, claims, confidential, outcome, part, register, request, set, signing_key, text};
use crate::support::{CodeFlow, Profile, TestServer};

async fn id_token(flow: &mut CodeFlow) -> String {
    text(&flow.tokens().await, "id_token").to_owned()
}

#[tokio::test]
async fn the_hinted_user_passes_and_another_is_refused() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let alices = id_token(&mut client.flow(server)).await;
        let bobs = id_token(&mut client.flow(server).subject("bob")).await;
        let mut own = remembered(server, &client).await.parameter("id_token_hint", &alices);
        assert_eq!(outcome(&own.authorize().await), "login");
        let mut silent = own.parameter("prompt", "none");
        silent.code().await;
        let mut foreign = remembered(server, &client).await.parameter("id_token_hint", &bobs);
        assert_eq!(outcome(&foreign.authorize().await), "client login_required");
    })
    .await;
}

#[tokio::test]
async fn who_logs_in_must_be_the_hinted_user_too() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let hint = id_token(&mut client.flow(&server)).await;
    let mut alice = client.flow(&server).parameter("id_token_hint", &hint);
    alice.code().await;
    let mut bob = client.flow(&server).parameter("id_token_hint", &hint).subject("bob");
    assert_eq!(outcome(&bob.log_in().await), "client login_required");
    // Not even the session of the refused login stays.
    let mut bob = client.flow(&server).parameter("id_token_hint", &hint).subject("bob").login("remember", json!(true));
    bob.log_in().await;
    assert!(bob.browser.cookie_names("/").iter().all(|name| !name.contains("session")));
}

#[tokio::test]
async fn an_expired_hint_is_as_good_as_any() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let hint = id_token(&mut flow).await;
    server.clock.advance(400 * 24 * 3600);
    let mut flow = client.flow(&server).parameter("id_token_hint", &hint);
    flow.code().await;
}

#[tokio::test]
async fn the_login_page_sees_its_claims() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let hint = id_token(&mut client.flow(&server)).await;
    let mut flow = client.flow(&server).parameter("id_token_hint", &hint);
    let page = flow.authorize().await.expect(302).location().to_owned();
    let described = login_request(&server, &page).await;
    assert_eq!(described["oidc_context"]["id_token_hint_claims"], Value::Object(claims(&hint)));
}

#[tokio::test]
async fn a_hint_that_this_server_did_not_sign_is_a_fault() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let hint = id_token(&mut client.flow(&server)).await;
    let kid = part(&hint, 0)["kid"].as_str().unwrap().to_owned();
    let (stranger, _) = signing_key(Algorithm::RS256, &kid);
    let parts: Vec<&str> = hint.split('.').collect();
    let forged = [
        stranger.sign(Some("JWT"), &claims(&hint)).unwrap(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("eyJhbGciOiJub25lIn0.{}.", parts[1]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(parts[2].len())),
        hint[..hint.len() - 1].to_owned(),
    ];
    for forged in forged {
        let answer = authorize(&server, &set(&request(&client.id), "id_token_hint", &forged)).await;
        assert_eq!(outcome(&answer), "client invalid_request", "{forged}");
    }
    let other = TestServer::with(|config| config.urls.issuer = "http://127.0.0.1:4444/other".to_owned()).await;
    confidential(&other).await;
    let answer = authorize(&other, &set(&request(&client.id), "id_token_hint", &hint)).await;
    assert_eq!(outcome(&answer), "client invalid_request", "a hint of another issuer under the same key");
}

#[tokio::test]
async fn a_pairwise_clients_own_identifier_is_recognised() {
    let server = TestServer::start(Profile::Strict.config()).await;
    let client = register(&server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    let mut flow = client.flow(&server);
    let hint = id_token(&mut flow).await;
    assert_ne!(claims(&hint)["sub"], "alice");
    let mut alice = client.flow(&server).parameter("id_token_hint", &hint);
    alice.code().await;
    let mut bob = client.flow(&server).parameter("id_token_hint", &hint).subject("bob");
    let answer = bob.log_in().await;
    assert_eq!(answer.error().as_deref(), Some("login_required"));
}
