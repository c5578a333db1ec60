//! `state` (RFC 6749 §10.12): at least 8 characters, as Hydra demands, so that it can protect against forgery.

use symbolon_types::ErrorCode;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

const SHORTEST: usize = 8;

pub(super) fn check(request: &AddressedRequest<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    let state = request.reply.address().and_then(|address| address.state.as_ref());
    if state.is_none_or(|state| state.len() < SHORTEST) {
        return Err(OAuthError::new(
            ErrorCode::InvalidState,
            format!("Parameter 'state' must have at least {SHORTEST} characters."),
        ));
    }
    Ok(())
}
