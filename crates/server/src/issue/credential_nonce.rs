//! The nonce for the proof of possession of a credential request (OpenID Connect UserInfo Verifiable Credentials, draft
//! 00). It is sealed, bound to the access token, and counts until it expires, so that nothing is written for it.

use symbolon_jose::digest;

use crate::context::Context;
use crate::error::OAuthError;
use crate::seal::kinds;

/// The scope that makes the token endpoint give a nonce.
pub const SCOPE: &str = "userinfo_credential_draft_00";

/// A nonce for an access token, and how long it counts in seconds.
pub fn issue(context: &Context, access_token: &str) -> (String, i64) {
    let lifetime = context.config.ttl.vc_nonce;
    let expires_at = context.clock.now().saturating_add(lifetime);
    let mut plaintext = expires_at.to_be_bytes().to_vec();
    plaintext.extend_from_slice(&digest::sha256(access_token.as_bytes()));
    (context.seal.seal(kinds::CREDENTIAL_NONCE, &plaintext), lifetime)
}

/// Refuses a nonce that was not given for this access token, or whose time is over.
pub fn check(context: &Context, access_token: &str, nonce: &str) -> Result<(), OAuthError> {
    let invalid = || OAuthError::invalid_request("The nonce is not one that was given for this access token.");
    let plaintext = context.seal.open(kinds::CREDENTIAL_NONCE, nonce).ok_or_else(invalid)?;
    let (expires_at, bound) = plaintext.split_first_chunk::<8>().ok_or_else(invalid)?;
    if !digest::constant_time_eq(bound, &digest::sha256(access_token.as_bytes())) {
        return Err(invalid());
    }
    if i64::from_be_bytes(*expires_at) <= context.clock.now() {
        return Err(OAuthError::invalid_request("The nonce has expired."));
    }
    Ok(())
}
