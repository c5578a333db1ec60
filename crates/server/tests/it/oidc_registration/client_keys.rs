//! Keys of clients at their `jwks_uri` (RFC 7591 §2): fetched, kept, rotated, and hostile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{Managed, minimal, register};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{signing_key, with};
use crate::support::{Answer, Call, TestServer};

/// A client that authenticates with keys at an address.
pub(super) fn with_keys_at(uri: &str) -> Value {
    let own = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri, "grant_types": ["client_credentials"], "scope": "a" });
    with(with(minimal(), &own), &json!({ "token_endpoint_auth_signing_alg": "ES256" }))
}

pub(super) async fn assert_with(server: &TestServer, client: &Managed, key: &SigningKey) -> Answer {
    let now = server.clock.now();
    let id: u64 = rand_id();
    let claims = json!({
        "iss": client.id, "sub": client.id, "aud": server.public_url(), "jti": format!("jti-{id}"), "iat": now, "exp": now + 60,
    });
    let assertion = key.sign(Some("JWT"), &claims).unwrap();
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "a"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    server.public(Call::post("/oauth2/token").form(&form)).await
}

/// Another number each time.
fn rand_id() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test]
async fn keys_at_an_address_may_be_rotated_at_any_time() {
    let (old, old_jwk) = signing_key(Algorithm::ES256, "old");
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    let keys = ClientServer::listen(Reply::Json(json!({ "keys": [old_jwk] }))).await;
    let server = TestServer::new().await;
    let client = register(&server, &with_keys_at(&format!("{}/jwks", keys.url))).await;
    for _ in 0..3 {
        assert_with(&server, &client, &old).await.expect(200);
    }
    assert_eq!(keys.count(), 1, "known keys are kept");
    assert_with(&server, &client, &new).await.expect(401);
    assert_eq!(keys.count(), 1, "the same document is not fetched twice in a moment");
    keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    server.clock.advance(11);
    assert_with(&server, &client, &new).await.expect(200);
    assert_eq!(keys.count(), 2, "an unknown key is a reason to look again at once");
    assert_with(&server, &client, &old).await.expect(401);
    // While the client's server is down, the known keys do.
    keys.set(Reply::Status(503));
    server.clock.advance(301);
    assert_with(&server, &client, &new).await.expect(200);
}

#[tokio::test]
async fn hostile_key_addresses_fail_the_client_and_nobody_else() {
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let good = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
    let keys = ClientServer::listen(Reply::Endless).await;
    let server = TestServer::new().await;
    let client = register(&server, &with_keys_at(&keys.url)).await;
    let replies = [
        Reply::Endless,
        Reply::Redirect(format!("{}/jwks", good.url)),
        Reply::HangUp,
        Reply::Status(404),
        Reply::Json(json!([])),
        Reply::Json(json!({ "keys": "x" })),
        Reply::Json(json!({ "keys": [{ "kty": "oct", "k": "AA" }] })),
        Reply::Text("{".repeat(100_000)),
    ];
    for reply in replies {
        keys.set(reply);
        server.clock.advance(301);
        keys.take();
        for _ in 0..5 {
            let answer = assert_with(&server, &client, &key).await.expect(401);
            assert_eq!(answer.error().as_deref(), Some("invalid_client"));
        }
        assert!(keys.count() <= 2, "nobody can make us call in a loop: {}", keys.count());
    }
    assert_eq!(good.count(), 0);
    keys.set(Reply::Slow(Duration::from_secs(60)));
    server.clock.advance(301);
    let honest = register(&server, &with_keys_at(&good.url)).await;
    let begin = Instant::now();
    let hanging = tokio::time::timeout(Duration::from_millis(500), assert_with(&server, &client, &key));
    let (_, answer) = tokio::join!(hanging, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_with(&server, &honest, &key).await
    });
    answer.expect(200);
    assert!(begin.elapsed() < Duration::from_secs(5), "one client's server that hangs holds up no other");
}
