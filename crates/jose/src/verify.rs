//! Public keys that check signatures.
//!
//! A [`VerifyingKey`] is a public JWK that was found to be whole and strong enough, parsed once, together with the
//! algorithms it accepts: exactly its `alg` where it has one, else those of its kind of key (RFC 7515 §10.7, RFC 8725
//! §3.1). Members that are not canonical are refused, so that one key has one thumbprint. Reading messages is
//! [`jws`](crate::Jws)'s part.

use std::fmt;
use std::sync::Arc;

use crate::algorithm::{Algorithm, Family};
use crate::backend::{PublicKey, PublicNumbers};
use crate::error::KeyError;
use crate::jwk::{Jwk, public_member};

/// The `y` coordinates of the points of small order on the curve of Ed25519, little-endian: under such a key anybody can
/// write signatures.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// A public key, ready to check signatures. Cloning is cheap: clones share the parsed key.
#[derive(Clone)]
pub struct VerifyingKey(Arc<ParsedKey>);

struct ParsedKey {
    kid: Option<String>,
    thumbprint: String,
    /// Never empty.
    accepted: Vec<Algorithm>,
    key: PublicKey,
    signature_bytes: usize,
}

impl VerifyingKey {
    /// Checks and parses the public part of `jwk`; private members are not looked at.
    ///
    /// Refused are keys reserved for encryption, symmetric keys, RSA moduli outside 2048 to 8192 bits, points that are
    /// not on their curve, and members that are not canonical base64url of the right length (RFC 7518 §6.2.1, §6.3.1).
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let family = jwk.family()?;
        if !jwk.allows("sig", &["verify", "sign"]) {
            return Err(KeyError::NotForSignatures);
        }
        let accepted = accepted_algorithms(jwk, family)?;
        let (key, signature_bytes) = parse(jwk, family, &accepted)?;
        let parsed = ParsedKey { kid: jwk.kid.clone(), thumbprint: jwk.thumbprint(), accepted, key, signature_bytes };
        Ok(Self(Arc::new(parsed)))
    }

    /// The key's name, where it has one.
    pub fn kid(&self) -> Option<&str> {
        self.0.kid.as_deref()
    }

    /// The key's thumbprint (RFC 7638), as in [`Jwk::thumbprint`].
    pub fn thumbprint(&self) -> &str {
        &self.0.thumbprint
    }

    /// Whether signatures made with `algorithm` are accepted under this key.
    pub fn accepts(&self, algorithm: Algorithm) -> bool {
        self.0.accepted.contains(&algorithm)
    }

    /// Whether `signature` over `message` was made with this key and `algorithm`.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        signature.len() == self.0.signature_bytes
            && self.accepts(algorithm)
            && self.0.key.verify(algorithm, message, signature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("VerifyingKey").field("kid", &self.0.kid).field("accepts", &self.0.accepted).finish()
    }
}

/// The one algorithm that the key names, else all of its family.
fn accepted_algorithms(jwk: &Jwk, family: Family) -> Result<Vec<Algorithm>, KeyError> {
    match &jwk.alg {
        None => Ok(Algorithm::all().iter().copied().filter(|algorithm| algorithm.family() == family).collect()),
        Some(name) => {
            let named = Algorithm::parse(name).filter(|algorithm| algorithm.family() == family);
            named.map(|algorithm| vec![algorithm]).ok_or(KeyError::UnsupportedAlgorithm)
        }
    }
}

/// The key as the library wants it, and the length of its signatures in bytes.
fn parse(jwk: &Jwk, family: Family, accepted: &[Algorithm]) -> Result<(PublicKey, usize), KeyError> {
    let parsed = |numbers| PublicKey::new(numbers, accepted).map_err(|_| KeyError::Inconsistent);
    match family {
        Family::Rsa => {
            let (n, e) = (public_member(jwk.n.as_ref(), "n")?, public_member(jwk.e.as_ref(), "e")?);
            check_rsa(&n, &e)?;
            Ok((parsed(PublicNumbers::Rsa { n: &n, e: &e })?, n.len()))
        }
        Family::P256 | Family::P384 | Family::P521 => {
            let point = ec_point(jwk, family)?;
            Ok((parsed(PublicNumbers::Point(&point))?, 2 * family.coordinate_bytes()))
        }
        Family::Ed25519 => {
            let point = public_member(jwk.x.as_ref(), "x")?;
            check_ed25519(&point)?;
            Ok((parsed(PublicNumbers::Point(&point))?, 64))
        }
    }
}

/// The uncompressed point `4 ‖ x ‖ y` (SEC 1 §2.3.3); the coordinates have exactly the size of the field.
pub(crate) fn ec_point(jwk: &Jwk, family: Family) -> Result<Vec<u8>, KeyError> {
    let mut point = vec![4];
    for (member, name) in [(&jwk.x, "x"), (&jwk.y, "y")] {
        let coordinate = public_member(member.as_ref(), name)?;
        if coordinate.len() != family.coordinate_bytes() {
            return Err(KeyError::Malformed(name));
        }
        point.extend_from_slice(&coordinate);
    }
    Ok(point)
}

/// Sizes of an RSA key (RFC 7518 §3.3) and its canonical form (§6.3.1.1: no leading zeros).
pub(crate) fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), KeyError> {
    for (number, name) in [(n, "n"), (e, "e")] {
        if number.first().is_none_or(|&byte| byte == 0) {
            return Err(KeyError::Malformed(name));
        }
    }
    let bits = n.len() * 8 - n[0].leading_zeros() as usize;
    if !(2048..=8192).contains(&bits) {
        return Err(KeyError::UnsupportedSize);
    }
    // An exponent of 1 makes every message its own signature; one beyond 33 bits makes verification a burden.
    let odd = e.last().is_some_and(|byte| byte % 2 == 1);
    if !odd || e == [1] || e.len() > 5 {
        return Err(KeyError::Malformed("e"));
    }
    Ok(())
}

/// Length and order of an Ed25519 key (RFC 8037 §2). One that is not on the curve at all verifies nothing.
fn check_ed25519(x: &[u8]) -> Result<(), KeyError> {
    let mut y: [u8; 32] = x.try_into().map_err(|_| KeyError::Malformed("x"))?;
    y[31] &= 0x7f;
    // 2^255 - 19 and above are second spellings of small numbers.
    let beyond_field = y[31] == 0x7f && y[1..31].iter().all(|&byte| byte == 0xff) && y[0] >= 0xed;
    if beyond_field || SMALL_ORDER.contains(&y) {
        return Err(KeyError::Inconsistent);
    }
    Ok(())
}
