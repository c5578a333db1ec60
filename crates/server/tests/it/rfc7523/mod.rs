//! RFC 7523 §2.2, OpenID Connect Core §9: clients that authenticate with a statement they signed (`private_key_jwt`).
//! §2.1: statements of an issuer that is trusted, as grants.

mod claims;
pub(crate) mod grants;
mod races;
pub(crate) mod shared_secret;
mod signatures;
mod trusted_issuers;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use symbolon_jose::SigningKey;
use symbolon_server::clock::Clock;

use crate::fixtures::{Registered, register};
use crate::support::{Call, TestServer};

/// What `client_assertion_type` must be.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Signs assertions with a client's key, each with a `jti` of its own.
pub(crate) struct Signer {
    key: SigningKey,
    clock: Clock,
    issuer: String,
    count: AtomicU64,
}

impl Signer {
    pub(crate) fn new(server: &TestServer, key: SigningKey) -> Self {
        let issuer = server.public_url().to_owned();
        Self { key, clock: server.clock.clone(), issuer, count: AtomicU64::new(0) }
    }

    /// The claims of a good assertion.
    pub(crate) fn claims(&self, client_id: &str) -> Value {
        let now = self.clock.now();
        json!({
            "iss": client_id,
            "sub": client_id,
            "aud": self.issuer,
            "jti": format!("jti-{}", self.count.fetch_add(1, Ordering::Relaxed)),
            "iat": now,
            "exp": now + 60,
        })
    }

    /// Signs claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.key.sign(Some("JWT"), claims).unwrap()
    }

    /// A form with a good assertion.
    pub(crate) fn call(&mut self, target: &str, client_id: &str, form: &[(&str, &str)]) -> Call {
        let assertion = self.sign(&self.claims(client_id));
        Call::post(target)
            .form(&[form, &[("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)]].concat())
    }
}

/// A client that signs with this public key.
async fn signing_client(server: &TestServer, id: &str, jwk: &Value, changes: Value) -> Registered {
    let mut metadata = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] } });
    metadata.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    register(server, id, &metadata).await
}

/// A request for a token with this assertion and nothing else that names the client.
fn token_request(assertion: &str) -> Call {
    Call::post("/oauth2/token").form(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ])
}
