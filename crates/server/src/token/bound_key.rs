//! Codes and refresh tokens that are for the holder of one key (RFC 9449 §5, §10).

use crate::confirmation::KeyThumbprint;
use crate::dpop::{self, Proof};
use crate::error::OAuthError;

/// Refuses another key. Whoever shows one has what is bound and not its key.
pub(super) fn same(what: &str, bound: Option<KeyThumbprint>, proof: Option<&Proof>) -> Result<(), OAuthError> {
    match (bound, proof) {
        (Some(bound), Some(proof)) if proof.key() != bound => {
            Err(OAuthError::invalid_grant(format!("The {what} is bound to another DPoP key.")))
        }
        _ => Ok(()),
    }
}

/// Refuses who shows no key at all; nothing is known of them, and they may come again.
pub(super) fn shown(bound: Option<KeyThumbprint>, proof: Option<&Proof>) -> Result<(), OAuthError> {
    match (bound, proof) {
        (Some(_), None) => Err(dpop::invalid("What was sent is bound to a key: send the 'DPoP' header with it.")),
        _ => Ok(()),
    }
}
