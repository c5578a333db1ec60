//! Nonces of the server's (RFC 9449 §8, §9).

use http::header::ORIGIN;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{DPOP, Prover, userinfo};
use crate::fixtures::{Registered, confidential, public, signing_key, text};
use crate::rfc7523::{ENDPOINTS, Signer, every_grant_type, signing_client};
use crate::support::{Answer, Call, TestServer};

async fn demanding() -> (TestServer, Registered, Prover) {
    let server = TestServer::with(|config| config.symbolon.dpop.nonce = true).await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    (server, client, prover)
}

fn call(client: &Registered) -> Call {
    client.token_request(&[("grant_type", "client_credentials")])
}

#[track_caller]
fn nonce(answer: &Answer, status: u16) -> String {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some("use_dpop_nonce")), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.header("dpop-nonce").expect("a nonce").to_owned()
}

#[tokio::test]
async fn a_server_that_wants_one_says_so_and_gives_it() {
    let (server, client, prover) = demanding().await;
    let nonce = nonce(&server.public(prover.prove(call(&client))).await, 400);
    for _ in 0..2 {
        let proof = prover.token_proof(&json!({ "nonce": nonce }));
        server.public(call(&client).header(DPOP, &proof)).await.expect(200);
    }
    // Without a proof nothing is asked.
    server.public(call(&client)).await.expect(200);
}

#[tokio::test]
async fn a_missing_nonce_uses_nothing_up() {
    let (server, client, prover) = demanding().await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let nonce = nonce(&server.public(prover.prove(flow.redemption(&code))).await, 400);
    let proof = prover.token_proof(&json!({ "nonce": nonce }));
    let token = server.public(flow.redemption(&code).header(DPOP, &proof)).await.expect(200).member("access_token");
    let answer = server.public(prover.userinfo(&token)).await;
    let nonce = self::nonce(&answer, 401);
    assert!(answer.header("www-authenticate").unwrap().starts_with("DPoP error=\"use_dpop_nonce\""));
    let proof = prover.resource_proof("/userinfo", &token, &json!({ "nonce": nonce }));
    server.public(userinfo(&token).header(DPOP, &proof)).await.expect(200);
}

#[tokio::test]
async fn a_nonce_counts_for_two_minutes_and_only_if_it_is_ours() {
    for demanded in [true, false] {
        let server = TestServer::with(|config| config.symbolon.dpop.nonce = demanded).await;
        let other = TestServer::with(|config| {
            config.symbolon.dpop.nonce = true;
            config.secrets.system = vec![symbolon_jose::Secret::new("another-secret-of-32-characters!".to_owned())];
        })
        .await;
        let client = confidential(&server).await;
        let prover = Prover::new(&server);
        let elsewhere = confidential(&other).await;
        let foreign = nonce(&other.public(Prover::new(&other).prove(call(&elsewhere))).await, 400);
        for wrong in [json!(foreign), json!("x"), json!(""), json!(7), json!(["x"])] {
            // Also where none is demanded: what is sent counts.
            let proof = prover.token_proof(&json!({ "nonce": wrong }));
            nonce(&server.public(call(&client).header(DPOP, &proof)).await, 400);
        }
        let proof = prover.token_proof(&json!({ "nonce": "x" }));
        let given = nonce(&server.public(call(&client).header(DPOP, &proof)).await, 400);
        server.clock.advance(119);
        let in_time = prover.token_proof(&json!({ "nonce": given }));
        server.public(call(&client).header(DPOP, &in_time)).await.expect(200);
        server.clock.advance(1);
        let late = prover.token_proof(&json!({ "nonce": given }));
        nonce(&server.public(call(&client).header(DPOP, &late)).await, 400);
    }
}

/// Whoever has a wrong clock is helped by a nonce; whoever has an old proof is not.
#[tokio::test]
async fn a_proof_was_made_a_moment_ago() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let prover = Prover::new(&server);
    let now = server.clock.now();
    for iat in [now - 60, now, now + 15] {
        let proof = prover.token_proof(&json!({ "iat": iat }));
        server.public(call(&client).header(DPOP, &proof)).await.expect(200);
    }
    for iat in [now - 61, now + 16, 0, now + 100_000] {
        let proof = prover.token_proof(&json!({ "iat": iat }));
        let given = nonce(&server.public(call(&client).header(DPOP, &proof)).await, 400);
        let proof = prover.token_proof(&json!({ "iat": iat, "nonce": given }));
        server.public(call(&client).header(DPOP, &proof)).await.expect(200);
        let answer = server.public(call(&client).header(DPOP, &proof)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_dpop_proof"), "once, too");
    }
}

/// A page of another origin must be able to read it.
#[tokio::test]
async fn scripts_may_read_the_nonce() {
    let server = TestServer::with(|config| config.symbolon.dpop.nonce = true).await;
    let client = public(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let prover = Prover::new(&server);
    let answer = server.public(prover.prove(flow.redemption(&code)).header(ORIGIN, "https://spa.example")).await;
    nonce(&answer, 400);
    let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
    assert!(exposed.contains("DPoP-Nonce"), "{exposed}");
    let proof = prover.token_proof(&json!({ "nonce": answer.header("dpop-nonce") }));
    let tokens = server.public(flow.redemption(&code).header(DPOP, &proof)).await.expect(200).json();
    assert!(!text(&tokens, "access_token").is_empty());
}

#[tokio::test]
async fn who_is_sent_back_for_a_nonce_comes_again_with_the_same_assertion() {
    let server = TestServer::with(|config| config.symbolon.dpop.nonce = true).await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let changes = json!({ "token_endpoint_auth_signing_alg": "ES256", "grant_types": every_grant_type() });
    signing_client(&server, "app", &jwk, changes).await;
    let (signer, prover) = (Signer::new(&server, key), Prover::new(&server));
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.path != "/oauth2/revoke") {
        let assertion = signer.sign(&signer.claims("app"));
        let showing = |nonce: &Value| prover.prove_with(endpoint.path, endpoint.show(&assertion), nonce);
        let sent_back = server.public(showing(&json!({}))).await.expect(400);
        assert_eq!(sent_back.error().as_deref(), Some("use_dpop_nonce"), "{}", endpoint.path);
        let nonce = json!({ "nonce": sent_back.header("dpop-nonce") });
        server.public(showing(&json!({ "nonce": "made up" }))).await.expect(400);
        server.public(showing(&nonce)).await.expect(endpoint.success);
        server.public(showing(&nonce)).await.expect(401);
    }
}
