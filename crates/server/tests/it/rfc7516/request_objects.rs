//! Encrypted request objects (RFC 9101 §6.1, OpenID Connect Core §6.1): opened first, and then objects like all others.

use serde_json::{Value, json};
use symbolon_jose::jwe::{ContentEncryption, DecryptionKey, EncryptionKey, Envelope, KeyManagement};
use symbolon_jose::{Algorithm, JwkSet, SigningKey};

use crate::fixtures::{Registered, authorize, outcome, register, request, set, signing_key, with};
use crate::support::{CODE_CHALLENGE, Call, Pairs, REDIRECT_URI, STATE, TestServer, pair};

const INSIDE: &str = "state-of-the-object";
const BOTH: [KeyManagement; 2] = [KeyManagement::RsaOaep256, KeyManagement::EcdhEs];

/// A client that signs, and encrypts for the server.
struct Secretive {
    server: TestServer,
    client: Registered,
    key: SigningKey,
}

impl Secretive {
    async fn new(changes: Value) -> Self {
        let server = TestServer::with(|config| config.symbolon.keys.encryption = BOTH.to_vec()).await;
        Self::at(server, changes).await
    }

    async fn at(server: TestServer, changes: Value) -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let client = register(&server, "app", &with(json!({ "jwks": { "keys": [jwk] } }), &changes)).await;
        Self { server, client, key }
    }

    fn signed(&self) -> String {
        let claims = json!({
            "client_id": self.client.id, "aud": self.server.public_url(), "response_type": "code", "state": INSIDE,
            "redirect_uri": REDIRECT_URI, "scope": "openid", "nonce": "nonce-of-the-object", "prompt": "none",
            "code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256",
        });
        self.key.sign(Some("oauth-authz-req+jwt"), &claims).unwrap()
    }

    fn with_object(&self, object: &str) -> Pairs {
        set(&request(&self.client.id), "request", object)
    }

    /// The request with this object reached the checks: nobody is signed in.
    async fn is_read(&self, object: &str) -> bool {
        let answer = authorize(&self.server, &self.with_object(object)).await;
        let (outcome, state) = (outcome(&answer), pair(&answer.location_query(), "state").map(str::to_owned));
        if outcome == "client login_required" {
            assert_eq!(state.as_deref(), Some(INSIDE));
            return true;
        }
        assert_eq!((outcome.as_str(), state.as_deref()), ("client invalid_request_object", Some(STATE)), "{object}");
        false
    }
}

/// The keys that a server publishes for encryption.
pub(super) async fn published(server: &TestServer) -> Vec<EncryptionKey> {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let set: JwkSet = serde_json::from_value(set).unwrap();
    let marked = set.keys.iter().filter(|key| key.use_.as_deref() == Some("enc"));
    marked.map(|key| EncryptionKey::from_jwk(key).unwrap()).collect()
}

pub(super) fn sealed(key: &EncryptionKey, alg: KeyManagement, enc: ContentEncryption, text: &str) -> String {
    key.encrypt(&Envelope { alg, enc, cty: Some("JWT") }, text.as_bytes()).unwrap()
}

#[tokio::test]
async fn an_object_is_opened_and_then_verified() {
    let secretive = Secretive::new(json!({})).await;
    let keys = published(&secretive.server).await;
    assert_eq!(keys.len(), 2);
    let signed = secretive.signed();
    for key in &keys {
        for &enc in ContentEncryption::all() {
            let alg =
                if key.accepts(KeyManagement::RsaOaep256) { KeyManagement::RsaOaep256 } else { KeyManagement::EcdhEs };
            assert!(secretive.is_read(&sealed(key, alg, enc, &signed)).await, "{alg} {enc}");
        }
    }
    let object = sealed(&keys[1], KeyManagement::EcdhEs, ContentEncryption::A128Gcm, &signed);
    let pushed = secretive.server.public(secretive.client.form("/oauth2/par", &[("request", &object)])).await;
    pushed.expect(201);
}

