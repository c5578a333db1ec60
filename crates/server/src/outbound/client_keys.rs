//! The public keys of a client: those in its metadata, or those at its `jwks_uri`, which are kept for a while. A
//! signature by an unknown key makes them be fetched again at once, but not more often than every ten seconds: nobody
//! can make this server call a client's server in a loop.

use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::{JwkSet, VerifyingKey};

use crate::clients::ClientRef;
use crate::context::Context;
use crate::error::OAuthError;

/// How long fetched keys are used without asking again, in seconds.
const KEPT: i64 = 300;
/// Shortest time between two fetches of one address, in seconds.
const PAUSE: i64 = 10;
/// Largest key set that is read.
const LIMIT_BYTES: usize = 512 * 1024;
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
    at: i64,
    keys: Arc<Vec<VerifyingKey>>,
}

/// Fetched key sets by address.
pub struct FetchedKeys(Cache<String, Fetched>);

impl Default for FetchedKeys {
    fn default() -> Self {
        Self(Cache::new(SETS))
    }
}

/// The keys that a client signs with.
pub async fn current(
    context: &Context,
    client: &ClientRef,
    freshness: Freshness,
) -> Result<Arc<Vec<VerifyingKey>>, OAuthError> {
    let address = &client.parsed.metadata.jwks_uri;
    if address.is_empty() {
        return Ok(client.parsed.keys.clone());
    }
    let now = context.clock.now();
    let kept = context.fetched_keys.0.get(address);
    let limit = match freshness {
        Freshness::Cached => KEPT,
        Freshness::Anew => PAUSE,
    };
    if let Some(kept) = kept.as_ref().filter(|kept| now.saturating_sub(kept.at) < limit) {
        return Ok(kept.keys.clone());
    }
    match fetch(context, address).await {
        Ok(keys) => {
            let keys = Arc::new(keys);
            context.fetched_keys.0.insert(address.clone(), Fetched { at: now, keys: keys.clone() });
            Ok(keys)
        }
        Err(reason) => {
            tracing::warn!(client_id = client.record.id, reason, "the keys of a client could not be fetched");
            // A client whose server is down for a moment keeps working with the keys that are known.
            kept.map(|kept| kept.keys).ok_or_else(|| OAuthError::invalid_client(reason))
        }
    }
}

async fn fetch(context: &Context, address: &str) -> Result<Vec<VerifyingKey>, String> {
    let body = context.outbound.get(address, LIMIT_BYTES).await.map_err(|fault| fault.to_string())?;
    let set: JwkSet = serde_json::from_slice(&body).map_err(|fault| fault.to_string())?;
    Ok(verifying(&set))
}

/// The keys of a set that verify signatures: those for encryption, and those that cannot be used, are left out.
pub fn verifying(set: &JwkSet) -> Vec<VerifyingKey> {
    let signs = |use_: &Option<String>| use_.as_deref().is_none_or(|use_| use_ == "sig");
    set.keys.iter().filter(|jwk| signs(&jwk.use_)).filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()).collect()
}
