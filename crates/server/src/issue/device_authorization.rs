//! The end of a device's flow (RFC 8628 §3.3, §3.4): a person agreed, and the grant waits for the device to fetch its
//! tokens. Of several browsers that answer for one device the first one counts.

use symbolon_store::Batch;
use symbolon_types::{ErrorCode, FlowId};

use super::consent::{self, Consent};
use crate::context::Context;
use crate::error::OAuthError;

/// Writes the grant and hands it to the device authorization of that id, in one transaction. `expired_token` when the
/// device no longer waits, `access_denied` when it was answered before.
pub async fn accept(context: &Context, consent: Consent<'_>, device: FlowId) -> Result<(), OAuthError> {
    let now = context.clock.now();
    let row = context.store.device_authorization(*device.as_bytes()).await?;
    let Some(row) = row.filter(|row| row.expires_at > now) else { return Err(expired()) };
    let mut batch = Batch::new();
    batch.accept_device_authorization(row.id, *consent.flow.as_bytes(), now);
    consent::record(context, consent, row.expires_at, batch).await?;
    Ok(())
}

/// What a person is told who was too slow.
pub fn expired() -> OAuthError {
    OAuthError::new(ErrorCode::ExpiredToken, "The code on your device is too old. Start again on the device.")
}
