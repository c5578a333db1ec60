//! The slow hashes that a client's secret may be stored as: argon2 is ours, PBKDF2 and bcrypt come with a database of
//! Hydra. Each says itself which it is and how much work it takes.

use symbolon_jose::digest;

use crate::slow_hash::argon2_matches;

/// The most rounds of PBKDF2 and the highest cost of bcrypt that are worked off: seconds of one processor. A hash that asks
/// for more would let anybody who knows the client's id keep the machine busy.
const MOST_ROUNDS: u32 = 10_000_000;
const HIGHEST_COST: u32 = 16;
/// Lengths of a key of PBKDF2: each 32 bytes cost all rounds anew.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// Verifies argon2, PBKDF2 in Hydra's form, and bcrypt.
pub(super) fn matches(hash: &str, secret: &str) -> bool {
    if hash.starts_with("$argon2") {
        return argon2_matches(hash, secret);
    }
    if let Some(pbkdf2) = Pbkdf2::parse(hash) {
        return pbkdf2.matches(secret);
    }
    bcrypt_is_affordable(hash) && bcrypt::verify(secret, hash).unwrap_or(false)
}

/// Whether a hash is one that Hydra makes and takes no more work than is done for it here.
pub fn hash_of_hydra_is_usable(hash: &str) -> bool {
    Pbkdf2::parse(hash).is_some() || bcrypt_is_affordable(hash)
}

/// `$2a$10$`, then salt and key.
fn bcrypt_is_affordable(hash: &str) -> bool {
    let cost = hash.strip_prefix("$2").and_then(|rest| rest.split('$').nth(1)).and_then(|cost| cost.parse().ok());
    hash.len() == 60 && cost.is_some_and(|cost: u32| (4..=HIGHEST_COST).contains(&cost))
}

/// `i=25000,l=32$salt$key`, salt and key in unpadded standard base64.
struct Pbkdf2 {
    rounds: u32,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Pbkdf2 {
    /// Reads a hash; `None` where it is another kind, or takes too much work.
    fn parse(hash: &str) -> Option<Self> {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD_NO_PAD;
        let mut parts = hash.strip_prefix("$pbkdf2-sha256$")?.split('$');
        let numbers = parts.next()?;
        let salt = STANDARD_NO_PAD.decode(parts.next()?.trim_end_matches('=')).ok()?;
        let key = STANDARD_NO_PAD.decode(parts.next()?.trim_end_matches('=')).ok()?;
        let rounds = numbers.split(',').find_map(|part| part.strip_prefix("i="))?.parse::<u32>().ok()?;
        ((1..=MOST_ROUNDS).contains(&rounds) && KEY_BYTES.contains(&key.len())).then_some(Self { rounds, salt, key })
    }

    fn matches(&self, secret: &str) -> bool {
        let mut derived = vec![0; self.key.len()];
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(secret.as_bytes(), &self.salt, self.rounds, &mut derived);
        digest::constant_time_eq(&derived, &self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_hydra_are_verified() {
        use base64::Engine as _;
        let bcrypt = bcrypt::hash("moved", 4).unwrap();
        assert!(matches(&bcrypt, "moved") && !matches(&bcrypt, "other"));
        let mut key = [0; 32];
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(b"moved", b"0123456789abcdef", 1000, &mut key);
        let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
        let stored = format!("$pbkdf2-sha256$i=1000,l=32${}${}", encode(b"0123456789abcdef"), encode(&key));
        assert!(matches(&stored, "moved") && !matches(&stored, "other"));
    }

    #[test]
    fn hashes_that_would_take_hours_are_none() {
        let bcrypt = bcrypt::hash("moved", 4).unwrap();
        assert!(hash_of_hydra_is_usable(&bcrypt));
        let salt_and_key = "AAECAwQFBgcICQoLDA0ODw$FfDC7mKdJkjbaCraXPiaWwi0twakHTatZY0/vMSz8XM";
        assert!(hash_of_hydra_is_usable(&format!("$pbkdf2-sha256$i=25000,l=32${salt_and_key}")));
        for hash in [
            bcrypt.replacen("$04$", "$31$", 1),
            bcrypt[..40].to_owned(),
            format!("$pbkdf2-sha256$i=4000000000,l=32${salt_and_key}"),
            format!("$pbkdf2-sha256$i=0,l=32${salt_and_key}"),
            format!("$pbkdf2-sha256$i=9000000,l=9000${}${}", "A".repeat(22), "A".repeat(12_000)),
            "$argon2id$v=19$m=4194304,t=100,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA".to_owned(),
            "plain".to_owned(),
        ] {
            assert!(!hash_of_hydra_is_usable(&hash), "{hash}");
        }
    }
}
