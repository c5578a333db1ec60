//! Introspection on the public port (RFC 7662), as JSON and signed (RFC 9701).

use serde_json::{Value, json};
use symbolon_client::{Algorithm, Client, ClientCredentialsRequest, DefaultRuntime, Error, SigningKey, TokenTypeHint};

use super::authentication::ways;
use super::{BILLING, ORDERS, START, Setting};

/// An API that may ask, with the members of its registration.
fn api(members: &Value) -> Value {
    let mut api = json!({ "resource_server": true, "audience": [ORDERS], "grant_types": null, "scope": null });
    api.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    api
}

/// A token for the API `resource`.
async fn token(setting: &Setting, resource: &str) -> String {
    let shop = setting.client(&json!({ "client_id": "shop" })).await;
    let request = ClientCredentialsRequest::new().resource(resource);
    let request = if resource == ORDERS { request.scope("orders.read") } else { request };
    shop.client_credentials(&request).await.unwrap().access_token.as_str().to_owned()
}

#[tokio::test]
async fn an_api_learns_of_its_tokens_however_it_proves_itself() {
    let setting = Setting::start().await;
    let token = token(&setting, ORDERS).await;
    for way in ways(&setting) {
        let client = way.client(&setting, &setting.register(&api(&way.members)).await);
        for told in [
            client.introspect(&token, None).await,
            client.introspect(&token, Some(TokenTypeHint::AccessToken)).await,
            client.introspect_signed(&token, None).await,
        ] {
            let told = told.unwrap_or_else(|error| panic!("{}: {error}", way.name));
            assert!(told.active && told.audience.iter().any(|audience| audience == ORDERS), "{}", way.name);
            assert_eq!((told.scope.to_string().as_str(), told.client_id.as_deref()), ("orders.read", Some("shop")));
            assert_eq!(
                (told.expires_at, told.issuer.as_deref()),
                (Some(START + 3600), Some(setting.provider.issuer()))
            );
        }
    }
}

#[tokio::test]
async fn tokens_of_others_dead_ones_and_none_at_all_are_not_active() {
    let setting = Setting::start().await;
    let (mine, foreign) = (token(&setting, ORDERS).await, setting.provider.access_token("shop", "alice", "x"));
    let (foreign, expired) = (
        foreign.audience(BILLING).await,
        setting.provider.access_token("shop", "alice", "x").audience(ORDERS).expired().await,
    );
    let client = setting.client(&api(&json!({}))).await;
    for token in [&*foreign, &*expired, "x", "a.b.c"] {
        for told in [client.introspect(token, None).await, client.introspect_signed(token, None).await] {
            let told = told.unwrap();
            assert!(!told.active && told.subject.is_none() && told.extra.is_empty(), "{token}: {told:?}");
        }
    }
    assert!(client.introspect(&mine, None).await.unwrap().active);
    setting.advance(3601);
    assert!(!client.introspect(&mine, None).await.unwrap().active);
}

#[tokio::test]
async fn a_bound_token_names_its_holder() {
    let setting = Setting::start().await;
    setting.register(&json!({ "client_id": "shop" })).await;
    let client = setting.client(&api(&json!({}))).await;
    let key = SigningKey::generate(Algorithm::ES256, "k".into()).unwrap().public_jwk().thumbprint();
    let bound = setting.provider.access_token("shop", "alice", "x").audience(ORDERS).bound_to_key(&key).await;
    let told = client.introspect_signed(&bound, None).await.unwrap();
    assert_eq!((&told.confirmation.unwrap()["jkt"], told.token_type.as_deref()), (&json!(key), Some("DPoP")));
    assert_eq!(told.subject.as_deref(), Some("alice"));
}

#[tokio::test]
async fn only_apis_may_ask() {
    let setting = Setting::start().await;
    let token = token(&setting, ORDERS).await;
    let error = setting.client(&json!({})).await.introspect(&token, None).await.unwrap_err();
    assert_eq!(error.code(), Some("unauthorized_client"), "{error}");
    let off = Setting::with(&[("symbolon.introspection.public", "false".to_owned())]).await;
    let error = off.client(&api(&json!({}))).await.introspect(&token, None).await.unwrap_err();
    assert!(matches!(error, Error::MissingEndpoint(_)), "{error}");
}

#[tokio::test]
async fn a_signed_answer_counts_for_the_one_who_asked() {
    let setting = Setting::start().await;
    let token = token(&setting, ORDERS).await;
    let algorithm = api(&json!({ "introspection_signed_response_alg": "RS256" }));
    let app = setting.register(&algorithm).await;
    // With a patience that is not over at once.
    let builder = setting.builder(&app.id).runtime(DefaultRuntime);
    let client = builder.client_secret(app.secret.clone()).build().unwrap();
    assert!(client.introspect_signed(&token, None).await.unwrap().active);
    setting.provider.rotate_keys().await;
    // A client that does not know a key asks for it, and not more often than every few seconds.
    setting.advance(10);
    assert!(client.introspect_signed(&token, None).await.unwrap().active, "the new key is found");

    // What was meant for somebody else, played back.
    let other: Client = setting.client(&algorithm).await;
    let answer = signed_for(&setting, &app.id, &app.secret, &token).await;
    let replay = symbolon_test_provider::Answer::new(200).body("application/token-introspection+jwt", answer);
    setting.provider.answer_next("/oauth2/introspect", replay.clone());
    assert!(client.introspect_signed(&token, None).await.unwrap().active);
    setting.provider.answer_next("/oauth2/introspect", replay);
    assert!(matches!(other.introspect_signed(&token, None).await, Err(Error::Introspection(_))));
}

/// The bytes of the answer to a client.
async fn signed_for(setting: &Setting, id: &str, secret: &str, token: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.post(setting.provider.url("/oauth2/introspect")).basic_auth(id, Some(secret));
    let request = request.header("accept", "application/token-introspection+jwt").form(&[("token", token)]);
    request.send().await.unwrap().text().await.unwrap()
}
