//! The authorization code (RFC 6749 §4.1.2): a sealed pointer to a grant row, and until when it counts.

use symbolon_types::GrantId;

use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::hydra;
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
    format!("{}{}", prefix::CODE, context.seal.seal(kinds::CODE, &to_bytes(grant, expires_at)))
}

/// What is sealed in a code.
pub fn to_bytes(grant: GrantId, expires_at: i64) -> Vec<u8> {
    [grant.as_bytes().as_slice(), &expires_at.to_be_bytes()].concat()
}

/// A code as it was issued, whether or not somebody cut its prefix.
pub fn with_prefix(code: &str) -> String {
    format!("{}{}", prefix::CODE, code.strip_prefix(prefix::CODE).unwrap_or(code))
}

/// The grant of a code, and when the code expires; the prefix is optional, as gateways may have cut it. Anything else is
/// `None`, but one of Hydra's that was brought here.
pub async fn open(context: &Context, code: &str) -> Result<Option<(GrantId, i64)>, OAuthError> {
    let ours = context.seal.open(kinds::CODE, code.strip_prefix(prefix::CODE).unwrap_or(code));
    let body = match ours {
        Some(body) => Some(body),
        None => hydra::find(context, hydra::Kind::Code, code).await?,
    };
    Ok(body.and_then(|body| from_bytes(&body)))
}

fn from_bytes(body: &[u8]) -> Option<(GrantId, i64)> {
    let (id, expires_at) = body.split_first_chunk::<16>()?;
    Some((GrantId::from(*id), i64::from_be_bytes(expires_at.try_into().ok()?)))
}
