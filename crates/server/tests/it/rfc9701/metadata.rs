//! What may be registered, and what is advertised (RFC 8414 §2, RFC 9701 §6, §7).

use serde_json::{Value, json};

use super::on;
use crate::fixtures::{metadata, with};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn an_administrator_alone_makes_resource_servers() {
    let open = TestServer::with(on).await;
    let body = json!({ "redirect_uris": ["https://app.example/cb"], "resource_server": true });
    let answer = open.public(Call::post("/oauth2/register").json(&body)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"));
    let server = TestServer::with(|config| {
        on(config);
        config.symbolon.registration.policy = symbolon_server::config::RegistrationRights::Restricted;
    })
    .await;
    for (member, value) in [
        ("resource_server", json!(true)),
        ("introspection_signed_response_alg", json!("ES256")),
        ("introspection_encrypted_response_alg", json!("ECDH-ES")),
        ("introspection_encrypted_response_enc", json!("A128GCM")),
    ] {
        let body = json!({ "redirect_uris": ["https://app.example/cb"], member: value });
        let answer = server.public(Call::post("/oauth2/register").json(&body)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"), "{member}");
    }
}

#[tokio::test]
async fn a_resource_server_authenticates_and_its_algorithms_are_known() {
    let server = TestServer::with(on).await;
    for (settings, status) in [
        (json!({ "resource_server": true }), 201),
        (json!({ "resource_server": true, "token_endpoint_auth_method": "none" }), 400),
        (json!({ "introspection_signed_response_alg": "none" }), 400),
        (json!({ "introspection_signed_response_alg": "HS256" }), 400),
        (json!({ "introspection_signed_response_alg": "ES256" }), 201),
        (json!({ "introspection_encrypted_response_alg": "ECDH-ES" }), 400),
        (json!({ "introspection_encrypted_response_enc": "A128GCM" }), 400),
    ] {
        let body = with(metadata(""), &settings);
        let answer = server.admin(Call::post("/admin/clients").json(&body)).await;
        assert_eq!(answer.status, status, "{settings}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_endpoint_is_advertised_with_all_that_belongs_to_it() {
    let server = TestServer::with(on).await;
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.json();
    assert_eq!(document["introspection_endpoint"], format!("{}/oauth2/introspect", server.public_url()));
    let methods = document["introspection_endpoint_auth_methods_supported"].as_array().unwrap();
    assert!(methods.contains(&json!("client_secret_basic")) && !methods.contains(&json!("none")));
    for (member, same) in [
        ("introspection_signing_alg_values_supported", "id_token_signing_alg_values_supported"),
        ("introspection_encryption_alg_values_supported", "id_token_encryption_alg_values_supported"),
        ("introspection_encryption_enc_values_supported", "id_token_encryption_enc_values_supported"),
        (
            "introspection_endpoint_auth_signing_alg_values_supported",
            "token_endpoint_auth_signing_alg_values_supported",
        ),
    ] {
        assert_ne!(document[member], Value::Null, "{member}");
        assert_eq!(document[member], document[same], "{member}");
    }
}
