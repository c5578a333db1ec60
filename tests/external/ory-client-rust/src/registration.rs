//! The four operations of dynamic client registration: create, get, set, delete.

use ory_client::apis::oidc_api::{
    CreateOidcDynamicClientError, GetOidcDynamicClientError, SetOidcDynamicClientError, create_oidc_dynamic_client,
    delete_oidc_dynamic_client, get_oidc_dynamic_client, set_oidc_dynamic_client,
};
use ory_client::models::OAuth2Client;
use reqwest::StatusCode;

use crate::server::{public, refusal, with_registration_token};

const REDIRECT_URI: &str = "https://app.example/callback";

fn metadata() -> OAuth2Client {
    OAuth2Client {
        client_name: Some("Weather".to_owned()),
        redirect_uris: Some(vec![REDIRECT_URI.to_owned()]),
        grant_types: Some(vec!["authorization_code".to_owned(), "refresh_token".to_owned()]),
        response_types: Some(vec!["code".to_owned()]),
        contacts: Some(vec!["ops@app.example".to_owned()]),
        scope: Some("openid offline".to_owned()),
        ..OAuth2Client::new()
    }
}

/// A new client, with its id and its registration access token.
async fn registered() -> (OAuth2Client, String, String) {
    let client = create_oidc_dynamic_client(&public(), metadata()).await.unwrap();
    let id = client.client_id.clone().unwrap();
    let token = client.registration_access_token.clone().unwrap();
    (client, id, token)
}

#[tokio::test]
async fn create_gives_credentials_and_fills_in_defaults() {
    let (client, id, token) = registered().await;
    assert_eq!(client.client_name.as_deref(), Some("Weather"));
    assert_eq!(client.redirect_uris.as_deref(), Some(&[REDIRECT_URI.to_owned()][..]));
    assert_eq!(client.contacts.as_deref(), Some(&["ops@app.example".to_owned()][..]));
    assert_eq!(client.scope.as_deref(), Some("openid offline"));
    assert_eq!(client.token_endpoint_auth_method.as_deref(), Some("client_secret_basic"));
    assert_eq!(client.subject_type.as_deref(), Some("public"));
    // What is empty is left out, and reads as nothing.
    assert_eq!((client.userinfo_signed_response_alg, client.jwks, client.policy_uri), (None, None, None));
    assert_eq!(client.client_secret_expires_at, Some(0));
    assert_eq!(client.registration_client_uri, Some(format!("{}/oauth2/register/{id}", public().base_path)));
    assert!(client.created_at.unwrap().contains('T'));
    // The generated crate sends credentials without encoding them for Basic.
    for secret in [client.client_secret.unwrap(), token] {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        assert!(secret.len() >= 26 && secret.bytes().all(plain));
    }
}

#[tokio::test]
async fn public_client_gets_no_secret() {
    let wanted = OAuth2Client { token_endpoint_auth_method: Some("none".to_owned()), ..metadata() };
    let client = create_oidc_dynamic_client(&public(), wanted).await.unwrap();
    assert_eq!(client.client_secret.unwrap_or_default(), "");
    assert_eq!(client.token_endpoint_auth_method.as_deref(), Some("none"));
}

#[tokio::test]
async fn create_names_what_is_wrong() {
    let chosen = OAuth2Client { client_secret: Some("a secret of my own".to_owned()), ..metadata() };
    let (status, _) = refusal(create_oidc_dynamic_client(&public(), chosen).await.unwrap_err());
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let fragment = OAuth2Client { redirect_uris: Some(vec![format!("{REDIRECT_URI}#fragment")]), ..metadata() };
    let (status, error) = refusal(create_oidc_dynamic_client(&public(), fragment).await.unwrap_err());
    let CreateOidcDynamicClientError::Status400(error) = error else { panic!("{error:?}") };
    assert_eq!((status, error.error.as_deref()), (StatusCode::BAD_REQUEST, Some("invalid_redirect_uri")));
    assert!(!error.error_description.unwrap().is_empty());
}

