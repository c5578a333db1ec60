//! `response_type` (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types §2): one that the client registered, with the grant
//! types that belong to it, and that this server is configured to answer. An ID token needs the scope `openid`.

use symbolon_types::{ErrorCode, ResponseType};

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::security_profile::Rule;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let unsupported = |hint: String| OAuthError::new(ErrorCode::UnsupportedResponseType, hint);
    let Some(value) = request.parameters.get("response_type") else {
        return Err(unsupported("Request parameter 'response_type' is missing.".to_owned()));
    };
    let known = ResponseType::parse(value);
    if known != Some(ResponseType::CODE) && request.client.is_held_to(&request.context.config, Rule::CodeOnly) {
        return Err(unsupported("The security profile allows the response_type 'code' and no other.".to_owned()));
    }
    let registered = known.filter(|kind| request.client.allows_response_type(*kind));
    let Some(kind) = registered else {
        return Err(unsupported(format!("The client is not registered for the response_type '{value}'.")));
    };
    if !request.context.config.symbolon.oauth2.response_types.contains(kind) {
        return Err(unsupported(format!("This server does not answer the response_type '{value}'.")));
    }
    // OpenID Connect Dynamic Client Registration §2. Here and not when the code is redeemed or the user has consented:
    // nobody should go through a login in vain.
    if let Some(grant_type) = kind.grant_types().find(|grant_type| !request.client.allows_grant(*grant_type)) {
        return Err(OAuthError::new(
            ErrorCode::UnauthorizedClient,
            format!("The client is not registered for the grant_type '{grant_type}'."),
        ));
    }
    // OpenID Connect Core §3.1.2.1: without it the request is not one of OpenID Connect.
    if kind.has_id_token() && !draft.scope.contains("openid") {
        return Err(unsupported(format!("The response_type '{value}' needs the scope 'openid'.")));
    }
    draft.response_type = Some(kind);
    Ok(())
}
