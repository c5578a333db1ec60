//! The client credentials grant (RFC 6749 §4.4), with resources (RFC 8707) and keys (RFC 9449).

use serde_json::json;
use symbolon_client::{ClientCredentialsRequest, DpopKey, Error};

use super::{BILLING, ORDERS, START, Setting};

fn jobs() -> ClientCredentialsRequest {
    ClientCredentialsRequest::new().scope("jobs")
}

fn orders() -> ClientCredentialsRequest {
    ClientCredentialsRequest::new().scope("orders.read")
}

#[tokio::test]
async fn a_machine_gets_a_token_for_what_it_asks_for() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let tokens = client.client_credentials(&jobs()).await.unwrap();
    assert_eq!((tokens.scope.to_string(), tokens.expires_at), ("jobs".to_owned(), Some(START + 3600)));
    assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
    let told = setting.told(&tokens).await;
    assert_eq!((&told["sub"], &told["client_id"]), (&json!(client.client_id()), &json!(client.client_id())));
}

#[tokio::test]
async fn a_token_is_for_the_api_that_it_was_asked_for() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let tokens = client.client_credentials(&orders().resource(ORDERS)).await.unwrap();
    let claims = client.verify_access_token(&tokens.access_token, ORDERS).await.unwrap();
    assert_eq!(claims.subject.as_deref(), Some(client.client_id()));
    assert!(client.verify_access_token(&tokens.access_token, BILLING).await.is_err());
}

#[tokio::test]
async fn what_was_not_registered_is_refused_with_its_code() {
    let setting = Setting::start().await;
    let client = setting.client(&json!({})).await;
    let other = setting.client(&json!({ "grant_types": ["authorization_code"] })).await;
    for (client, request, code) in [
        (&client, ClientCredentialsRequest::new().scope("payroll"), "invalid_scope"),
        (&client, jobs().resource("https://nobody.example/"), "invalid_target"),
        (&client, orders().resource(BILLING), "invalid_scope"),
        (&other, jobs(), "unauthorized_client"),
    ] {
        let error = client.client_credentials(&request).await.unwrap_err();
        assert_eq!((error.code(), error.status()), (Some(code), Some(400)), "{request:?}: {error}");
    }
}

#[tokio::test]
async fn a_token_is_bound_to_the_key_of_the_client() {
    let setting = Setting::with(&[("symbolon.dpop.nonce", "true".to_owned())]).await;
    let app = setting.register(&json!({})).await;
    let key = DpopKey::generate().unwrap();
    let builder = || setting.builder(&app.id).client_secret(app.secret.clone());
    let bound = builder().dpop(key.clone()).build().unwrap();
    let tokens = bound.client_credentials(&jobs()).await.unwrap();
    assert_eq!(setting.told(&tokens).await["cnf"]["jkt"], key.thumbprint());
    // With one key or without, each says which type it wants, and takes no other.
    let free = builder().build().unwrap().client_credentials(&jobs()).await.unwrap();
    assert!(free.token_type.eq_ignore_ascii_case("bearer"), "{free:?}");
    let must = setting.register(&json!({ "dpop_bound_access_tokens": true })).await;
    let without = setting.builder(&must.id).client_secret(must.secret).build().unwrap();
    let error = without.client_credentials(&jobs()).await.unwrap_err();
    assert!(matches!(error, Error::Api { .. }), "{error}");
}
