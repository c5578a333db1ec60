//! Every key that comes, signs, or goes is told.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{DAY, rotate};
use crate::fixtures::signing_key;
use crate::support::{AuditFile, Call, TestServer};

const SET: &str = "hydra.openid.id-token";

fn private(kid: &str) -> Value {
    let (key, _) = signing_key(Algorithm::ES256, kid);
    serde_json::to_value(key.to_private_jwk()).unwrap()
}

#[tokio::test]
async fn what_an_administrator_does_with_keys_is_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| audit.on(config)).await;
    let new = json!({ "alg": "ES256", "use": "sig", "kid": "made" });
    server.admin(Call::post("/admin/keys/mine").json(&new)).await.expect(201);
    assert_eq!(audit.one("key_created")["set"], "mine");
    assert_eq!(audit.one("key_created")["kid"], "made");
    server.admin(Call::put("/admin/keys/mine/put").json(&private("put"))).await.expect(200);
    assert_eq!(audit.one("key_put")["kid"], "put");
    server.admin(Call::put("/admin/keys/mine").json(&json!({ "keys": [private("a")] }))).await.expect(200);
    assert_eq!(audit.one("key_set_replaced")["set"], "mine");
    server.admin(Call::delete("/admin/keys/mine/a")).await.expect(204);
    server.admin(Call::delete("/admin/keys/mine")).await.expect(204);
    let deleted: Vec<_> = audit.of("key_deleted").iter().map(|line| line["kid"].clone()).collect();
    assert_eq!(deleted, [json!("a"), json!("*")]);
    server.admin(Call::put(format!("/admin/keys/{SET}/brought")).json(&private("brought"))).await.expect(200);
    assert_eq!(audit.one("key_imported")["kid"], "brought");
    let rotated = rotate(&server, &json!({ "alg": "ES256", "set": "id-token" })).await;
    let told = audit.one("key_rotated");
    assert_eq!((&told["kid"], &told["algorithm"]), (&rotated[0]["kid"], &json!("ES256")));
    let (_, jwk) = signing_key(Algorithm::ES256, "x");
    assert!(!audit.text().contains("\"d\"") && jwk.get("d").is_none());
}

#[tokio::test]
async fn what_keys_do_by_themselves_is_told_without_a_request() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        config.symbolon.keys.rotation_period_seconds = 90 * DAY;
        audit.on(config);
    })
    .await;
    server.clock.advance(89 * DAY);
    server.server.keep_house().await;
    assert!(!audit.of("key_announced").is_empty());
    server.clock.advance(DAY);
    server.server.keep_house().await;
    let activated = audit.of("key_activated");
    assert!(!activated.is_empty());
    for line in audit.of("key_announced").iter().chain(&activated) {
        assert!(line["kid"].is_string() && line.get("request_id").is_none(), "{line}");
    }
    let without = AuditFile::new();
    let fewer = server
        .beside(2, |config| {
            config.symbolon.keys.offered_algorithms = vec![Algorithm::RS256, Algorithm::ES256];
            without.on(config);
        })
        .await;
    fewer.clock.advance(2 * DAY);
    fewer.server.keep_house().await;
    let mut gone: Vec<_> = without.of("keys_withdrawn").iter().map(|line| line["algorithm"].to_string()).collect();
    gone.sort_unstable();
    gone.dedup();
    assert_eq!(gone, ["\"EdDSA\"", "\"PS256\""]);
}

#[tokio::test]
async fn an_encryption_key_that_retires_is_told() {
    let audit = AuditFile::new();
    let server = TestServer::with(|config| {
        config.symbolon.keys.encryption = vec![symbolon_jose::jwe::KeyManagement::EcdhEs];
        audit.on(config);
    })
    .await;
    server.clock.advance(90 * DAY);
    server.server.keep_house().await;
    assert!(audit.one("key_retired")["kid"].is_string());
}
