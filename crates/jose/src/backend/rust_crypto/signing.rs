//! Private keys that sign: made, read, written out, used.

use std::sync::Arc;

use getrandom::SysRng;
use p256::ecdsa::signature::Signer;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroize;

use super::curves::fresh_scalar;
pub(crate) use super::curves::public_point;
use super::hash::fill_random;
use super::rsa;
use crate::Secret;
use crate::algorithm::{Algorithm, Family};
use crate::backend::{PrivateNumbers, Refused};

/// A private key for one algorithm. Cloning shares the parsed key.
#[derive(Clone)]
pub(crate) struct KeyPair {
    algorithm: Algorithm,
    private: Arc<Private>,
}

enum Private {
    Rsa(Box<::rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    #[cfg(feature = "rust-crypto")]
    P521(p521::ecdsa::SigningKey),
    #[cfg(feature = "rust-crypto")]
    Ed25519(ed25519_dalek::SigningKey),
}

impl KeyPair {
    /// A fresh key; `rsa_bits` is looked at for RSA only.
    pub(crate) fn generate(algorithm: Algorithm, rsa_bits: u32) -> Result<Self, Refused> {
        let private = match algorithm.family() {
            Family::Rsa => {
                let bits = usize::try_from(rsa_bits).map_err(|_| Refused)?;
                Private::Rsa(Box::new(::rsa::PrivateKey::new(&mut SysRng, bits).map_err(|_| Refused)?))
            }
            Family::Ed25519 => {
                let mut seed = [0; 32];
                fill_random(&mut seed)?;
                let key = ed25519_key(&seed);
                seed.zeroize();
                key?
            }
            family => curve_key(family, fresh_scalar(family)?.expose())?,
        };
        Ok(Self { algorithm, private: Arc::new(private) })
    }

    /// The key made of `numbers`, if the private ones belong to the public ones.
    pub(crate) fn from_numbers(algorithm: Algorithm, numbers: &PrivateNumbers) -> Result<Self, Refused> {
        let private = match numbers {
            PrivateNumbers::Rsa(numbers) => Private::Rsa(Box::new(rsa::private_key(numbers)?)),
            PrivateNumbers::Curve { family, scalar, point } => {
                if public_point(*family, scalar.expose())? != *point {
                    return Err(Refused);
                }
                curve_key(*family, scalar.expose())?
            }
            PrivateNumbers::Ed25519 { seed, point } => {
                if ed25519_point(seed.expose())? != *point {
                    return Err(Refused);
                }
                ed25519_key(seed.expose())?
            }
        };
        Ok(Self { algorithm, private: Arc::new(private) })
    }

    pub(crate) fn numbers(&self) -> Result<PrivateNumbers, Refused> {
        let family = self.algorithm.family();
        let scalar = match &*self.private {
            Private::Rsa(key) => return rsa::numbers(key).map(PrivateNumbers::Rsa),
            Private::P256(key) => key.to_bytes().to_vec(),
            Private::P384(key) => key.to_bytes().to_vec(),
            #[cfg(feature = "rust-crypto")]
            Private::P521(key) => key.to_bytes().to_vec(),
            #[cfg(feature = "rust-crypto")]
            Private::Ed25519(key) => {
                let point = key.verifying_key().to_bytes().to_vec();
                return Ok(PrivateNumbers::Ed25519 { seed: Secret::new(key.to_bytes().to_vec()), point });
            }
        };
        let scalar = Secret::new(scalar);
        let point = public_point(family, scalar.expose())?;
        Ok(PrivateNumbers::Curve { family, scalar, point })
    }

    /// The signature over `message`, in the form of RFC 7518 §3.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refused> {
        match &*self.private {
            Private::Rsa(key) => rsa_signature(key, self.algorithm, message),
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(message).map_err(|_| Refused)?;
                Ok(signature.to_bytes().to_vec())
            }
            Private::P384(key) => {
                let signature: p384::ecdsa::Signature = key.try_sign(message).map_err(|_| Refused)?;
                Ok(signature.to_bytes().to_vec())
            }
            #[cfg(feature = "rust-crypto")]
            Private::P521(key) => {
                let signature: p521::ecdsa::Signature = key.try_sign(message).map_err(|_| Refused)?;
                Ok(signature.to_bytes().to_vec())
            }
            #[cfg(feature = "rust-crypto")]
            Private::Ed25519(key) => Ok(key.try_sign(message).map_err(|_| Refused)?.to_bytes().to_vec()),
        }
    }
}

fn rsa_signature(key: &::rsa::PrivateKey, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, Refused> {
    let random = &mut SysRng;
    let signature = match algorithm {
        Algorithm::RS256 => key.pkcs1v15_sign_with_rng::<Sha256, _>(random, message),
        Algorithm::RS384 => key.pkcs1v15_sign_with_rng::<Sha384, _>(random, message),
        Algorithm::RS512 => key.pkcs1v15_sign_with_rng::<Sha512, _>(random, message),
        Algorithm::PS256 => key.pss_sign_with_rng::<Sha256, _>(random, message),
        Algorithm::PS384 => key.pss_sign_with_rng::<Sha384, _>(random, message),
        Algorithm::PS512 => key.pss_sign_with_rng::<Sha512, _>(random, message),
        _ => return Err(Refused),
    };
    signature.map_err(|_| Refused)
}

fn curve_key(family: Family, scalar: &[u8]) -> Result<Private, Refused> {
    match family {
        Family::P256 => p256::ecdsa::SigningKey::from_slice(scalar).map(Private::P256).map_err(|_| Refused),
        Family::P384 => p384::ecdsa::SigningKey::from_slice(scalar).map(Private::P384).map_err(|_| Refused),
        #[cfg(feature = "rust-crypto")]
        Family::P521 => p521::ecdsa::SigningKey::from_slice(scalar).map(Private::P521).map_err(|_| Refused),
        _ => Err(Refused),
    }
}

#[cfg(feature = "rust-crypto")]
fn ed25519_key(seed: &[u8]) -> Result<Private, Refused> {
    Ok(Private::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed.try_into().map_err(|_| Refused)?)))
}

#[cfg(not(feature = "rust-crypto"))]
fn ed25519_key(_seed: &[u8]) -> Result<Private, Refused> {
    Err(Refused)
}

/// The public key of an Ed25519 seed.
pub(crate) fn ed25519_point(seed: &[u8]) -> Result<Vec<u8>, Refused> {
    match ed25519_key(seed)? {
        #[cfg(feature = "rust-crypto")]
        Private::Ed25519(key) => Ok(key.verifying_key().to_bytes().to_vec()),
        _ => Err(Refused),
    }
}
