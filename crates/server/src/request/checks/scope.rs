//! `scope` (RFC 6749 §3.3): well formed, and every scope within what the client is registered for.

use symbolon_types::{ErrorCode, Scope};

use super::super::validate::{AddressedRequest, Draft};
use crate::clients::allowed_scope;
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let scope = Scope::parse(request.parameters.get("scope").unwrap_or_default()).map_err(|_| {
        OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' has a character that is not allowed.")
    })?;
    draft.scope = allowed_scope(&request.context.config, &request.client, scope)?;
    Ok(())
}
