//! From JSON Web Keys to the numbers that the cryptographic library works with, and back (RFC 7518 §6, RFC 8037 §2).

use crate::Secret;
use crate::algorithm::Family;
use crate::backend::{PrivateNumbers, RsaNumbers};
use crate::digest::base64url;
use crate::error::KeyError;
use crate::jwk::{Jwk, private_member, public_member};
use crate::verify::ec_point;

/// The members of a private key of this family. Whether they belong together is not looked at.
pub(crate) fn private_numbers(jwk: &Jwk, family: Family) -> Result<PrivateNumbers, KeyError> {
    match family {
        Family::Rsa => rsa_numbers(jwk).map(PrivateNumbers::Rsa),
        Family::P256 | Family::P384 | Family::P521 => {
            let scalar = sized_private(jwk, family)?;
            Ok(PrivateNumbers::Curve { family, scalar, point: ec_point(jwk, family)? })
        }
        Family::Ed25519 => {
            let seed = sized_private(jwk, family)?;
            Ok(PrivateNumbers::Ed25519 { seed, point: public_member(jwk.x.as_ref(), "x")? })
        }
    }
}

pub(crate) fn rsa_numbers(jwk: &Jwk) -> Result<RsaNumbers, KeyError> {
    Ok(RsaNumbers {
        n: public_member(jwk.n.as_ref(), "n")?,
        e: public_member(jwk.e.as_ref(), "e")?,
        d: private_member(jwk.d.as_ref(), "d")?,
        p: private_member(jwk.p.as_ref(), "p")?,
        q: private_member(jwk.q.as_ref(), "q")?,
        dp: private_member(jwk.dp.as_ref(), "dp")?,
        dq: private_member(jwk.dq.as_ref(), "dq")?,
        qi: private_member(jwk.qi.as_ref(), "qi")?,
    })
}

/// The private member `d` of a curve key: exactly as long as the field (RFC 7518 §6.2.2.1, RFC 8037 §2).
pub(crate) fn sized_private(jwk: &Jwk, family: Family) -> Result<Secret<Vec<u8>>, KeyError> {
    let bytes = private_member(jwk.d.as_ref(), "d")?;
    if bytes.expose().len() == family.coordinate_bytes() { Ok(bytes) } else { Err(KeyError::Malformed("d")) }
}

/// The key that `numbers` are, with the members that describe it and its numbers, and no others.
pub(crate) fn private_jwk(numbers: &PrivateNumbers) -> Result<Jwk, KeyError> {
    Ok(match numbers {
        PrivateNumbers::Rsa(numbers) => Jwk {
            n: Some(base64url(&numbers.n)),
            e: Some(base64url(&numbers.e)),
            d: Some(private_text(&numbers.d)),
            p: Some(private_text(&numbers.p)),
            q: Some(private_text(&numbers.q)),
            dp: Some(private_text(&numbers.dp)),
            dq: Some(private_text(&numbers.dq)),
            qi: Some(private_text(&numbers.qi)),
            ..described(Family::Rsa)
        },
        PrivateNumbers::Curve { family, scalar, point } => {
            let (x, y) = coordinates(*family, point).ok_or(KeyError::Library)?;
            Jwk { x: Some(base64url(x)), y: Some(base64url(y)), d: Some(private_text(scalar)), ..described(*family) }
        }
        PrivateNumbers::Ed25519 { seed, point } => {
            Jwk { x: Some(base64url(point)), d: Some(private_text(seed)), ..described(Family::Ed25519) }
        }
    })
}

/// The two coordinates of an uncompressed point (SEC 1 §2.3.3).
pub(crate) fn coordinates(family: Family, point: &[u8]) -> Option<(&[u8], &[u8])> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(family.coordinate_bytes())?;
    (y.len() == x.len()).then_some((x, y))
}

/// A key with the members that say what kind it is.
pub(crate) fn described(family: Family) -> Jwk {
    let (kty, crv) = family.key_type_and_curve();
    Jwk { kty: kty.to_owned(), crv: crv.map(str::to_owned), ..Jwk::default() }
}

fn private_text(bytes: &Secret<Vec<u8>>) -> Secret<String> {
    Secret::new(base64url(bytes.expose()))
}
