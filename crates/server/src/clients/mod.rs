//! Registered clients: finding them, their secrets and keys, and the rules of creating and changing them that the
//! administrator's API (`admin::clients`) and dynamic registration (`registration`) share. A [`RegisteredClient`] is
//! parsed once per revision and kept by the store until its revision changes.

pub mod change;
pub mod keys;
mod registered;
pub mod secret;

use std::sync::Arc;

use symbolon_store::{Origin, StoreError};
use symbolon_types::{AccessTokenStrategy, ClientId};

use crate::context::Context;

pub use registered::{KeySource, RegisteredClient, Subjects};

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
    let noted = context.used_clients.get(client.id()).is_some_and(|at| now.saturating_sub(at) < every);
    if !noted {
        context.store.note_client_used(client.id().as_str(), now, every).await?;
        context.used_clients.insert(client.id().clone(), now);
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
