//! `claims` (OpenID Connect Core §5.5): a JSON object that asks for claims one by one, in the ID token or at userinfo.

use symbolon_types::ClaimsRequest;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(text) = request.parameters.get("claims") else { return Ok(()) };
    draft.claims = ClaimsRequest::parse(text)
        .map_err(|fault| OAuthError::invalid_request(format!("Parameter 'claims' is not valid: {fault}.")))?;
    Ok(())
}
