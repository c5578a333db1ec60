//! A device without a keyboard of its own (RFC 8628).

use ory_client::apis::Error;
use ory_client::apis::o_auth2_api::{
    accept_user_code_request, o_auth2_device_flow, perform_o_auth2_device_verification_flow,
};
use ory_client::models::{AcceptDeviceUserCodeRequest, DeviceAuthorization, OAuth2TokenExchange};

use super::{DEVICE_GRANT, Sdk};
use crate::browser::{Browser, parameter};
use crate::server::public;

pub async fn is_let_in(sdk: &Sdk) {
    let (client, mut browser) = (sdk.client("device").await, Browser::new());
    let (id, secret) = (client.client_id.as_ref().unwrap(), client.client_secret.as_ref());
    let post = async |path: &str, form: &[(&str, &str)]| {
        let request = reqwest::Client::new().post(format!("{}{path}", public().base_path));
        request.basic_auth(id, secret).form(form).send().await.unwrap().error_for_status().unwrap()
    };
    assert!(matches!(o_auth2_device_flow(&sdk.public()).await, Err(Error::ResponseError(_))));
    let form = [("client_id", id.as_str()), ("scope", "openid offline")];
    let device: DeviceAuthorization = post("/oauth2/device/auth", &form).await.json().await.unwrap();
    let page = device.verification_uri.as_deref().unwrap();
    assert_eq!(page, format!("{}/oauth2/device/verify", public().base_path));
    assert_eq!((device.expires_in, device.interval), (Some(600), Some(5)));

    // It is the browser that is sent on, and only it learns where.
    match perform_o_auth2_device_verification_flow(&sdk.public()).await {
        Err(Error::Serde(_)) => assert!(crate::GENERATED),
        other => assert!(other.is_ok() && !crate::GENERATED),
    }
    let challenge = parameter(&browser.follow(page).await, "device_challenge").unwrap();
    let entered = AcceptDeviceUserCodeRequest { user_code: device.user_code };
    let next = accept_user_code_request(&sdk.admin(), &challenge, Some(entered)).await.unwrap();
    let page = browser.follow(&next.redirect_to).await;
    let page = sdk.accept_login(&parameter(&page, "login_challenge").unwrap(), "every-device").await;
    let consent = sdk.consent_request(&browser.follow(&page).await).await;
    let done = browser.follow(&sdk.accept_consent(&consent).await).await;
    assert!(done.contains("/device/success"), "{done}");
    let code = device.device_code.unwrap();
    let form = [("grant_type", DEVICE_GRANT), ("device_code", code.as_str())];
    let tokens: OAuth2TokenExchange = post("/oauth2/token", &form).await.json().await.unwrap();
    assert!(tokens.access_token.is_some() && tokens.id_token.is_some() && tokens.refresh_token.is_some());
}
