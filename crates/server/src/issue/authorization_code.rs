//! The authorization code (RFC 6749 §4.1.2): a sealed pointer to the grant row that is written with it.

use symbolon_store::Batch;
use symbolon_types::Scope;

use super::consent::{self, Consent};
use crate::context::Context;
use crate::error::OAuthError;
use crate::seal::{GrantPointer, kinds, prefix};

/// Writes the grant and gives the code with the granted scope.
pub async fn issue(context: &Context, consent: Consent<'_>) -> Result<(String, Scope), OAuthError> {
    let expires_at = context.clock.now().saturating_add(context.config.ttl.auth_code);
    let grant_id = consent.flow;
    let granted = consent::record(context, consent, expires_at, Batch::new()).await?;
    let pointer = GrantPointer { grant_id, generation: 0, issued_at: context.clock.now(), expires_at };
    Ok((context.seal.seal_pointer(kinds::CODE, prefix::CODE, pointer), granted.scope))
}
