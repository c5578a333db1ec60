//! The cryptographic library underneath, behind one small set of primitives.
//!
//! Two libraries offer the set: `aws_lc` (AWS-LC, feature `aws-lc-rs`) and `rust_crypto` (the crates of `RustCrypto`, feature
//! `rust-crypto`). The rest of this crate names neither. Where both features are on, as they are when one program's
//! dependencies ask for different ones, AWS-LC is used. Primitives take numbers and bytes whose form was checked before;
//! what a library thinks of them beyond that is [`Refused`], without a reason, because none may be told (RFC 7516 §11.5).

use crate::Secret;
use crate::algorithm::Family;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(all(feature = "rust-crypto-small", any(test, not(feature = "aws-lc-rs"))))]
mod rust_crypto;

#[cfg(feature = "aws-lc-rs")]
pub(crate) use aws_lc::*;
#[cfg(all(feature = "rust-crypto-small", not(feature = "aws-lc-rs")))]
pub(crate) use rust_crypto::*;

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto-small")))]
compile_error!(
    "symbolon-jose needs a cryptographic library: enable the feature `aws-lc-rs` (fast, needs a C compiler) or \
     `rust-crypto` (Rust only, works on wasm32)"
);

#[cfg(test)]
#[cfg(all(feature = "aws-lc-rs", feature = "rust-crypto"))]
mod tests;

/// The library did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

/// A hash function of the SHA-2 family, for [`Mac`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A public key as numbers, big-endian and without leading zeros, or as a point: as SEC 1 §2.3.3 writes it uncompressed,
/// or RFC 8032 §5.1.2 for Ed25519.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PublicNumbers<'a> {
    Rsa { n: &'a [u8], e: &'a [u8] },
    Point(&'a [u8]),
}

/// A private key with its public half. Scalars have exactly the size of the field.
pub(crate) enum PrivateNumbers {
    Rsa(RsaNumbers),
    Curve { family: Family, scalar: Secret<Vec<u8>>, point: Vec<u8> },
    Ed25519 { seed: Secret<Vec<u8>>, point: Vec<u8> },
}

/// The numbers of an RSA key with two primes, named as in RFC 7518 §6.3.
pub(crate) struct RsaNumbers {
    pub(crate) n: Vec<u8>,
    pub(crate) e: Vec<u8>,
    pub(crate) d: Secret<Vec<u8>>,
    pub(crate) p: Secret<Vec<u8>>,
    pub(crate) q: Secret<Vec<u8>>,
    pub(crate) dp: Secret<Vec<u8>>,
    pub(crate) dq: Secret<Vec<u8>>,
    pub(crate) qi: Secret<Vec<u8>>,
}
