//! FAPI 2.0: the Security Profile and Message Signing, as `symbolon.security_profile` or a client's own profile enforce them.

mod message_signing;
mod security_profile;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_server::security_profile::SecurityProfile;

use crate::fixtures::{borrowed, parameter, request, signing_key, text};
use crate::rfc7523::{Signer, signing_client};
use crate::rfc9449::Prover;
use crate::security_profile::server_of;
use crate::support::{Answer, CODE_VERIFIER, Call, CodeFlow, Pairs, TestServer};

/// A server and a client that do what the profile wants.
struct Fapi {
    server: TestServer,
    signer: Signer,
    prover: Prover,
}

impl Fapi {
    async fn new() -> Self {
        Self::on(server_of(SecurityProfile::Fapi2).await).await
    }

    async fn on(server: TestServer) -> Self {
        Self::under(server, "fapi2").await
    }

    /// The client has this profile of its own.
    async fn under(server: TestServer, profile: &str) -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, "k1");
        let metadata = json!({ "token_endpoint_auth_signing_alg": "ES256", "security_profile": profile });
        signing_client(&server, "app", &jwk, metadata).await;
        let signer = Signer::new(&server, key);
        let prover = Prover::new(&server);
        Self { server, signer, prover }
    }

    async fn push(&mut self, pairs: &Pairs) -> Answer {
        let call = self.signer.call("/oauth2/par", "app", &borrowed(pairs));
        self.server.public(call).await
    }

    /// A code for this request, pushed and agreed to.
    async fn code(&mut self) -> String {
        let pushed: Value = self.push(&request("app")).await.expect(201).json();
        let mut flow = CodeFlow::new(&self.server, "app").request_uri(text(&pushed, "request_uri"));
        parameter(flow.answer().await.expect(303).location(), "code")
    }

    fn redeem(&mut self, code: &str) -> Call {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", crate::support::REDIRECT_URI),
            ("code_verifier", CODE_VERIFIER),
        ];
        self.signer.call("/oauth2/token", "app", &form)
    }
}
