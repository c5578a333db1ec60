//! RFC 9101, OpenID Connect Core §6: parameters that a client signed, by value and by reference.

mod by_reference;
mod errors;
mod matrix;
mod merging;
mod profiles;
mod signatures;
mod strict;

use serde_json::{Value, json};
use symbolon_jose::digest::base64url;
use symbolon_jose::{Algorithm, SigningKey};

use crate::fixtures::{Registered, register, request, set, signing_key, with};
use crate::support::{CODE_CHALLENGE, Pairs, REDIRECT_URI, TestServer};

/// What RFC 9101 §10.8 calls a request object.
const TYPED: &str = "oauth-authz-req+jwt";
/// The state that objects have.
const INSIDE: &str = "state-of-the-object";

/// A server with a client that signs.
struct Signing {
    server: TestServer,
    client: Registered,
    key: SigningKey,
}

impl Signing {
    async fn new() -> Self {
        Self::with(json!({})).await
    }

    async fn with(changes: Value) -> Self {
        let server = TestServer::new().await;
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let client = register(&server, "signing", &with(json!({ "jwks": { "keys": [jwk] } }), &changes)).await;
        Self { server, client, key }
    }

    /// The claims of a good object, with changed members; `null` removes one.
    fn claims(&self, changes: &Value) -> Value {
        let good = json!({
            "iss": self.client.id, "aud": self.server.public_url(), "client_id": self.client.id, "response_type": "code",
            "redirect_uri": REDIRECT_URI, "scope": "openid photos.read", "state": INSIDE, "nonce": "nonce-of-the-object",
            "code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256",
            "exp": self.server.clock.now() + 300, "nbf": self.server.clock.now(),
        });
        with(good, changes)
    }

    /// A good object with changed members.
    fn object(&self, changes: &Value) -> String {
        self.key.sign(Some("JWT"), &self.claims(changes)).unwrap()
    }

    /// An ordinary OpenID Connect request with an object.
    fn request(&self, object: &str) -> Pairs {
        set(&request(&self.client.id), "request", object)
    }
}

/// `client_id` and an object, and nothing else.
fn alone(client_id: &str, object: &str) -> Pairs {
    [("client_id", client_id), ("request", object)].map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn encoded(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| base64url(value.to_string().as_bytes());
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn unsigned(claims: &Value) -> String {
    encoded(&json!({ "alg": "none" }), claims, "")
}
