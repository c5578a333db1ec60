//! The sliver of DER (X.690) that RSA keys need: the library takes public keys and hands out private ones only in it.
//!
//! Reads the eight numbers of an unencrypted PKCS#8 `PrivateKeyInfo` with an `RSAPrivateKey` inside (RFC 5208, RFC 8017
//! §A.1.2) and writes an `RSAPublicKey` (RFC 8017 §A.1.1). Strict: definite, shortest lengths; positive, shortest
//! integers; nothing left over.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The numbers of an RSA private key, big-endian without leading zeros, borrowed from its DER form.
pub(crate) struct RsaNumbers<'a> {
    pub(crate) n: &'a [u8],
    pub(crate) e: &'a [u8],
    pub(crate) d: &'a [u8],
    pub(crate) p: &'a [u8],
    pub(crate) q: &'a [u8],
    pub(crate) dp: &'a [u8],
    pub(crate) dq: &'a [u8],
    pub(crate) qi: &'a [u8],
}

/// The numbers of a two-prime RSA key in PKCS#8, or `None` when `der` is anything else.
pub(crate) fn read_rsa_pkcs8(der: &[u8]) -> Option<RsaNumbers<'_>> {
    let mut outside = Reader(der);
    let mut info = Reader(outside.read(SEQUENCE)?);
    outside.finish()?;
    // Version 0, then the algorithm, whose identifier the caller knows already.
    (info.read(INTEGER)? == [0]).then_some(())?;
    info.read(SEQUENCE)?;
    let mut octets = Reader(info.read(OCTET_STRING)?);
    info.finish()?;
    let mut key = Reader(octets.read(SEQUENCE)?);
    octets.finish()?;
    // Version 0 means two primes.
    (key.read(INTEGER)? == [0]).then_some(())?;
    let numbers = RsaNumbers {
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
    // The object identifier `rsaEncryption`, and NULL for its parameters.
    const ALGORITHM: [u8; 13] = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0];
    // No bit of the last byte is unused.
    let key = [&[0], &write_rsa_public_key(n, e)[..]].concat();
    let mut info = Vec::with_capacity(key.len() + 24);
    push(&mut info, SEQUENCE, &ALGORITHM);
    push(&mut info, BIT_STRING, &key);
    let mut der = Vec::with_capacity(info.len() + 4);
    push(&mut der, SEQUENCE, &info);
    der
}

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

    fn positive(&mut self) -> Option<&'a [u8]> {
        let contents = self.read(INTEGER)?;
        // The first bit is the sign; a zero byte in front is there to clear it, and for nothing else.
        match contents.first()? {
            0 => contents.get(1..).filter(|magnitude| magnitude.first().is_some_and(|&first| first >= 0x80)),
            1..=0x7f => Some(contents),
            _ => None,
        }
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

    #[test]
    fn refuses_cut_lengthened_and_changed_structures() {
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key).unwrap();
        let der: &[u8] = der.as_ref();
        let numbers = read_rsa_pkcs8(der).unwrap();
        assert_eq!((numbers.n.len(), numbers.e), (256, &[1, 0, 1][..]));
        for length in 0..der.len() {
            assert!(read_rsa_pkcs8(&der[..length]).is_none());
        }
        assert!(read_rsa_pkcs8(&[der, &[0]].concat()).is_none());
        for position in 0..7 {
            let mut changed = der.to_vec();
            changed[position] ^= 1;
            assert!(read_rsa_pkcs8(&changed).is_none(), "{position}");
        }
    }
}
