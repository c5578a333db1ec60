//! The grants without a browser of the application's own, and what is asked about tokens.

use serde_json::json;
use symbolon_client::{
    BackchannelAuthenticationRequest, Client, ClientCredentialsRequest, DeviceAuthorizationRequest, Error,
    RefreshRequest, TokenTypeHint,
};

use super::register;
use crate::browser::Browser;
use crate::setting::{Hurried, Registered, log_in, openid};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CIBA: &str = "urn:openid:params:grant-type:ciba";

async fn machine() -> Registered {
    let over = json!({ "grant_types": ["client_credentials"], "redirect_uris": [], "response_types": [], "scope": "read write" });
    register(over).await
}

#[tokio::test]
async fn a_machine_has_tokens_of_its_own() {
    let client = machine().await.client();
    let request = ClientCredentialsRequest::new().scope("read").resource("https://api.example/notes");
    let tokens = client.client_credentials(&request).await.expect("tokens");
    assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
    let api = Client::unregistered(client.issuer()).without_proxy().build().expect("a client");
    let claims =
        api.verify_access_token(&tokens.access_token, "https://api.example/notes").await.expect("a good token");
    let named = (claims.subject.as_deref(), claims.client_id.as_deref());
    assert_eq!(named, (Some(client.client_id()), Some(client.client_id())));
    assert_eq!(claims.scope.to_string(), "read");
}

#[tokio::test]
async fn a_source_of_tokens_asks_once() {
    let client = machine().await.client();
    let source = client.client_credentials_source(ClientCredentialsRequest::new().scope("read"));
    let (first, second) =
        (source.access_token().await.expect("a token"), source.access_token().await.expect("a token"));
    assert_eq!(first, second);
    source.invalidate(&first);
    assert_ne!(source.access_token().await.expect("another token"), first);
    let wrong = Client::builder(client.issuer(), client.client_id()).client_secret("wrong").without_proxy().build();
    let source = wrong.expect("a client").client_credentials_source(ClientCredentialsRequest::new());
    assert_eq!(source.access_token().await.expect_err("a wrong secret").code(), Some("invalid_client"));
}

