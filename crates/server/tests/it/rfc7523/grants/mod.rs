//! RFC 7523 §2.1: an assertion of a trusted issuer is a grant.

mod claims;
mod keys;
mod races;
mod tokens;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::Signer;
use crate::fixtures::{Registered, register, signing_key, with};
use crate::support::{Answer, Call, TestServer};

/// What `grant_type` must be.
pub(crate) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const ISSUER: &str = "https://issuer.example";
const ISSUERS: &str = "/admin/trust/grants/jwt-bearer/issuers";

/// A server with a client and an issuer that is trusted for `bob` and a few scopes.
pub(super) struct Trusting {
    pub(super) server: TestServer,
    pub(super) client: Registered,
    pub(super) signer: Signer,
    /// The public key of the issuer.
    pub(super) jwk: Value,
    /// Id of the trust.
    pub(super) id: String,
}

impl Trusting {
    pub(super) async fn new() -> Self {
        Self::on(&TestServer::new().await).await
    }

    pub(super) async fn on(server: &TestServer) -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "issuer-key");
        let client = register(server, "app", &json!({ "grant_types": [GRANT_TYPE] })).await;
        let id = trust(server, &trusted(&jwk, &json!({}))).await;
        Self { server: server.clone(), client, signer: Signer::new(server, key), jwk, id }
    }

    /// The claims of a good assertion about `bob`, with changes.
    pub(super) fn claims(&self, changes: &Value) -> Value {
        with(with(self.signer.claims("bob"), &json!({ "iss": ISSUER })), changes)
    }

    pub(super) fn call(&self, assertion: &str, more: &[(&str, &str)]) -> Call {
        let form = [&[("grant_type", GRANT_TYPE), ("assertion", assertion)], more].concat();
        self.client.token_request(&form)
    }

    /// Shows an assertion with these changes, with more parameters.
    pub(super) async fn show(&self, changes: &Value, more: &[(&str, &str)]) -> Answer {
        let assertion = self.signer.sign(&self.claims(changes));
        self.server.public(self.call(&assertion, more)).await
    }
}

/// What is sent to trust the issuer, with changes.
pub(crate) fn trusted(jwk: &Value, changes: &Value) -> Value {
    let trusted = json!({
        "issuer": ISSUER,
        "subject": "bob",
        "scope": ["openid", "offline", "photos.read", "beyond.the.client"],
        "jwk": jwk,
        "expires_at": "2030-01-01T00:00:00Z",
    });
    with(trusted, changes)
}

/// Trusts an issuer; answers the id.
pub(crate) async fn trust(server: &TestServer, body: &Value) -> String {
    server.admin(Call::post(ISSUERS).json(body)).await.expect(201).member("id")
}

pub(crate) async fn distrust(server: &TestServer, id: &str) {
    server.admin(Call::delete(format!("{ISSUERS}/{id}"))).await.expect(204);
}
