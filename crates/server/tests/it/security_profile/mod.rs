//! Security profiles: what `symbolon.security_profile` enforces for all clients, and `security_profile` for one.

mod advertised;
mod clients;
mod fapi2;
mod oauth21;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_server::security_profile::SecurityProfile;

use crate::fixtures::{Registered, signing_key};
use crate::rfc7523::{Signer, signing_client};
use crate::support::TestServer;

/// A server that holds all clients to a profile.
async fn server_of(profile: SecurityProfile) -> TestServer {
    TestServer::with(|config| config.symbolon.security_profile = profile).await
}

/// A client that authenticates with assertions in ES256, and what signs them.
async fn key_client(server: &TestServer, id: &str, changes: Value) -> (Registered, Signer) {
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let mut metadata = json!({ "token_endpoint_auth_signing_alg": "ES256" });
    metadata.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let client = signing_client(server, id, &jwk, metadata).await;
    (client, Signer::new(server, key))
}
