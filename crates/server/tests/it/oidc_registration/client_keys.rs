//! Keys of clients at their `jwks_uri` (RFC 7591 §2): fetched, kept, rotated, and hostile.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{Managed, minimal, register};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{RACERS, count, race, signing_key, with};
use crate::support::{Answer, Call, Listener, TestServer};

/// A client that authenticates with keys at an address.
pub(super) fn with_keys_at(uri: &str) -> Value {
    let own = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri, "grant_types": ["client_credentials"], "scope": "a" });
    with(with(minimal(), &own), &json!({ "token_endpoint_auth_signing_alg": "ES256" }))
}

pub(super) async fn assert_with(server: &TestServer, client: &Managed, key: &SigningKey) -> Answer {
    server.public(assertion(server, client, key)).await
}

/// A token request with a good assertion by this key.
fn assertion(server: &TestServer, client: &Managed, key: &SigningKey) -> Call {
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
    Call::post("/oauth2/token").form(&form)
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
    server.clock.advance(5);
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

/// A client with one key at an address, which was fetched once.
struct Fetched {
    server: TestServer,
    client: Managed,
    keys: ClientServer,
    key: SigningKey,
}

impl Fetched {
    async fn new() -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "known");
        let keys = ClientServer::listen(Reply::Json(json!({ "keys": [jwk] }))).await;
        let server = TestServer::new().await;
        let client = register(&server, &with_keys_at(&format!("{}/jwks", keys.url))).await;
        assert_with(&server, &client, &key).await.expect(200);
        assert_eq!(keys.count(), 1);
        Self { server, client, keys, key }
    }

    /// The status with which an assertion by this key is answered.
    async fn status(&self, key: &SigningKey) -> u16 {
        assert_with(&self.server, &self.client, key).await.status
    }
}

#[tokio::test]
async fn a_new_key_is_known_five_seconds_after_the_last_fetch() {
    let setting = Fetched::new().await;
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    setting.keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    for (seconds, status, fetches) in [(4, 401, 1), (1, 200, 2), (0, 200, 2)] {
        setting.server.clock.advance(seconds);
        assert_eq!((setting.status(&new).await, setting.keys.count()), (status, fetches));
    }
    assert_eq!(setting.status(&setting.key).await, 401, "a key that is gone counts no more");
}

#[tokio::test]
async fn a_wrong_signature_under_a_known_name_is_looked_for_like_an_unknown_name() {
    let setting = Fetched::new().await;
    let (forger, _) = signing_key(Algorithm::ES256, "known");
    for second in 1..=30_usize {
        setting.server.clock.advance(1);
        for _ in 0..3 {
            assert_eq!(setting.status(&forger).await, 401);
        }
        assert_eq!(setting.keys.count(), 1 + second / 5);
    }
    // A client that put another key under the same name is heard as soon as one with another name.
    let (replaced, replaced_jwk) = signing_key(Algorithm::ES256, "known");
    setting.keys.set(Reply::Json(json!({ "keys": [replaced_jwk] })));
    setting.server.clock.advance(5);
    assert_eq!(setting.status(&replaced).await, 200);
    assert_eq!(setting.status(&setting.key).await, 401);
}

#[tokio::test]
async fn strangers_with_ever_new_names_cause_one_fetch_in_five_seconds() {
    let setting = Fetched::new().await;
    for second in 1..=30_usize {
        setting.server.clock.advance(1);
        for name in 0..3 {
            let (stranger, _) = signing_key(Algorithm::ES256, &format!("{second}-{name}"));
            assert_eq!(setting.status(&stranger).await, 401);
        }
        assert_eq!(setting.keys.count(), 1 + second / 5);
        assert_eq!(setting.status(&setting.key).await, 200, "the honest client does not notice");
    }
}

#[tokio::test]
async fn a_key_without_a_name_is_looked_for_like_an_unknown_one() {
    let setting = Fetched::new().await;
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    setting.keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    let now = setting.server.clock.now();
    let claims = json!({
        "iss": setting.client.id, "sub": setting.client.id, "aud": setting.server.public_url(), "jti": "nameless",
        "iat": now, "exp": now + 60,
    });
    let encoded = |part: &Value| symbolon_jose::digest::base64url(part.to_string().as_bytes());
    let input = format!("{}.{}", encoded(&json!({ "alg": "ES256" })), encoded(&claims));
    let signature = symbolon_jose::digest::base64url(&new.sign_bytes(input.as_bytes()).unwrap());
    let nameless = format!("{input}.{signature}");
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "a"),
        ("client_assertion_type", crate::rfc7523::JWT_BEARER),
        ("client_assertion", &nameless),
    ];
    setting.server.public(Call::post("/oauth2/token").form(&form)).await.expect(401);
    assert_eq!(setting.keys.count(), 1);
    setting.server.clock.advance(5);
    setting.server.public(Call::post("/oauth2/token").form(&form)).await.expect(200);
    assert_eq!(setting.keys.count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_assertions_by_a_new_key_at_once_make_one_fetch() {
    let setting = Fetched::new().await;
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    setting.keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    setting.server.clock.advance(5);
    let calls = (0..RACERS).map(|_| assertion(&setting.server, &setting.client, &new)).collect();
    let answers = race(&setting.server, Listener::Public, calls).await;
    assert_eq!((count(&answers, 200), setting.keys.count()), (RACERS, 2));
}

#[tokio::test]
async fn requests_that_are_given_up_do_not_each_begin_a_fetch() {
    let setting = Fetched::new().await;
    let (stranger, _) = signing_key(Algorithm::ES256, "stranger");
    setting.keys.set(Reply::Slow(Duration::from_millis(600)));
    setting.server.clock.advance(5);
    for _ in 0..5 {
        let call = assert_with(&setting.server, &setting.client, &stranger);
        assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err(), "it waits for the fetch");
    }
    assert_eq!(setting.status(&stranger).await, 401);
    assert_eq!(setting.keys.count(), 2, "the first fetch went on, the others waited for it");
    assert_eq!(setting.status(&setting.key).await, 200);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_keep_old_keys() {
    let setting = Fetched::new().await;
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    setting.keys.set(Reply::Json(json!({ "keys": [new_jwk] })));
    setting.server.clock.advance(-3600);
    assert_eq!((setting.status(&new).await, setting.keys.count()), (200, 2));
}
