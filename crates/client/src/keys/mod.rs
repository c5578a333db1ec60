//! The provider's signing keys: fetched when first needed, kept for a while, fetched again when a token does not fit.
//!
//! Providers rotate keys by publishing the new one before using it (`OpenID` Connect Core 1.0 §10.1.1), so an unknown
//! `kid` is the signal to look again; so is a signature that no key made, because a provider may keep the `kid`, or have
//! none. A key that was withdrawn ends after the lifetime of the set, as soon as the set can be had. One fetch runs at a
//! time, and a bound on how often keeps forged tokens from turning this client into a load generator.

mod kept;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use symbolon_jose::{Jwk, Jws, JwsError, Verified, VerifyingKey};

use crate::client::Client;
use crate::clock::has_passed;
use crate::discovery::endpoint;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
use crate::encryption::EncryptionKey;
use crate::error::Error;
use crate::task::{Seen, SingleFlight, Task};
pub use kept::KeptKeys;

/// The shortest time between two fetches of the key set, in seconds.
const PAUSE_SECONDS: i64 = 5;
/// The shortest time between a fetch that failed and the next one, in seconds.
const PAUSE_AFTER_FAILURE_SECONDS: i64 = 30;
/// The same while there is no set at all.
const PAUSE_WITHOUT_SECONDS: i64 = 5;
/// How long a set is believed while no newer one can be had, in seconds.
const USABLE_SECONDS: i64 = 3600;
/// How long a login waits for a newer set while an older one is at hand.
const PATIENCE_SECONDS: i64 = 3;

/// Keys last fetched, and when to look again.
pub(crate) struct KeyCache {
    state: Mutex<State>,
    fetch: SingleFlight<Keys>,
    lifetime_seconds: i64,
}

type Keys = Arc<PublishedKeys>;

/// The keys that a provider published, by what they are good for.
#[derive(Debug, Default)]
pub(crate) struct PublishedKeys {
    signing: Vec<VerifyingKey>,
    /// Those that are good for something, as they were published.
    published: Vec<Value>,
    #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
    pub(crate) encryption: Vec<EncryptionKey>,
}

#[derive(Default, Clone)]
struct State {
    known: Option<(Keys, i64)>,
    /// When the last fetch failed, if the last one did, and how.
    failure: Option<(i64, Error)>,
    /// When the fetch began that runs now.
    begun_at: Option<i64>,
}

impl KeyCache {
    pub(crate) fn new(lifetime: Duration, kept: Option<KeptKeys>) -> Self {
        let lifetime_seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let state = State { known: kept.map(KeptKeys::read), ..State::default() };
        Self { state: Mutex::new(state), fetch: SingleFlight::default(), lifetime_seconds }
    }
}

impl Client {
    /// Checks the signature of `token` with the provider's keys. The outer error is that of fetching them.
    pub(crate) async fn verify_signature(&self, token: &str) -> Result<Result<Verified, JwsError>, Error> {
        let jws = match Jws::parse(token) {
            Ok(jws) => jws,
            Err(fault) => return Ok(Err(fault)),
        };
        let keys = self.published_keys().await?;
        match jws.verify_with(&keys.signing) {
            Err(fault @ (JwsError::NoMatchingKey | JwsError::BadSignature)) => match self.keys_beyond(&keys).await {
                Some(newer) => Ok(jws.verify_with(&newer.signing)),
                None => Ok(Err(fault)),
            },
            verdict => Ok(verdict),
        }
    }

    /// The keys to begin with: those at hand while they are young; else the newest that can be had soon.
    pub(crate) async fn published_keys(&self) -> Result<Keys, Error> {
        let cache = &self.inner().keys;
        let seen = cache.fetch.seen();
        let State { known, failure, .. } = cache.state.lock().clone();
        let now = self.inner().clock.now();
        let pause = if known.is_some() { PAUSE_AFTER_FAILURE_SECONDS } else { PAUSE_WITHOUT_SECONDS };
        let pausing = failure.filter(|(failed_at, _)| !has_passed(pause, *failed_at, now));
        let Some((keys, fetched_at)) = known else {
            return match pausing {
                Some((_, error)) => Err(error),
                None => self.newer_keys(seen).outcome().await,
            };
        };
        if !has_passed(cache.lifetime_seconds, fetched_at, now) {
            return Ok(keys);
        }
        let usable = now >= fetched_at && !has_passed(USABLE_SECONDS.max(cache.lifetime_seconds), fetched_at, now);
        match pausing {
            Some(_) if usable => Ok(keys),
            Some((_, error)) => Err(error),
            // A key set that cannot be had, or hangs, must not stall logins as long as the older one may be believed.
            None if usable => Ok(self.newer_keys_soon(seen).await.unwrap_or(keys)),
            None => self.newer_keys(seen).outcome().await,
        }
    }

