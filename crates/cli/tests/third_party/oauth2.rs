//! OAuth without `OpenID`: client credentials, introspection, revocation.

use openidconnect::core::{CoreTokenIntrospectionResponse, CoreTokenResponse};
use openidconnect::{
    IntrospectionUrl, OAuth2TokenResponse as _, RevocationUrl, Scope, TokenIntrospectionResponse as _,
};
use serde_json::json;

use crate::relying_party::{Client, Server, send};

async fn client_credentials(client: &Client) -> CoreTokenResponse {
    let request = client.exchange_client_credentials().unwrap().add_scope(Scope::new("read".to_owned()));
    request.request_async(&send).await.unwrap()
}

#[tokio::test]
async fn a_service_gets_a_token_that_others_can_ask_about() {
    let server = Server::start("");
    for strategy in ["opaque", "jwt"] {
        let client = server.client(strategy, json!({ "access_token_strategy": strategy })).await;
        let tokens = client_credentials(&client).await;
        assert!(tokens.refresh_token().is_none() && tokens.extra_fields().id_token().is_none());
        let url = IntrospectionUrl::new(format!("{}/admin/oauth2/introspect", server.settings.admin)).unwrap();
        let client = client.set_introspection_url(url);
        let request = client.introspect(tokens.access_token());
        let answer: CoreTokenIntrospectionResponse = request.request_async(&send).await.unwrap();
        assert!(answer.active());
        assert_eq!(answer.client_id().map(|id| id.as_str()), Some(strategy));
        assert_eq!(answer.scopes().unwrap().iter().map(|scope| scope.as_str()).collect::<Vec<_>>(), ["read"]);
        assert!(answer.exp().is_some() && answer.iss().is_some_and(|issuer| *issuer == server.settings.issuer));

        let address = server.settings.issuer.replace("http:", "https:");
        let client = client.set_revocation_url(RevocationUrl::new(format!("{address}/oauth2/revoke")).unwrap());
        client.revoke_token(tokens.access_token().clone().into()).unwrap().request_async(&send).await.unwrap();
        let request = client.introspect(tokens.access_token());
        let answer: CoreTokenIntrospectionResponse = request.request_async(&send).await.unwrap();
        assert!(!answer.active() && answer.client_id().is_none());
    }
}

#[tokio::test]
async fn a_scope_that_is_not_the_clients_is_an_error_of_the_protocol() {
    let server = Server::start("");
    let client = server.client("service", json!({})).await;
    let request = client.exchange_client_credentials().unwrap().add_scope(Scope::new("write".to_owned()));
    let error = request.request_async(&send).await.unwrap_err();
    let openidconnect::RequestTokenError::ServerResponse(response) = error else { panic!("{error}") };
    assert_eq!(response.error().as_ref(), "invalid_scope");
}
