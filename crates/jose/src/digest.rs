//! Hashes, message authentication codes and the text form of bytes.
//!
//! Plain functions over SHA-2 (FIPS 180-4), HMAC-SHA256 (RFC 2104) and base64url without padding (RFC 4648 §5 as
//! RFC 7515 §2 uses it), so that no other crate needs the cryptographic library. Slow hashes for what a human chose are
//! not here: they belong to the server, off the asynchronous threads.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};

use crate::backend::{self, Hash, Mac};

/// Ordinary base64, padded or not, with whatever bits at the end: for what others wrote.
pub(crate) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// SHA-256 of `data`.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    backend::sha256(data)
}

/// SHA-384 of `data`.
pub fn sha384(data: &[u8]) -> [u8; 48] {
    backend::sha384(data)
}

/// SHA-512 of `data`.
pub fn sha512(data: &[u8]) -> [u8; 64] {
    backend::sha512(data)
}

/// SHA-256 of `data` as 64 lower-case hexadecimal digits.
pub fn sha256_hex(data: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in sha256(data) {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// HMAC-SHA256 of `data` under `key`. For a key used more than once, [`HmacKey`] saves the preparation.
pub fn hmac_sha256(key: &[u8], data: &[u8]) -> [u8; 32] {
    HmacKey::new(key).tag(&[data])
}

/// An HMAC-SHA256 key, prepared once and used for many tags.
#[derive(Clone)]
pub struct HmacKey(Mac);

impl HmacKey {
    /// Prepares `key`, of any length; 32 bytes are the natural size.
    pub fn new(key: &[u8]) -> Self {
        Self(Mac::new(Hash::Sha256, key))
    }

    /// The 32-byte tag over all `parts`, joined without a separator.
    ///
    /// `["ab", "c"]` and `["a", "bc"]` have the same tag: a caller whose parts vary in length puts a separator or a
    /// length between them.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut tag = [0; 32];
        tag.copy_from_slice(self.0.tag(parts).as_ref());
        tag
    }

    /// Whether `tag` is the whole tag over `parts`, compared in constant time.
    pub fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        constant_time_eq(&self.tag(parts), tag)
    }
}

impl std::fmt::Debug for HmacKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HmacKey([secret])")
    }
}

/// Whether `left` and `right` are equal, in a time that depends only on their lengths.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    backend::constant_time_eq(left, right)
}

/// `data` in base64url without padding (RFC 7515 §2).
pub fn base64url(data: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(data)
}

/// Appends `data` in base64url without padding to `text`.
pub(crate) fn push_base64url(text: &mut String, data: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(data, text);
}

/// The bytes that `text` stands for, or `None` unless `text` is exactly what [`base64url`] would write.
///
/// Padding, white space, the ordinary base64 alphabet and unused bits that are not zero are all refused, so that no two
/// texts name the same bytes.
pub fn base64url_decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_agree_with_fips_180() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(base64url(&sha384(b"abc")[..6]), base64url(&[0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3]));
        assert_eq!(base64url(&sha512(b"abc")[..6]), base64url(&[0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61]));
    }

    #[test]
    fn hmac_agrees_with_rfc4231_case_2() {
        let tag = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(tag[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
        let key = HmacKey::new(b"Jefe");
        assert_eq!(key.tag(&[b"what do ya ", b"want for ", b"nothing?"]), tag);
        assert!(key.verify(&[b"what do ya want for nothing?"], &tag));
        assert!(!key.verify(&[b"what do ya want for nothing?"], &tag[..31]));
        assert_eq!(format!("{key:?}"), "HmacKey([secret])");
    }

    #[test]
    fn base64url_has_one_text_per_value() {
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
        assert_eq!(base64url_decode("-_8"), Some(vec![0xfb, 0xff]));
        assert_eq!(base64url_decode(""), Some(Vec::new()));
        for refused in ["-_8=", "-_9", "+/8", "-_ 8", "-", "-_8\n", "-_8é"] {
            assert_eq!(base64url_decode(refused), None, "{refused:?}");
        }
    }
}
