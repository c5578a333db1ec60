//! Nonces for proofs (RFC 9449 §9): the instant at which they were given out, with a tag, so that none is kept.

use symbolon_jose::HmacKey;
use symbolon_jose::digest::{base64url, base64url_decode};

/// How long a nonce counts, in seconds.
const LIFETIME_SECONDS: i64 = 120;
/// What the tag is for: the key may have other uses in the program.
const PURPOSE: &[u8] = b"symbolon-client resource server DPoP nonce 1";

/// Makes nonces and knows them again.
pub(in crate::resource_server) struct Nonces(HmacKey);

impl Nonces {
    pub(in crate::resource_server) fn new(key: &[u8]) -> Self {
        Self(HmacKey::new(key))
    }

    pub(super) fn issue(&self, now: i64) -> String {
        let instant = now.to_be_bytes();
        let mut bytes = instant.to_vec();
        bytes.extend_from_slice(&self.0.tag(&[PURPOSE, &instant]));
        base64url(&bytes)
    }

    /// How long ago a nonce was given out, in seconds; `None` if it is none of ours, or counts no more.
    pub(super) fn age(&self, nonce: &str, now: i64) -> Option<i64> {
        let bytes = base64url_decode(nonce)?;
        let (instant, tag) = bytes.split_first_chunk::<8>()?;
        let age = now.checked_sub(i64::from_be_bytes(*instant))?;
        // Another process may have a clock that is a little ahead.
        let counts = (-LIFETIME_SECONDS..LIFETIME_SECONDS).contains(&age);
        (counts && self.0.verify(&[PURPOSE, instant], tag)).then_some(age)
    }

    /// Whether it is time to give out another one (§8.2).
    pub(super) fn is_old(age: i64) -> bool {
        age >= LIFETIME_SECONDS / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_counts_for_its_time_and_at_its_maker() {
        let (ours, others) = (Nonces::new(b"a"), Nonces::new(b"b"));
        let nonce = ours.issue(1000);
        assert_eq!((ours.age(&nonce, 1000), ours.age(&nonce, 1119)), (Some(0), Some(119)));
        assert_eq!((ours.age(&nonce, 1120), others.age(&nonce, 1000)), (None, None));
        assert!(!Nonces::is_old(59) && Nonces::is_old(60));
        let mut later = base64url_decode(&nonce).unwrap();
        later[7] += 1;
        for wrong in ["", "AAAA", &nonce[1..], &format!("{nonce}AAAA"), &base64url(&later), "\u{e9}"] {
            assert_eq!(ours.age(wrong, 1000), None, "{wrong}");
        }
        assert_eq!(ours.age(&ours.issue(i64::MIN), 1000), None);
    }
}
