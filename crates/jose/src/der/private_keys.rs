//! Private keys: PKCS #8 (RFC 5958) with what is inside of it, and the older forms that programs still write.

use super::public_keys::{Kind, algorithm_identifier, curve};
use super::{INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE};
use crate::Secret;
use crate::algorithm::Family;
use crate::backend::{self, PrivateNumbers, RsaNumbers};

/// Context-specific tags of the optional members at the end.
const PARAMETERS: u8 = 0xa0;
const PUBLIC_KEY: u8 = 0xa1;
/// The same for a member that is a bit string itself (RFC 5958 §2).
const IMPLICIT_PUBLIC_KEY: u8 = 0x81;

/// The numbers of an RSA private key, big-endian without leading zeros, borrowed from its DER form.
pub(crate) struct RsaIntegers<'a> {
    pub(crate) n: &'a [u8],
    pub(crate) e: &'a [u8],
    pub(crate) d: &'a [u8],
    pub(crate) p: &'a [u8],
    pub(crate) q: &'a [u8],
    pub(crate) dp: &'a [u8],
    pub(crate) dq: &'a [u8],
    pub(crate) qi: &'a [u8],
}

impl From<RsaIntegers<'_>> for RsaNumbers {
    fn from(integers: RsaIntegers<'_>) -> Self {
        let secret = |bytes: &[u8]| Secret::new(bytes.to_vec());
        Self {
            n: integers.n.to_vec(),
            e: integers.e.to_vec(),
            d: secret(integers.d),
            p: secret(integers.p),
            q: secret(integers.q),
            dp: secret(integers.dp),
            dq: secret(integers.dq),
            qi: secret(integers.qi),
        }
    }
}

/// The numbers of a two-prime RSA key in PKCS#8, or `None` when `der` is anything else.
#[cfg(any(feature = "aws-lc-rs", test))]
pub(crate) fn read_rsa_pkcs8(der: &[u8]) -> Option<RsaIntegers<'_>> {
    match read_pkcs8(der)? {
        (Kind::Rsa, octets) => read_rsa_private_key(octets),
        _ => None,
    }
}

/// A private key in any of the forms: PKCS #8, `RSAPrivateKey` (RFC 8017 §A.1.2) or `ECPrivateKey` (RFC 5915 §3).
/// Elliptic keys come with the public half that their private half has. `None`: it is nothing of the kind, of another
/// kind, or has a public half that is not its own.
pub(crate) fn private_key(der: &[u8]) -> Option<PrivateNumbers> {
    if let Some((kind, octets)) = read_pkcs8(der) {
        return match kind {
            Kind::Rsa => read_rsa_private_key(octets).map(|integers| PrivateNumbers::Rsa(integers.into())),
            Kind::Curve(family) => curve_key(octets, Some(family)),
            Kind::Ed25519 => ed25519_key(octets),
        };
    }
    match read_rsa_private_key(der) {
        Some(integers) => Some(PrivateNumbers::Rsa(integers.into())),
        None => curve_key(der, None),
    }
}

/// What kind of key it is, and its octets.
fn read_pkcs8(der: &[u8]) -> Option<(Kind, &[u8])> {
    let mut outside = Reader(der);
    let mut info = Reader(outside.read(SEQUENCE)?);
    outside.finish()?;
    // Version 0; 1 says that the public key is there as well.
    let version = info.read(INTEGER)?;
    matches!(version, [0 | 1]).then_some(())?;
    let kind = algorithm_identifier(info.read(SEQUENCE)?)?;
    let octets = info.read(OCTET_STRING)?;
    info.skip(PARAMETERS)?;
    if version == [1] {
        info.skip(IMPLICIT_PUBLIC_KEY)?;
    }
    info.finish()?;
    Some((kind, octets))
}

fn read_rsa_private_key(der: &[u8]) -> Option<RsaIntegers<'_>> {
    let mut octets = Reader(der);
    let mut key = Reader(octets.read(SEQUENCE)?);
    octets.finish()?;
    // Version 0 means two primes.
    (key.read(INTEGER)? == [0]).then_some(())?;
    let numbers = RsaIntegers {
        n: key.positive()?,
        e: key.positive()?,
        d: key.positive()?,
        p: key.positive()?,
        q: key.positive()?,
        dp: key.positive()?,
        dq: key.positive()?,
        qi: key.positive()?,
    };
    key.finish()?;
    Some(numbers)
}

/// An `ECPrivateKey`, on the curve that surrounds it or else on the one that it names.
fn curve_key(der: &[u8], surrounding: Option<Family>) -> Option<PrivateNumbers> {
    let mut outside = Reader(der);
    let mut key = Reader(outside.read(SEQUENCE)?);
    outside.finish()?;
    (key.read(INTEGER)? == [1]).then_some(())?;
    let octets = key.read(OCTET_STRING)?;
    let mut family = surrounding;
    if key.has(PARAMETERS) {
        let mut parameters = Reader(key.read(PARAMETERS)?);
        let named = curve(parameters.read(OBJECT_IDENTIFIER)?)?;
        parameters.finish()?;
        (family.is_none_or(|surrounding| surrounding == named)).then_some(())?;
        family = Some(named);
    }
    let family = family?;
    let scalar = padded(octets, family.coordinate_bytes())?;
    let point = backend::public_point(family, scalar.expose()).ok()?;
    if key.has(PUBLIC_KEY) {
        let mut written = Reader(key.read(PUBLIC_KEY)?);
        (written.bytes()? == point).then_some(())?;
        written.finish()?;
    }
    key.finish()?;
    Some(PrivateNumbers::Curve { family, scalar, point })
}

/// RFC 8410 §7: an octet string in the octet string.
fn ed25519_key(octets: &[u8]) -> Option<PrivateNumbers> {
    let mut inside = Reader(octets);
    let seed = Secret::new(inside.read(OCTET_STRING)?.to_vec());
    inside.finish()?;
    (seed.expose().len() == Family::Ed25519.coordinate_bytes()).then_some(())?;
    let point = backend::ed25519_point(seed.expose()).ok()?;
    Some(PrivateNumbers::Ed25519 { seed, point })
}

/// RFC 5915 §3 wants the scalar as long as the field; some programs leave zeros out.
fn padded(octets: &[u8], length: usize) -> Option<Secret<Vec<u8>>> {
    let missing = length.checked_sub(octets.len())?;
    Some(Secret::new([&vec![0; missing], octets].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pem;

    #[test]
    fn refuses_cut_lengthened_and_changed_structures() {
        let (_, der) = pem::first_block(include_str!("../tests/pem/rsa.pem")).unwrap();
        let der = der.expose();
        let numbers = read_rsa_pkcs8(der).unwrap();
        assert_eq!((numbers.n.len(), numbers.e), (256, &[1, 0, 1][..]));
        for length in 0..der.len() {
            assert!(read_rsa_pkcs8(&der[..length]).is_none());
        }
        assert!(read_rsa_pkcs8(&[der, &[0][..]].concat()).is_none());
        // Tags, lengths, the object identifier; the version says 0 or 1.
        for position in (0..22).filter(|&position| position != 6) {
            let mut changed = der.clone();
            changed[position] ^= 1;
            assert!(read_rsa_pkcs8(&changed).is_none(), "{position}");
        }
    }
}
