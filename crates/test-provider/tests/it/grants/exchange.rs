//! Token exchange (RFC 8693): a gateway that was called with a person's token gets one for the next API.

use serde_json::{Value, json};
use symbolon_client::{Client, ClientCredentialsRequest, DpopKey, Error, TokenExchangeRequest, TokenSet, token_type};

use super::authentication::ways;
use super::{BILLING, ORDERS, Setting, TOKEN_EXCHANGE};

/// Where the gateway is called.
const GATEWAY: &str = "https://gateway.example/";

/// What the gateway may do in the person's name: read orders as an actor, and write bills as if it were the person.
async fn setting() -> Setting {
    with_shop().await.0
}

/// The same, with the shop.
async fn with_shop() -> (Setting, Client) {
    let row = |changes: Value| {
        let mut row = json!({
            "client": "gateway", "subject_token_types": ["access_token"], "subject_clients": ["shop"],
            "subject_audience": [GATEWAY], "depth": 2,
        });
        row.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        row
    };
    let rows = json!([
        row(json!({ "audience": [ORDERS], "scopes": ["orders.read"], "delegation": true })),
        row(json!({ "audience": [BILLING], "scopes": ["bills"], "impersonation": true })),
    ]);
    let setting = Setting::with(&[("symbolon.token_exchange.policies", rows.to_string())]).await;
    let shop = setting.client(&json!({ "client_id": "shop" })).await;
    (setting, shop)
}

/// The token with which alice's shop called the gateway.
async fn of_alice(setting: &Setting) -> String {
    setting.provider.access_token("shop", "alice", "orders.read orders.write bills").audience(GATEWAY).await
}

fn gateway() -> Value {
    json!({ "client_id": "gateway", "grant_types": ["client_credentials", TOKEN_EXCHANGE], "scope": "orders.read" })
}

fn for_orders(subject: &str, actor: &TokenSet) -> TokenExchangeRequest {
    TokenExchangeRequest::new(subject, token_type::ACCESS_TOKEN)
        .actor_token(actor.access_token.as_str(), token_type::ACCESS_TOKEN)
        .resource(ORDERS)
        .scope("orders.read")
}

#[tokio::test]
async fn the_new_token_says_who_acts_for_whom_however_the_gateway_proves_itself() {
    let setting = setting().await;
    for way in ways(&setting) {
        let mut members = gateway();
        members.as_object_mut().unwrap().extend(way.members.as_object().unwrap().clone());
        let client = way.client(&setting, &setting.register(&members).await);
        let own = client.client_credentials(&ClientCredentialsRequest::new()).await.unwrap();
        let exchanged = client.exchange_token(&for_orders(&of_alice(&setting).await, &own)).await;
        let exchanged = exchanged.unwrap_or_else(|error| panic!("{}: {error}", way.name));
        assert_eq!(exchanged.issued_token_type, token_type::ACCESS_TOKEN);
        assert!(exchanged.refresh_token.is_none() && exchanged.expires_at.is_some());
        let tokens = exchanged.into_token_set().unwrap();
        let claims = client.verify_access_token(&tokens.access_token, ORDERS).await.unwrap();
        assert_eq!((claims.subject.as_deref(), claims.client_id.as_deref()), (Some("alice"), Some("gateway")));
        assert_eq!(claims.all["act"], json!({ "sub": "gateway", "client_id": "gateway" }));
        assert_eq!((claims.scope.to_string(), claims.audiences), ("orders.read".to_owned(), vec![ORDERS.to_owned()]));
        assert!(client.verify_access_token(&tokens.access_token, GATEWAY).await.is_err());
        let (status, _) = setting.admin(reqwest::Method::DELETE, "/admin/clients/gateway", &Value::Null).await;
        assert_eq!(status, 204);
    }
}

