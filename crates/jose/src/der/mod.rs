//! The sliver of DER (X.690) that keys need.
//!
//! [`private_keys`] reads unencrypted private keys (RFC 5958, RFC 8017 §A.1.2, RFC 5915, RFC 8410), [`public_keys`] reads a
//! `SubjectPublicKeyInfo` by itself or inside a certificate (RFC 5280 §4.1) and writes RSA keys in the two forms that a
//! library takes. Nothing of a certificate is believed but that it holds this key: no signature, name or date is looked
//! at. Strict: definite, shortest lengths; positive, shortest integers; nothing left over.

mod private_keys;
mod public_keys;
#[cfg(feature = "aws-lc-rs")]
mod writing;

pub(crate) use private_keys::private_key;
#[cfg(feature = "aws-lc-rs")]
pub(crate) use private_keys::read_rsa_pkcs8;
pub(crate) use public_keys::{certified_key, public_key};
#[cfg(feature = "aws-lc-rs")]
pub(crate) use writing::{write_rsa_public_key, write_rsa_subject_public_key};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The contents of the next element, which has `tag`.
    fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(&[tag])?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) =
            if first < 0x80 { (usize::from(first), rest) } else { long_length(usize::from(first & 0x7f), rest)? };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(contents)
    }

    /// Whether the next element has `tag`.
    fn has(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Passes over the next element if it has `tag`; `None` if it has, and is broken.
    fn skip(&mut self, tag: u8) -> Option<()> {
        if self.has(tag) { self.read(tag).map(drop) } else { Some(()) }
    }

    fn positive(&mut self) -> Option<&'a [u8]> {
        let contents = self.read(INTEGER)?;
        // The first bit is the sign; a zero byte in front is there to clear it, and for nothing else.
        match contents.first()? {
            0 => contents.get(1..).filter(|magnitude| magnitude.first().is_some_and(|&first| first >= 0x80)),
            1..=0x7f => Some(contents),
            _ => None,
        }
    }

    /// The contents of a bit string of whole bytes.
    fn bytes(&mut self) -> Option<&'a [u8]> {
        self.read(BIT_STRING)?.strip_prefix(&[0])
    }

    fn finish(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// A length written in `count` bytes, at most two of them: no key here reaches 64 KiB.
fn long_length(count: usize, rest: &[u8]) -> Option<(usize, &[u8])> {
    let (bytes, rest) = rest.split_at_checked(count)?;
    match *bytes {
        [low] if low >= 0x80 => Some((usize::from(low), rest)),
        [high, low] if high > 0 => Some((usize::from(u16::from_be_bytes([high, low])), rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_every_other_spelling_of_a_number() {
        for wrong in [
            &[][..],
            &[2],
            &[2, 0],
            &[2, 1, 0],
            &[2, 2, 0, 1],
            &[2, 1, 0x80],
            &[2, 2, 1],
            &[2, 0x81, 1, 1],
            &[2, 0x82, 0, 1, 1],
            &[2, 0x80, 1, 0, 0],
            &[3, 1, 1],
        ] {
            assert_eq!(Reader(wrong).positive(), None, "{wrong:?}");
        }
        assert_eq!(Reader(&[2, 2, 0, 0x80]).positive(), Some(&[0x80][..]));
    }
}
