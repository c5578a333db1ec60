//! The provider's signing keys: fetched when first needed, kept, fetched again when a token names an unknown one.
//!
//! Providers rotate keys by publishing the new one before using it (`OpenID` Connect Core 1.0 §10.1.1), so an unknown
//! `kid` is the signal to look again. A bound on how often keeps forged tokens from turning this client into a load
//! generator.

use parking_lot::Mutex;
use symbolon_jose::{JwkSet, Jws, JwsError, Verified, VerifyingKey};

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;

/// The shortest time between two fetches of the key set, in seconds.
const PAUSE_SECONDS: i64 = 5;

/// Keys last fetched, and when.
#[derive(Default)]
pub(crate) struct KeyCache(Mutex<Option<FetchedSet>>);

#[derive(Clone)]
struct FetchedSet {
    keys: Vec<VerifyingKey>,
    fetched_at: i64,
}

impl Client {
    /// Checks the signature of `token` with the provider's keys. The outer error is that of fetching them.
    pub(crate) async fn verify_signature(&self, token: &str) -> Result<Result<Verified, JwsError>, Error> {
        let jws = match Jws::parse(token) {
            Ok(jws) => jws,
            Err(fault) => return Ok(Err(fault)),
        };
        let known = self.inner().keys.0.lock().clone();
        if let Some(known) = known {
            match jws.verify_with(&known.keys) {
                Err(JwsError::NoMatchingKey) if self.inner().clock.now() >= known.fetched_at + PAUSE_SECONDS => {}
                verdict => return Ok(verdict),
            }
        }
        let keys = self.fetch_keys().await?;
        Ok(jws.verify_with(&keys))
    }

    async fn fetch_keys(&self) -> Result<Vec<VerifyingKey>, Error> {
        let metadata = self.metadata().await?;
        let inner = self.inner();
        let url = endpoint(Some(&metadata.jwks_uri), "jwks_uri")?;
        let set: JwkSet = inner.http.send(inner.http.get(url)).await?.success()?.json("the key set")?;
        // A set may hold keys for encryption or of kinds unknown here; those sign nothing (RFC 7517 §5).
        let keys: Vec<_> = set.keys.iter().filter_map(|key| VerifyingKey::from_jwk(key).ok()).collect();
        *inner.keys.0.lock() = Some(FetchedSet { keys: keys.clone(), fetched_at: inner.clock.now() });
        Ok(keys)
    }
}