#[tokio::test]
async fn a_code_is_entered_on_another_device() {
    let over = json!({ "grant_types": [DEVICE, "refresh_token"], "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [] });
    let registered = register(over).await;
    let client = registered.builder().runtime(Hurried).build().expect("a client");
    let request = DeviceAuthorizationRequest::new("openid email offline_access");
    let mut device = client.authorize_device(&request).await.expect("a device flow");
    assert!(client.poll_device(&mut device).await.expect("nobody has come").is_none());
    let complete = device.verification_uri_complete.clone().expect("an address with the code");
    let mut browser = Browser::default();
    assert!(browser.visit(complete.parse().expect("a URL")).await.is_none(), "the browser ends at the provider");
    assert!(browser.page.contains("Sign-in Success"), "{}", browser.page);
    // It goes on in another process.
    let kept = serde_json::to_string(&device).expect("kept");
    let mut device = serde_json::from_str(&kept).expect("taken up");
    let tokens = client.device_tokens(&mut device).await.expect("tokens");
    assert_eq!(tokens.id_token.as_ref().expect("an ID token").claims.subject, "ada");
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").standard.email.as_deref(), Some("ada@example.com"));
    client.refresh(&tokens).await.expect("a refresh");
    let again = client.device_tokens(&mut device).await.expect_err("a code counts once");
    assert_eq!(again.code(), Some("invalid_grant"));
}

#[tokio::test]
async fn somebody_is_asked_elsewhere() {
    let over = json!({ "grant_types": [CIBA, "refresh_token"], "redirect_uris": [], "response_types": [], "backchannel_token_delivery_mode": "poll" });
    let registered = register(over).await;
    let client = registered.builder().client_secret(&registered.secret).runtime(Hurried).build().expect("a client");
    let request =
        BackchannelAuthenticationRequest::for_login_hint("grace").scope("openid email").binding_message("K7-Q2");
    let mut pending = client.authenticate_backchannel(&request).await.expect("she is asked");
    let tokens = client.backchannel_tokens(&mut pending).await.expect("tokens");
    assert_eq!(tokens.id_token.as_ref().expect("an ID token").claims.subject, "grace");
    // Who logged in before is asked by the ID token.
    let request = BackchannelAuthenticationRequest::for_id_token(tokens.id_token.as_ref().expect("an ID token"));
    let mut pending = client.authenticate_backchannel(&request).await.expect("she is asked");
    client.backchannel_tokens(&mut pending).await.expect("tokens");

    let request = BackchannelAuthenticationRequest::for_login_hint("grace").binding_message("no");
    let mut pending = client.authenticate_backchannel(&request).await.expect("she is asked");
    assert_eq!(client.backchannel_tokens(&mut pending).await.expect_err("she refuses").code(), Some("access_denied"));
    let request = BackchannelAuthenticationRequest::for_login_hint("nobody");
    let unknown = client.authenticate_backchannel(&request).await.expect_err("there is nobody");
    assert_eq!(unknown.code(), Some("unknown_user_id"));
}

#[tokio::test]
async fn the_provider_says_what_a_token_is_good_for() {
    let registered = register(json!({})).await;
    let client = registered.client();
    let tokens = log_in(&client, &openid("openid email offline_access")).await.expect("tokens");
    let told = client.introspect(tokens.access_token.as_str(), Some(TokenTypeHint::AccessToken)).await.expect("told");
    assert!(told.active);
    assert_eq!((told.subject.as_deref(), told.client_id.as_deref()), (Some("ada"), Some(client.client_id())));
    assert!(told.scope.contains("email") && told.expires_at == tokens.expires_at, "{told:?}");
    let refresh_token = tokens.refresh_token.as_ref().expect("a refresh token");
    assert!(client.introspect(refresh_token.as_str(), None).await.expect("told").active);
    for dead in ["no such token", "a.b.c", "%00"] {
        assert!(!client.introspect(dead, None).await.expect("told").active, "{dead}");
    }
    client.revoke(tokens.access_token.as_str()).await.expect("revoked");
    assert!(!client.introspect(tokens.access_token.as_str(), None).await.expect("told").active);
}

#[tokio::test]
async fn a_signed_introspection_is_verified() {
    for algorithm in ["RS256", "ES256", "Ed25519"] {
        let client = register(json!({ "introspection_signed_response_alg": algorithm })).await.client();
        let tokens = log_in(&client, &openid("openid email")).await.expect("tokens");
        let told = client.introspect_signed(tokens.access_token.as_str(), None).await.expect(algorithm);
        assert!(told.active && told.subject.as_deref() == Some("ada"), "{algorithm}: {told:?}");
    }
}

#[tokio::test]
async fn a_refresh_may_ask_for_less() {
    let client = register(json!({})).await.client();
    let tokens = log_in(&client, &openid("openid email profile offline_access")).await.expect("tokens");
    let next = client.refresh_as(&tokens, &RefreshRequest::new().scope("openid email")).await.expect("a refresh");
    assert!(next.scope.contains("email") && !next.scope.contains("profile"), "{:?}", next.scope);
}

#[tokio::test]
async fn a_grant_that_is_not_the_clients_is_refused() {
    let client = register(json!({})).await.client();
    let refused = client.client_credentials(&ClientCredentialsRequest::new()).await.expect_err("it is not registered");
    // This server has its own word for what RFC 6749 §5.2 calls `unauthorized_client`.
    assert_eq!((refused.status(), refused.code()), (Some(400), Some("invalid_request")));
    let refused = client.authorize_device(&DeviceAuthorizationRequest::new("openid")).await.expect_err("nor is this");
    assert!(matches!(refused, Error::Api(_)), "{refused}");
}
