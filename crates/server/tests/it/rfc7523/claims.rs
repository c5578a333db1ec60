//! RFC 7523 §3: what an assertion must say.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{Signer, signing_client, token_request};
use crate::fixtures::{signing_key, with};
use crate::support::TestServer;

async fn server_with_client() -> (TestServer, Signer) {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    signing_client(&server, "app", &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
    let signer = Signer::new(&server, key);
    (server, signer)
}

#[tokio::test]
async fn a_claim_that_is_missing_or_bad_is_refused() {
    let (server, signer) = server_with_client().await;
    let now = server.clock.now();
    let table = [
        json!({ "iss": null }),
        json!({ "iss": "another" }),
        json!({ "iss": "" }),
        json!({ "iss": 7 }),
        json!({ "sub": null }),
        json!({ "sub": "another" }),
        json!({ "sub": ["app"] }),
        json!({ "aud": null }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "aud": "" }),
        json!({ "aud": [] }),
        json!({ "aud": { "x": 1 } }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "jti": 7 }),
        json!({ "exp": null }),
        json!({ "exp": "soon" }),
        json!({ "exp": now }),
        json!({ "exp": now - 1 }),
        json!({ "exp": 0 }),
        json!({ "exp": -1 }),
        json!({ "exp": 1e300 }),
        json!({ "exp": now + 3601 }),
        json!({ "exp": now + 3616, "iat": now + 15 }),
        json!({ "exp": now + 24 * 3600 }),
        json!({ "iat": now - 3601 }),
        json!({ "iat": 0 }),
        json!({ "jti": "j".repeat(257) }),
        json!({ "nbf": now + 16 }),
        json!({ "nbf": "now" }),
        json!({ "iat": now + 16 }),
        json!({ "iat": "now" }),
        json!({ "iat": 1e300 }),
        json!({ "exp": true }),
        json!({ "exp": (now + 60).to_string() }),
        json!({ "exp": [now + 60] }),
        json!({ "exp": -0.5 }),
        json!({ "exp": now as f64 + 0.9 }),
        json!({ "exp": u64::MAX }),
        json!({ "nbf": true }),
        json!({ "nbf": u64::MAX }),
        json!({ "nbf": now as f64 + 16.0 }),
        json!({ "iat": false }),
        json!({ "iat": -1 }),
        json!({ "iat": now.to_string() }),
    ];
    for changes in table {
        let claims = with(signer.claims("app"), &changes);
        let answer = server.public(token_request(&signer.sign(&claims))).await;
        assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{changes}");
    }
    server.public(token_request(&signer.sign(&signer.claims("app")))).await.expect(200);
}

#[tokio::test]
async fn times_are_judged_to_the_second_and_a_clock_may_be_fifteen_seconds_ahead() {
    let (server, signer) = server_with_client().await;
    let now = server.clock.now();
    for changes in [
        json!({ "exp": now + 1 }),
        json!({ "exp": now + 3600 }),
        json!({ "exp": now + 3615, "iat": now + 15 }),
        json!({ "nbf": now + 15, "iat": now + 15 }),
        json!({ "iat": null }),
        json!({ "iat": now - 3600 }),
        json!({ "jti": "j".repeat(256) }),
        json!({ "exp": now as f64 + 0.5 + 1.0 }),
        json!({ "exp": 1.800_000_06e9, "iat": 1.8e9, "nbf": 1.8e9 }),
        json!({ "iat": now as f64, "nbf": now as f64 }),
        json!({ "iat": now as f64 - 0.5, "nbf": now as f64 - 8.25 }),
        json!({ "iat": now as f64 + 15.9 }),
    ] {
        let claims = with(signer.claims("app"), &changes);
        server.public(token_request(&signer.sign(&claims))).await.expect(200);
    }
}

#[tokio::test]
async fn jti_counts_once_and_for_each_client_by_itself() {
    TestServer::each_database(async |server| {
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let signer = Signer::new(server, key);
        for id in ["app", "another"] {
            signing_client(server, id, &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
        }
        let claims = with(signer.claims("app"), &json!({ "jti": "the-one" }));
        let assertion = signer.sign(&claims);
        server.public(token_request(&assertion)).await.expect(200);
        let again = server.public(token_request(&assertion)).await;
        assert_eq!((again.status, again.error().as_deref()), (401, Some("invalid_client")), "{}", again.text());
        // The same jti in another statement of the same client is a replay too; of another client it is not.
        let longer = with(claims.clone(), &json!({ "exp": server.clock.now() + 120 }));
        server.public(token_request(&signer.sign(&longer))).await.expect(401);
        let other = with(signer.claims("another"), &json!({ "jti": "the-one" }));
        server.public(token_request(&signer.sign(&other))).await.expect(200);
        // It is remembered for as long as it could be shown again.
        server.clock.advance(59);
        server.server.purge().await.unwrap();
        let known = server.public(token_request(&assertion)).await.expect(401);
        assert!(known.text().contains("used before"), "{}", known.text());
        server.clock.advance(1);
        server.public(token_request(&assertion)).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_refused_assertion_does_not_use_its_jti_up() {
    let (server, signer) = server_with_client().await;
    let claims = signer.claims("app");
    let early = with(claims.clone(), &json!({ "nbf": server.clock.now() + 100 }));
    server.public(token_request(&signer.sign(&early))).await.expect(401);
    server.public(token_request(&signer.sign(&claims))).await.expect(200);
}

#[tokio::test]
async fn the_client_id_in_the_body_must_be_the_subject() {
    let (server, mut signer) = server_with_client().await;
    crate::fixtures::confidential(&server).await;
    for (client_id, status) in [("app", 200), ("confidential", 401), ("nobody", 401)] {
        let form = [("grant_type", "client_credentials"), ("client_id", client_id)];
        let answer = server.public(signer.call("/oauth2/token", "app", &form)).await;
        assert_eq!(answer.status, status, "{client_id}");
    }
}

#[tokio::test]
async fn a_whole_code_flow_authenticates_by_assertion() {
    let (server, mut signer) = server_with_client().await;
    let mut flow = crate::support::CodeFlow::new(&server, "app");
    let code = flow.code().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", crate::support::REDIRECT_URI),
        ("code_verifier", crate::support::CODE_VERIFIER),
    ];
    let tokens: Value = server.public(signer.call("/oauth2/token", "app", &form)).await.expect(200).json();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let tokens = server.public(signer.call("/oauth2/token", "app", &refresh)).await.expect(200).json();
    let token = tokens["access_token"].as_str().unwrap();
    server.public(signer.call("/oauth2/revoke", "app", &[("token", token)])).await.expect(200);
    assert_eq!(server.introspect(token).await["active"], false);
}
