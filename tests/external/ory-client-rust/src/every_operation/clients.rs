//! Clients, made by the administrator or by themselves, and what the server says about itself.

use ory_client::apis::configuration::Configuration;
use ory_client::apis::metadata_api::get_version;
use ory_client::apis::o_auth2_api::{
    delete_o_auth2_client, delete_rotated_o_auth2_client_secrets, get_o_auth2_client, list_o_auth2_clients,
    oauth2_token_exchange, patch_o_auth2_client, rotate_o_auth2_client_secret, set_o_auth2_client,
    set_o_auth2_client_lifespans,
};
use ory_client::apis::oidc_api::{
    create_oidc_dynamic_client, delete_oidc_dynamic_client, discover_oidc_configuration, get_oidc_dynamic_client,
    set_oidc_dynamic_client,
};
use ory_client::apis::wellknown_api::discover_json_web_keys;
use ory_client::models::json_patch::OpEnum;
use ory_client::models::{JsonPatch, OAuth2Client, OAuth2ClientTokenLifespans, OAuth2TokenExchange};
use reqwest::StatusCode;
use serde_json::json;

use super::Sdk;
use crate::server::refusal;

/// Tokens that the client gets for itself; the status where it is refused.
async fn tokens_of(sdk: &Sdk, client: &OAuth2Client) -> Result<OAuth2TokenExchange, StatusCode> {
    let exchange =
        oauth2_token_exchange(&sdk.as_client(client), "client_credentials", None, None, None, None, None).await;
    exchange.map_err(|error| refusal(error).0)
}

pub async fn live(sdk: &Sdk) {
    let admin = sdk.admin();
    assert!(!get_version(&admin).await.unwrap().version.is_empty());
    let created = sdk.client("administered").await;
    let id = created.client_id.clone().unwrap();
    let read = get_o_auth2_client(&admin, &id).await.unwrap();
    assert_eq!((&read.client_name, &read.client_secret), (&created.client_name, &None));
    let wanted = OAuth2Client { metadata: Some(json!({"team": "north"})), ..read };
    let changed = set_o_auth2_client(&admin, &id, wanted).await.unwrap();
    assert_eq!(changed.metadata, Some(json!({"team": "north"})));
    let name = created.client_name.as_deref();
    let listed = list_o_auth2_clients(&admin, None, None, name, None).await.unwrap();
    assert_eq!(listed.iter().map(|client| client.client_id.as_ref()).collect::<Vec<_>>(), [Some(&id)]);

    let replacement = JsonPatch {
        value: Some(Some(json!("https://app.example"))),
        ..JsonPatch::new(OpEnum::Replace, "/client_uri".to_owned())
    };
    let patched = patch_o_auth2_client(&admin, &id, vec![replacement]).await.unwrap();
    assert_eq!(patched.client_uri.as_deref(), Some("https://app.example"));
    assert_eq!(patched.client_name, created.client_name);

    let lifespans = OAuth2ClientTokenLifespans {
        client_credentials_grant_access_token_lifespan: Some(Some("7m0s".to_owned())),
        ..OAuth2ClientTokenLifespans::new()
    };
    let limited = set_o_auth2_client_lifespans(&admin, &id, Some(lifespans)).await.unwrap();
    assert_eq!(limited.client_credentials_grant_access_token_lifespan, Some(Some("7m0s".to_owned())));
    assert_eq!(tokens_of(sdk, &created).await.unwrap().expires_in, Some(420));

    let rotated = rotate_o_auth2_client_secret(&admin, &id, None).await.unwrap();
    assert_ne!(rotated.client_secret, created.client_secret);
    for client in [&created, &rotated] {
        assert!(tokens_of(sdk, client).await.is_ok());
    }
    delete_rotated_o_auth2_client_secrets(&admin, &id).await.unwrap();
    assert!(tokens_of(sdk, &rotated).await.is_ok());
    assert_eq!(tokens_of(sdk, &created).await.unwrap_err(), StatusCode::UNAUTHORIZED);

    delete_o_auth2_client(&admin, &id).await.unwrap();
    assert_eq!(refusal(get_o_auth2_client(&admin, &id).await.unwrap_err()).0, StatusCode::NOT_FOUND);
}

pub async fn register_themselves(sdk: &Sdk) {
    let document = discover_oidc_configuration(&sdk.public()).await.unwrap();
    assert!(document.registration_endpoint.is_some());
    let keys = discover_json_web_keys(&sdk.public()).await.unwrap().keys.unwrap();
    assert!(!keys.is_empty() && keys.iter().all(|key| key.r#use == "sig" && key.d.is_none()));

    let with = |token: Option<String>| Configuration { bearer_access_token: token, ..sdk.public() };
    let metadata = OAuth2Client {
        client_name: Some("Weather".to_owned()),
        redirect_uris: Some(vec!["https://app.example/callback".to_owned()]),
        ..OAuth2Client::new()
    };
    let created = create_oidc_dynamic_client(&sdk.public(), metadata).await.unwrap();
    let (id, token) = (created.client_id.unwrap(), created.registration_access_token);
    let read = get_oidc_dynamic_client(&with(token.clone()), &id).await.unwrap();
    assert_eq!((read.client_name.as_deref(), &read.client_secret), (Some("Weather"), &None));
    let wanted = OAuth2Client { client_name: Some("Weather 2".to_owned()), ..read };
    let changed = set_oidc_dynamic_client(&with(token), &id, wanted).await.unwrap();
    assert_eq!(changed.client_name.as_deref(), Some("Weather 2"));
    let token = changed.registration_access_token;
    delete_oidc_dynamic_client(&with(token.clone()), &id).await.unwrap();
    let gone = get_oidc_dynamic_client(&with(token), &id).await;
    assert_eq!(refusal(gone.unwrap_err()).0, StatusCode::UNAUTHORIZED);
}
