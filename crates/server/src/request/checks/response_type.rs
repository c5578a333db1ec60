//! `response_type` (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types §2): one that the client registered and that this
//! server answers. Only `code` is answered today.

use symbolon_types::{ErrorCode, GrantType, ResponseType};

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let unsupported = |hint: String| OAuthError::new(ErrorCode::UnsupportedResponseType, hint);
    let Some(value) = request.parameters.get("response_type") else {
        return Err(unsupported("Request parameter 'response_type' is missing.".to_owned()));
    };
    let known = ResponseType::parse(value);
    let registered = known.filter(|kind| request.client.allows_response_type(*kind));
    let Some(kind) = registered else {
        return Err(unsupported(format!("The client is not registered for the response_type '{value}'.")));
    };
    if !kind.is_code_only() {
        return Err(unsupported(format!("This server does not answer the response_type '{value}'.")));
    }
    // Here and not when the code is redeemed: the user should not go through a login in vain.
    if !request.client.allows_grant(GrantType::AuthorizationCode) {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            "The client is not registered for the grant_type 'authorization_code'.",
        ));
    }
    draft.response_type = Some(kind);
    Ok(())
}
