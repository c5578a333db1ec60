//! Signing keys that every provider has: making RSA keys takes longer than starting a server. They are in the source of
//! this crate, sealed with a secret that is there, too, so what they sign is worth something in tests alone.

use serde_json::Value;
use symbolon_jose::digest::base64url_decode;
use symbolon_server::config::Config;
use symbolon_store::{Batch, SigningKey, SigningKeyState, Store, StoreOptions};

use crate::builder::SECRET;

/// The set of the keys that sign ID tokens and logout tokens.
pub(crate) const OF_ID_TOKENS: &str = "hydra.openid.id-token";
/// The set of the keys that sign access tokens.
pub(crate) const OF_ACCESS_TOKENS: &str = "hydra.jwt.access-token";

/// A key of each set for each algorithm that can be configured, as the server keeps it. The test `rewrite` makes them anew.
const KEYS: &str = include_str!("signing_keys.json");

/// The configured database, with the keys in it where the configuration has the secret that opens them.
pub(crate) async fn store_with_keys(config: &Config, now: i64) -> Result<Store, String> {
    let store = Store::open(&StoreOptions::new(config.dsn.clone())).await.map_err(|fault| fault.to_string())?;
    let opens = config.secrets.system.iter().any(|secret| secret.expose() == SECRET);
    if opens && store.all_signing_keys().await.map_err(|fault| fault.to_string())?.is_empty() {
        let keys: Vec<Value> = serde_json::from_str(KEYS).map_err(|fault| fault.to_string())?;
        let mut batch = Batch::new();
        for key in keys.iter().filter(|key| is_wanted(config, key)) {
            batch.insert_signing_key(&row(key, now));
        }
        store.write(batch).await.map_err(|fault| format!("{fault:?}"))?;
    }
    Ok(store)
}

/// Clients choose the algorithm of their ID tokens, and nobody that of access tokens.
fn is_wanted(config: &Config, key: &Value) -> bool {
    let keys = &config.symbolon.keys;
    let is_offered = || keys.offered_algorithms.iter().any(|algorithm| key["alg"] == algorithm.as_str());
    key["alg"] == keys.signing_algorithm.as_str() || (key["set"] == OF_ID_TOKENS && is_offered())
}

/// As if made now: by another clock it might be due for rotation.
fn row(key: &Value, now: i64) -> SigningKey {
    let text = |member: &str| key[member].as_str().unwrap_or_default();
    SigningKey {
        set_name: text("set").to_owned(),
        kid: text("kid").to_owned(),
        state: SigningKeyState::Active,
        created_at: now,
        activates_at: now,
        retires_at: None,
        body: base64url_decode(text("sealed")).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bytes::Bytes;
    use http_body_util::{BodyExt as _, Full};
    use serde_json::json;
    use symbolon_jose::digest::base64url;
    use symbolon_server::clock::Clock;
    use symbolon_server::config::{Overrides, load};
    use symbolon_server::{Parts, Rng, Server};

    use super::*;

    /// The keys that a server makes whose default is `signing`, with their algorithms.
    async fn made(signing: &str) -> Vec<Value> {
        let flags = [
            ("dev", "true"),
            ("dsn", "memory"),
            ("secrets.system", SECRET),
            ("symbolon.keys.signing_algorithm", signing),
            ("symbolon.keys.offered_algorithms", if signing == "RS256" { "RS256,PS256" } else { signing }),
        ];
        let flags = flags.iter().fold(Overrides::default(), |flags, (key, value)| flags.set(*key, *value));
        let config = load(&[], std::iter::empty(), &flags).unwrap();
        let parts = Parts { clock: Clock::system(), rng: Rng::system(), store: None };
        let server = Box::pin(Server::start(config, parts)).await.unwrap();
        let request = http::Request::get("/.well-known/jwks.json").header("host", "127.0.0.1");
        let answer = server.public_routes().answer(request.body(Full::<Bytes>::default()).unwrap()).await;
        let published = answer.into_body().collect().await.unwrap().to_bytes();
        let published: symbolon_jose::JwkSet = serde_json::from_slice(&published).unwrap();
        let algorithm = |key: &SigningKey| {
            published.keys.iter().find(|jwk| jwk.kid.as_ref() == Some(&key.kid)).unwrap().alg.clone()
        };
        let keys = server.store().all_signing_keys().await.unwrap();
        keys.iter().map(|key| json!({ "set": key.set_name, "alg": algorithm(key), "kid": key.kid, "sealed": base64url(&key.body) })).collect()
    }

    #[tokio::test]
    #[ignore = "writes into the source"]
    async fn rewrite() {
        let mut keys = Vec::new();
        for algorithm in ["RS256", "ES256", "EdDSA"] {
            keys.extend(made(algorithm).await);
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/signing_keys.json");
        std::fs::write(path, serde_json::to_string_pretty(&keys).unwrap() + "\n").unwrap();
    }

    #[test]
    fn there_is_a_key_of_each_set_for_each_algorithm_that_it_may_sign_with() {
        let keys: Vec<Value> = serde_json::from_str(KEYS).unwrap();
        let of = |set: &str| {
            keys.iter().filter(|key| key["set"] == set).map(|key| key["alg"].as_str().unwrap()).collect::<BTreeSet<_>>()
        };
        assert_eq!(of(OF_ID_TOKENS), BTreeSet::from(["RS256", "PS256", "ES256", "EdDSA"]));
        assert_eq!(of(OF_ACCESS_TOKENS), BTreeSet::from(["RS256", "ES256", "EdDSA"]));
        assert_eq!(keys.len(), 7);
    }
}
