//! Public keys: `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), by itself and inside of a certificate.

use super::{INTEGER, NULL, OBJECT_IDENTIFIER, Reader, SEQUENCE};
use crate::algorithm::Family;
use crate::digest::base64url;
use crate::jwk::Jwk;
use crate::numbers::{coordinates, described};

/// Object identifiers: `rsaEncryption` (RFC 8017 §A.1), `id-ecPublicKey` and its curves (RFC 5480 §2.1.1), `id-Ed25519`
/// (RFC 8410 §3).
pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 4, 0, 34];
const P521: &[u8] = &[0x2b, 0x81, 4, 0, 35];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// The context-specific tag of a certificate's version.
const VERSION: u8 = 0xa0;

/// What an `AlgorithmIdentifier` says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    Curve(Family),
    Ed25519,
}

/// The public key of a certificate: `kty`, `crv` and the numbers.
pub(crate) fn certified_key(certificate: &[u8]) -> Option<Jwk> {
    let mut outside = Reader(certificate);
    let mut certificate = Reader(outside.read(SEQUENCE)?);
    outside.finish()?;
    let mut contents = Reader(certificate.read(SEQUENCE)?);
    contents.skip(VERSION)?;
    contents.read(INTEGER)?;
    // The algorithm of the signature, the issuer, the validity, the subject.
    for _ in 0..4 {
        contents.read(SEQUENCE)?;
    }
    info(contents.read(SEQUENCE)?)
}

/// The same of a `SubjectPublicKeyInfo`.
pub(crate) fn public_key(der: &[u8]) -> Option<Jwk> {
    let mut outside = Reader(der);
    let contents = outside.read(SEQUENCE)?;
    outside.finish()?;
    info(contents)
}

fn info(contents: &[u8]) -> Option<Jwk> {
    let mut info = Reader(contents);
    let kind = algorithm_identifier(info.read(SEQUENCE)?)?;
    let key = info.bytes()?;
    info.finish()?;
    match kind {
        Kind::Rsa => {
            let mut outside = Reader(key);
            let mut numbers = Reader(outside.read(SEQUENCE)?);
            outside.finish()?;
            let (n, e) = (numbers.positive()?, numbers.positive()?);
            numbers.finish()?;
            Some(Jwk { n: Some(base64url(n)), e: Some(base64url(e)), ..described(Family::Rsa) })
        }
        Kind::Curve(family) => {
            let (x, y) = coordinates(family, key)?;
            Some(Jwk { x: Some(base64url(x)), y: Some(base64url(y)), ..described(family) })
        }
        Kind::Ed25519 => Some(Jwk { x: Some(base64url(key)), ..described(Family::Ed25519) }),
    }
}

pub(super) fn algorithm_identifier(contents: &[u8]) -> Option<Kind> {
    let mut identifier = Reader(contents);
    let kind = match identifier.read(OBJECT_IDENTIFIER)? {
        RSA_ENCRYPTION => {
            // RFC 8017 §A.1 wants NULL here; without it nothing else can be meant.
            identifier.skip(NULL)?;
            Kind::Rsa
        }
        EC_PUBLIC_KEY => Kind::Curve(curve(identifier.read(OBJECT_IDENTIFIER)?)?),
        ED25519 => Kind::Ed25519,
        _ => return None,
    };
    identifier.finish()?;
    Some(kind)
}

pub(super) fn curve(identifier: &[u8]) -> Option<Family> {
    match identifier {
        P256 => Some(Family::P256),
        P384 => Some(Family::P384),
        P521 => Some(Family::P521),
        _ => None,
    }
}
