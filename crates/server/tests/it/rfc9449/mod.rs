//! RFC 9449: proofs of possession (DPoP). Tokens, refresh tokens and codes that are for the holder of one key.

mod codes;
mod cost;
mod memory;
mod nonces;
mod proofs;
mod races;
mod refresh;
mod resources;
mod tokens;

use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderName;
use serde_json::{Value, json};
use symbolon_jose::digest::{base64url, sha256};
use symbolon_jose::{Algorithm, Jwk};
use symbolon_server::clock::Clock;

use crate::credentials::Holder;
use crate::fixtures::with;
use crate::support::{Call, TestServer};

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The holder of a key, who makes proofs, each with a `jti` of its own.
pub(crate) struct Prover {
    holder: Holder,
    issuer: String,
    clock: Clock,
    count: AtomicU64,
}

impl Prover {
    pub(crate) fn new(server: &TestServer) -> Self {
        Self::of(server, Algorithm::ES256)
    }

    fn of(server: &TestServer, algorithm: Algorithm) -> Self {
        let issuer = server.public_url().to_owned();
        Self { holder: Holder::new(algorithm), issuer, clock: server.clock.clone(), count: AtomicU64::new(0) }
    }

    /// The thumbprint of the key.
    pub(crate) fn thumbprint(&self) -> String {
        let jwk: Jwk = serde_json::from_value(self.holder.jwk.clone()).unwrap();
        jwk.thumbprint()
    }

    /// The header of a good proof.
    fn header(&self) -> Value {
        json!({ "alg": self.holder.key.algorithm().as_str(), "typ": "dpop+jwt", "jwk": self.holder.jwk })
    }

    /// The claims of a good proof for a POST to this path.
    fn claims(&self, path: &str) -> Value {
        json!({
            "jti": format!("jti-{}", self.count.fetch_add(1, Ordering::Relaxed)),
            "htm": "POST",
            "htu": format!("{}{path}", self.issuer),
            "iat": self.clock.now(),
        })
    }

    /// A proof for the token endpoint, with changed claims; `null` removes one.
    fn token_proof(&self, changes: &Value) -> String {
        self.holder.sign_parts(&self.header(), &with(self.claims("/oauth2/token"), changes))
    }

    /// A call to another endpoint, with a good proof.
    pub(crate) fn prove_at(&self, path: &str, call: Call) -> Call {
        call.header(DPOP, &self.holder.sign_parts(&self.header(), &self.claims(path)))
    }

    /// A call to an endpoint, with a proof of changed claims.
    pub(crate) fn prove_with(&self, path: &str, call: Call, changes: &Value) -> Call {
        call.header(DPOP, &self.holder.sign_parts(&self.header(), &with(self.claims(path), changes)))
    }

    /// The call to the token endpoint, with a good proof.
    pub(crate) fn prove(&self, call: Call) -> Call {
        call.header(DPOP, &self.token_proof(&json!({})))
    }

    /// A proof for a resource that is read with this token, with changed claims.
    fn resource_proof(&self, path: &str, token: &str, changes: &Value) -> String {
        let claims = with(self.claims(path), &json!({ "htm": "GET", "ath": base64url(&sha256(token.as_bytes())) }));
        self.holder.sign_parts(&self.header(), &with(claims, changes))
    }

    /// Userinfo with a good proof.
    pub(crate) fn userinfo(&self, token: &str) -> Call {
        userinfo(token).header(DPOP, &self.resource_proof("/userinfo", token, &json!({})))
    }
}

/// Userinfo with the scheme `DPoP` and no proof.
fn userinfo(token: &str) -> Call {
    Call::get("/userinfo").header(http::header::AUTHORIZATION, &format!("DPoP {token}"))
}
