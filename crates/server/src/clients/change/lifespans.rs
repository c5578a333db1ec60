//! Setting how long what a client gets may live. Nothing else of the client changes, and its registration access token
//! stays, as in Hydra.

use serde_json::Value;
use symbolon_store::ClientRecord;
use symbolon_types::Client;
use symbolon_types::client::{Lifespans, check_lifespans};

use super::{ChangeFault, metadata, save};
use crate::context::Context;

/// Replaces all thirteen lifespans; those that are not named are unset. Gives the client as it is then.
pub async fn replace_lifespans(
    context: &Context,
    record: &ClientRecord,
    lifespans: Lifespans,
) -> Result<Client, ChangeFault> {
    check_lifespans(&lifespans)?;
    let mut client = metadata(record)?;
    client.lifespans = lifespans;
    client.updated_at = context.clock.now_micros();
    let mut changed = record.clone();
    changed.updated_at = client.updated_at;
    if let (Some(stored), Value::Object(members)) = (changed.metadata.as_object_mut(), serde_json::to_value(&client)?) {
        // The rest of what is stored stays as it is, also what the metadata do not know.
        stored.extend(members.into_iter().filter(|(name, _)| name.ends_with("_lifespan") || name == "updated_at"));
    }
    save(context, &changed, record.revision).await?;
    Ok(client)
}
