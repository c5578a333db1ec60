//! The eight operations of `oidc_api`.

use ory_client::apis::oidc_api::{
    CreateOidcDynamicClientError, CreateVerifiableCredentialError, create_oidc_dynamic_client,
    create_verifiable_credential, delete_oidc_dynamic_client, discover_oidc_configuration, get_oidc_dynamic_client,
    get_oidc_user_info, revoke_oidc_session, set_oidc_dynamic_client,
};
use ory_client::models::{CreateVerifiableCredentialRequestBody, OAuth2Client, VerifiableCredentialProof};
use reqwest::StatusCode;

use crate::holder::{Holder, key_of_did, read_jwt};
use crate::login_application::tokens;
use crate::server::{public, refusal, with_access_token, with_authorization_header, with_registration_token};

#[tokio::test]
async fn discover_oidc_configuration_is_decoded() {
    let public = public();
    let base = &public.base_path;
    let document = discover_oidc_configuration(&public).await.unwrap();
    assert_eq!(&document.issuer, base);
    assert_eq!(document.authorization_endpoint, format!("{base}/oauth2/auth"));
    assert_eq!(document.registration_endpoint, Some(format!("{base}/oauth2/register")));
    assert_eq!(document.userinfo_endpoint, Some(format!("{base}/userinfo")));
    assert_eq!(document.credentials_endpoint_draft_00, Some(format!("{base}/credentials")));
    assert_eq!(document.id_token_signed_response_alg, ["RS256"]);
    assert_eq!(document.userinfo_signed_response_alg, ["RS256"]);
}

/// create, get, set, delete.
#[tokio::test]
async fn dynamic_client_lives_from_create_to_delete() {
    let metadata = OAuth2Client {
        client_name: Some("Weather".to_owned()),
        redirect_uris: Some(vec!["https://app.example/callback".to_owned()]),
        grant_types: Some(vec!["authorization_code".to_owned()]),
        ..OAuth2Client::new()
    };
    let created = create_oidc_dynamic_client(&public(), &metadata).await.unwrap();
    let id = created.client_id.unwrap();
    let token = created.registration_access_token.unwrap();
    assert_eq!(created.client_name.as_deref(), Some("Weather"));
    assert_eq!(created.token_endpoint_auth_method.as_deref(), Some("client_secret_basic"));
    assert!(created.client_secret.is_some_and(|secret| secret.len() >= 26));

    let read = get_oidc_dynamic_client(&with_registration_token(&token), &id).await.unwrap();
    assert_eq!((read.client_id.as_ref(), read.client_secret.as_ref()), (Some(&id), None));
    assert_eq!(read.redirect_uris, metadata.redirect_uris);

    let wanted = OAuth2Client { client_name: Some("Weather 2".to_owned()), ..read };
    let changed = set_oidc_dynamic_client(&with_registration_token(&token), &id, &wanted).await.unwrap();
    assert_eq!(changed.client_name.as_deref(), Some("Weather 2"));
    let next = changed.registration_access_token.unwrap();
    let old = get_oidc_dynamic_client(&with_registration_token(&token), &id).await;
    assert_eq!(refusal(old.unwrap_err()).0, StatusCode::UNAUTHORIZED);

    delete_oidc_dynamic_client(&with_registration_token(&next), &id).await.unwrap();
    let gone = get_oidc_dynamic_client(&with_registration_token(&next), &id).await;
    assert_eq!(refusal(gone.unwrap_err()).0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn create_oidc_dynamic_client_names_what_is_wrong() {
    let metadata =
        OAuth2Client { redirect_uris: Some(vec!["https://app.example/#x".to_owned()]), ..OAuth2Client::new() };
    let (status, error) = refusal(create_oidc_dynamic_client(&public(), &metadata).await.unwrap_err());
    let CreateOidcDynamicClientError::Status400(error) = error else { panic!("{error:?}") };
    assert_eq!((status, error.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_redirect_uri")));
}

#[tokio::test]
async fn get_oidc_user_info_is_decoded() {
    let token = tokens("older-userinfo").await.access_token.unwrap();
    let user = get_oidc_user_info(&with_access_token(&token)).await.unwrap();
    assert_eq!(user.sub.as_deref(), Some("older-userinfo"));
    assert_eq!(user.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(user.email_verified, Some(true));
    let (status, _) = refusal(get_oidc_user_info(&public()).await.unwrap_err());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn create_verifiable_credential_needs_a_proof() {
    let token = tokens("older-credential").await.access_token.unwrap();
    let configuration = with_authorization_header(&token);
    let mut body =
        CreateVerifiableCredentialRequestBody { format: Some("jwt_vc_json".to_owned()), proof: None, types: None };
    let (status, error) = refusal(create_verifiable_credential(&configuration, Some(&body)).await.unwrap_err());
    let CreateVerifiableCredentialError::Status400(primed) = error else { panic!("{error:?}") };
    assert_eq!((status, primed.error.as_deref()), (StatusCode::BAD_REQUEST, Some("missing_proof")));
    let holder = Holder::new();
    body.proof = Some(Box::new(VerifiableCredentialProof {
        proof_type: Some("jwt".to_owned()),
        jwt: Some(holder.proof(&primed.c_nonce.unwrap())),
    }));
    let issued = create_verifiable_credential(&configuration, Some(&body)).await.unwrap();
    assert_eq!(issued.format.as_deref(), Some("jwt_vc_json"));
    let credential = read_jwt(&issued.credential_draft_00.unwrap(), 1);
    assert_eq!(key_of_did(credential["sub"].as_str().unwrap())["x"], holder.jwk()["x"]);
    assert_eq!(credential["vc"]["credentialSubject"]["name"], "Ada Lovelace");
}

#[tokio::test]
async fn revoke_oidc_session_without_a_session_ends_well() {
    revoke_oidc_session(&public()).await.unwrap();
}
