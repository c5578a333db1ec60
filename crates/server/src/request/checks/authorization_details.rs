//! `authorization_details` (RFC 9396 §5). A token of the authorization endpoint cannot have them: its answer has no place for
//! what was granted (§7).

use symbolon_types::ResponseType;

use super::super::validate::{AddressedRequest, Draft};
use crate::authorization_details::{self, PARAMETER};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let config = &request.context.config;
    let text = request.parameters.get(PARAMETER);
    draft.authorization_details = authorization_details::requested(config, &request.client, text, &draft.audience)?;
    if !draft.authorization_details.is_empty() && draft.response_type.is_some_and(ResponseType::has_token) {
        let hint = "A token of the authorization endpoint cannot have 'authorization_details': ask for a code.";
        return Err(authorization_details::invalid(hint.to_owned()));
    }
    Ok(())
}
