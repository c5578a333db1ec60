//! Nonces that an API gives out for proofs (RFC 9449 §9).

use serde_json::json;
use symbolon_client::{Error, ResourceServer};

use super::api::Api;
use super::stub::{Issuer, RESOURCE, START, good_proof, key, proof, proof_parts, thumbprint};

fn with_nonce(token: &str, identifier: &str, nonce: &str, issued_at: i64) -> String {
    let (header, mut claims) = proof_parts(key(1), token, identifier);
    (claims["nonce"], claims["iat"]) = (nonce.into(), issued_at.into());
    proof(key(1), &header, &claims)
}

#[tokio::test]
async fn a_nonce_is_asked_for_used_and_renewed() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE).require_dpop_nonce().build().unwrap();
    let api = Api::start(&server).await;
    let token = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(1)) } }));
    let first = api.get_bound("/notes", &token, &good_proof(key(1), &token, "a")).await;
    let expected = "DPoP error=\"use_dpop_nonce\", error_description=\"the DPoP proof needs the nonce of this answer\"";
    assert_eq!(first.status, 401);
    assert!(first.challenges()[0].starts_with(expected), "{:?}", first.challenges());
    let nonce = first.header("dpop-nonce").unwrap().to_owned();

    // The proof that was sent back was not used up, nor is its identifier.
    let second = api.get_bound("/notes", &token, &with_nonce(&token, "a", &nonce, START)).await;
    assert_eq!((second.status, second.header("dpop-nonce")), (200, None));
    issuer.advance(60);
    let later = api.get_bound("/notes", &token, &with_nonce(&token, "b", &nonce, START + 60)).await;
    let renewed = later.header("dpop-nonce").unwrap().to_owned();
    assert!(later.status == 200 && renewed != nonce);
    issuer.advance(60);
    let old = api.get_bound("/notes", &token, &with_nonce(&token, "c", &nonce, START + 120)).await;
    assert!(old.status == 401 && old.header("dpop-nonce").is_some());
    let new = api.get_bound("/notes", &token, &with_nonce(&token, "d", &renewed, START + 120)).await;
    assert_eq!(new.status, 200);
    for wrong in ["", "invented", &renewed[1..]] {
        let answer = api.get_bound("/notes", &token, &with_nonce(&token, "e", wrong, START + 120)).await;
        assert!(answer.status == 401 && answer.header("dpop-nonce").is_some(), "{wrong}");
    }
}

#[tokio::test]
async fn processes_with_one_key_know_each_others_nonces() {
    let issuer = Issuer::start();
    let start =
        |key: Vec<u8>| ResourceServer::builder(issuer.unregistered(), RESOURCE).require_dpop_nonce_with(key).build();
    let token = issuer.token(&json!({ "cnf": { "jkt": thumbprint(key(1)) } }));
    let one = Api::start(&start(vec![7; 32]).unwrap()).await;
    let nonce = one.get_bound("/notes", &token, &good_proof(key(1), &token, "a")).await;
    let nonce = nonce.header("dpop-nonce").unwrap();
    for (secret, status) in [(vec![7; 32], 200), (vec![8; 32], 401)] {
        let other = Api::start(&start(secret).unwrap()).await;
        assert_eq!(other.get_bound("/notes", &token, &with_nonce(&token, "b", nonce, START)).await.status, status);
    }
    assert!(matches!(start(vec![7; 31]), Err(Error::Configuration(_))));
}
