//! `audience`: each within what the client is registered for.

use symbolon_types::audience::audience_allowed;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let audience = request.parameters.audience();
    let registered = request.client.audience();
    if let Some(foreign) = audience.iter().find(|value| !audience_allowed(registered, value)) {
        return Err(OAuthError::invalid_request(format!("The client is not registered for the audience '{foreign}'.")));
    }
    draft.audience = audience;
    Ok(())
}
