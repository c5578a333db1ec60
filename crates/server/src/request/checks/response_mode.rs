//! `response_mode` (OAuth 2.0 Multiple Response Types §2.1, JWT Secured Authorization Response Mode §2.3): known, and never
//! the query for tokens that others could read there. Whether a JWT can be signed as the client registered is known here
//! already, so that nobody goes through a login in vain.

use symbolon_types::{ErrorCode, ResponseMode};

use super::super::validate::{AddressedRequest, Draft, TokensInQuery, implied_mode};
use crate::clients::signing;
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(value) = request.parameters.get("response_mode") else { return Ok(()) };
    let unsupported = |hint: String| OAuthError::new(ErrorCode::UnsupportedResponseMode, hint);
    let implied = implied_mode(draft.response_type);
    let Some(mode) = ResponseMode::parse(value, implied) else {
        return Err(unsupported(format!("The response_mode '{value}' is not supported.")));
    };
    if !TokensInQuery::of(&request.client).allow(mode, implied) {
        return Err(unsupported(format!("The response_mode '{value}' would put tokens into a URL's query.")));
    }
    if mode.is_jwt() {
        signing::authorization_response_key(request.context, &request.client)?;
    }
    Ok(())
}
