//! The life of the keys that clients encrypt with.

use symbolon_jose::jwe::{ContentEncryption, KeyManagement};
use symbolon_server::config::Config;

use super::request_objects::{published, sealed};
use crate::fixtures::{authorize, register, request, set, signing_key};
use crate::support::{Call, TestServer};

const ALG: KeyManagement = KeyManagement::EcdhEs;

fn on(config: &mut Config) {
    config.symbolon.keys.encryption = vec![ALG];
}

/// Whether a server opens what was encrypted with a key: then it finds that the client did not sign it.
async fn opens(server: &TestServer, key: &symbolon_jose::jwe::EncryptionKey) -> bool {
    let (stranger, _) = signing_key(symbolon_jose::Algorithm::ES256, "k");
    let object = stranger.sign(None, &serde_json::json!({})).unwrap();
    let object = sealed(key, ALG, ContentEncryption::A128Gcm, &object);
    let answer = authorize(server, &set(&request("app"), "request", &object)).await;
    match answer.location_parameter("error_description").unwrap() {
        told if told.contains("not signed with a key") => true,
        told => {
            assert!(told.contains("cannot be decrypted"), "{told}");
            false
        }
    }
}

#[tokio::test]
async fn a_key_is_followed_by_a_new_one_and_opens_for_a_while() {
    let server = TestServer::with(on).await;
    let (_, jwk) = signing_key(symbolon_jose::Algorithm::ES256, "k");
    register(&server, "app", &serde_json::json!({ "jwks": { "keys": [jwk] } })).await;
    let first = published(&server).await.remove(0);
    server.server.keep_house().await;
    assert_eq!(published(&server).await[0].kid(), first.kid(), "it is young");
    let period = 2_160 * 3_600;
    server.clock.advance(period);
    server.server.keep_house().await;
    let second = published(&server).await;
    assert_eq!(second.len(), 1, "the old one is not published any more");
    assert_ne!(second[0].kid(), first.kid());
    assert!(opens(&server, &first).await && opens(&server, &second[0]).await);
    server.clock.advance(29 * 24 * 3_600);
    server.server.keep_house().await;
    assert!(opens(&server, &first).await);
    server.clock.advance(2 * 24 * 3_600);
    server.server.keep_house().await;
    assert!(!opens(&server, &first).await);
    assert!(opens(&server, &second[0]).await);
}

#[tokio::test]
async fn nodes_know_each_others_keys() {
    TestServer::each_database_with(on, async |one| {
        let (_, jwk) = signing_key(symbolon_jose::Algorithm::ES256, "k");
        register(one, "app", &serde_json::json!({ "jwks": { "keys": [jwk] } })).await;
        let other = one.beside(2, on).await;
        let key = published(one).await.remove(0);
        assert_eq!(published(&other).await[0].kid(), key.kid(), "one key for all");
        one.clock.advance(2_160 * 3_600);
        one.server.keep_house().await;
        let next = published(one).await.remove(0);
        assert_ne!(next.kid(), key.kid());
        // The other node has not looked at the database since, and does so when it meets the new name.
        assert!(opens(&other, &next).await && opens(&other, &key).await);
    })
    .await;
}

#[tokio::test]
async fn a_kind_that_is_not_wanted_any_more_is_not_published() {
    let server = TestServer::with(on).await;
    let later = server.beside(2, |_| {}).await;
    assert!(published(&later).await.is_empty());
    later.server.keep_house().await;
    assert_eq!(published(&server).await.len(), 1, "a node with the former configuration keeps its key for a day");
    server.clock.advance(24 * 3_600);
    later.server.keep_house().await;
    assert!(published(&later).await.is_empty());
    let set = later.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    assert!(set["keys"].as_array().unwrap().iter().all(|key| key["use"] == "sig"));
}

#[tokio::test]
async fn keys_for_encryption_are_public_complete_and_named() {
    let server = TestServer::with(|config| {
        config.symbolon.keys.encryption = vec![KeyManagement::RsaOaep256, KeyManagement::EcdhEs];
    })
    .await;
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let keys: Vec<_> = set["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "enc").collect();
    let algorithms: Vec<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    assert_eq!(algorithms.len(), 2);
    assert!(algorithms.contains(&"RSA-OAEP-256") && algorithms.contains(&"ECDH-ES"));
    for key in keys {
        assert!(key["kid"].is_string() && key["kty"].is_string(), "{key}");
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{key}");
        }
    }
}

#[tokio::test]
async fn an_operator_may_look_and_delete_and_a_new_key_takes_the_place() {
    const SET: &str = "/admin/keys/symbolon.encryption";
    let server = TestServer::with(on).await;
    let (_, jwk) = signing_key(symbolon_jose::Algorithm::ES256, "k");
    register(&server, "app", &serde_json::json!({ "jwks": { "keys": [jwk] } })).await;
    let first = published(&server).await.remove(0);
    let shown = server.admin(Call::get(SET)).await.expect(200).json();
    assert_eq!(shown["keys"][0]["kid"], first.kid().unwrap());
    assert!(shown["keys"][0]["d"].is_string(), "as of the other sets, unless symbolon.keys.export is off");
    let call = || Call::post(SET).json(&serde_json::json!({ "alg": "ES256", "use": "sig", "kid": "k" }));
    server.admin(call()).await.expect(400);
    server.admin(Call::put(SET).json(&serde_json::json!({ "keys": [jwk] }))).await.expect(400);
    server.admin(Call::delete(format!("{SET}/{}", first.kid().unwrap()))).await.expect(204);
    let second = published(&server).await.remove(0);
    assert_ne!(second.kid(), first.kid());
    assert!(opens(&server, &second).await && !opens(&server, &first).await);
    let silent = TestServer::with(|config| {
        on(config);
        config.symbolon.keys.export = false;
    })
    .await;
    let shown = silent.admin(Call::get(SET)).await.expect(200).json();
    assert!(shown["keys"][0].get("d").is_none(), "{shown}");
}
