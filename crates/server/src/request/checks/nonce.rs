//! `nonce` (OpenID Connect Core §3.1.2.1, §15.5.2): when given, at least 8 characters. Checked here and not when the
//! code is redeemed: the user should not go through a login in vain.

use symbolon_types::ErrorCode;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

const SHORTEST: usize = 8;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let Some(nonce) = request.parameters.get("nonce") else {
        // OpenID Connect Core §3.2.2.1, §3.3.2.1: an ID token that comes through the browser could be somebody else's.
        return match draft.response_type {
            Some(kind) if kind.has_id_token() => Err(OAuthError::invalid_request(format!(
                "Parameter 'nonce' is required with the response_type '{kind}', as an ID token comes through the browser."
            ))),
            _ => Ok(()),
        };
    };
    if nonce.len() < SHORTEST {
        return Err(OAuthError::new(
            ErrorCode::InsufficientEntropy,
            format!("Parameter 'nonce' must have at least {SHORTEST} characters."),
        ));
    }
    draft.nonce = Some(nonce.to_owned());
    Ok(())
}
