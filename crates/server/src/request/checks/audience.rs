//! `audience` and `resource` (RFC 8707 §2.1): where the tokens shall be used. Each within what the client may ask for, and
//! with scopes that are of use there.

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::resource_indicators;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let config = &request.context.config;
    let parameters = &request.parameters;
    draft.audience =
        resource_indicators::requested(config, &request.client, parameters.audience(), &parameters.resources())?;
    draft.scope = resource_indicators::scope_there(config, &draft.audience, std::mem::take(&mut draft.scope))?;
    Ok(())
}
