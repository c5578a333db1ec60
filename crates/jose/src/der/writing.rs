//! RSA public keys in the two forms that AWS-LC takes.

use super::public_keys::RSA_ENCRYPTION;
use super::{BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, SEQUENCE};

/// The `RSAPublicKey` made of `n` and `e`, both big-endian without leading zeros.
pub(crate) fn write_rsa_public_key(n: &[u8], e: &[u8]) -> Vec<u8> {
    let mut numbers = Vec::with_capacity(n.len() + e.len() + 16);
    push_positive(&mut numbers, n);
    push_positive(&mut numbers, e);
    let mut der = Vec::with_capacity(numbers.len() + 4);
    push(&mut der, SEQUENCE, &numbers);
    der
}

/// The same key as a `SubjectPublicKeyInfo` (RFC 5280 §4.1, RFC 8017 §A.1).
pub(crate) fn write_rsa_subject_public_key(n: &[u8], e: &[u8]) -> Vec<u8> {
    let mut algorithm = Vec::with_capacity(13);
    push(&mut algorithm, OBJECT_IDENTIFIER, RSA_ENCRYPTION);
    push(&mut algorithm, NULL, &[]);
    // No bit of the last byte is unused.
    let key = [&[0], &write_rsa_public_key(n, e)[..]].concat();
    let mut info = Vec::with_capacity(key.len() + 24);
    push(&mut info, SEQUENCE, &algorithm);
    push(&mut info, BIT_STRING, &key);
    let mut der = Vec::with_capacity(info.len() + 4);
    push(&mut der, SEQUENCE, &info);
    der
}

fn push(der: &mut Vec<u8>, tag: u8, contents: &[u8]) {
    der.push(tag);
    let length = contents.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|&&byte| byte == 0).count()..];
    match *significant {
        [] => der.push(0),
        [short] if short < 0x80 => der.push(short),
        _ => {
            // At most eight bytes, so the count fits in seven bits.
            der.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            der.extend_from_slice(significant);
        }
    }
    der.extend_from_slice(contents);
}

fn push_positive(der: &mut Vec<u8>, magnitude: &[u8]) {
    if magnitude.first().is_some_and(|&byte| byte >= 0x80) {
        push(der, INTEGER, &[&[0], magnitude].concat());
    } else {
        push(der, INTEGER, magnitude);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reader;
    use super::*;

    #[test]
    fn writes_short_and_long_lengths() {
        assert_eq!(write_rsa_public_key(&[0x7f], &[3]), [0x30, 6, 2, 1, 0x7f, 2, 1, 3]);
        assert_eq!(write_rsa_public_key(&[0x80], &[3]), [0x30, 7, 2, 2, 0, 0x80, 2, 1, 3]);
        let der = write_rsa_public_key(&[1; 200], &[1, 0, 1]);
        assert_eq!(der[..6], [0x30, 0x81, 208, 2, 0x81, 200]);
        let der = write_rsa_public_key(&[0xff; 256], &[1, 0, 1]);
        assert_eq!(der[..9], [0x30, 0x82, 1, 10, 2, 0x82, 1, 1, 0]);
        assert_eq!(Reader(&der).read(SEQUENCE).map(<[u8]>::len), Some(266));
    }
}
