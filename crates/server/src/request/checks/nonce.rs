//! `nonce` (OpenID Connect Core §3.1.2.1, §15.5.2): at least 8 characters where an ID token travels through the browser. In
//! the code flow it is kept as it was sent, however short: it protects the client and not this server.

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
    let through_browser = draft.response_type.is_some_and(|kind| !kind.is_code_only());
    if through_browser && nonce.len() < SHORTEST {
        return Err(OAuthError::new(
            ErrorCode::InsufficientEntropy,
            format!("Parameter 'nonce' must have at least {SHORTEST} characters."),
        ));
    }
    draft.nonce = Some(nonce.to_owned());
    Ok(())
}
