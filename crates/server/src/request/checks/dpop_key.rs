//! `dpop_jkt` (RFC 9449 §10): the thumbprint of the key to which the code shall be bound. A token of this endpoint cannot be
//! bound, as nobody shows a proof for it.

use symbolon_types::{ErrorCode, ResponseType};

use super::super::validate::{AddressedRequest, Draft};
use crate::confirmation::KeyThumbprint;
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let has_token = draft.response_type.is_some_and(ResponseType::has_token);
    let metadata = request.client.metadata();
    let bound = [
        ("dpop_bound_access_tokens", metadata.dpop_bound_access_tokens),
        ("tls_client_certificate_bound_access_tokens", metadata.tls_client_certificate_bound_access_tokens),
    ];
    let registered = bound.into_iter().find(|(_, bound)| *bound && has_token);
    if let Some((name, _)) = registered {
        let hint = format!("The client registered '{name}', and a token of this endpoint is bound to nothing.");
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint));
    }
    let Some(thumbprint) = request.parameters.get("dpop_jkt") else { return Ok(()) };
    if KeyThumbprint::parse(thumbprint).is_none() {
        return Err(OAuthError::invalid_request("Parameter 'dpop_jkt' is not the thumbprint of a key (RFC 7638)."));
    }
    if has_token {
        return Err(OAuthError::invalid_request("Parameter 'dpop_jkt' binds codes; it cannot bind a token."));
    }
    if metadata.tls_client_certificate_bound_access_tokens {
        let hint = "Parameter 'dpop_jkt' binds to a key, and the tokens of the client are bound to its certificate.";
        return Err(OAuthError::invalid_request(hint));
    }
    Ok(())
}
