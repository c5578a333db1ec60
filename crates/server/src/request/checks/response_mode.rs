//! `response_mode` (OAuth 2.0 Multiple Response Types §2.1): known, and never the query for tokens.

use symbolon_types::{ErrorCode, ResponseMode};

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(value) = request.parameters.get("response_mode") else { return Ok(()) };
    let unsupported = |hint: String| OAuthError::new(ErrorCode::UnsupportedResponseMode, hint);
    let Some(mode) = ResponseMode::parse(value) else {
        return Err(unsupported(format!("The response_mode '{value}' is not supported.")));
    };
    let fragment_by_default = draft.response_type.is_some_and(|kind| kind.default_mode() == ResponseMode::Fragment);
    if mode == ResponseMode::Query && fragment_by_default {
        return Err(unsupported("The response_mode 'query' would put tokens into a URL's query.".to_owned()));
    }
    Ok(())
}
