//! The operations of `oidc_api` in the form of the generated crate, against Symbolon.

use serde_json::json;
use symbolon_client::apis::configuration::Configuration;
use symbolon_client::apis::{Error, oidc_api};
use symbolon_client::{Algorithm, SigningKey, models};
use symbolon_jose::digest;

use crate::symbolon::Symbolon;

fn configuration(base_path: &str) -> Configuration {
    let client = symbolon_client::reqwest::Client::builder()
        .redirect(symbolon_client::reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Configuration { base_path: base_path.to_owned(), client, ..Configuration::new() }
}

fn wanted() -> models::OAuth2Client {
    models::OAuth2Client {
        client_name: Some("Self-made".into()),
        redirect_uris: Some(vec!["https://app.example/callback".into()]),
        ..models::OAuth2Client::new()
    }
}

#[tokio::test]
async fn registration_lives_and_dies() {
    let server = Symbolon::start().await;
    let mut configuration = configuration(&format!("{}/", server.issuer));
    let created = oidc_api::create_oidc_dynamic_client(&configuration, wanted()).await.unwrap();
    let id = created.client_id.clone().unwrap();
    configuration.bearer_access_token.clone_from(&created.registration_access_token);
    let read = oidc_api::get_oidc_dynamic_client(&configuration, &id).await.unwrap();
    assert!(read.client_secret.is_none());
    let changed = models::OAuth2Client { client_name: Some("Changed".into()), ..created.clone() };
    let replaced = oidc_api::set_oidc_dynamic_client(&configuration, &id, changed).await.unwrap();
    let void = oidc_api::get_oidc_dynamic_client(&configuration, &id).await.unwrap_err();
    assert_eq!(void.status().map(|status| status.as_u16()), Some(401));
    assert!(void.oauth_code().is_some() && void.description().is_some(), "{void}");

    // The client's own credentials do as well, and the other field's token.
    configuration.bearer_access_token = None;
    configuration.basic_auth = Some((id.clone(), created.client_secret));
    assert_eq!(oidc_api::get_oidc_dynamic_client(&configuration, &id).await.unwrap().client_name, replaced.client_name);
    configuration.basic_auth = None;
    configuration.oauth_access_token = replaced.registration_access_token;
    oidc_api::delete_oidc_dynamic_client(&configuration, &id).await.unwrap();
    let gone = oidc_api::delete_oidc_dynamic_client(&configuration, &id).await.unwrap_err();
    let Error::ResponseError(refusal) = &gone else { panic!("{gone}") };
    assert!(matches!(refusal.entity, Some(oidc_api::DeleteOidcDynamicClientError::DefaultResponse(_))), "{gone:?}");
    let nobody = oidc_api::delete_oidc_dynamic_client(&configuration, "").await.unwrap_err();
    assert!(matches!(nobody, Error::Io(_)), "{nobody}");
}

#[tokio::test]
async fn refusals_have_the_variant_of_their_status() {
    use oidc_api::{CreateOidcDynamicClientError, CreateVerifiableCredentialError, SetOidcDynamicClientError};
    let server = Symbolon::start().await;
    let mut configuration = configuration(&server.issuer);
    let bad = models::OAuth2Client { redirect_uris: Some(vec!["javascript:x".into()]), ..wanted() };
    let refused = oidc_api::create_oidc_dynamic_client(&configuration, bad).await.unwrap_err();
    let Error::ResponseError(refusal) = &refused else { panic!("{refused}") };
    assert!(matches!(refusal.entity, Some(CreateOidcDynamicClientError::Status400(_))), "{refused:?}");
    assert!(refused.to_string().contains("invalid_redirect_uri"), "{refused}");

    let refused = oidc_api::set_oidc_dynamic_client(&configuration, "nobody", wanted()).await.unwrap_err();
    let Error::ResponseError(refusal) = &refused else { panic!("{refused}") };
    assert!(matches!(refusal.entity, Some(SetOidcDynamicClientError::DefaultResponse(_))), "{refused:?}");

    configuration.bearer_access_token = Some("x".into());
    let refused = oidc_api::create_verifiable_credential(&configuration, None).await.unwrap_err();
    let Error::ResponseError(refusal) = &refused else { panic!("{refused}") };
    assert!(matches!(refusal.entity, Some(CreateVerifiableCredentialError::DefaultResponse(_))), "{refused:?}");
    let refused = oidc_api::get_oidc_user_info(&configuration).await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(401));

    let server = Symbolon::with(|builder| builder.set("oidc.dynamic_client_registration.enabled", "false")).await;
    let configuration = self::configuration(&server.issuer);
    let refused = oidc_api::set_oidc_dynamic_client(&configuration, "nobody", wanted()).await.unwrap_err();
    let Error::ResponseError(refusal) = &refused else { panic!("{refused}") };
    assert!(matches!(refusal.entity, Some(SetOidcDynamicClientError::Status404(_))), "{refused:?}");
}

#[tokio::test]
async fn token_of_either_field_opens_userinfo_and_credentials() {
    let server = Symbolon::start().await;
    let client = server.client(|client| client.userinfo_signed_response_alg = "RS256".into()).await;
    let tokens = server.log_in(&client, "openid email userinfo_credential_draft_00").await;
    let token = Some(tokens.access_token.as_str().to_owned());
    let by_oauth = Configuration { oauth_access_token: token.clone(), ..configuration(&server.issuer) };
    let by_bearer = Configuration { bearer_access_token: token, ..configuration(&server.issuer) };
    for configuration in [by_oauth, by_bearer] {
        let user = oidc_api::get_oidc_user_info(&configuration).await.unwrap();
        assert_eq!((user.sub.as_deref(), user.email.as_deref()), (Some("alice"), Some("alice@example.com")));
        let primed = oidc_api::create_verifiable_credential(&configuration, None).await.unwrap_err();
        let nonce = primed.priming().and_then(|priming| priming.c_nonce.clone()).unwrap();
        let key = SigningKey::generate(Algorithm::ES256, "k".into()).unwrap();
        let header = json!({ "alg": "ES256", "jwk": key.public_jwk() });
        let parts = [header, json!({ "nonce": nonce })].map(|part| digest::base64url(part.to_string().as_bytes()));
        let message = parts.join(".");
        let signature = digest::base64url(&key.sign_bytes(message.as_bytes()).unwrap());
        let proof = models::VerifiableCredentialProof {
            proof_type: Some("jwt".into()),
            jwt: Some(format!("{message}.{signature}")),
        };
        let body = models::CreateVerifiableCredentialRequestBody {
            format: Some("jwt_vc_json".into()),
            proof: Some(Box::new(proof)),
            ..models::CreateVerifiableCredentialRequestBody::new()
        };
        let issued = oidc_api::create_verifiable_credential(&configuration, Some(body)).await.unwrap();
        assert!(issued.credential_draft_00.is_some());
    }
}

#[tokio::test]
async fn discovery_and_logout_answer() {
    let server = Symbolon::start().await;
    let configuration = configuration(&server.issuer);
    let document = oidc_api::discover_oidc_configuration(&configuration).await.unwrap();
    assert_eq!(document.issuer, server.issuer);
    oidc_api::revoke_oidc_session(&configuration).await.unwrap();
}
