//! The guard of private addresses (`clients.http.disallow_private_ip_ranges`): at registration, and again at each call.

use serde_json::json;
use symbolon_jose::Algorithm;

use super::client_keys::{assert_with, with_keys_at};
use super::{assert_error, minimal, post, register};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{signing_key, with};
use crate::support::{Call, Profile, TestServer};

pub(super) const METADATA: &str = "invalid_client_metadata";

/// Addresses inside, in every disguise.
pub(super) const INSIDE: [&str; 14] = [
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f.0.0.1/x",
    "https://0177.0.0.1/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[64:ff9b::a00:1]/x",
    "https://10.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://192.168.1.1/x",
    "https://0.0.0.0/x",
    "https://localhost/x",
    "https://localhost./x",
];

#[tokio::test]
async fn addresses_inside_are_not_registered() {
    let server = TestServer::with(|config| config.clients.http.disallow_private_ip_ranges = true).await;
    let client = register(&server, &minimal()).await;
    for inside in INSIDE {
        for member in ["jwks_uri", "backchannel_logout_uri", "sector_identifier_uri"] {
            let body = with(minimal(), &json!({ member: inside }));
            for call in [
                Call::post("/oauth2/register").json(&body),
                client.replace(&body),
                Call::post("/admin/clients").json(&body),
            ] {
                let answer = if call.target.starts_with("/admin") {
                    server.admin(call).await
                } else {
                    server.public(call).await
                };
                assert_error(&answer, 400, METADATA);
                assert!(answer.member("error_description").contains(member), "{inside}: {}", answer.text());
            }
        }
        let body = with(minimal(), &json!({ "request_uris": ["https://1.1.1.1/x", inside] }));
        assert_error(&post(&server, &body).await, 400, METADATA);
    }
    let nowhere = with(minimal(), &json!({ "jwks_uri": "https://nowhere.invalid/jwks" }));
    assert_error(&post(&server, &nowhere).await, 400, METADATA);
    for scheme in ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://1.1.1.1/"] {
        assert_error(&post(&server, &with(minimal(), &json!({ "jwks_uri": scheme }))).await, 400, METADATA);
    }
    register(&server, &with(minimal(), &json!({ "jwks_uri": "https://1.1.1.1/jwks" }))).await;
}

#[tokio::test]
async fn a_name_is_judged_again_when_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let dsn = format!("sqlite://{}/guard.db", folder.path().display());
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
    let by_name = keys.url.replace("127.0.0.1", "localhost");
    let open = TestServer::with(|config| config.dsn.clone_from(&dsn)).await;
    let clients = [register(&open, &with_keys_at(&keys.url)).await, register(&open, &with_keys_at(&by_name)).await];
    for client in &clients {
        assert_with(&open, client, &key).await.expect(200);
    }
    open.server.store().close().await;
    keys.take();
    // What was stored while everything was allowed, as a name that changed its meaning would be, is refused at the call.
    let mut config = Profile::Base.config();
    config.dsn.clone_from(&dsn);
    config.clients.http.disallow_private_ip_ranges = true;
    let guarded = TestServer::start_at(config.clone(), open.clock.clone(), 2).await;
    for client in &clients {
        assert_with(&guarded, client, &key).await.expect(401);
    }
    assert_eq!(keys.count(), 0, "no connection was made");
    guarded.server.store().close().await;
    // An operator may name exceptions, exactly.
    config.clients.http.private_ip_exception_urls = vec![keys.url.clone()];
    let excepted = TestServer::start_at(config, open.clock.clone(), 3).await;
    assert_with(&excepted, &clients[0], &key).await.expect(200);
    assert_with(&excepted, &clients[1], &key).await.expect(401);
    assert_eq!(keys.count(), 1);
}
