//! PKCE (RFC 7636 §4.3, RFC 9700 §2.1.1): S256 only, a method without a challenge is a fault, and configuration decides
//! who must send one. A device need not (RFC 8628 has no such parameter), but one that does is held to it.

use symbolon_types::{CodeChallenge, ResponseType};

use super::super::validate::{AddressedRequest, Draft};
use crate::config::RegistrationRights;
use crate::error::OAuthError;
use crate::security_profile::Rule;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    let pkce = &request.context.config.oauth2.pkce;
    let method = request.parameters.get("code_challenge_method");
    let Some(challenge) = request.parameters.get("code_challenge") else {
        let public = request.client.is_public();
        // Nothing to bind: a device's request, or one for tokens alone.
        let no_code = !draft.response_type.is_some_and(ResponseType::has_code);
        return match method {
            Some(_) => {
                Err(OAuthError::invalid_request("Parameter 'code_challenge_method' comes without 'code_challenge'."))
            }
            None if no_code => Ok(()),
            None if public && is_a_strangers(request) => {
                let hint =
                    "Parameter 'code_challenge' is required (PKCE) of public clients that registered themselves.";
                Err(OAuthError::invalid_request(hint))
            }
            None if request.client.is_held_to(&request.context.config, Rule::PkceS256) => Err(
                OAuthError::invalid_request("Parameter 'code_challenge' is required (PKCE) by the security profile."),
            ),
            None if pkce.enforced || (pkce.enforced_for_public_clients && public) => {
                Err(OAuthError::invalid_request("Parameter 'code_challenge' is required (PKCE)."))
            }
            None => Ok(()),
        };
    };
    match method {
        Some("S256") => {}
        None | Some("plain") => {
            return Err(OAuthError::invalid_request(
                "Parameter 'code_challenge_method' must be 'S256'; 'plain' is not allowed.",
            ));
        }
        Some(_) => return Err(OAuthError::invalid_request("Parameter 'code_challenge_method' must be 'S256'.")),
    }
    let challenge = CodeChallenge::parse(challenge).map_err(|_| {
        OAuthError::invalid_request("Parameter 'code_challenge' is not the base64url form of a SHA-256 hash.")
    })?;
    draft.code_challenge = Some(challenge);
    Ok(())
}

/// A code for a client of which nobody knows anything is bound to its request (RFC 9700 §2.1.1).
fn is_a_strangers(request: &AddressedRequest<'_>) -> bool {
    let restricted = request.context.config.symbolon.registration.policy == RegistrationRights::Restricted;
    restricted && request.client.is_self_registered()
}
