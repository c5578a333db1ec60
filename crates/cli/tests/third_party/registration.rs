//! Dynamic registration (`OpenID` Connect Dynamic Client Registration) as the library does it.

use openidconnect::core::{
    CoreApplicationType, CoreClient, CoreClientAuthMethod, CoreClientRegistrationRequest, CoreGrantType,
    CoreJwsSigningAlgorithm, CoreRegisterErrorResponseType, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::registration::{ClientRegistrationError, EmptyAdditionalClientMetadata};
use openidconnect::{OAuth2TokenResponse as _, RedirectUrl, ResponseTypes};

use crate::relying_party::{REDIRECT_URI, Server, send};

#[tokio::test]
async fn an_application_registers_itself_and_uses_what_it_got() {
    let server =
        Server::start("oidc: {dynamic_client_registration: {enabled: true}}\nsymbolon: {registration: {policy: open}}");
    let metadata = server.discover().await;
    let redirect_uri = RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap();
    let request = CoreClientRegistrationRequest::new(vec![redirect_uri], EmptyAdditionalClientMetadata {})
        .set_grant_types(Some(vec![CoreGrantType::ClientCredentials]));
    let endpoint = metadata.registration_endpoint().unwrap().clone();
    let registered = request.register_async(&endpoint, &send).await.unwrap();
    assert!(registered.registration_access_token().is_some() && registered.registration_client_uri().is_some());
    let (id, secret) = (registered.client_id().clone(), registered.client_secret().cloned());
    assert!(secret.is_some());
    let client = CoreClient::from_provider_metadata(metadata, id, secret);
    let tokens = client.exchange_client_credentials().unwrap().request_async(&send).await.unwrap();
    assert!(!tokens.access_token().secret().is_empty());
}

#[tokio::test]
async fn the_library_reads_what_was_decided_for_an_application_that_says_the_least() {
    let server = Server::start("oidc: {dynamic_client_registration: {enabled: true}}");
    let metadata = server.discover().await;
    let endpoint = metadata.registration_endpoint().unwrap().clone();
    let register = async |uri: &str| {
        let redirect_uri = RedirectUrl::new(uri.to_owned()).unwrap();
        let request = CoreClientRegistrationRequest::new(vec![redirect_uri], EmptyAdditionalClientMetadata {});
        request.register_async(&endpoint, &send).await
    };
    let registered = register("https://app.example/callback").await.unwrap();
    let code = ResponseTypes::new(vec![CoreResponseType::Code]);
    assert_eq!(registered.grant_types(), Some(&vec![CoreGrantType::AuthorizationCode]));
    assert_eq!(registered.response_types(), Some(&vec![code]));
    assert_eq!(registered.application_type(), Some(&CoreApplicationType::Web));
    assert_eq!(registered.token_endpoint_auth_method(), Some(&CoreClientAuthMethod::ClientSecretBasic));
    assert_eq!(registered.subject_type(), Some(&CoreSubjectIdentifierType::Public));
    assert_eq!(registered.id_token_signed_response_alg(), Some(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256));
    assert_eq!(registered.userinfo_signed_response_alg(), None);
    assert!(registered.client_uri().is_none() && registered.jwks().is_none());
    assert!(registered.client_secret().is_some() && registered.client_id_issued_at().is_some());

    let refused = register("javascript:alert(1)").await.unwrap_err();
    let ClientRegistrationError::ServerResponse(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused.error(), &CoreRegisterErrorResponseType::InvalidRedirectUri);
}
