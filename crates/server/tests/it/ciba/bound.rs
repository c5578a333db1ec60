//! Requests that are bound to a key from their beginning (RFC 9449): only its holder gets the tokens.

use serde_json::json;

use super::{ALICE, ENDPOINT, accept, ask_call, asking_client, poll, poll_call, server};
use crate::rfc9449::Prover;

#[tokio::test]
async fn a_request_with_a_proof_is_for_the_holder_of_its_key() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let (own, foreign) = (Prover::new(&server), Prover::new(&server));
    let form = [("scope", "openid"), ALICE];
    let asked = server.public(own.prove_at(ENDPOINT, ask_call(&client, &form))).await.expect(200).json();
    accept(&server, &asked).await;
    let bare = poll(&server, &client, &asked).await.expect(400);
    assert_eq!(bare.error().as_deref(), Some("invalid_dpop_proof"));
    let other = server.public(foreign.prove(poll_call(&client, &asked))).await.expect(400);
    assert_eq!(other.error().as_deref(), Some("invalid_grant"));
    let tokens = server.public(own.prove(poll_call(&client, &asked))).await.expect(200).json();
    assert_eq!(tokens["token_type"], "DPoP");
    let told = server.introspect(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(told["cnf"]["jkt"], json!(own.thumbprint()));
}

#[tokio::test]
async fn a_proof_counts_once_and_a_bad_one_is_never_as_good_as_none() {
    let server = server().await;
    let client = asking_client(&server, "bank", &json!({})).await;
    let prover = Prover::new(&server);
    let call = prover.prove_at(ENDPOINT, ask_call(&client, &[("scope", "openid"), ALICE]));
    server.public(call.clone()).await.expect(200);
    let again = server.public(call).await.expect(400);
    assert_eq!(again.error().as_deref(), Some("invalid_dpop_proof"));
    let broken = ask_call(&client, &[("scope", "openid"), ALICE]).header(http::HeaderName::from_static("dpop"), "x");
    assert_eq!(server.public(broken).await.expect(400).error().as_deref(), Some("invalid_dpop_proof"));
    assert_eq!(super::waiting(&server, "alice").await.len(), 1);
}
