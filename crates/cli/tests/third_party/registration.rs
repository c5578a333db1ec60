//! Dynamic registration (`OpenID` Connect Dynamic Client Registration) as the library does it.

use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreClientRegistrationRequest, CoreGrantType, CoreJsonWebKeySet,
};
use openidconnect::registration::EmptyAdditionalClientMetadata;
use openidconnect::{ClientUrl, LocalizedClaim, LogoUrl, OAuth2TokenResponse as _, PolicyUrl, RedirectUrl, ToSUrl};

use crate::relying_party::{REDIRECT_URI, Server, send};

#[tokio::test]
async fn an_application_registers_itself_and_uses_what_it_got() {
    let server = Server::start("oidc: {dynamic_client_registration: {enabled: true}}");
    let metadata = server.discover().await;
    let redirect_uri = RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap();
    let page = |path: &str| format!("https://app.example/{path}");
    // All of these are said, since the answer names them in any case, and the library cannot read them empty.
    let request = CoreClientRegistrationRequest::new(vec![redirect_uri], EmptyAdditionalClientMetadata {})
        .set_client_uri(Some(LocalizedClaim::from(ClientUrl::new(page("")).unwrap())))
        .set_logo_uri(Some(LocalizedClaim::from(LogoUrl::new(page("logo")).unwrap())))
        .set_policy_uri(Some(LocalizedClaim::from(PolicyUrl::new(page("policy")).unwrap())))
        .set_tos_uri(Some(LocalizedClaim::from(ToSUrl::new(page("terms")).unwrap())))
        .set_jwks(Some(CoreJsonWebKeySet::new(Vec::new())))
        .set_grant_types(Some(vec![CoreGrantType::ClientCredentials]))
        .set_token_endpoint_auth_method(Some(CoreClientAuthMethod::ClientSecretBasic));
    let endpoint = metadata.registration_endpoint().unwrap().clone();
    let registered = request.register_async(&endpoint, &send).await.unwrap();
    assert!(registered.registration_access_token().is_some() && registered.registration_client_uri().is_some());
    let (id, secret) = (registered.client_id().clone(), registered.client_secret().cloned());
    assert!(secret.is_some());
    let client = CoreClient::from_provider_metadata(metadata, id, secret);
    let tokens = client.exchange_client_credentials().unwrap().request_async(&send).await.unwrap();
    assert!(!tokens.access_token().secret().is_empty());
}
