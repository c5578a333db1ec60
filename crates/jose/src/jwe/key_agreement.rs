//! Agreement on a key over an elliptic curve with a key that lives as long as the message (RFC 7518 §4.6), and the
//! derivation of the bytes that are used (NIST SP 800-56A, §5.8.1).

use super::algorithms::{ContentEncryption, KeyManagement};
use crate::Secret;
use crate::backend::{self, AgreementKey, Refused};
use crate::digest::sha256;

/// What both sides put into the derivation besides the agreed secret (RFC 7518 §4.6.1.2, §4.6.1.3).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parties<'a> {
    pub(super) producer: &'a [u8],
    pub(super) recipient: &'a [u8],
}

/// The key that both sides come to: that of the content with `ECDH-ES`, else the one that wraps it. A `point` that is not
/// on the curve is refused.
pub(super) fn agree(
    own: &AgreementKey,
    point: &[u8],
    (alg, enc): (KeyManagement, ContentEncryption),
    parties: Parties<'_>,
) -> Result<Secret<Vec<u8>>, Refused> {
    // The key is bound to what it is for: `enc` where it encrypts the content itself.
    let (purpose, bytes) = match alg.wrapping_bytes() {
        Some(bytes) => (alg.as_str(), bytes),
        None => (enc.as_str(), enc.key_bytes()),
    };
    own.agree(point, |shared| derive(shared, purpose, bytes, parties))
}

/// The Concat KDF of RFC 7518 §4.6.2 with SHA-256.
pub(super) fn derive(shared: &[u8], purpose: &str, bytes: usize, parties: Parties<'_>) -> Secret<Vec<u8>> {
    let length = |part: &[u8]| u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut rest = Vec::new();
    for part in [purpose.as_bytes(), parties.producer, parties.recipient] {
        rest.extend_from_slice(&length(part));
        rest.extend_from_slice(part);
    }
    rest.extend_from_slice(&u32::try_from(bytes * 8).unwrap_or(u32::MAX).to_be_bytes());
    let mut key = Vec::with_capacity(bytes.next_multiple_of(32));
    for round in 1_u32.. {
        if key.len() >= bytes {
            break;
        }
        let material = Secret::new([&round.to_be_bytes(), shared, &rest].concat());
        key.extend_from_slice(&sha256(material.expose()));
    }
    key.truncate(bytes);
    Secret::new(key)
}

/// Wraps the key of the content (RFC 3394).
pub(super) fn wrap(wrapping: &Secret<Vec<u8>>, key: &Secret<Vec<u8>>) -> Result<Vec<u8>, Refused> {
    backend::wrap_key(wrapping.expose(), key.expose())
}

/// Unwraps the key of the content.
pub(super) fn unwrap(wrapping: &Secret<Vec<u8>>, wrapped: &[u8]) -> Result<Secret<Vec<u8>>, Refused> {
    backend::unwrap_key(wrapping.expose(), wrapped)
}
