//! Setting how long what a client gets may live. Nothing else of the client changes, and its registration access token
//! stays, as in Hydra.

use symbolon_store::ClientRecord;
use symbolon_types::Client;
use symbolon_types::client::{Lifespans, Registrant, check_lifespans};

use super::{ChangeFault, metadata, save_members, taken_over};
use crate::audit::Event;
use crate::context::Context;
use crate::trail;

/// Replaces all thirteen lifespans; those that are not named are unset. Gives the client as it is then.
pub async fn replace_lifespans(
    context: &Context,
    record: &ClientRecord,
    lifespans: Lifespans,
) -> Result<Client, ChangeFault> {
    check_lifespans(&lifespans)?;
    let mut client = metadata(record)?;
    client.lifespans = lifespans;
    let record = taken_over(record, Registrant::Administrator);
    save_members(context, record, &mut client, |name| name.ends_with("_lifespan")).await?;
    trail::tell(&Event::ClientReplaced { client_id: client.client_id.as_str() });
    Ok(client)
}
