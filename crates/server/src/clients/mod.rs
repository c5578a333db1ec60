//! Registered clients: finding them, and the rules of creating and changing them that the administrator's API
//! (`admin::clients`) and dynamic registration (`registration`) share. A client is parsed once and kept by the store
//! until its revision changes.

pub mod change;

use std::sync::Arc;

use symbolon_jose::{JwkSet, VerifyingKey};
use symbolon_store::{Cached, ClientRecord, Origin, StoreError};
use symbolon_types::{AccessTokenStrategy, Client, SubjectType};

use crate::context::Context;
use crate::outbound::client_keys::verifying;

/// A client in the form that requests work with.
#[derive(Debug)]
pub struct RegisteredClient {
    /// Its metadata, without secrets.
    pub metadata: Client,
    /// The keys in its metadata that verify signatures.
    pub keys: Arc<Vec<VerifyingKey>>,
}

/// A client as stored, with its parsed form.
pub type ClientRef = Arc<Cached<RegisteredClient>>;

fn parse(record: &ClientRecord) -> Result<RegisteredClient, String> {
    let metadata: Client = serde_json::from_value(record.metadata.clone()).map_err(|fault| fault.to_string())?;
    let set: Option<JwkSet> = serde_json::from_value(metadata.jwks.clone()).ok();
    let keys = Arc::new(set.as_ref().map(verifying).unwrap_or_default());
    Ok(RegisteredClient { metadata, keys })
}

/// The client of that id.
pub async fn find(context: &Context, client_id: &str) -> Result<Option<ClientRef>, StoreError> {
    context.store.client_as(client_id, parse).await
}

/// How exact the time of the last use is kept, in seconds.
const USE_NOTED_EVERY: i64 = 24 * 3600;

/// Notes that a self-registered client was used, where unused ones are to be deleted; a write a day at most.
pub async fn note_used(context: &Context, client: &ClientRef) -> Result<(), StoreError> {
    let record = &client.record;
    let unused_for = context.config.symbolon.registration.unused_expire_after_seconds;
    if unused_for == 0 || record.origin != Origin::SelfService {
        return Ok(());
    }
    let now = context.clock.now();
    let every = USE_NOTED_EVERY.min(unused_for / 4);
    let noted = context.used_clients.get(&record.id).is_some_and(|at| now.saturating_sub(at) < every);
    if !noted {
        context.store.note_client_used(&record.id, now, every).await?;
        context.used_clients.insert(record.id.clone(), now);
    }
    Ok(())
}

/// The form of the client's access tokens: its own choice, or the server's. A pairwise client's tokens are opaque in any
/// case: a JWT would show every resource server the subject that is to stay hidden.
pub fn access_token_strategy(context: &Context, client: &Client) -> AccessTokenStrategy {
    if client.subject_type == SubjectType::Pairwise.as_str() {
        return AccessTokenStrategy::Opaque;
    }
    AccessTokenStrategy::parse(&client.access_token_strategy).unwrap_or(context.config.strategies.access_token)
}
