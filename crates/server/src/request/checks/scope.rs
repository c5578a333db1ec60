//! `scope` (RFC 6749 §3.3): well formed, and every scope within what the client is registered for.

use symbolon_types::{ErrorCode, Scope};

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let scope = Scope::parse(request.parameters.get("scope").unwrap_or_default()).map_err(|_| {
        OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' has a character that is not allowed.")
    })?;
    let registered = request.client.scope();
    let comparison = request.context.config.strategies.scope;
    if let Some(foreign) = comparison.first_uncovered(registered, &scope) {
        return Err(OAuthError::new(
            ErrorCode::InvalidScope,
            format!("The client is not registered for the scope '{foreign}'."),
        ));
    }
    draft.scope = scope;
    Ok(())
}
