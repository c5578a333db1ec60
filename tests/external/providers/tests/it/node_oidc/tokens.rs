//! What becomes of tokens: kept, refreshed elsewhere, verified by somebody else, ended by the provider.

use serde_json::json;
use symbolon_client::{
    Algorithm, AuthorizationRequest, Callback, Error, IdTokenFault, LogoutRequest, TokenSet, VerificationRules,
};

use super::register;
use crate::browser::Browser;
use crate::listener::Listener;
use crate::setting::{BYE, authorize, log_in, openid};

#[tokio::test]
async fn tokens_survive_a_restart() {
    let registered = register(json!({})).await;
    let tokens = log_in(&registered.client(), &openid("openid offline_access")).await.expect("tokens");
    let kept = serde_json::to_string(&tokens).expect("kept");
    // Another process: nothing but the text is left.
    let client = registered.client();
    let tokens: TokenSet = serde_json::from_str(&kept).expect("taken up");
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").subject, "ada");
    let next = client.refresh(&tokens).await.expect("a refresh");
    let refresh_token = next.refresh_token.expect("a refresh token");
    let alone = client.refresh_with(&refresh_token).await.expect("by the refresh token alone");
    assert_eq!(alone.id_token.expect("an ID token").claims.subject, "ada");
}

#[tokio::test]
async fn the_secret_vouches_for_an_id_token_where_it_may() {
    let registered = register(json!({ "id_token_signed_response_alg": "HS256" })).await;
    let builder = || registered.builder().client_secret(&registered.secret);
    let refused = log_in(&builder().build().expect("a client"), &openid("openid")).await.expect_err("not by itself");
    assert!(matches!(refused, Error::IdToken(IdTokenFault::Signature(_))), "{refused}");
    let rules = VerificationRules::default().allow_hmac();
    let client = builder().verification(rules).build().expect("a client");
    let tokens = log_in(&client, &openid("openid")).await.expect("tokens");
    assert_eq!(tokens.id_token.expect("an ID token").claims.subject, "ada");
}

#[tokio::test]
async fn only_the_algorithms_that_are_wanted_count() {
    let registered = register(json!({ "id_token_signed_response_alg": "PS256" })).await;
    let builder = || registered.builder().client_secret(&registered.secret);
    let rules = VerificationRules::default().algorithms([Algorithm::ES256]);
    let client = builder().verification(rules).build().expect("a client");
    let refused = log_in(&client, &openid("openid")).await.expect_err("another algorithm");
    assert!(matches!(refused, Error::IdToken(IdTokenFault::Signature(_))), "{refused}");
    let rules = VerificationRules::default().algorithms([Algorithm::PS256]);
    let client = builder().verification(rules).build().expect("a client");
    log_in(&client, &openid("openid")).await.expect("tokens");
}

#[tokio::test]
async fn an_id_token_is_verified_by_whoever_was_handed_it() {
    let client = register(json!({})).await.client();
    let tokens = log_in(&client, &openid("openid")).await.expect("tokens");
    let id_token = tokens.id_token.expect("an ID token");
    let raw = id_token.raw.expose();
    assert_eq!(client.verify_id_token(raw, None).await.expect("good").claims, id_token.claims);
    let other = client.verify_id_token(raw, Some("another nonce")).await.expect_err("replayed");
    assert_eq!(other, Error::IdToken(IdTokenFault::Nonce));
    let stranger = register(json!({})).await.client();
    let refused = stranger.verify_id_token(raw, None).await.expect_err("it is for another client");
    assert_eq!(refused, Error::IdToken(IdTokenFault::Audience));
}

#[tokio::test]
async fn an_access_token_is_verified_by_the_resource_it_is_for() {
    const API: &str = "https://api.example/notes";
    let client = register(json!({ "scope": "openid read write" })).await.client();
    let request = openid("openid read").parameter("resource", API);
    let tokens = log_in(&client, &request).await.expect("tokens");
    let resource = symbolon_client::Client::unregistered(client.issuer()).without_proxy().build().expect("a client");
    let claims = resource.verify_access_token(&tokens.access_token, API).await.expect("a good token");
    assert_eq!((claims.subject.as_deref(), claims.client_id.as_deref()), (Some("ada"), Some(client.client_id())));
    assert!(claims.scope.contains("read"), "{:?}", claims.scope);
    let elsewhere = resource.verify_access_token(&tokens.access_token, "https://api.example/other").await;
    assert!(matches!(elsewhere, Err(Error::AccessToken(_))), "it is for another API");
    let raw = tokens.id_token.expect("an ID token").raw.expose().clone();
    let confused = resource.verify_access_token(&raw.into(), client.client_id()).await;
    assert!(matches!(confused, Err(Error::AccessToken(_))), "an ID token is no access token");
}

#[tokio::test]
async fn a_logout_is_told_behind_the_browsers_back() {
    let listener = Listener::start().await;
    let over = json!({ "backchannel_logout_uri": listener.url, "backchannel_logout_session_required": true });
    let client = register(over).await.client();
    let mut browser = Browser::default();
    let (pending, arrival) = authorize(&client, &openid("openid"), &mut browser).await;
    let tokens = client.redeem(&pending, &Callback::parse(&arrival.parameters())).await.expect("tokens");
    let id_token = tokens.id_token.expect("an ID token");
    let request = LogoutRequest::new().id_token(&id_token).post_logout_redirect_uri(BYE);
    browser.visit(client.end_session_url(&request).await.expect("an address")).await.expect("the way back");
    let told = listener.received().await;
    let (_, raw) =
        url::form_urlencoded::parse(told.as_bytes()).find(|(name, _)| name == "logout_token").expect("a token");
    let logout = client.verify_logout_token(&raw).await.expect("a good logout token");
    assert_eq!(logout.subject.as_deref(), Some("ada"));
    assert_eq!(logout.session_id.as_deref(), id_token.claims.all.get("sid").and_then(|sid| sid.as_str()));
    let confused = client.verify_logout_token(id_token.raw.expose()).await.expect_err("an ID token is none");
    assert!(matches!(confused, Error::LogoutToken(_)), "{confused}");
    let confused = client.verify_id_token(&raw, None).await.expect_err("and it is no ID token");
    assert!(matches!(confused, Error::IdToken(_)), "{confused}");
}

#[tokio::test]
async fn a_callback_is_for_the_client_that_started_it() {
    let (first, second) = (register(json!({})).await.client(), register(json!({})).await.client());
    let (pending, arrival) = authorize(&first, &AuthorizationRequest::new("openid"), &mut Browser::default()).await;
    let callback = Callback::from_url(&arrival.url);
    let refused = second.redeem(&pending, &callback).await.expect_err("it is another's");
    assert!(matches!(refused, Error::ForeignAuthorization { .. }), "{refused}");
    first.redeem(&pending, &callback).await.expect("tokens");
    let again = first.redeem(&pending, &callback).await.expect_err("a code counts once");
    assert_eq!(again.code(), Some("invalid_grant"));
}