#[tokio::test]
async fn what_no_row_gives_is_refused_with_its_code() {
    let setting = setting().await;
    let client = setting.client(&gateway()).await;
    let own = client.client_credentials(&ClientCredentialsRequest::new()).await.unwrap();
    let alice = of_alice(&setting).await;
    let elsewhere = setting.provider.access_token("shop", "alice", "orders.read").audience(ORDERS).await;
    let of_another = setting.provider.access_token("gateway", "alice", "orders.read").audience(GATEWAY).await;
    let subject = |token: &str| TokenExchangeRequest::new(token, token_type::ACCESS_TOKEN);
    for (case, request, code) in [
        ("another API", for_orders(&alice, &own).audience("https://payroll.example/"), "invalid_target"),
        ("two rows", for_orders(&alice, &own).resource(BILLING), "invalid_target"),
        ("another scope", for_orders(&alice, &own).scope("orders.read orders.write"), "invalid_scope"),
        ("not called with it", for_orders(&elsewhere, &own), "invalid_request"),
        ("of another client", for_orders(&of_another, &own), "invalid_request"),
        ("no token", for_orders("x", &own), "invalid_request"),
        ("nobody acts", subject(&alice).resource(ORDERS), "invalid_target"),
        ("another kind", TokenExchangeRequest::new(&*alice, token_type::SAML2).resource(ORDERS), "invalid_request"),
        ("another kind wanted", for_orders(&alice, &own).requested_token_type(token_type::SAML1), "invalid_request"),
    ] {
        let error = client.exchange_token(&request).await.expect_err(case);
        assert_eq!((error.code(), error.status()), (Some(code), Some(400)), "{case}: {error}");
    }
    let stranger = setting.client(&json!({ "grant_types": ["client_credentials", TOKEN_EXCHANGE] })).await;
    let error = stranger.exchange_token(&for_orders(&alice, &own)).await.unwrap_err();
    assert_eq!(error.code(), Some("unauthorized_client"));
}

#[tokio::test]
async fn where_the_row_says_so_the_gateway_passes_as_the_person() {
    let setting = setting().await;
    let client = setting.client(&gateway()).await;
    let request = TokenExchangeRequest::new(of_alice(&setting).await, token_type::ACCESS_TOKEN)
        .audience(BILLING)
        .requested_token_type(token_type::JWT);
    let exchanged = client.exchange_token(&request).await.unwrap();
    assert_eq!((&*exchanged.issued_token_type, exchanged.scope.to_string()), (token_type::JWT, "bills".to_owned()));
    let claims = client.verify_access_token(&exchanged.token.expose().as_str().into(), BILLING).await.unwrap();
    assert_eq!((claims.subject.as_deref(), claims.all.get("act")), (Some("alice"), None));
}

#[tokio::test]
async fn the_new_token_is_bound_to_the_key_of_the_gateway() {
    let setting = setting().await;
    let app = setting.register(&gateway()).await;
    let key = DpopKey::generate().unwrap();
    let client = setting.builder(&app.id).client_secret(app.secret).dpop(key.clone()).build().unwrap();
    let own = client.client_credentials(&ClientCredentialsRequest::new()).await.unwrap();
    let exchanged = client.exchange_token(&for_orders(&of_alice(&setting).await, &own)).await.unwrap();
    let tokens = exchanged.into_token_set().unwrap();
    assert_eq!((&*tokens.token_type, &setting.told(&tokens).await["cnf"]["jkt"]), ("DPoP", &json!(key.thumbprint())));

    // A token of the person that is bound is worth nothing to a gateway without that key.
    let bound = setting.provider.access_token("shop", "alice", "orders.read").audience(GATEWAY);
    let bound = bound.bound_to_key(DpopKey::generate().unwrap().thumbprint()).await;
    let error = client.exchange_token(&for_orders(&bound, &own)).await.unwrap_err();
    assert!(matches!(error, Error::Api { .. }) && error.code().is_some(), "{error}");
}

#[tokio::test]
async fn the_new_token_ends_with_the_one_that_it_was_made_of() {
    let (setting, shop) = with_shop().await;
    let client = setting.client(&gateway()).await;
    let own = client.client_credentials(&ClientCredentialsRequest::new()).await.unwrap();
    let alice = of_alice(&setting).await;
    let exchanged = client.exchange_token(&for_orders(&alice, &own)).await.unwrap();
    let tokens = exchanged.into_token_set().unwrap();
    assert_eq!(setting.told(&tokens).await["active"], true);
    shop.revoke(&alice).await.unwrap();
    assert_eq!(setting.told(&tokens).await["active"], false);
}
