//! Our own server, beside the others: what works elsewhere works here.

use serde_json::{Value, json};
use symbolon_client::{Client, ClientMetadata, LogoutRequest};

use crate::browser::Browser;
use crate::setting::{self, BYE, CALLBACK, Registered, authorize, log_in, openid};

async fn register(over: Value) -> Registered {
    setting::register(&setting::variable("PUBLIC"), over).await
}

#[tokio::test]
async fn somebody_logs_in_refreshes_is_known_and_leaves() {
    let client = register(json!({})).await.client();
    let mut browser = Browser::default();
    let (pending, arrival) = authorize(&client, &openid("openid offline_access email"), &mut browser).await;
    let callback = symbolon_client::Callback::parse(&arrival.parameters());
    let tokens = client.redeem(&pending, &callback).await.expect("tokens");
    assert_eq!(client.user_info(&tokens).await.expect("userinfo").standard.email.as_deref(), Some("ada@example.com"));
    let next = client.refresh(&tokens).await.expect("a refresh");
    assert_ne!(next.refresh_token, tokens.refresh_token);
    let id_token = next.id_token.as_ref().expect("an ID token");
    let request = LogoutRequest::new().id_token(id_token).post_logout_redirect_uri(BYE).state("s");
    let arrival = browser.visit(client.end_session_url(&request).await.expect("an address")).await.expect("a way back");
    assert_eq!(arrival.url.as_str(), format!("{BYE}?state=s"));
    client.revoke(next.refresh_token.as_ref().expect("a refresh token").as_str()).await.expect("revoked");
    assert_eq!(client.refresh(&next).await.expect_err("it is dead").code(), Some("invalid_grant"));
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_reason() {
    let client = register(json!({})).await.client();
    let mut browser = Browser::refusing();
    let (pending, arrival) = authorize(&client, &openid("openid"), &mut browser).await;
    let callback = symbolon_client::Callback::parse(&arrival.parameters());
    assert_eq!(client.redeem(&pending, &callback).await.expect_err("a refusal").code(), Some("access_denied"));
    let _ = log_in(&client, &openid("openid")).await.expect("the next one agrees");
}

#[tokio::test]
async fn a_client_registers_itself_and_manages_that() {
    let provider = Client::unregistered(&setting::variable("PUBLIC")).without_proxy().build().expect("a client");
    let registered =
        provider.register(&ClientMetadata::new("My app").redirect_uri(CALLBACK)).await.expect("registered");
    let handle = registered.registration.expect("a handle");
    let mut metadata = handle.read().await.expect("read");
    metadata.client_name = Some("My better app".to_owned());
    assert_eq!(handle.replace(&metadata).await.expect("replaced").client_name.as_deref(), Some("My better app"));
    handle.delete().await.expect("deleted");
    assert_eq!(handle.read().await.expect_err("it is gone").status(), Some(401));
}
