//! Checking signatures.

use p256::ecdsa::signature::Verifier;
use sha2::{Sha256, Sha384, Sha512};

use super::rsa::public_key;
use crate::algorithm::{Algorithm, Family};
use crate::backend::{PublicNumbers, Refused};

/// A public key, parsed once for all algorithms.
pub(crate) enum PublicKey {
    Rsa(rsa::PublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    #[cfg(feature = "rust-crypto")]
    P521(p521::ecdsa::VerifyingKey),
    /// `None`: the encoding stands for no point, and no signature is valid under it.
    #[cfg(feature = "rust-crypto")]
    Ed25519(Option<ed25519_dalek::VerifyingKey>),
}

impl PublicKey {
    /// The key of the family that the `accepted` algorithms have in common.
    pub(crate) fn new(numbers: PublicNumbers<'_>, accepted: &[Algorithm]) -> Result<Self, Refused> {
        let point = match numbers {
            PublicNumbers::Rsa { n, e } => return public_key(n, e).map(Self::Rsa),
            PublicNumbers::Point(point) => point,
        };
        match accepted.first().ok_or(Refused)?.family() {
            Family::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Self::P256).map_err(|_| Refused),
            Family::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Self::P384).map_err(|_| Refused),
            #[cfg(feature = "rust-crypto")]
            Family::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Self::P521).map_err(|_| Refused),
            #[cfg(feature = "rust-crypto")]
            Family::Ed25519 => {
                let point = point.try_into().map_err(|_| Refused)?;
                Ok(Self::Ed25519(ed25519_dalek::VerifyingKey::from_bytes(point).ok()))
            }
            _ => Err(Refused),
        }
    }

    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => rsa_verifies(key, algorithm, message, signature),
            Self::P256(key) => {
                algorithm == Algorithm::ES256
                    && p256::ecdsa::Signature::from_slice(signature)
                        .is_ok_and(|made| key.verify(message, &made).is_ok())
            }
            Self::P384(key) => {
                algorithm == Algorithm::ES384
                    && p384::ecdsa::Signature::from_slice(signature)
                        .is_ok_and(|made| key.verify(message, &made).is_ok())
            }
            #[cfg(feature = "rust-crypto")]
            Self::P521(key) => {
                algorithm == Algorithm::ES512
                    && p521::ecdsa::Signature::from_slice(signature)
                        .is_ok_and(|made| key.verify(message, &made).is_ok())
            }
            #[cfg(feature = "rust-crypto")]
            Self::Ed25519(key) => {
                let (Some(key), Ok(made)) = (key, ed25519_dalek::Signature::from_slice(signature)) else {
                    return false;
                };
                algorithm == Algorithm::EdDSA && key.verify_strict(message, &made).is_ok()
            }
        }
    }
}

/// The salt of RSASSA-PSS is exactly as long as the hash (RFC 7518 §3.5).
fn rsa_verifies(key: &rsa::PublicKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let verified = match algorithm {
        Algorithm::RS256 => key.pkcs1v15_verify::<Sha256>(message, signature),
        Algorithm::RS384 => key.pkcs1v15_verify::<Sha384>(message, signature),
        Algorithm::RS512 => key.pkcs1v15_verify::<Sha512>(message, signature),
        Algorithm::PS256 => key.pss_verify::<Sha256>(message, signature),
        Algorithm::PS384 => key.pss_verify::<Sha384>(message, signature),
        Algorithm::PS512 => key.pss_verify::<Sha512>(message, signature),
        _ => return false,
    };
    verified.is_ok()
}
