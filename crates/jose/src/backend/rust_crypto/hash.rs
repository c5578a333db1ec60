//! Hashes, MACs, comparison and randomness.

use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

use crate::backend::{Hash, Refused};

pub(crate) fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

pub(crate) fn sha384(data: &[u8]) -> [u8; 48] {
    Sha384::digest(data).into()
}

pub(crate) fn sha512(data: &[u8]) -> [u8; 64] {
    Sha512::digest(data).into()
}

/// An HMAC key, prepared once.
#[derive(Clone)]
pub(crate) enum Mac {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

/// A tag: as many bytes as the hash has.
pub(crate) struct Tag([u8; 64], usize);

impl AsRef<[u8]> for Tag {
    fn as_ref(&self) -> &[u8] {
        &self.0[..self.1]
    }
}

impl Mac {
    #[expect(clippy::expect_used, reason = "RFC 2104 §2 takes keys of any length")]
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        const ANY_LENGTH: &str = "HMAC takes keys of any length";
        match hash {
            Hash::Sha256 => Self::Sha256(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Hash::Sha384 => Self::Sha384(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            Hash::Sha512 => Self::Sha512(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
        }
    }

    /// The tag over all `parts`, joined without a separator.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        match self {
            Self::Sha256(mac) => tag(mac.clone(), parts),
            Self::Sha384(mac) => tag(mac.clone(), parts),
            Self::Sha512(mac) => tag(mac.clone(), parts),
        }
    }
}

fn tag(mut mac: impl hmac::Mac, parts: &[&[u8]]) -> Tag {
    for part in parts {
        mac.update(part);
    }
    let bytes = mac.finalize().into_bytes();
    let mut tag = Tag([0; 64], bytes.len());
    tag.0[..bytes.len()].copy_from_slice(&bytes);
    tag
}

pub(crate) fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

pub(crate) fn fill_random(buffer: &mut [u8]) -> Result<(), Refused> {
    getrandom::fill(buffer).map_err(|_| Refused)
}
