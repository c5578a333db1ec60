//! Global token revocation (draft-parecki-oauth-global-token-revocation-05): one call ends everything of a person.

mod audited;
mod callers;
mod clients_told;
mod discovery;
mod everything;
mod jwt;
mod own_token;
mod races;
mod requests;
mod subjects;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, Secret, SigningKey};
use symbolon_server::config::{Config, RevocationDraft, RevocationIssuers};

use crate::fixtures::{signing_key, with};
use crate::support::{Answer, Call, TestServer};

const PATH: &str = "/global-token-revocation";
/// What the JWT of a caller calls itself.
const TYPE: &str = "global-token-revocation+jwt";
/// An issuer that may sign people out.
const ISSUER: &str = "https://idp.example";
/// The scope with which people may sign themselves out.
const SCOPE: &str = "sign.out.everywhere";
const OPERATORS_TOKEN: &str = "operator-token-0123456789";

/// An identity provider that may sign everybody out.
struct Idp {
    key: SigningKey,
    jwk: Value,
    count: AtomicU64,
}

impl Idp {
    fn new() -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "idp");
        Self { key, jwk, count: AtomicU64::new(0) }
    }

    /// The endpoint is on, for this issuer alone.
    fn on(&self, config: &mut Config) {
        self.on_with(config, &json!({}));
    }

    /// See [`Idp::on`]; with changes of its row.
    fn on_with(&self, config: &mut Config, changes: &Value) {
        let row = with(json!({ "issuer": ISSUER, "jwks": { "keys": [self.jwk] } }), changes);
        let own = &mut config.symbolon.global_token_revocation;
        own.revision = RevocationDraft::Draft05;
        own.issuers = RevocationIssuers::read(&json!([row])).unwrap();
    }

    async fn server(&self) -> TestServer {
        TestServer::with(|config| self.on(config)).await
    }

    /// Claims as an identity provider makes them, with changes; `null` removes one.
    fn claims(&self, server: &TestServer, changes: &Value) -> Value {
        let now = server.clock.now();
        let claims = json!({
            "iss": ISSUER,
            "sub": "the-application-there",
            "aud": format!("{}{PATH}", server.public_url()),
            "jti": format!("jti-{}", self.count.fetch_add(1, Ordering::Relaxed)),
            "iat": now,
            "nbf": now - 300,
            "exp": now + 300,
        });
        with(claims, changes)
    }

    fn jwt(&self, server: &TestServer, changes: &Value) -> String {
        self.key.sign(Some(TYPE), &self.claims(server, changes)).unwrap()
    }

    /// A good call about somebody.
    fn call(&self, server: &TestServer, identifier: &Value) -> Call {
        call(&self.jwt(server, &json!({})), identifier)
    }

    async fn revoke(&self, server: &TestServer, identifier: &Value) -> Answer {
        server.public(self.call(server, identifier)).await
    }
}

/// A call with this bearer text.
fn call(bearer: &str, identifier: &Value) -> Call {
    Call::post(PATH).bearer(bearer).json(&json!({ "sub_id": identifier }))
}

fn opaque(subject: &str) -> Value {
    json!({ "format": "opaque", "id": subject })
}

fn email(address: &str) -> Value {
    json!({ "format": "email", "email": address })
}

/// The endpoint is on for the operator alone.
fn for_operator(config: &mut Config) {
    config.symbolon.global_token_revocation.revision = RevocationDraft::Draft05;
    config.symbolon.admin.token = Some(Secret::new(OPERATORS_TOKEN.to_owned()));
}

/// The endpoint is on for people with a token of their own.
fn for_people(config: &mut Config) {
    config.symbolon.global_token_revocation.revision = RevocationDraft::Draft05;
    config.symbolon.global_token_revocation.scope = Some(SCOPE.to_owned());
}

/// Fails unless the call was refused in this way, as JSON that nobody keeps.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("www-authenticate").is_some(), matches!(status, 401 | 403));
}
