//! Bodies at rest: sealed when `oauth2.session.encrypt_at_rest` is on, and readable whichever way they were written, so
//! that the switch may be turned at any time.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::error::OAuthError;
use crate::seal::kinds;

/// First byte of a body: how the rest is kept.
const PLAIN: u8 = 0;
const SEALED: u8 = 1;

/// The stored form.
pub fn close(context: &Context, value: &impl Serialize) -> Result<Vec<u8>, OAuthError> {
    let json = serde_json::to_vec(value).map_err(|fault| OAuthError::server(fault.to_string()))?;
    Ok(close_bytes(context, &json))
}

/// The stored form of bytes.
pub fn close_bytes(context: &Context, plaintext: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(plaintext.len() + 32);
    if context.config.oauth2.session_encrypt_at_rest {
        bytes.push(SEALED);
        bytes.extend_from_slice(&context.seal.seal_bytes(kinds::CLAIMS, plaintext));
    } else {
        bytes.push(PLAIN);
        bytes.extend_from_slice(plaintext);
    }
    bytes
}

/// Reads a body.
pub fn open<T: DeserializeOwned>(context: &Context, body: &[u8]) -> Result<T, OAuthError> {
    serde_json::from_slice(&open_bytes(context, body)?).map_err(|fault| OAuthError::server(fault.to_string()))
}

/// Reads bytes.
pub fn open_bytes(context: &Context, body: &[u8]) -> Result<Vec<u8>, OAuthError> {
    let broken = || OAuthError::server("a stored body could not be opened");
    match body.split_first() {
        Some((&PLAIN, kept)) => Ok(kept.to_vec()),
        Some((&SEALED, kept)) => context.seal.open_bytes(kinds::CLAIMS, kept).ok_or_else(broken),
        _ => Err(broken()),
    }
}
