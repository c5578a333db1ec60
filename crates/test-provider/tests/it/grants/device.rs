//! The device flow (RFC 8628): a person who takes their time, refuses, or does not come.

use serde_json::{Value, json};
use symbolon_client::{Client, Clock, DeviceAuthorization, DeviceAuthorizationRequest, DpopKey, Error, RefreshRequest};

use super::authentication::ways;
use super::{START, Setting};

fn request() -> DeviceAuthorizationRequest {
    DeviceAuthorizationRequest::new("openid offline_access jobs")
}

async fn begun(client: &Client) -> DeviceAuthorization {
    client.authorize_device(&request()).await.unwrap()
}

fn page(device: &DeviceAuthorization) -> &str {
    device.verification_uri_complete.as_ref().unwrap()
}

#[tokio::test]
async fn tokens_come_when_somebody_has_entered_the_code() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let mut device = begun(&client).await;
    assert!(page(&device).contains(&device.user_code) && page(&device).starts_with(&device.verification_uri));
    assert_eq!((device.expires_at(), device.interval_seconds()), (START + 600, 5));
    for _ in 0..3 {
        assert!(client.poll_device(&mut device).await.unwrap().is_none());
    }
    setting.provider.log_in(page(&device), "alice").await;
    let tokens = client.device_tokens(&mut device).await.unwrap();
    assert_eq!(tokens.id_token.as_ref().unwrap().claims.subject, "alice");
    assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
    // The clock has whole seconds, so a pause is rather too long than too short, and never is one asked to slow down.
    assert_eq!((setting.pauses(), device.interval_seconds()), (vec![5; 4], 5));
    let fewer = client.refresh_as(&tokens, &RefreshRequest::new().scope("openid")).await.unwrap();
    assert_eq!(fewer.scope.to_string(), "openid");
    assert_eq!(client.device_tokens(&mut device).await.unwrap_err().code(), Some("invalid_grant"), "once");
}

#[tokio::test]
async fn a_hasty_device_is_told_to_slow_down_and_does() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let mut device = begun(&client).await;
    let mut twin = device.clone();
    assert!(client.poll_device(&mut device).await.unwrap().is_none());
    // A second program with the same code does not know that the first has just asked.
    setting.advance(1);
    assert!(client.poll_device(&mut twin).await.unwrap().is_none());
    assert_eq!((device.interval_seconds(), twin.interval_seconds()), (5, 10));
    setting.provider.log_in(page(&twin), "alice").await;
    client.device_tokens(&mut twin).await.unwrap();
    assert_eq!(setting.pauses().last(), Some(&10));
}

#[tokio::test]
async fn a_refusal_is_told() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let mut device = begun(&client).await;
    setting.provider.refuse_consent(page(&device), "alice").await;
    assert_eq!(client.device_tokens(&mut device).await.unwrap_err().code(), Some("access_denied"));
}

#[tokio::test]
async fn a_code_ends() {
    let setting = Setting::start().await;
    let app = setting.register(&json!({})).await;
    let client = setting.builder(&app.id).client_secret(app.secret.clone()).build().unwrap();
    let mut device = begun(&client).await;
    let mut kept = device.clone();
    let error = client.device_tokens(&mut device).await.unwrap_err();
    assert_eq!((&error, error.code()), (&Error::AuthorizationExpired, Some("expired_token")));
    assert_eq!(setting.provider.now(), START + 600, "and not asked beyond");
    // By a clock that is behind, the provider has the last word.
    let late = setting.builder(&app.id).client_secret(app.secret).clock(Clock::custom(|| START)).build().unwrap();
    let error = late.device_tokens(&mut kept).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Some("expired_token"), Some(400)));
}

#[tokio::test]
async fn the_flow_goes_on_after_a_restart_and_in_no_other_client() {
    let setting = Setting::start().await;
    let app = setting.register(&json!({})).await;
    let builder = || setting.builder(&app.id).client_secret(app.secret.clone());
    let device = begun(&builder().build().unwrap()).await;
    let kept = serde_json::to_string(&device).unwrap();
    setting.provider.log_in(page(&device), "alice").await;
    let mut again: DeviceAuthorization = serde_json::from_str(&kept).unwrap();
    let other = setting.client(&json!({})).await;
    assert!(matches!(other.poll_device(&mut again).await, Err(Error::ForeignAuthorization { .. })));
    // Whoever gets around this client's check meets the provider's.
    let mut stolen: Value = serde_json::from_str(&kept).unwrap();
    stolen["client_id"] = other.client_id().into();
    let mut stolen: DeviceAuthorization = serde_json::from_value(stolen).unwrap();
    assert_eq!(other.device_tokens(&mut stolen).await.unwrap_err().code(), Some("invalid_grant"));
    assert!(builder().build().unwrap().device_tokens(&mut again).await.unwrap().refresh_token.is_some());
}

#[tokio::test]
async fn a_device_without_a_secret_binds_its_tokens_to_a_key() {
    let setting = Setting::with(&[("symbolon.dpop.nonce", "true".to_owned())]).await;
    let app = setting.register(&json!({ "token_endpoint_auth_method": "none" })).await;
    let key = DpopKey::generate().unwrap();
    let client = setting.builder(&app.id).dpop(key.clone()).build().unwrap();
    let mut device = begun(&client).await;
    assert!(client.poll_device(&mut device).await.unwrap().is_none());
    setting.provider.log_in(page(&device), "alice").await;
    let tokens = client.device_tokens(&mut device).await.unwrap();
    assert_eq!(setting.told(&tokens).await["cnf"]["jkt"], key.thumbprint());
    let tokens = client.refresh(&tokens).await.unwrap();
    assert_eq!(client.user_info(&tokens).await.unwrap().subject, "alice");
}

#[tokio::test]
async fn devices_prove_themselves_at_the_device_endpoint() {
    let setting = Setting::start().await;
    for way in ways(&setting) {
        let app = setting.register(&way.members).await;
        let client = way.client(&setting, &app);
        let mut device = begun(&client).await;
        assert!(client.poll_device(&mut device).await.unwrap().is_none(), "{}", way.name);
        setting.provider.log_in(page(&device), "alice").await;
        let tokens = client.device_tokens(&mut device).await.unwrap_or_else(|error| panic!("{}: {error}", way.name));
        assert_eq!(client.refresh(&tokens).await.unwrap().id_token.unwrap().claims.subject, "alice");
    }
}
