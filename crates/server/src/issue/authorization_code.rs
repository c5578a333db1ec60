//! The authorization code (RFC 6749 §4.1.2): a sealed pointer to a grant row, and until when it counts.

use symbolon_types::GrantId;

use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::seal::{kinds, prefix};
use crate::security_profile::{LONGEST_CODE_LIFETIME, Rule};

/// When a code expires that is issued to a client for a grant of this instant.
pub fn expires_at(context: &Context, client: &RegisteredClient, granted_at: i64) -> i64 {
    let configured = context.config.ttl.auth_code;
    let short = client.is_held_to(&context.config, Rule::CodeWithinMinute);
    granted_at.saturating_add(if short { configured.min(LONGEST_CODE_LIFETIME) } else { configured })
}

/// The code of a grant.
pub fn issue(context: &Context, grant: GrantId, expires_at: i64) -> String {
    let body = [grant.as_bytes().as_slice(), &expires_at.to_be_bytes()].concat();
    format!("{}{}", prefix::CODE, context.seal.seal(kinds::CODE, &body))
}

/// A code as it was issued, whether or not somebody cut its prefix.
pub fn with_prefix(code: &str) -> String {
    format!("{}{}", prefix::CODE, code.strip_prefix(prefix::CODE).unwrap_or(code))
}

/// The grant of a code, and when the code expires; the prefix is optional, as gateways may have cut it. Anything else is
/// `None`.
pub fn open(context: &Context, code: &str) -> Option<(GrantId, i64)> {
    let body = context.seal.open(kinds::CODE, code.strip_prefix(prefix::CODE).unwrap_or(code))?;
    let (id, expires_at) = body.split_first_chunk::<16>()?;
    Some((GrantId::from(*id), i64::from_be_bytes(expires_at.try_into().ok()?)))
}
