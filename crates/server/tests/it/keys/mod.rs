//! Signing keys over time: published before they sign and after they have signed, without a restart.

mod administered;
mod audited;
mod listed;
mod offered;
mod on_request;
mod races;

use serde_json::Value;
use symbolon_jose::Jws;

use crate::fixtures;
use crate::support::{Call, TestServer};

const DAY: i64 = 24 * 3600;

async fn published(server: &TestServer) -> Vec<String> {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Asks for a rotation; answers the new keys.
async fn rotate(server: &TestServer, body: &Value) -> Vec<Value> {
    let answer = server.admin(Call::post("/admin/signing-keys/rotate").json(body)).await.expect(200).json();
    answer["keys"].as_array().unwrap().clone()
}

/// A client whose ID tokens are signed in an algorithm.
async fn client_of(server: &TestServer, algorithm: &str) -> fixtures::Registered {
    let own = serde_json::json!({ "id_token_signed_response_alg": algorithm });
    fixtures::register(server, &format!("client-{algorithm}"), &own).await
}

async fn id_token(server: &TestServer, client: &fixtures::Registered) -> String {
    let mut flow = client.flow(server).scope("openid");
    flow.tokens().await["id_token"].as_str().unwrap().to_owned()
}

fn kid(token: &str) -> String {
    Jws::parse(token).unwrap().header().kid.clone().unwrap()
}

#[tokio::test]
async fn a_key_is_followed_by_one_that_everybody_knows_already() {
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = 90 * DAY).await;
    let client = fixtures::confidential(&server).await;
    let (before, token) = (published(&server).await, id_token(&server, &client).await);
    let first = kid(&token);

    server.clock.advance(88 * DAY);
    server.server.keep_house().await;
    assert_eq!(published(&server).await, before, "nothing is due yet");

    server.clock.advance(DAY);
    server.server.keep_house().await;
    let announced = published(&server).await;
    assert!(announced.len() > before.len(), "successors are published a day ahead");
    assert_eq!(kid(&id_token(&server, &client).await), first, "and do not sign yet");

    server.clock.advance(DAY);
    server.server.keep_house().await;
    let second = kid(&id_token(&server, &client).await);
    assert_ne!(second, first);
    assert!(announced.contains(&second), "what signs now was known before");
    assert!(published(&server).await.contains(&first), "what signed before still verifies");

    server.clock.advance(30 * DAY + 3601);
    server.server.keep_house().await;
    let later = published(&server).await;
    assert!(!later.contains(&first), "nothing that it signed counts any more");
    assert!(later.contains(&second));
}

#[tokio::test]
async fn a_retired_key_still_verifies_hints() {
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = DAY).await;
    let client = fixtures::confidential(&server).await;
    let hint = id_token(&server, &client).await;
    for _ in 0..2 {
        server.clock.advance(DAY);
        server.server.keep_house().await;
    }
    assert_ne!(kid(&id_token(&server, &client).await), kid(&hint));
    let mut flow = client.flow(&server).parameter("id_token_hint", &hint);
    assert!(flow.authorize().await.expect(302).location().contains("login_challenge="));
}

#[tokio::test]
async fn keys_stay_when_rotation_is_off() {
    let server = TestServer::with(|config| config.symbolon.keys.rotation_period_seconds = 0).await;
    let before: Value = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    server.clock.advance(1000 * DAY);
    server.server.keep_house().await;
    assert_eq!(server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json(), before);
}
