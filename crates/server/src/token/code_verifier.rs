//! The code verifier against its challenge (RFC 7636 §4.6), S256 only.

use symbolon_jose::digest;
use symbolon_types::{CodeVerifier, CodeVerifierFault};

use crate::error::OAuthError;

/// Refuses a verifier that is missing, not well formed, or not the challenge's.
pub(super) fn check(challenge: &str, verifier: Option<&str>) -> Result<(), OAuthError> {
    let verifier = CodeVerifier::parse(verifier.unwrap_or_default()).map_err(|fault| {
        OAuthError::invalid_grant(match fault {
            CodeVerifierFault::TooShort => "Parameter 'code_verifier' must have at least 43 characters.",
            CodeVerifierFault::TooLong => "Parameter 'code_verifier' must have at most 128 characters.",
            CodeVerifierFault::Charset => "Parameter 'code_verifier' may only contain letters, digits and '-._~'.",
        })
    })?;
    let computed = digest::base64url(&digest::sha256(verifier.as_str().as_bytes()));
    if digest::constant_time_eq(computed.as_bytes(), challenge.as_bytes()) {
        return Ok(());
    }
    Err(OAuthError::invalid_grant("Parameter 'code_verifier' does not match the 'code_challenge'."))
}