/// The published key names one algorithm; who leaves that out may wrap as well.
#[tokio::test]
async fn every_advertised_algorithm_is_opened() {
    let secretive = Secretive::new(json!({})).await;
    let set = secretive.server.public(Call::get("/.well-known/jwks.json")).await.json();
    let set: JwkSet = serde_json::from_value(set).unwrap();
    let signed = secretive.signed();
    let mut seen = 0;
    for jwk in set.keys.into_iter().filter(|jwk| jwk.use_.as_deref() == Some("enc")) {
        let key = EncryptionKey::from_jwk(&symbolon_jose::Jwk { alg: None, ..jwk }).unwrap();
        for alg in KeyManagement::all().iter().copied().filter(|alg| key.accepts(*alg)) {
            assert!(secretive.is_read(&sealed(&key, alg, ContentEncryption::A256Gcm, &signed)).await, "{alg}");
            seen += 1;
        }
    }
    assert_eq!(seen, KeyManagement::all().len());
}

#[tokio::test]
async fn what_does_not_open_or_is_not_signed_inside_is_refused() {
    let secretive = Secretive::new(json!({})).await;
    let keys = published(&secretive.server).await;
    let (alg, enc) = (KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256);
    let own = keys.iter().find(|key| key.accepts(alg)).unwrap();
    let signed = secretive.signed();
    let good = sealed(own, alg, enc, &signed);
    let strangers = DecryptionKey::generate(alg, own.kid().unwrap().to_owned()).unwrap();
    let strangers = EncryptionKey::from_jwk(&strangers.public_jwk()).unwrap();
    let unknown = DecryptionKey::generate(alg, "unknown".to_owned()).unwrap();
    let unknown = EncryptionKey::from_jwk(&unknown.public_jwk()).unwrap();
    let forged = signing_key(Algorithm::ES256, "k1").0.sign(None, &json!({ "client_id": "app" })).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    for (how, object) in [
        ("for another key of this name", sealed(&strangers, alg, enc, &signed)),
        ("for an unknown key", sealed(&unknown, alg, enc, &signed)),
        ("cut", good[..good.len() - 4].to_owned()),
        ("without a tag", format!("{}.{}.{}.{}.", parts[0], parts[1], parts[2], parts[3])),
        ("of four parts", parts[..4].join(".")),
        ("of six parts", format!("{good}.AAAA")),
        ("claims without a signature", sealed(own, alg, enc, "{\"client_id\":\"app\"}")),
        ("another signature", sealed(own, alg, enc, &forged)),
        ("encrypted twice", sealed(own, alg, enc, &good)),
        ("empty", sealed(own, alg, enc, "")),
        ("five empty parts", "....".to_owned()),
    ] {
        assert!(!secretive.is_read(&object).await, "{how}");
    }
    assert!(secretive.is_read(&good).await);
}

#[tokio::test]
async fn registered_algorithms_are_the_only_ones() {
    let registered = json!({
        "request_object_encryption_alg": "ECDH-ES", "request_object_encryption_enc": "A256GCM",
        "request_object_signing_alg": "ES256",
    });
    let secretive = Secretive::new(registered).await;
    let keys = published(&secretive.server).await;
    let signed = secretive.signed();
    for (alg, enc, read) in [
        (KeyManagement::EcdhEs, ContentEncryption::A256Gcm, true),
        (KeyManagement::EcdhEs, ContentEncryption::A128Gcm, false),
        (KeyManagement::RsaOaep256, ContentEncryption::A256Gcm, false),
    ] {
        let key = keys.iter().find(|key| key.accepts(alg)).unwrap();
        assert_eq!(secretive.is_read(&sealed(key, alg, enc, &signed)).await, read, "{alg} {enc}");
    }
    // OpenID Connect Dynamic Client Registration §2: the client may encrypt, and need not.
    assert!(secretive.is_read(&signed).await);
}

#[tokio::test]
async fn a_server_without_a_key_publishes_none_and_opens_nothing() {
    let secretive = Secretive::at(TestServer::new().await, json!({})).await;
    assert!(published(&secretive.server).await.is_empty());
    let other = Secretive::new(json!({})).await;
    let keys = published(&other.server).await;
    let object = sealed(&keys[1], KeyManagement::EcdhEs, ContentEncryption::A128Gcm, &secretive.signed());
    assert!(!secretive.is_read(&object).await);
}