#[tokio::test]
async fn get_shows_the_client_without_its_secrets() {
    let (created, id, token) = registered().await;
    let read = get_oidc_dynamic_client(&with_registration_token(&token), &id).await.unwrap();
    assert_eq!(read.client_id, Some(id));
    assert_eq!(read.client_name, created.client_name);
    assert_eq!(read.redirect_uris, created.redirect_uris);
    assert_eq!(read.created_at, created.created_at);
    assert_eq!((read.client_secret, read.registration_access_token), (None, None));
}

#[tokio::test]
async fn get_refuses_other_credentials() {
    let (_, id, _) = registered().await;
    let (_, _, token_of_another) = registered().await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    for (configuration, id) in [
        (public(), id.as_str()),
        (with_registration_token("made-up"), &id),
        (with_registration_token(&token_of_another), &id),
        (with_registration_token(&token_of_another), unknown),
    ] {
        let (status, error) = refusal(get_oidc_dynamic_client(&configuration, id).await.unwrap_err());
        let GetOidcDynamicClientError::DefaultResponse(error) = error else { panic!("{error:?}") };
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(!error.error_description.unwrap().is_empty());
    }
}

#[tokio::test]
async fn set_replaces_the_metadata_and_rotates_the_token() {
    let (_, id, token) = registered().await;
    let wanted = OAuth2Client { client_name: Some("Weather 2".to_owned()), contacts: None, ..metadata() };
    let changed = set_oidc_dynamic_client(&with_registration_token(&token), &id, wanted.clone()).await.unwrap();
    assert_eq!(changed.client_id.as_ref(), Some(&id));
    assert_eq!(changed.client_name.as_deref(), Some("Weather 2"));
    assert_eq!(changed.contacts.unwrap_or_default(), [""; 0]);
    let next = changed.registration_access_token.unwrap();
    assert_ne!(next, token);
    let old = set_oidc_dynamic_client(&with_registration_token(&token), &id, wanted).await;
    let (status, error) = refusal(old.unwrap_err());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    // The generated crate's first variant of the error takes every body, whatever the status.
    let error = match error {
        SetOidcDynamicClientError::Status404(error) if crate::GENERATED => error,
        SetOidcDynamicClientError::DefaultResponse(error) if !crate::GENERATED => error,
        other => panic!("{other:?}"),
    };
    assert!(!error.error_description.unwrap().is_empty());
    let read = get_oidc_dynamic_client(&with_registration_token(&next), &id).await.unwrap();
    assert_eq!(read.client_name.as_deref(), Some("Weather 2"));
}

#[tokio::test]
async fn what_create_or_get_answers_can_be_sent_back() {
    let (created, id, token) = registered().await;
    let once = set_oidc_dynamic_client(&with_registration_token(&token), &id, created.clone()).await.unwrap();
    let token = once.registration_access_token.unwrap();
    let read = get_oidc_dynamic_client(&with_registration_token(&token), &id).await.unwrap();
    let twice = set_oidc_dynamic_client(&with_registration_token(&token), &id, read.clone()).await.unwrap();
    let token = twice.registration_access_token.unwrap();
    let mut again = get_oidc_dynamic_client(&with_registration_token(&token), &id).await.unwrap();
    again.updated_at.clone_from(&read.updated_at);
    assert_eq!(again, read);
    assert_eq!(again.redirect_uris, created.redirect_uris);
}

#[tokio::test]
async fn delete_ends_the_client_and_its_token() {
    let (_, id, token) = registered().await;
    let configuration = with_registration_token(&token);
    delete_oidc_dynamic_client(&configuration, &id).await.unwrap();
    let (status, _) = refusal(get_oidc_dynamic_client(&configuration, &id).await.unwrap_err());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = refusal(delete_oidc_dynamic_client(&configuration, &id).await.unwrap_err());
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
