//! `create_verifiable_credential`: the nonce, the proof, the credential.

use ory_client::apis::oidc_api::{CreateVerifiableCredentialError, create_verifiable_credential};
use ory_client::models::{
    CreateVerifiableCredentialRequestBody, VerifiableCredentialPrimingResponse, VerifiableCredentialProof,
};
use reqwest::StatusCode;
use serde_json::json;

use crate::holder::{Holder, key_of_did, read_jwt};
use crate::login_application::log_in;
use crate::server::{public, refusal, with_authorization_header};

fn request(proof: Option<String>) -> Option<CreateVerifiableCredentialRequestBody> {
    let proof =
        proof.map(|jwt| Box::new(VerifiableCredentialProof { proof_type: Some("jwt".to_owned()), jwt: Some(jwt) }));
    let types = ["VerifiableCredential", "UserInfoCredential"].map(str::to_owned).to_vec();
    Some(CreateVerifiableCredentialRequestBody { format: Some("jwt_vc_json".to_owned()), types: Some(types), proof })
}

/// The first request, without a proof, is answered with what the proof needs: the crate takes it for a failure.
#[track_caller]
fn primed(error: ory_client::apis::Error<CreateVerifiableCredentialError>) -> VerifiableCredentialPrimingResponse {
    let (status, error) = refusal(error);
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let CreateVerifiableCredentialError::Status400(primed) = error else { panic!("{error:?}") };
    primed
}

#[tokio::test]
async fn credential_is_issued_for_the_proven_key() {
    let tokens = log_in("credential-ada", &[]).await.tokens().await;
    let configuration = with_authorization_header(&tokens.access_token.unwrap());
    let primed = primed(create_verifiable_credential(&configuration, request(None)).await.unwrap_err());
    assert_eq!(primed.error.as_deref(), Some("missing_proof"));
    assert_eq!(primed.format.as_deref(), Some("jwt_vc"));
    assert_eq!(primed.c_nonce_expires_in, Some(3600));
    let holder = Holder::new();
    let proof = holder.proof(&primed.c_nonce.unwrap());
    let issued = create_verifiable_credential(&configuration, request(Some(proof))).await.unwrap();
    assert_eq!(issued.format.as_deref(), Some("jwt_vc_json"));
    let credential = read_jwt(&issued.credential_draft_00.unwrap(), 1);
    assert_eq!(credential["iss"], public().base_path);
    let did = credential["sub"].as_str().unwrap();
    let key = key_of_did(did);
    for member in ["kty", "crv", "x", "y"] {
        assert_eq!(key[member], holder.jwk()[member]);
    }
    assert_eq!(credential["vc"]["type"], json!(["VerifiableCredential", "UserInfoCredential"]));
    let about = &credential["vc"]["credentialSubject"];
    assert_eq!((&about["id"], &about["sub"]), (&json!(did), &json!("credential-ada")));
    assert_eq!(about["email"], "credential-ada@example.org");
    assert_eq!(credential["exp"].as_i64().unwrap() - credential["iat"].as_i64().unwrap(), 3600);
}

#[tokio::test]
async fn foreign_nonce_is_refused() {
    let [first, second] = [log_in("credential-first", &[]).await, log_in("credential-second", &[]).await];
    let first = with_authorization_header(&first.tokens().await.access_token.unwrap());
    let second = with_authorization_header(&second.tokens().await.access_token.unwrap());
    let nonce = primed(create_verifiable_credential(&first, request(None)).await.unwrap_err()).c_nonce.unwrap();
    let proof = Holder::new().proof(&nonce);
    let refused = primed(create_verifiable_credential(&second, request(Some(proof))).await.unwrap_err());
    assert_eq!(refused.error.as_deref(), Some("invalid_request"));
    assert_eq!(refused.c_nonce, None);
}

#[tokio::test]
async fn token_and_format_are_needed() {
    let (status, _) = refusal(create_verifiable_credential(&public(), request(None)).await.unwrap_err());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let tokens = log_in("credential-format", &[]).await.tokens().await;
    let configuration = with_authorization_header(&tokens.access_token.unwrap());
    let empty = Some(CreateVerifiableCredentialRequestBody::new());
    let refused = primed(create_verifiable_credential(&configuration, empty).await.unwrap_err());
    assert_eq!(refused.error.as_deref(), Some("invalid_request"));
    // Without a body the generated crate sends `null`.
    let answered = primed(create_verifiable_credential(&configuration, None).await.unwrap_err());
    let expected = if crate::GENERATED { "invalid_request" } else { "missing_proof" };
    assert_eq!(answered.error.as_deref(), Some(expected));
}
