//! Registered clients: finding them, their secrets and keys, and the rules of creating and changing them that the
//! administrator's API (`admin::clients`) and dynamic registration (`registration`) share. A [`RegisteredClient`] is
//! parsed once per revision and kept by the store until its revision changes.

pub mod change;
pub mod keys;
mod registered;
pub mod secret;

use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::Rng;
use symbolon_store::{Origin, StoreError};
use symbolon_types::{AccessTokenStrategy, ClientId};

use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;
use crate::minute_limit::MinuteLimit;
use crate::slow_hash::SlowHashes;
use keys::FetchedKeys;
use secret::SecretVerifier;

pub use registered::{KeySource, RegisteredClient, Subjects};

/// What is kept in memory about clients.
pub struct ClientState {
    /// Hashes their secrets, checks them, and remembers what was checked.
    pub secrets: SecretVerifier,
    /// Keys that were fetched from them.
    pub fetched_keys: FetchedKeys,
    /// Registrations by address.
    pub registrations: MinuteLimit,
    /// When the use of a self-registered one was noted last, in Unix seconds.
    used: Cache<ClientId, i64>,
}

/// Self-registered clients whose last use is remembered.
const USED_REMEMBERED: usize = 4_096;

impl ClientState {
    /// Nothing known yet.
    pub fn new(config: &Config, rng: &Rng, clock: &Clock, slow: Arc<SlowHashes>) -> Self {
        Self {
            secrets: SecretVerifier::new(&config.secrets.system, rng, slow),
            fetched_keys: FetchedKeys::default(),
            registrations: MinuteLimit::new(config.symbolon.registration.limit_per_minute, clock),
            used: Cache::new(USED_REMEMBERED),
        }
    }
}

/// The client of that id.
pub async fn find(context: &Context, client_id: &ClientId) -> Result<Option<Arc<RegisteredClient>>, StoreError> {
    context.store.client_as(client_id, RegisteredClient::parse).await
}

/// How exact the time of the last use is kept, in seconds.
const USE_NOTED_EVERY: i64 = 24 * 3600;

/// Notes that a self-registered client was used, where unused ones are to be deleted; a write a day at most.
pub async fn note_used(context: &Context, client: &RegisteredClient) -> Result<(), StoreError> {
    let unused_for = context.config.symbolon.registration.unused_expire_after_seconds;
    if unused_for == 0 || client.record().origin != Origin::SelfService {
        return Ok(());
    }
    let now = context.clock.now();
    let every = USE_NOTED_EVERY.min(unused_for / 4);
    let noted = context.clients.used.get(client.id()).is_some_and(|at| now.saturating_sub(at) < every);
    if !noted {
        context.store.note_client_used(client.id().as_str(), now, every).await?;
        context.clients.used.insert(client.id().clone(), now);
    }
    Ok(())
}

/// The form of the client's access tokens: its own choice, or the server's. A pairwise client's tokens are opaque in any
/// case: a JWT would show every resource server the subject that is to stay hidden.
pub fn access_token_strategy(context: &Context, client: &RegisteredClient) -> AccessTokenStrategy {
    if *client.subjects() != Subjects::Public {
        return AccessTokenStrategy::Opaque;
    }
    client.access_token_strategy().unwrap_or(context.config.strategies.access_token)
}
