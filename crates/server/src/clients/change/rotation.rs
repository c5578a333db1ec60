//! Rotating a client's secret: the new one is the current one, and the last five before it are accepted until they are
//! dropped, so that the machines of a client can be given the new one one after another. The registration access token
//! stays, as in Hydra: what is secret changes, and nothing that the client may do.

use symbolon_store::ClientRecord;
use symbolon_types::{Client, ClientAuthenticationMethod as Method};

use super::{ChangeFault, generated_secret, metadata, save_members};
use crate::audit::Event;
use crate::clients::sealed_secret::has_secret;
use crate::context::Context;
use crate::trail;

/// Most secrets of the past that are accepted beside the current one.
const MOST_ROTATED_SECRETS: usize = 5;

/// Why the secrets of a client were not rotated.
#[derive(Debug)]
pub enum RotationFault {
    /// It authenticates by a method without secrets.
    NoSecret(Method),
    /// The change was not written.
    Change(ChangeFault),
}

impl<F: Into<ChangeFault>> From<F> for RotationFault {
    fn from(fault: F) -> Self {
        Self::Change(fault.into())
    }
}

/// Gives a client a new secret, which is shown once in the answer. What was current is accepted further on, and the oldest
/// of more than five is not.
pub async fn rotate_secret(context: &Context, record: &ClientRecord) -> Result<Client, RotationFault> {
    let mut client = with_secret(record)?;
    let (stored, secret) = generated_secret(context, record.id.as_str(), client.authentication_method());
    let mut changed = record.clone();
    changed.secrets.insert(0, stored);
    changed.secrets.truncate(1 + MOST_ROTATED_SECRETS);
    save_members(context, changed, &mut client, |_| false).await?;
    trail::tell(&Event::ClientSecretRotated { client_id: record.id.as_str() });
    client.client_secret = Some(secret);
    Ok(client)
}

/// Ends the secrets of the past; the current one stays.
pub async fn drop_rotated_secrets(context: &Context, record: &ClientRecord) -> Result<Client, RotationFault> {
    let mut client = with_secret(record)?;
    let mut changed = record.clone();
    changed.secrets.truncate(1);
    save_members(context, changed, &mut client, |_| false).await?;
    trail::tell(&Event::ClientSecretsDropped { client_id: record.id.as_str() });
    Ok(client)
}

fn with_secret(record: &ClientRecord) -> Result<Client, RotationFault> {
    let client = metadata(record)?;
    match client.authentication_method() {
        method if !has_secret(method) => Err(RotationFault::NoSecret(method)),
        _ => Ok(client),
    }
}
