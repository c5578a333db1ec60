//! Registered clients: finding them, their secrets and keys, and the rules of creating and changing them that the
//! administrator's API (`admin::clients`) and dynamic registration (`registration`) share. A [`RegisteredClient`] is
//! parsed once per revision and kept by the store until its revision changes.

pub mod change;
pub mod documents;
pub mod encryption;
pub mod keys;
mod registered;
mod registration_limits;
mod scopes;
pub mod sealed_secret;
pub mod secret;
pub mod signing;
mod subjects;
mod vouchers;

use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::Rng;
use symbolon_store::{ClientRecord, Origin, StoreError};
use symbolon_types::{AccessTokenStrategy, ClientId, ErrorCode, Subject};

use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;
use crate::error::OAuthError;
use crate::minute_limit::MinuteLimit;
use crate::slow_hash::SlowHashes;
use documents::DocumentState;
use keys::FetchedKeys;
use secret::SecretVerifier;

pub use registered::{KeySource, RegisteredClient};
pub use registration_limits::RegistrationLimits;
pub use scopes::{allowed_scope, first_foreign_scope, granted_comparison};
pub use subjects::Subjects;

/// What is kept in memory about clients.
pub struct ClientState {
    /// Hashes their secrets, checks them, and remembers what was checked.
    pub secrets: SecretVerifier,
    /// Keys that were fetched from them.
    pub fetched_keys: FetchedKeys,
    /// Documents that describe clients.
    pub documents: DocumentState,
    /// Registrations by address.
    pub registrations: RegistrationLimits,
    /// Writes of self-registered ones.
    writes: MinuteLimit<ClientId>,
    /// Logins at self-registered ones, of one person each.
    logins: MinuteLimit<(ClientId, Subject)>,
    /// When the use of a self-registered one was noted last, in Unix seconds.
    used: Cache<ClientId, i64>,
}

/// Travels with an answer: the client that it concerns, or that its request named; `None` inside where there is no such
/// client. Pages of other origins may read the answer if it allows them.
#[derive(Clone)]
pub struct ClientOfAnswer(pub Option<Arc<RegisteredClient>>);

/// Logins of one person at one self-registered client in a minute.
const LOGINS_PER_MINUTE: u32 = 60;
/// Self-registered clients whose last use is remembered.
const USED_REMEMBERED: usize = 4_096;

impl ClientState {
    /// Nothing known yet.
    pub fn new(config: &Config, rng: &Rng, clock: &Clock, slow: Arc<SlowHashes>) -> Self {
        Self {
            secrets: SecretVerifier::new(
                &config.secrets.system,
                rng,
                MinuteLimit::new(config.symbolon.limits.client_secret_attempts_per_minute, clock),
                slow,
            ),
            fetched_keys: keys::nothing_fetched(clock),
            documents: DocumentState::new(clock),
            registrations: RegistrationLimits::new(config, clock),
            writes: MinuteLimit::new(config.symbolon.limits.self_registered_writes_per_minute, clock),
            logins: MinuteLimit::new(LOGINS_PER_MINUTE, clock),
            used: Cache::new(USED_REMEMBERED),
        }
    }

    /// Counts a write that a client causes, or says in how many seconds the next is possible. Only clients that registered
    /// themselves are counted: anybody can have many of them, and make the database grow with each. To be asked where the
    /// request has shown something genuine of the client's: its name alone is public, and would let others use up its share.
    pub fn count_write(&self, client: &ClientRecord) -> Result<(), i64> {
        match client.origin {
            Origin::Administrator => Ok(()),
            Origin::SelfService | Origin::Document => self.writes.count(client.id.clone()),
        }
    }
}

/// The client of that id: one that is kept, or else one whose document was read here a moment ago.
pub async fn find(context: &Context, client_id: &ClientId) -> Result<Option<Arc<RegisteredClient>>, StoreError> {
    let kept = context.store.client_as(client_id, RegisteredClient::parse).await?;
    Ok(kept.or_else(|| documents::remembered(context, client_id)))
}

/// [`ClientState::count_write`] with the error for whoever sent the request.
pub fn count_write(context: &Context, client: &RegisteredClient) -> Result<(), OAuthError> {
    context.clients.count_write(client.record()).map_err(|seconds| {
        let hint = format!("Too many requests of this client. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

/// Counts a login of a person at a client that registered itself: a row is kept for each. Only the person has to wait.
pub fn count_login(context: &Context, client: &RegisteredClient, subject: &Subject) -> Result<(), OAuthError> {
    if !client.is_self_registered() {
        return Ok(());
    }
    context.clients.logins.count((client.id().clone(), subject.clone())).map_err(|seconds| {
        let hint = format!("Too many logins at this client. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

/// How exact the time of the last use is kept, in seconds.
const USE_NOTED_EVERY: i64 = 24 * 3600;

/// Notes that a self-registered client was used, where unused ones are to be deleted; a write a day at most.
pub async fn note_used(context: &Context, client: &RegisteredClient) -> Result<(), StoreError> {
    let unused_for = context.config.symbolon.registration.unused_expire_after_seconds;
    if unused_for == 0 || !client.is_self_registered() {
        return Ok(());
    }
    let now = context.clock.now();
    let every = USE_NOTED_EVERY.min(unused_for / 4);
    let noted = context.clients.used.get(client.id()).is_some_and(|at| now.saturating_sub(at) < every);
    if !noted {
        context.store.note_client_used(client.id(), now, every).await?;
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
