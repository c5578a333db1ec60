//! OpenID Connect UserInfo Verifiable Credentials, draft 00: a credential which attests that the user of an access token
//! holds a key pair.

mod credential;
mod nonce;
mod proof;
mod refusals;

use serde_json::{Map, Value, json};
use symbolon_jose::digest::base64url;
use symbolon_jose::{Algorithm, SigningKey};

use crate::fixtures::{Registered, register, text};
use crate::support::{Answer, Call, TestServer};

/// The scope that makes the token endpoint give a nonce.
pub(crate) const SCOPE: &str = "userinfo_credential_draft_00";

/// The holder of a key, who may say anything in a proof.
pub(crate) struct Holder {
    pub(crate) key: SigningKey,
    /// The public key, as it stands in the proof's header.
    pub(crate) jwk: Value,
}

impl Holder {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let key = SigningKey::generate(algorithm, String::new()).unwrap();
        let mut jwk = serde_json::to_value(key.public_jwk()).unwrap();
        jwk.as_object_mut().unwrap().remove("kid");
        Self { key, jwk }
    }

    /// A proof with this header member `jwk` and these claims, signed with the key.
    pub(crate) fn sign(&self, jwk: &Value, claims: &Value) -> String {
        let header = json!({ "alg": self.key.algorithm().as_str(), "typ": "JWT", "jwk": jwk });
        self.sign_parts(&header, claims)
    }

    /// A proof with any header.
    pub(crate) fn sign_parts(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.key.sign_bytes(input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(&signature))
    }

    /// An honest proof over a nonce.
    pub(crate) fn prove(&self, nonce: &str) -> String {
        self.sign(&self.jwk, &json!({ "nonce": nonce }))
    }
}

/// A client whose scope has what credentials need.
pub(crate) async fn client(server: &TestServer) -> Registered {
    register(server, "wallet", &json!({ "scope": format!("openid offline profile email {SCOPE}") })).await
}

/// The tokens of a flow with both scopes.
pub(crate) async fn tokens(server: &TestServer, client: &Registered) -> Value {
    client.flow(server).scope(&format!("openid offline {SCOPE}")).tokens().await
}

/// Sends a request to the credential endpoint.
pub(crate) async fn post(server: &TestServer, access_token: &str, body: &Value) -> Answer {
    server.public(Call::post("/credentials").bearer(access_token).json(body)).await
}

/// The body with a proof.
pub(crate) fn with_proof(jwt: &str) -> Value {
    json!({ "format": "jwt_vc_json", "types": ["VerifiableCredential", "UserInfoCredential"], "proof": { "proof_type": "jwt", "jwt": jwt } })
}

/// The nonce that a request without a proof is answered with.
pub(crate) async fn primed(server: &TestServer, access_token: &str) -> String {
    post(server, access_token, &json!({ "format": "jwt_vc_json" })).await.expect(400).member("c_nonce")
}

/// Asks for a credential with an honest proof.
pub(crate) async fn issue(server: &TestServer, tokens: &Value, holder: &Holder) -> Answer {
    let access_token = text(tokens, "access_token");
    let nonce = primed(server, access_token).await;
    post(server, access_token, &with_proof(&holder.prove(&nonce))).await
}

/// The claims of a credential that the published keys verify.
pub(crate) async fn verified(server: &TestServer, answer: &Answer) -> Map<String, Value> {
    crate::fixtures::verified_claims(server, &answer.member("credential_draft_00")).await
}

/// The JSON of a `did:jwk`.
pub(crate) fn key_of(did: &str) -> Value {
    let encoded = did.strip_prefix("did:jwk:").unwrap_or_else(|| panic!("no did:jwk: {did}"));
    serde_json::from_slice(&symbolon_jose::digest::base64url_decode(encoded).unwrap()).unwrap()
}

/// JSON as a part of a JWT.
pub(crate) fn encoded(part: &Value) -> String {
    base64url(part.to_string().as_bytes())
}

/// Fails unless the answer is this error in the plain form.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: u16, error: &str, named: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.member("error"), error, "{}", answer.text());
    assert!(answer.member("error_description").contains(named), "{} lacks {named}", answer.text());
    assert_eq!(answer.json().as_object().unwrap().len(), 2, "{}", answer.text());
    assert_eq!(answer.content_type(), Some("application/json"));
}
