//! RFC 7516 as OpenID Connect Core §10.2 uses it: what is encrypted for a client, and what a client encrypts for the server.

mod answers;
mod keys;
mod metadata;
mod request_objects;

use serde_json::{Value, json};
use symbolon_jose::jwe::{DecryptionKey, Jwe, KeyManagement};

use crate::fixtures::{Registered, register, with};
use crate::support::TestServer;

/// A key of a client, and its public part.
fn client_key(alg: KeyManagement, kid: &str) -> (DecryptionKey, Value) {
    let key = DecryptionKey::generate(alg, kid.to_owned()).unwrap();
    let jwk = serde_json::to_value(key.public_jwk()).unwrap();
    (key, jwk)
}

/// A client with this key, and with changed members.
async fn client_with(server: &TestServer, jwk: &Value, changes: &Value) -> Registered {
    let everything = json!({
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": ["code", "id_token", "token", "code id_token"],
        "jwks": { "keys": [jwk] },
    });
    register(server, "reading", &with(everything, changes)).await
}

/// What is inside an encrypted message, and its content type.
#[track_caller]
fn opened(message: &str, key: &DecryptionKey) -> (String, Option<String>) {
    let message = Jwe::parse(message).unwrap_or_else(|fault| panic!("{fault}: {message}"));
    let text = String::from_utf8(message.decrypt(key).unwrap()).unwrap();
    (text, message.header().cty.clone())
}

/// The signed token inside an encrypted one.
#[track_caller]
fn token_in(message: &str, key: &DecryptionKey) -> String {
    let (token, cty) = opened(message, key);
    assert_eq!(cty.as_deref(), Some("JWT"), "RFC 7519 §5.2");
    token
}
