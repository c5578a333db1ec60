//! `prompt` (OpenID Connect Core §3.1.2.1, OpenID Connect Prompt Create §4): known values, `none` alone.

use symbolon_types::PromptSet;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(value) = request.parameters.get("prompt") else { return Ok(()) };
    draft.prompt = PromptSet::parse(value)
        .map_err(|fault| OAuthError::invalid_request(format!("Parameter 'prompt' is not valid: {fault}.")))?;
    Ok(())
}
