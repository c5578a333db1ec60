//! PyPI `oidc-provider-mock`: registration without management (RFC 7591 alone), no revocation, nothing beyond the code flow.

use serde_json::json;
use symbolon_client::{AuthorizationRequest, Callback, Client, ClientMetadata, Error};

use crate::browser::Browser;
use crate::setting::{self, CALLBACK, authorize, log_in, register};

/// `run` leaves these tests out where there is no Python.
fn issuer() -> String {
    setting::variable("OIDC_PROVIDER_MOCK")
}

#[tokio::test]
async fn somebody_logs_in_refreshes_and_is_known() {
    let client = register(&issuer(), json!({ "scope": null })).await.client();
    let tokens = log_in(&client, &AuthorizationRequest::new("openid email")).await.expect("tokens");
    assert_eq!(tokens.id_token.as_ref().expect("an ID token").claims.subject, "ada");
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").standard.email.as_deref(), Some("ada"));
    let next = client.refresh(&tokens).await.expect("a refresh");
    assert_ne!(next.access_token, tokens.access_token);
    let missing = client.revoke(next.access_token.as_str()).await.expect_err("there is no revocation");
    assert_eq!(missing, Error::MissingEndpoint("revocation_endpoint"));
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_reason() {
    let client = register(&issuer(), json!({ "scope": null })).await.client();
    let mut browser = Browser::refusing();
    let (pending, arrival) = authorize(&client, &AuthorizationRequest::new("openid"), &mut browser).await;
    let callback = Callback::parse(&arrival.parameters());
    // It forgets `state`, so nobody can tell whose refusal this is.
    assert_eq!(client.redeem(&pending, &callback).await.expect_err("a refusal"), Error::StateMismatch);
    assert!(arrival.parameters().contains("access_denied"), "{}", arrival.url);
}

/// RFC 7591 alone: there is an id and a secret, and nothing to manage them with.
#[tokio::test]
async fn a_registration_without_management_is_not_lost() {
    let provider = Client::unregistered(&issuer()).without_proxy().build().expect("a client");
    let metadata = ClientMetadata::new("My app").redirect_uri(CALLBACK);
    let registered = provider.register(&metadata).await.expect("registered");
    assert!(registered.registration.is_none(), "{registered:?}");
    assert!(registered.secret.is_some() && !registered.client_id.is_empty());
    let client = Client::builder(&issuer(), &registered.client_id)
        .authentication(registered.authentication())
        .redirect_uri(CALLBACK)
        .without_proxy()
        .build()
        .expect("a client");
    log_in(&client, &AuthorizationRequest::new("openid")).await.expect("tokens");
}
