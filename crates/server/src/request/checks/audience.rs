//! `audience`: each within what the client is registered for.

use symbolon_types::audience::first_foreign_audience;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let audience = request.parameters.audience();
    if let Some(foreign) = first_foreign_audience(request.client.audience(), &audience) {
        return Err(OAuthError::invalid_request(format!("The client is not registered for the audience '{foreign}'.")));
    }
    draft.audience = audience;
    Ok(())
}
