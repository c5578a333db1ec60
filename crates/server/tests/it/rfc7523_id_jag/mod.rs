//! Identity assertion authorization grants (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant-04) at the authorization
//! server of the resource: what an identity provider says of a person, for one client, at resources of this server.

mod audited;
mod bounds;
mod claims;
mod clients;
mod discovery;
mod ends;
mod kinds;
mod proofs;
mod races;
mod round_trip;
mod subjects;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};
use symbolon_server::config::{Config, IdJagIssuers, Resources};

use crate::fixtures::{Registered, register, signing_key, with};
use crate::support::{Answer, Call, TestServer};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const JWT_DPOP: &str = "urn:ietf:params:oauth:grant-type:jwt-dpop";
const TYPE: &str = "oauth-id-jag+jwt";
const ISSUER: &str = "https://idp.example";
/// A resource that the row names.
const WIKI: &str = "https://wiki.example/api";
/// Another one that it names.
const CHAT: &str = "https://chat.example";
/// One that it does not.
const PAYROLL: &str = "https://payroll.example";
const SCOPE: &str = "wiki.read wiki.write chat.read photos.read";

/// An identity provider whose assertions are grants.
struct Idp {
    key: SigningKey,
    jwk: Value,
    count: AtomicU64,
}

impl Idp {
    fn new() -> Self {
        Self::of(Algorithm::ES256)
    }

    fn of(algorithm: Algorithm) -> Self {
        let (key, jwk) = signing_key(algorithm, "idp");
        Self { key, jwk, count: AtomicU64::new(0) }
    }

    fn row(&self) -> Value {
        json!({
            "issuer": ISSUER, "jwks": { "keys": [self.jwk] }, "clients": ["app", "other"],
            "resources": [WIKI, CHAT], "scopes": ["wiki.read", "wiki.write", "chat.read"],
        })
    }

    fn on(&self, config: &mut Config) {
        self.on_with(config, &json!({}));
    }

    /// The provider's row with changes; `null` removes a member.
    fn on_with(&self, config: &mut Config, changes: &Value) {
        let resources = json!([
            { "identifier": WIKI, "scopes": ["wiki.read", "wiki.write"], "self_service": true },
            { "identifier": CHAT, "scopes": ["chat.read"], "access_token_format": "opaque", "self_service": true },
            { "identifier": PAYROLL, "self_service": true },
        ]);
        config.symbolon.resources = Resources::read(&resources).unwrap();
        config.symbolon.id_jag.issuers = IdJagIssuers::read(&json!([with(self.row(), changes)])).unwrap();
    }

    /// A server with the row, and the client that it names.
    async fn server(&self) -> (TestServer, Registered) {
        self.server_with(&json!({})).await
    }

    async fn server_with(&self, changes: &Value) -> (TestServer, Registered) {
        let server = TestServer::with(|config| self.on_with(config, changes)).await;
        let client = client(&server, "app", &json!({})).await;
        (server, client)
    }

    /// The claims of a good assertion about `ada` for the wiki, with changes; `null` removes one.
    fn claims(&self, server: &TestServer, changes: &Value) -> Value {
        let now = server.clock.now();
        let claims = json!({
            "iss": ISSUER,
            "sub": "ada",
            "aud": server.public_url(),
            "client_id": "app",
            "resource": WIKI,
            "scope": "wiki.read wiki.write",
            "jti": format!("jti-{}", self.count.fetch_add(1, Ordering::Relaxed)),
            "iat": now,
            "exp": now + 300,
        });
        with(claims, changes)
    }

    fn assertion(&self, server: &TestServer, changes: &Value) -> String {
        self.key.sign(Some(TYPE), &self.claims(server, changes)).unwrap()
    }

    /// A client shows an assertion with these changes, with more parameters.
    async fn show(&self, server: &TestServer, client: &Registered, changes: &Value, more: &[(&str, &str)]) -> Answer {
        server.public(call(client, &self.assertion(server, changes), more)).await
    }
}

async fn client(server: &TestServer, id: &str, changes: &Value) -> Registered {
    register(server, id, &with(json!({ "grant_types": [GRANT_TYPE], "scope": SCOPE }), changes)).await
}

fn call(client: &Registered, assertion: &str, more: &[(&str, &str)]) -> Call {
    client.token_request(&[&[("grant_type", GRANT_TYPE), ("assertion", assertion)], more].concat())
}

/// Fails unless the request was refused with this error.
#[track_caller]
fn assert_refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some(error)), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}
