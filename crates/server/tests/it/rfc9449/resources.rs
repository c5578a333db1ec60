//! Bound tokens at our own resources (RFC 9449 §7).

use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::{DPOP, Prover, userinfo};
use crate::credentials;
use crate::fixtures::{confidential, text};
use crate::support::{Answer, Call, TestServer};

async fn bound(server: &TestServer, prover: &Prover) -> String {
    let client = confidential(server).await;
    let mut flow = client.flow(server);
    let code = flow.code().await;
    server.public(prover.prove(flow.redemption(&code))).await.expect(200).member("access_token")
}

fn challenges(answer: &Answer) -> Vec<String> {
    let values = answer.headers.get_all("www-authenticate").iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn is_refused(answer: &Answer, error: &str, name: &str) {
    assert_eq!(answer.status, 401, "{name}: {}", answer.text());
    let challenges = challenges(answer);
    let algorithms = "algs=\"ES256 EdDSA PS256\"";
    assert!(challenges[0].starts_with(&format!("DPoP error=\"{error}\"")), "{name}: {challenges:?}");
    assert!(challenges[0].ends_with(algorithms), "{name}: {challenges:?}");
    assert_eq!(challenges[1..], ["Bearer"], "{name}");
}

#[tokio::test]
async fn a_bound_token_opens_with_a_proof_of_its_key() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let token = bound(&server, &prover).await;
    assert_eq!(server.public(prover.userinfo(&token)).await.expect(200).json()["sub"], "alice");
    for scheme in ["dpop", "DPOP"] {
        let call = Call::get("/userinfo").header(AUTHORIZATION, &format!("{scheme} {token}"));
        let proof = prover.resource_proof("/userinfo", &token, &json!({}));
        server.public(call.header(DPOP, &proof)).await.expect(200);
    }
    let posted = Call::post("/userinfo").header(AUTHORIZATION, &format!("DPoP {token}"));
    let proof = prover.resource_proof("/userinfo", &token, &json!({ "htm": "POST" }));
    server.public(posted.header(DPOP, &proof)).await.expect(200);
}

#[tokio::test]
async fn without_the_right_proof_it_opens_nothing() {
    let server = TestServer::new().await;
    let prover = Prover::new(&server);
    let token = bound(&server, &prover).await;
    is_refused(&server.public(userinfo(&token)).await, "invalid_dpop_proof", "no proof");
    let other = Prover::new(&server);
    is_refused(&server.public(other.userinfo(&token)).await, "invalid_token", "other key");
    let cases: [(&str, Value); 6] = [
        ("no ath", json!({ "ath": null })),
        ("other ath", json!({ "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo" })),
        ("ath of another kind", json!({ "ath": 1 })),
        ("other method", json!({ "htm": "POST" })),
        ("other endpoint", json!({ "htu": format!("{}/credentials", server.public_url()) })),
        ("no jti", json!({ "jti": null })),
    ];
    for (name, changes) in cases {
        let proof = prover.resource_proof("/userinfo", &token, &changes);
        is_refused(&server.public(userinfo(&token).header(DPOP, &proof)).await, "invalid_dpop_proof", name);
    }
    // As a bearer token it is none, with or without a proof beside.
    let answer = server.public(Call::get("/userinfo").bearer(&token)).await.expect(401);
    assert!(challenges(&answer)[0].starts_with("Bearer error=\"invalid_token\""), "{:?}", challenges(&answer));
    let proof = prover.resource_proof("/userinfo", &token, &json!({}));
    server.public(Call::get("/userinfo").bearer(&token).header(DPOP, &proof)).await.expect(401);
    server.public(Call::post("/userinfo").form(&[("access_token", &token)])).await.expect(401);
}

#[tokio::test]
async fn a_proof_counts_once() {
    TestServer::two_nodes(async |one, other| {
        let prover = Prover::new(one);
        let token = bound(one, &prover).await;
        let proof = prover.resource_proof("/userinfo", &token, &json!({}));
        let call = userinfo(&token).header(DPOP, &proof);
        one.public(call.clone()).await.expect(200);
        for node in [one, other] {
            is_refused(&node.public(call.clone()).await, "invalid_dpop_proof", "again");
        }
    })
    .await;
}

#[tokio::test]
async fn a_bearer_token_is_none_with_this_scheme() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let tokens = client.flow(&server).tokens().await;
    let prover = Prover::new(&server);
    let answer = server.public(prover.userinfo(text(&tokens, "access_token"))).await;
    is_refused(&answer, "invalid_token", "an unbound token");
    let answer = server.public(prover.userinfo("ory_at_unknown")).await;
    is_refused(&answer, "request_unauthorized", "an unknown token");
}

/// Whoever sends nothing is told of both ways.
#[tokio::test]
async fn both_schemes_are_offered() {
    let server = TestServer::new().await;
    let answer = server.public(Call::get("/userinfo")).await.expect(401);
    let challenges = challenges(&answer);
    assert!(challenges[0].starts_with("Bearer error="), "{challenges:?}");
    assert_eq!(challenges[1..], ["DPoP algs=\"ES256 EdDSA PS256\""]);
}

#[tokio::test]
async fn credentials_ask_for_the_same() {
    let server = TestServer::new().await;
    let client = credentials::client(&server).await;
    let prover = Prover::new(&server);
    let mut flow = client.flow(&server).scope(&format!("openid offline {}", credentials::SCOPE));
    let code = flow.code().await;
    let token = server.public(prover.prove(flow.redemption(&code))).await.expect(200).member("access_token");
    let body = json!({ "format": "jwt_vc_json" });
    let call = || Call::post("/credentials").header(AUTHORIZATION, &format!("DPoP {token}")).json(&body);
    is_refused(&server.public(call()).await, "invalid_dpop_proof", "no proof");
    let proof = prover.resource_proof("/credentials", &token, &json!({ "htm": "POST" }));
    server.public(call().header(DPOP, &proof)).await.expect(400).member("c_nonce");
    server.public(Call::post("/credentials").bearer(&token).json(&body)).await.expect(401);
}

/// Registration access tokens are bearer tokens, whatever scheme is named.
#[tokio::test]
async fn a_registration_access_token_is_a_bearer_token() {
    let server = TestServer::new().await;
    let registered = server.public(Call::post("/oauth2/register").json(&json!({}))).await.expect(201).json();
    let path = format!("/oauth2/register/{}", text(&registered, "client_id"));
    let token = text(&registered, "registration_access_token");
    server.public(Call::get(&path).bearer(token)).await.expect(200);
    server.public(Call::get(&path).header(AUTHORIZATION, &format!("DPoP {token}"))).await.expect(401);
}
