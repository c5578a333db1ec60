//! Assertions for the holder of a key (`cnf`), and the grant type for these.

use serde_json::json;

use super::{Idp, JWT_DPOP, assert_refused, call};
use crate::fixtures::claims;
use crate::rfc9449::Prover;

#[tokio::test]
async fn an_assertion_for_a_key_needs_a_proof_of_it_and_so_does_its_token() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let (prover, thief) = (Prover::new(&server), Prover::new(&server));
    let assertion = idp.assertion(&server, &json!({ "cnf": { "jkt": prover.thumbprint() } }));
    assert_refused(&server.public(call(&client, &assertion, &[])).await, "invalid_grant");
    assert_refused(&server.public(thief.prove(call(&client, &assertion, &[]))).await, "invalid_grant");
    let tokens = server.public(prover.prove(call(&client, &assertion, &[]))).await.expect(200).json();
    assert_eq!(tokens["token_type"], "DPoP");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(claims(token)["cnf"], json!({ "jkt": prover.thumbprint() }));
    assert_eq!(server.introspect(token).await["cnf"], json!({ "jkt": prover.thumbprint() }));
}

#[tokio::test]
async fn a_confirmation_that_is_not_understood_is_not_passed_over() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let prover = Prover::new(&server);
    let key = prover.thumbprint();
    for confirmation in [
        json!({}),
        json!(key),
        json!([key]),
        json!({ "jkt": "" }),
        json!({ "jkt": [key] }),
        json!({ "jkt": format!("{key}=") }),
        json!({ "jkt": key, "x5t#S256": key }),
        json!({ "x5t#S256": key }),
        json!({ "jwk": {} }),
        json!({ "kid": key }),
    ] {
        let assertion = idp.assertion(&server, &json!({ "cnf": confirmation }));
        assert_refused(&server.public(prover.prove(call(&client, &assertion, &[]))).await, "invalid_grant");
    }
}

#[tokio::test]
async fn a_proof_without_a_confirmation_binds_the_token() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let prover = Prover::new(&server);
    let assertion = idp.assertion(&server, &json!({}));
    let tokens = server.public(prover.prove(call(&client, &assertion, &[]))).await.expect(200).json();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["cnf"], json!({ "jkt": prover.thumbprint() }));
}

#[tokio::test]
async fn the_grant_type_for_bound_assertions_takes_no_others() {
    let idp = Idp::new();
    let (server, client) = idp.server().await;
    let prover = Prover::new(&server);
    let with_proof = |changes| {
        let assertion = idp.assertion(&server, &changes);
        client.token_request(&[("grant_type", JWT_DPOP), ("assertion", &assertion)])
    };
    let bound = json!({ "cnf": { "jkt": prover.thumbprint() } });
    assert_refused(&server.public(with_proof(bound.clone())).await, "invalid_grant");
    assert_refused(&server.public(prover.prove(with_proof(json!({})))).await, "invalid_grant");
    server.public(prover.prove(with_proof(bound))).await.expect(200);
    let ordinary = idp.key.sign(Some("JWT"), &idp.claims(&server, &json!({}))).unwrap();
    let form = [("grant_type", JWT_DPOP), ("assertion", ordinary.as_str())];
    assert_refused(&server.public(prover.prove(client.token_request(&form))).await, "invalid_grant");
}
