//! Private keys that sign: made, read, written out, used.

use std::sync::Arc;

use aws_lc_rs::agreement;
use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RsaEncoding};

use crate::Secret;
use crate::algorithm::{Algorithm, Family};
use crate::backend::{PrivateNumbers, Refused, RsaNumbers};
use crate::der;

/// A private key for one algorithm. Cloning shares the parsed key.
#[derive(Clone)]
pub(crate) enum KeyPair {
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
    Curve(EcdsaKeyPair, Family),
    Ed25519(Arc<Ed25519KeyPair>),
}

impl KeyPair {
    /// A fresh key; `rsa_bits` is looked at for RSA only.
    pub(crate) fn generate(algorithm: Algorithm, rsa_bits: u32) -> Result<Self, Refused> {
        match algorithm.family() {
            Family::Rsa => {
                let size = match rsa_bits {
                    2048 => KeySize::Rsa2048,
                    3072 => KeySize::Rsa3072,
                    4096 => KeySize::Rsa4096,
                    _ => return Err(Refused),
                };
                Ok(Self::Rsa(rsa::KeyPair::generate(size)?, rsa_encoding(algorithm)?))
            }
            Family::Ed25519 => Ok(Self::Ed25519(Ed25519KeyPair::generate()?.into())),
            family => Ok(Self::Curve(EcdsaKeyPair::generate(ec_signing(family)?)?, family)),
        }
    }

    /// The key made of `numbers`, if the private ones belong to the public ones.
    pub(crate) fn from_numbers(algorithm: Algorithm, numbers: &PrivateNumbers) -> Result<Self, Refused> {
        match numbers {
            PrivateNumbers::Rsa(numbers) => Ok(Self::Rsa(rsa_pair(numbers)?, rsa_encoding(algorithm)?)),
            PrivateNumbers::Curve { family, scalar, point } => {
                let signing = ec_signing(*family)?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(signing, scalar.expose(), point)?;
                Ok(Self::Curve(pair, *family))
            }
            PrivateNumbers::Ed25519 { seed, point } => {
                Ok(Self::Ed25519(Ed25519KeyPair::from_seed_and_public_key(seed.expose(), point)?.into()))
            }
        }
    }

    pub(crate) fn numbers(&self) -> Result<PrivateNumbers, Refused> {
        match self {
            Self::Rsa(pair, _) => {
                let document: Pkcs8V1Der<'_> = pair.as_der()?;
                let numbers = der::read_rsa_pkcs8(document.as_ref()).ok_or(Refused)?;
                Ok(PrivateNumbers::Rsa(numbers.into()))
            }
            Self::Curve(pair, family) => {
                let scalar: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes()?;
                let scalar = Secret::new(scalar.as_ref().to_vec());
                let point = pair.public_key().as_ref().to_vec();
                Ok(PrivateNumbers::Curve { family: *family, scalar, point })
            }
            Self::Ed25519(pair) => {
                let seed = pair.seed()?;
                let seed = Secret::new(seed.as_be_bytes()?.as_ref().to_vec());
                Ok(PrivateNumbers::Ed25519 { seed, point: pair.public_key().as_ref().to_vec() })
            }
        }
    }

    /// The signature over `message`, in the form of RFC 7518 §3.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refused> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature)?;
                Ok(signature)
            }
            Self::Curve(pair, _) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
            Self::Ed25519(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }
}

/// The public point of a private scalar, uncompressed.
pub(crate) fn public_point(family: Family, scalar: &[u8]) -> Result<Vec<u8>, Refused> {
    let key = agreement::PrivateKey::from_private_key(curve(family)?, scalar)?;
    Ok(key.compute_public_key()?.as_ref().to_vec())
}

/// The public key of an Ed25519 seed.
pub(crate) fn ed25519_point(seed: &[u8]) -> Result<Vec<u8>, Refused> {
    Ok(Ed25519KeyPair::from_seed_unchecked(seed)?.public_key().as_ref().to_vec())
}

pub(super) fn rsa_pair(numbers: &RsaNumbers) -> Result<rsa::KeyPair, Refused> {
    Ok(rsa::KeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: &numbers.n, e: &numbers.e },
        d: numbers.d.expose(),
        p: numbers.p.expose(),
        q: numbers.q.expose(),
        dP: numbers.dp.expose(),
        dQ: numbers.dq.expose(),
        qInv: numbers.qi.expose(),
    })?)
}

pub(super) fn curve(family: Family) -> Result<&'static agreement::Algorithm, Refused> {
    match family {
        Family::P256 => Ok(&agreement::ECDH_P256),
        Family::P384 => Ok(&agreement::ECDH_P384),
        Family::P521 => Ok(&agreement::ECDH_P521),
        Family::Rsa | Family::Ed25519 => Err(Refused),
    }
}

fn rsa_encoding(algorithm: Algorithm) -> Result<&'static dyn RsaEncoding, Refused> {
    Ok(match algorithm {
        Algorithm::RS256 => &signature::RSA_PKCS1_SHA256,
        Algorithm::RS384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::RS512 => &signature::RSA_PKCS1_SHA512,
        Algorithm::PS256 => &signature::RSA_PSS_SHA256,
        Algorithm::PS384 => &signature::RSA_PSS_SHA384,
        Algorithm::PS512 => &signature::RSA_PSS_SHA512,
        _ => return Err(Refused),
    })
}

fn ec_signing(family: Family) -> Result<&'static EcdsaSigningAlgorithm, Refused> {
    match family {
        Family::P256 => Ok(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        Family::P384 => Ok(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        Family::P521 => Ok(&signature::ECDSA_P521_SHA512_FIXED_SIGNING),
        Family::Rsa | Family::Ed25519 => Err(Refused),
    }
}
