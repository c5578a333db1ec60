//! The public keys of a client: those in its metadata, or those at its `jwks_uri`, which are kept for a while. A
//! signature by an unknown key makes them be fetched again at once, but not more often than every ten seconds: nobody
//! can make this server call a client's server in a loop.

use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::{JwkSet, VerifyingKey};
use tokio::sync::Mutex;

use super::{KeySource, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;

/// How long fetched keys are used without asking again, in seconds.
const KEPT: i64 = 300;
/// Shortest time between two fetches of one address, in seconds.
const PAUSE: i64 = 10;
/// Largest key set that is read.
const LIMIT_BYTES: usize = 512 * 1024;
/// Most keys of a set that are used.
const MOST_KEYS: usize = 64;
/// How many key sets are kept.
const SETS: usize = 1_024;

/// Whether kept keys are good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Kept ones will do.
    Cached,
    /// The kept ones did not fit; fetch again if that was not done just now.
    Anew,
}

#[derive(Clone)]
struct Fetched {
    /// When it was tried last, with or without success.
    at: i64,
    /// What the last success brought; `None` when there was none.
    keys: Option<Arc<Vec<VerifyingKey>>>,
}

/// Fetched key sets by address.
pub struct FetchedKeys {
    sets: Cache<String, Fetched>,
    /// Lets one request at a time fetch from an address, so that many at once make one call. Each address has its own:
    /// a client's server that hangs holds up no other client.
    turns: Cache<String, Arc<Mutex<()>>>,
}

impl Default for FetchedKeys {
    fn default() -> Self {
        Self { sets: Cache::new(SETS), turns: Cache::new(SETS) }
    }
}

impl FetchedKeys {
    fn turn(&self, address: &str) -> Arc<Mutex<()>> {
        if let Some(turn) = self.turns.get(address) {
            return turn;
        }
        let made = Arc::new(Mutex::new(()));
        // Of two that come first at once, both may get their own: that costs a second call, no more.
        self.turns.insert(address.to_owned(), made.clone());
        made
    }
}

/// The keys that a client signs with.
pub async fn current(
    context: &Context,
    client: &RegisteredClient,
    freshness: Freshness,
) -> Result<Arc<Vec<VerifyingKey>>, OAuthError> {
    let address = match client.key_source() {
        KeySource::Embedded(keys) => return Ok(keys.clone()),
        KeySource::At(address) => address,
    };
    if let Some(kept) = fresh(context, address, freshness) {
        return kept.keys.ok_or_else(unreachable);
    }
    let turn = context.fetched_keys.turn(address);
    let _turn = turn.lock().await;
    // Whoever had the turn before may have fetched the same.
    if let Some(kept) = fresh(context, address, freshness) {
        return kept.keys.ok_or_else(unreachable);
    }
    let old = context.fetched_keys.sets.get(address).and_then(|kept| kept.keys);
    let keys = match fetch(context, address).await {
        Ok(keys) => Some(Arc::new(keys)),
        Err(reason) => {
            tracing::warn!(client_id = client.id().as_str(), reason, "the keys of a client could not be fetched");
            // A client whose server is down for a moment keeps working with the keys that are known.
            old
        }
    };
    context.fetched_keys.sets.insert(address.clone(), Fetched { at: context.clock.now(), keys: keys.clone() });
    keys.ok_or_else(unreachable)
}

/// What is kept, if it need not be fetched again now: good keys for a while, and any outcome for the pause.
fn fresh(context: &Context, address: &str, freshness: Freshness) -> Option<Fetched> {
    let kept = context.fetched_keys.sets.get(address)?;
    let age = context.clock.now().saturating_sub(kept.at);
    let limit = if freshness == Freshness::Cached && kept.keys.is_some() { KEPT } else { PAUSE };
    (age < limit).then_some(kept)
}

fn unreachable() -> OAuthError {
    OAuthError::invalid_client("the client's keys could not be fetched")
}

async fn fetch(context: &Context, address: &str) -> Result<Vec<VerifyingKey>, String> {
    let body = context.outbound.get(address, LIMIT_BYTES).await.map_err(|fault| fault.to_string())?;
    let set: JwkSet = serde_json::from_slice(&body).map_err(|fault| fault.to_string())?;
    Ok(verifying(&set))
}

/// The keys of a set that verify signatures: those for encryption, and those that cannot be used, are left out.
pub fn verifying(set: &JwkSet) -> Vec<VerifyingKey> {
    let signs = |use_: &Option<String>| use_.as_deref().is_none_or(|use_| use_ == "sig");
    set.keys
        .iter()
        .filter(|jwk| signs(&jwk.use_))
        .filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok())
        .take(MOST_KEYS)
        .collect()
}
