//! `prompt` (OpenID Connect Core §3.1.2.1, OpenID Connect Prompt Create §4): known values, `none` alone, and `create` only
//! where people can register.

use symbolon_types::{Prompt, PromptSet};

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(value) = request.parameters.get("prompt") else { return Ok(()) };
    draft.prompt = PromptSet::parse(value)
        .map_err(|fault| OAuthError::invalid_request(format!("Parameter 'prompt' is not valid: {fault}.")))?;
    let urls = &request.context.config.urls;
    // A login page of somebody else may offer to register; the built-in one does not.
    if draft.prompt.contains(Prompt::Registration) && urls.registration.is_none() && urls.login.is_none() {
        return Err(OAuthError::invalid_request(
            "Parameter 'prompt' must not ask to register: nobody can do that here.",
        ));
    }
    Ok(())
}
