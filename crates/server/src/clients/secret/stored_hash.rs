//! The slow hashes that a client's secret may be stored as: argon2 is ours, PBKDF2 and bcrypt come with a database of
//! Hydra. Each says itself which it is and how much work it takes.

use symbolon_jose::digest;

use crate::slow_hash::argon2_matches;

/// Verifies argon2, PBKDF2 in Hydra's form, and bcrypt.
pub(super) fn matches(hash: &str, secret: &str) -> bool {
    if hash.starts_with("$argon2") {
        return argon2_matches(hash, secret);
    }
    if let Some(parameters) = hash.strip_prefix("$pbkdf2-sha256$") {
        return pbkdf2_match(parameters, secret).unwrap_or(false);
    }
    hash.starts_with("$2") && bcrypt::verify(secret, hash).unwrap_or(false)
}

/// `i=25000,l=32$salt$key`, salt and key in unpadded standard base64.
fn pbkdf2_match(parameters: &str, secret: &str) -> Option<bool> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let mut parts = parameters.split('$');
    let numbers = parts.next()?;
    let salt = STANDARD_NO_PAD.decode(parts.next()?.trim_end_matches('=')).ok()?;
    let key = STANDARD_NO_PAD.decode(parts.next()?.trim_end_matches('=')).ok()?;
    let rounds = numbers.split(',').find_map(|part| part.strip_prefix("i="))?.parse::<u32>().ok()?;
    if rounds == 0 || rounds > 10_000_000 || key.len() < 16 {
        return None;
    }
    let mut derived = vec![0; key.len()];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(secret.as_bytes(), &salt, rounds, &mut derived);
    Some(digest::constant_time_eq(&derived, &key))
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
}
