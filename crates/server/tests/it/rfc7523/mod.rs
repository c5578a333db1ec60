//! RFC 7523 §2.2, OpenID Connect Core §9: clients that authenticate with a statement they signed (`private_key_jwt`).
//! §2.1: statements of an issuer that is trusted, as grants.

mod audience;
mod claims;
mod endpoints;
mod federation;
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
use crate::support::{CODE_CHALLENGE, Call, REDIRECT_URI, STATE, TestServer};

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
pub(crate) async fn signing_client(server: &TestServer, id: &str, jwk: &Value, changes: Value) -> Registered {
    let mut metadata = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] } });
    metadata.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    register(server, id, &metadata).await
}

/// An endpoint where clients authenticate, with a request that succeeds there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) form: &'static [(&'static str, &'static str)],
    pub(crate) success: u16,
}

/// Every endpoint where clients authenticate.
pub(crate) const ENDPOINTS: [Endpoint; 4] = [
    Endpoint { path: "/oauth2/token", form: &[("grant_type", "client_credentials")], success: 200 },
    Endpoint { path: "/oauth2/revoke", form: &[("token", "no token of ours")], success: 200 },
    Endpoint { path: "/oauth2/device/auth", form: &[("scope", "openid")], success: 200 },
    Endpoint {
        path: "/oauth2/par",
        form: &[
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("state", STATE),
            ("scope", "openid"),
            ("code_challenge", CODE_CHALLENGE),
            ("code_challenge_method", "S256"),
        ],
        success: 201,
    },
];

impl Endpoint {
    /// The endpoint's request with these parameters added.
    pub(crate) fn call(&self, more: &[(&str, &str)]) -> Call {
        Call::post(self.path).form(&[self.form, more].concat())
    }

    /// The endpoint's request with an assertion, and nothing else that names the client.
    pub(crate) fn show(&self, assertion: &str) -> Call {
        self.call(&[("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)])
    }
}

/// Grant types of a client that may use every endpoint.
pub(crate) fn every_grant_type() -> Value {
    json!(["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"])
}

/// A request for a token with this assertion and nothing else that names the client.
pub(crate) fn token_request(assertion: &str) -> Call {
    Call::post("/oauth2/token").form(&[
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ])
}
