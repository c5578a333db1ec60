//! Clients, and issuers that are trusted.

use serde_json::json;

use crate::fixtures::{confidential, metadata, with};
use crate::oidc_registration::{minimal, register};
use crate::rfc7523::grants::{distrust, trust, trusted};
use crate::support::{AuditFile, Call, TestServer};

#[tokio::test]
async fn the_life_of_a_client() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let client = confidential(&server).await;
    let created = audit.one("client_created");
    assert_eq!((&created["client_id"], &created["by"]), (&json!(client.id), &json!("administrator")));
    assert_eq!(created["address"], "127.0.0.1");
    let path = format!("/admin/clients/{}", client.id);
    let rotated = server.admin(Call::post(format!("{path}/secrets/rotate"))).await.expect(200).json();
    assert_eq!(audit.one("client_secret_rotated")["client_id"], client.id);
    server.admin(Call::delete(format!("{path}/secrets/rotate"))).await.expect(200);
    assert_eq!(audit.one("client_secrets_dropped")["client_id"], client.id);
    let changed = with(metadata(&client.id), &json!({ "client_name": "Another" }));
    server.admin(Call::put(&path).json(&changed)).await.expect(200);
    assert_eq!(audit.one("client_replaced")["client_id"], client.id);
    let tokens = "/admin/oauth2/tokens";
    server.admin(Call::delete(tokens).query(&[("client_id", &client.id)])).await.expect(204);
    assert_eq!(audit.one("client_tokens_revoked")["client_id"], client.id);
    server.admin(Call::delete(&path)).await.expect(204);
    assert_eq!(audit.one("client_deleted")["by"], "administrator");
    let text = audit.text();
    for secret in [client.secret.as_str(), rotated["client_secret"].as_str().unwrap()] {
        assert!(!text.contains(secret));
    }
}

#[tokio::test]
async fn only_access_tokens_end_where_that_is_configured() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        config.symbolon.compatibility.only_access_tokens_deleted = true;
        audit.on(config);
    })
    .await;
    let client = confidential(&server).await;
    server.admin(Call::delete("/admin/oauth2/tokens").query(&[("client_id", &client.id)])).await.expect(204);
    assert_eq!(audit.one("client_access_tokens_revoked")["client_id"], client.id);
}

#[tokio::test]
async fn a_client_that_registers_itself_is_told_as_such() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        config.oidc.dynamic_client_registration.enabled = true;
        audit.on(config);
    })
    .await;
    let client = register(&server, &minimal()).await;
    assert_eq!(audit.one("client_created")["by"], "registration");
    server.public(client.delete()).await.expect(204);
    let deleted = audit.one("client_deleted");
    assert_eq!((&deleted["client_id"], &deleted["by"]), (&json!(client.id), &json!("registration")));
    assert!(!audit.text().contains(&client.token) && !audit.text().contains(&client.secret));
}

#[tokio::test]
async fn trust_in_an_issuer_is_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let (_, jwk) = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "k");
    let id = trust(&server, &trusted(&jwk, &json!({}))).await;
    let told = audit.one("issuer_trusted");
    assert_eq!((&told["id"], &told["kid"]), (&json!(id), &json!("k")));
    distrust(&server, &id).await;
    assert_eq!(audit.one("issuer_distrusted")["id"], id.as_str());
}
