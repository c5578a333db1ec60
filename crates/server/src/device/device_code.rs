//! The device code (RFC 8628 §3.2): a sealed pointer to the row of a device authorization, and until when it counts.

use symbolon_types::DeviceId;

use crate::context::Context;
use crate::seal::{kinds, prefix};

/// The code of a device authorization.
pub fn issue(context: &Context, id: DeviceId, expires_at: i64) -> String {
    let body = [id.as_bytes().as_slice(), &expires_at.to_be_bytes()].concat();
    format!("{}{}", prefix::DEVICE, context.seal.seal(kinds::DEVICE_CODE, &body))
}

/// The device authorization of a code, and when the code expires; the prefix is optional. Anything else is `None`.
pub fn open(context: &Context, code: &str) -> Option<(DeviceId, i64)> {
    let body = context.seal.open(kinds::DEVICE_CODE, code.strip_prefix(prefix::DEVICE).unwrap_or(code))?;
    let (id, expires_at) = body.split_first_chunk::<16>()?;
    Some((DeviceId::from(*id), i64::from_be_bytes(expires_at.try_into().ok()?)))
}
