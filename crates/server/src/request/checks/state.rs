//! `state` (RFC 6749 §10.12): at least 8 characters, as Hydra demands, so that it can protect against forgery. Under a
//! security profile, or where configuration says so, PKCE does that, and `state` is what the client wants it to be.

use symbolon_types::ErrorCode;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::security_profile::Rule;

const SHORTEST: usize = 8;

pub(super) fn check(request: &AddressedRequest<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    // Whether the challenge can protect anything is checked by itself.
    let bound = request.parameters.get("code_challenge").is_some();
    let config = &request.context.config;
    let optional = config.symbolon.oauth2.state_optional_with_pkce;
    if bound && (optional || request.client.is_held_to(config, Rule::StateOptional)) {
        return Ok(());
    }
    let state = request.reply.address().and_then(|address| address.state.as_ref());
    if state.is_none_or(|state| state.len() < SHORTEST) {
        return Err(OAuthError::new(
            ErrorCode::InvalidState,
            format!("Parameter 'state' must have at least {SHORTEST} characters."),
        ));
    }
    Ok(())
}
