//! Authentication over the back channel (OpenID Connect CIBA), by poll: a person agrees, refuses, or does not answer.
//!
//! The server has no `push`, so that mode is tested against others.

use reqwest::Method;
use serde_json::{Value, json};
use symbolon_client::{BackchannelAuthentication, BackchannelAuthenticationRequest, Client, Clock, DpopKey, Error};

use super::authentication::ways;
use super::{START, Setting};

fn for_alice() -> BackchannelAuthenticationRequest {
    BackchannelAuthenticationRequest::for_login_hint("alice").scope("openid offline_access jobs")
}

async fn asked(client: &Client) -> BackchannelAuthentication {
    client.authenticate_backchannel(&for_alice()).await.unwrap()
}

#[tokio::test]
async fn tokens_come_when_the_person_has_agreed_however_the_client_proves_itself() {
    let setting = Setting::start().await;
    for way in ways(&setting) {
        let client = way.client(&setting, &setting.register(&way.members).await);
        let request = for_alice().binding_message("K7-Q2").requested_expiry_seconds(60);
        let mut pending = client.authenticate_backchannel(&request).await.unwrap();
        assert_eq!((pending.expires_at() - setting.provider.now(), pending.interval_seconds()), (60, 5));
        assert!(client.poll_backchannel(&mut pending).await.unwrap().is_none(), "{}", way.name);
        assert_eq!(setting.provider.agree_on_device("alice").await, 1);
        let tokens = client.backchannel_tokens(&mut pending).await;
        let tokens = tokens.unwrap_or_else(|error| panic!("{}: {error}", way.name));
        assert_eq!(tokens.id_token.as_ref().unwrap().claims.subject, "alice");
        assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
        assert_eq!(client.refresh(&tokens).await.unwrap().scope.to_string(), "openid offline_access jobs");
        let error = client.backchannel_tokens(&mut pending).await.unwrap_err();
        assert_eq!(error.code(), Some("invalid_grant"), "once");
    }
    assert!(setting.pauses().iter().all(|pause| *pause == 5), "never asked to slow down: {:?}", setting.pauses());
}

#[tokio::test]
async fn a_refusal_is_told() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let mut pending = asked(&client).await;
    let path = format!("/admin/oauth2/auth/requests/backchannel/reject?auth_req_id={}", pending.id());
    let (status, said) = setting.admin(Method::PUT, &path, &json!({ "subject": "alice" })).await;
    assert_eq!(status, 204, "{said}");
    assert_eq!(client.backchannel_tokens(&mut pending).await.unwrap_err().code(), Some("access_denied"));
}

#[tokio::test]
async fn a_request_ends() {
    let setting = Setting::start().await;
    let app = setting.register(&json!({})).await;
    let builder = || setting.builder(&app.id).client_secret(app.secret.clone());
    let client = builder().build().unwrap();
    let mut pending = asked(&client).await;
    let mut kept = pending.clone();
    let error = client.backchannel_tokens(&mut pending).await.unwrap_err();
    assert_eq!((&error, error.code()), (&Error::AuthorizationExpired, Some("expired_token")));
    let late = builder().clock(Clock::custom(|| START)).build().unwrap();
    let error = late.backchannel_tokens(&mut kept).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Some("expired_token"), Some(400)));
}

#[tokio::test]
async fn a_hasty_client_is_told_to_slow_down_and_does() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let mut pending = asked(&client).await;
    let mut twin = pending.clone();
    assert!(client.poll_backchannel(&mut pending).await.unwrap().is_none());
    setting.advance(1);
    assert!(client.poll_backchannel(&mut twin).await.unwrap().is_none());
    assert_eq!((pending.interval_seconds(), twin.interval_seconds()), (5, 10));
}

#[tokio::test]
async fn wrong_requests_are_refused_with_their_codes() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    for (request, code) in [
        (for_alice().binding_message("x".repeat(65)), "invalid_binding_message"),
        (for_alice().scope("openid payroll"), "invalid_scope"),
        (for_alice().user_code("1234"), "invalid_request"),
        (BackchannelAuthenticationRequest::for_login_hint_token("x"), "invalid_request"),
    ] {
        let error = client.authenticate_backchannel(&request).await.unwrap_err();
        assert_eq!((error.code(), error.status()), (Some(code), Some(400)), "{request:?}: {error}");
    }
    let public = setting.register(&json!({ "token_endpoint_auth_method": "none", "grant_types": null })).await;
    let public = setting.builder(&public.id).build().unwrap();
    assert!(matches!(public.authenticate_backchannel(&for_alice()).await, Err(Error::Api { .. })));
}

#[tokio::test]
async fn whoever_logged_in_before_is_asked_by_their_id_token() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let tokens = setting.log_in(&client, "openid").await.unwrap();
    let request = BackchannelAuthenticationRequest::for_id_token(tokens.id_token.as_ref().unwrap());
    let mut pending = client.authenticate_backchannel(&request).await.unwrap();
    assert_eq!(setting.provider.agree_on_device("alice").await, 1);
    let tokens = client.backchannel_tokens(&mut pending).await.unwrap();
    assert_eq!(tokens.id_token.unwrap().claims.subject, "alice");
}

#[tokio::test]
async fn the_asking_goes_on_after_a_restart_and_in_no_other_client() {
    let setting = Setting::start().await;
    let app = setting.register(&json!({})).await;
    let builder = || setting.builder(&app.id).client_secret(app.secret.clone());
    let pending = asked(&builder().build().unwrap()).await;
    let kept = serde_json::to_string(&pending).unwrap();
    assert_eq!(setting.provider.agree_on_device("alice").await, 1);
    let mut again: BackchannelAuthentication = serde_json::from_str(&kept).unwrap();
    let other = setting.client(&json!({})).await;
    assert!(matches!(other.poll_backchannel(&mut again).await, Err(Error::ForeignAuthorization { .. })));
    let mut stolen: Value = serde_json::from_str(&kept).unwrap();
    stolen["client_id"] = other.client_id().into();
    let mut stolen: BackchannelAuthentication = serde_json::from_value(stolen).unwrap();
    assert_eq!(other.backchannel_tokens(&mut stolen).await.unwrap_err().code(), Some("invalid_grant"));
    builder().build().unwrap().backchannel_tokens(&mut again).await.unwrap();
}

#[tokio::test]
async fn tokens_are_bound_to_the_key_of_the_client() {
    let setting = Setting::with(&[("symbolon.dpop.nonce", "true".to_owned())]).await;
    let app = setting.register(&json!({})).await;
    let key = DpopKey::generate().unwrap();
    let client = setting.builder(&app.id).client_secret(app.secret).dpop(key.clone()).build().unwrap();
    let mut pending = asked(&client).await;
    assert!(client.poll_backchannel(&mut pending).await.unwrap().is_none());
    assert_eq!(setting.provider.agree_on_device("alice").await, 1);
    let tokens = client.backchannel_tokens(&mut pending).await.unwrap();
    assert_eq!(setting.told(&tokens).await["cnf"]["jkt"], key.thumbprint());
}

#[tokio::test]
async fn the_server_pushes_no_tokens() {
    let setting = Setting::start().await;
    let pushed = json!({
        "grant_types": [super::CIBA], "backchannel_token_delivery_mode": "push",
        "backchannel_client_notification_endpoint": "https://app.example/ciba",
    });
    let (status, said) = setting.admin(Method::POST, "/admin/clients", &pushed).await;
    assert_eq!((status, &said["error"]), (400, &json!("invalid_client_metadata")), "{said}");
}