    /// Keys other than those that did not fit, `None` when there is nothing newer or it is too early to look.
    async fn keys_beyond(&self, tried: &Keys) -> Option<Keys> {
        let now = self.inner().clock.now();
        let seen = self.inner().keys.fetch.seen();
        let State { known, failure, .. } = self.inner().keys.state.lock().clone();
        // Another task may have fetched them meanwhile.
        if let Some((keys, _)) = known.as_ref().filter(|(keys, _)| !Arc::ptr_eq(keys, tried)) {
            return Some(Arc::clone(keys));
        }
        let early = known.is_some_and(|(_, fetched_at)| !has_passed(PAUSE_SECONDS, fetched_at, now))
            || failure.is_some_and(|(failed_at, _)| !has_passed(PAUSE_AFTER_FAILURE_SECONDS, failed_at, now));
        if early { None } else { self.newer_keys_soon(seen).await }
    }

    /// What a fetch gives within a login's patience; it goes on by itself after that, and whoever comes later does not wait
    /// for it again.
    async fn newer_keys_soon(&self, seen: Seen) -> Option<Keys> {
        let fetch = self.newer_keys(seen);
        let now = self.inner().clock.now();
        let begun_at = self.inner().keys.state.lock().begun_at;
        if begun_at.is_some_and(|begun_at| has_passed(PATIENCE_SECONDS, begun_at, now)) {
            return None;
        }
        let pause = self.inner().http.runtime().sleep(Duration::from_secs(PATIENCE_SECONDS.unsigned_abs()));
        crate::task::first(fetch.outcome(), pause).await?.ok()
    }

    fn newer_keys(&self, seen: Seen) -> Task<Keys> {
        let client = self.clone();
        self.inner().keys.fetch.join(seen, self.inner().http.runtime(), || {
            let cache = &client.inner().keys;
            cache.state.lock().begun_at = Some(client.inner().clock.now());
            async move {
                let fetched = client.fetch_keys().await;
                // The time is taken after the fetch: one that hung must not use up the pause that follows it.
                let now = client.inner().clock.now();
                let mut state = client.inner().keys.state.lock();
                state.begun_at = None;
                match &fetched {
                    Ok(keys) => (state.known, state.failure) = (Some((Arc::clone(keys), now)), None),
                    Err(error) => state.failure = Some((now, error.clone())),
                }
                drop(state);
                fetched
            }
        })
    }

    async fn fetch_keys(&self) -> Result<Keys, Error> {
        let metadata = self.metadata().await?;
        let inner = self.inner();
        let url = endpoint(metadata.jwks_uri.as_deref(), "jwks_uri")?;
        let set: Value = inner.http.send(inner.http.get(url)).await?.success()?.json("the key set")?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or_else(|| Error::UnexpectedAnswer("the key set has no list 'keys'".to_owned()))?;
        Ok(Arc::new(PublishedKeys::read(keys)))
    }
}

impl PublishedKeys {
    fn read(keys: &[Value]) -> Self {
        let mut found = Self::default();
        for key in keys {
            found.take(key);
        }
        found
    }

    /// A set may hold keys of kinds unknown here, or that are odd in another way; those are good for nothing (RFC 7517 §5).
    fn take(&mut self, value: &Value) {
        let Some(jwk) = Jwk::from_published(value.clone()) else { return };
        let before = self.count();
        self.signing.extend(VerifyingKey::from_jwk(&jwk));
        // A key that does not say so may be old, or meant for signatures: only those that are published for it are used.
        #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
        if jwk.use_.as_deref() == Some("enc") {
            self.encryption.extend(EncryptionKey::from_jwk(&jwk));
        }
        if self.count() > before {
            self.published.push(value.clone());
        }
    }

    /// How many keys there are for all purposes.
    fn count(&self) -> usize {
        #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
        let encryption = self.encryption.len();
        #[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
        let encryption = 0;
        self.signing.len() + encryption
    }
}
