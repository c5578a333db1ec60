//! Client secrets. Those that the server made have 157 random bits and are stored as a keyed HMAC; those that people chose
//! are stored as argon2id. Hashes of Hydra (PBKDF2, bcrypt) are verified, so that a database can be moved, and replaced at
//! the next use. The verdict of a slow hash is remembered by an HMAC of hash and secret, right ones so that a busy client
//! does not wait, wrong ones so that repeating them costs nothing.

use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::{HmacKey, Rng, Secret, digest};

use crate::error::OAuthError;
use crate::slow_hash::{Purpose, SlowHashes, argon2_matches};

/// Prefix of secrets that the server made.
const GENERATED: &str = "$symbolon-hmac$";
/// How many verdicts are remembered.
const REMEMBERED: usize = 8_192;
/// Characters of generated secrets, those of Hydra.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.~_";
/// Length of generated secrets, in characters (157 bits).
const LENGTH: usize = 26;

/// Hashes and verifies client secrets.
pub struct SecretVerifier {
    keys: Vec<HmacKey>,
    verdict_key: HmacKey,
    verdicts: Cache<[u8; 32], bool>,
    slow: Arc<SlowHashes>,
}

/// What a secret is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None of the client's.
    Wrong,
    /// One of the client's.
    Right,
    /// The client's secret at this place, kept in a form that should be replaced.
    Outdated(usize),
}

impl SecretVerifier {
    /// With one HMAC key per system secret; the first makes new hashes.
    pub fn new(system: &[Secret<String>], rng: &Rng, slow: Arc<SlowHashes>) -> Self {
        let keys = system.iter().map(|secret| HmacKey::new(&symbolon_jose::seal::derive(secret, "client_secret")));
        let verdict_key: [u8; 32] = rng.bytes();
        Self { keys: keys.collect(), verdict_key: HmacKey::new(&verdict_key), verdicts: Cache::new(REMEMBERED), slow }
    }

    /// A new secret.
    pub fn generate(rng: &Rng) -> String {
        rng.alphabet(ALPHABET, LENGTH)
    }

    /// The stored form of a secret that [`SecretVerifier::generate`] made.
    pub fn hash_generated(&self, client_id: &str, secret: &str) -> String {
        let tag = self.keys.first().map(|key| key.tag(&[client_id.as_bytes(), &[0], secret.as_bytes()]));
        format!("{GENERATED}{}", digest::base64url(&tag.unwrap_or_default()))
    }

    /// The stored form of a secret that somebody chose.
    pub async fn hash_chosen(&self, secret: &str) -> Result<String, OAuthError> {
        self.slow.hash(Purpose::ClientSecret, secret).await
    }

    /// The form in which an outdated hash of a secret is to be kept from now on.
    pub async fn renew(&self, client_id: &str, outdated: &str, secret: &str) -> Result<String, OAuthError> {
        if outdated.starts_with(GENERATED) {
            return Ok(self.hash_generated(client_id, secret));
        }
        self.hash_chosen(secret).await
    }

    /// Whether a secret is one of the client's, the current or a rotated one.
    pub async fn verify(&self, client_id: &str, hashes: &[String], secret: &str) -> Result<bool, OAuthError> {
        Ok(self.judge(client_id, hashes, secret).await? != Verdict::Wrong)
    }

    /// Judges a secret against the client's hashes, the current one first.
    pub async fn judge(&self, client_id: &str, hashes: &[String], secret: &str) -> Result<Verdict, OAuthError> {
        for (place, hash) in hashes.iter().enumerate() {
            match self.matches(client_id, hash, secret).await? {
                Verdict::Wrong => {}
                Verdict::Right => return Ok(Verdict::Right),
                Verdict::Outdated(_) => return Ok(Verdict::Outdated(place)),
            }
        }
        Ok(Verdict::Wrong)
    }

    /// Spends the time of a check against a generated secret, which nearly all clients have, for a client that is unknown.
    pub async fn waste_time(&self, secret: &str) {
        let _ = self.verify("", &[format!("{GENERATED}{}", digest::base64url(&[0; 32]))], secret).await;
    }

    async fn matches(&self, client_id: &str, hash: &str, secret: &str) -> Result<Verdict, OAuthError> {
        if let Some(stored) = hash.strip_prefix(GENERATED) {
            return Ok(self.matches_generated(client_id, stored, secret));
        }
        let tag = self.verdict_key.tag(&[client_id.as_bytes(), &[0], hash.as_bytes(), &[0], secret.as_bytes()]);
        let right = if let Some(verdict) = self.verdicts.get(&tag) {
            verdict
        } else {
            let (hash, secret) = (hash.to_owned(), Secret::new(secret.to_owned()));
            let right = self.slow.run(Purpose::ClientSecret, move || slow_match(&hash, secret.expose())).await?;
            self.verdicts.insert(tag, right);
            right
        };
        Ok(match right {
            false => Verdict::Wrong,
            true if hash.starts_with("$argon2id$") => Verdict::Right,
            true => Verdict::Outdated(0),
        })
    }

    fn matches_generated(&self, client_id: &str, stored: &str, secret: &str) -> Verdict {
        let Some(stored) = digest::base64url_decode(stored) else { return Verdict::Wrong };
        let content = [client_id.as_bytes(), &[0_u8][..], secret.as_bytes()];
        let fits = |key: &HmacKey| digest::constant_time_eq(&key.tag(&content), &stored);
        match self.keys.iter().position(fits) {
            None => Verdict::Wrong,
            Some(0) => Verdict::Right,
            Some(_) => Verdict::Outdated(0),
        }
    }
}

/// Verifies argon2, PBKDF2 in Hydra's form, and bcrypt.
fn slow_match(hash: &str, secret: &str) -> bool {
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

    fn verifier(secrets: &[&str]) -> SecretVerifier {
        let system: Vec<_> = secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect();
        SecretVerifier::new(&system, &Rng::seeded(1), Arc::default())
    }

    #[tokio::test]
    async fn a_generated_secret_survives_rotation_of_the_system_secret() {
        let hash = verifier(&["old-system-secret"]).hash_generated("c", "s3cret");
        let rotated = verifier(&["new-system-secret", "old-system-secret"]);
        assert_eq!(rotated.judge("c", std::slice::from_ref(&hash), "s3cret").await.unwrap(), Verdict::Outdated(0));
        assert!(!rotated.verify("c", std::slice::from_ref(&hash), "s3cret!").await.unwrap());
        assert!(!rotated.verify("d", std::slice::from_ref(&hash), "s3cret").await.unwrap());
    }

    #[tokio::test]
    async fn a_chosen_secret_is_hashed_slowly_and_verified() {
        let verifier = verifier(&["system-secret-system"]);
        let hash = verifier.hash_chosen("chosen").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        for _ in 0..2 {
            assert!(verifier.verify("c", std::slice::from_ref(&hash), "chosen").await.unwrap());
        }
        assert!(!verifier.verify("c", &[hash], "other").await.unwrap());
    }

    #[test]
    fn hashes_of_hydra_are_verified() {
        use base64::Engine as _;
        let bcrypt = bcrypt::hash("moved", 4).unwrap();
        assert!(slow_match(&bcrypt, "moved") && !slow_match(&bcrypt, "other"));
        let mut key = [0; 32];
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(b"moved", b"0123456789abcdef", 1000, &mut key);
        let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
        let stored = format!("$pbkdf2-sha256$i=1000,l=32${}${}", encode(b"0123456789abcdef"), encode(&key));
        assert!(slow_match(&stored, "moved") && !slow_match(&stored, "other"));
    }
}
