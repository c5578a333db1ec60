//! Flows besides the code flow, from the side of whoever tests a client of them.

use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::{Callback, LogoutRequest};
use symbolon_test_provider::{TestClient, TestProvider};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{CALLBACK, started};

/// Posts a form as the client.
async fn post(provider: &TestProvider, app: &TestClient, path: &str, form: &[(&str, &str)]) -> Value {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(provider.url(path)).basic_auth(&app.id, Some(&app.secret)).form(form);
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn device_gets_its_tokens_when_somebody_entered_the_code() {
    let provider = TestProvider::start().await;
    let app = provider.client(CALLBACK).await;
    let begun = post(&provider, &app, "/oauth2/device/auth", &[("scope", "openid")]).await;
    let code = begun["device_code"].as_str().unwrap();
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code)];
    let waiting = post(&provider, &app, "/oauth2/token", &form).await;
    assert_eq!(waiting["error"], "authorization_pending");
    let end = provider.log_in(begun["verification_uri_complete"].as_str().unwrap(), "alice").await;
    assert_eq!((end.status(), end.url().path()), (200, "/oauth2/fallbacks/device/done"), "{end:?}");
    provider.advance(Duration::from_secs(begun["interval"].as_u64().unwrap_or(5)));
    let tokens = post(&provider, &app, "/oauth2/token", &form).await;
    assert!(tokens["id_token"].is_string(), "{tokens}");
}

#[tokio::test]
async fn back_channel_request_waits_for_the_user() {
    let provider = TestProvider::start().await;
    let app = provider.client(CALLBACK).await;
    let form = [("scope", "openid"), ("login_hint", "alice")];
    let begun = post(&provider, &app, "/oauth2/backchannel-authentication", &form).await;
    let id = begun["auth_req_id"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let form = [("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", id)];
    assert_eq!(post(&provider, &app, "/oauth2/token", &form).await["error"], "authorization_pending");
    assert_eq!(provider.agree_on_device("bob").await, 0);
    assert_eq!(provider.agree_on_device("alice").await, 1);
    provider.advance(Duration::from_secs(5));
    let tokens = post(&provider, &app, "/oauth2/token", &form).await;
    assert!(tokens["id_token"].is_string(), "{tokens}");
}

#[tokio::test]
async fn client_acts_for_itself_with_any_scope() {
    let provider = TestProvider::start().await;
    let app = provider.client(CALLBACK).await;
    let form = [("grant_type", "client_credentials"), ("scope", "orders.read")];
    let tokens = post(&provider, &app, "/oauth2/token", &form).await;
    let told = provider.introspect(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((&told["sub"], &told["scope"]), (&json!(app.id), &json!("orders.read")));
}

#[tokio::test]
async fn requests_can_be_pushed() {
    let provider = TestProvider::start().await;
    let app = provider.client(CALLBACK).await;
    let form =
        [("response_type", "code"), ("scope", "openid"), ("redirect_uri", CALLBACK), ("state", "a-long-enough-state")];
    let pushed = post(&provider, &app, "/oauth2/par", &form).await;
    let uri = pushed["request_uri"].as_str().unwrap_or_else(|| panic!("{pushed}"));
    let url = format!("{}?client_id={}&request_uri={uri}", provider.url("/oauth2/auth"), app.id);
    assert_eq!(provider.log_in(url, "alice").await.parameter("state").unwrap(), "a-long-enough-state");
}

#[tokio::test]
async fn clients_with_certificates_have_a_port_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let provider = TestProvider::builder()
        .set("symbolon.mtls.listen", "127.0.0.1:0")
        .set("symbolon.mtls.certificate_file", certificate.to_str().unwrap())
        .set("symbolon.mtls.key_file", key.to_str().unwrap())
        .start()
        .await;
    let document: Value =
        reqwest::get(provider.url("/.well-known/openid-configuration")).await.unwrap().json().await.unwrap();
    let alias = document["mtls_endpoint_aliases"]["token_endpoint"].as_str().unwrap();
    let address = alias.strip_prefix("https://localhost:").unwrap().split('/').next().unwrap();
    tokio::net::TcpStream::connect(format!("127.0.0.1:{address}")).await.unwrap();
}

#[tokio::test]
async fn logout_token_is_delivered_to_an_application_on_this_machine() {
    let application = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/logout", application.local_addr().unwrap());
    let provider = TestProvider::start().await;
    let app = provider
        .register(json!({
            "redirect_uris": [CALLBACK], "backchannel_logout_uri": uri, "backchannel_logout_session_required": true,
        }))
        .await;
    let client = super::with_credentials(&provider, &app);
    let (url, pending) = started(&client, "openid").await;
    let mut browser = provider.browser();
    let back = browser.log_in(&url, "alice").await;
    let tokens = client.redeem(&pending, &Callback::parse(&back.parameters())).await.unwrap();
    let request = LogoutRequest::new().id_token(&tokens.id_token.unwrap());
    browser.log_out(client.end_session_url(&request).await.unwrap()).await;
    let (mut connection, _) = application.accept().await.unwrap();
    let mut received = Vec::new();
    while !String::from_utf8_lossy(&received).contains("logout_token=") {
        assert_ne!(connection.read_buf(&mut received).await.unwrap(), 0);
    }
    connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    assert!(received.starts_with(b"POST /logout "));
}
