//! Client secrets. Those that the server made have 256 bits or near it and are stored as a keyed HMAC; those that people
//! chose are stored as argon2id. Hashes of Hydra (PBKDF2, bcrypt) are verified, so that a database can be moved. A secret
//! that was verified once is remembered by its HMAC, so that a slow hash is not on the hot path of a busy client.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::Argon2;
use quick_cache::sync::Cache;
use symbolon_jose::{HmacKey, Rng, Secret, digest};
use tokio::sync::Semaphore;

use crate::error::OAuthError;

/// Prefix of secrets that the server made.
const GENERATED: &str = "$symbolon-hmac$";
/// How many verified secrets are remembered.
const REMEMBERED: usize = 4_096;
/// How many slow hashes run at once; more would starve the machine.
const SLOW_AT_ONCE: usize = 4;
/// Characters of generated secrets, those of Hydra.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.~_";
/// Length of generated secrets, in characters (157 bits).
const LENGTH: usize = 26;

/// Hashes and verifies client secrets.
pub struct SecretVerifier {
    keys: Vec<HmacKey>,
    cache_key: HmacKey,
    verified: Cache<[u8; 32], ()>,
    slow: Semaphore,
}

impl SecretVerifier {
    /// With one HMAC key per system secret; the first makes new hashes.
    pub fn new(system: &[Secret<String>], rng: &Rng) -> Self {
        let keys = system.iter().map(|secret| HmacKey::new(&symbolon_jose::seal::derive(secret, "client_secret")));
        let cache_key: [u8; 32] = rng.bytes();
        Self {
            keys: keys.collect(),
            cache_key: HmacKey::new(&cache_key),
            verified: Cache::new(REMEMBERED),
            slow: Semaphore::new(SLOW_AT_ONCE),
        }
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
        let secret = secret.to_owned();
        self.beside(move || {
            Argon2::default().hash_password(secret.as_bytes()).map(|hash| hash.to_string()).map_err(|fault| fault.to_string())
        })
        .await?
        .map_err(OAuthError::server)
    }

    /// Whether a secret is one of the client's, the current or a rotated one.
    pub async fn verify(&self, client_id: &str, hashes: &[String], secret: &str) -> Result<bool, OAuthError> {
        for hash in hashes {
            if self.matches(client_id, hash, secret).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Spends about the time of a check against a generated secret: an unknown client must not answer faster.
    pub async fn waste_time(&self, secret: &str) {
        let _ = self.verify("", &[format!("{GENERATED}{}", digest::base64url(&[0; 32]))], secret).await;
    }

    async fn matches(&self, client_id: &str, hash: &str, secret: &str) -> Result<bool, OAuthError> {
        if let Some(stored) = hash.strip_prefix(GENERATED) {
            let Some(stored) = digest::base64url_decode(stored) else { return Ok(false) };
            let content = [client_id.as_bytes(), &[0_u8][..], secret.as_bytes()];
            return Ok(self.keys.iter().any(|key| digest::constant_time_eq(&key.tag(&content), &stored)));
        }
        let seen = self.cache_key.tag(&[client_id.as_bytes(), &[0], hash.as_bytes(), &[0], secret.as_bytes()]);
        if self.verified.get(&seen).is_some() {
            return Ok(true);
        }
        let (hash, secret) = (hash.to_owned(), secret.to_owned());
        let good = self.beside(move || slow_match(&hash, &secret)).await?;
        if good {
            self.verified.insert(seen, ());
        }
        Ok(good)
    }

    /// Runs slow work beside the async threads, a few at a time.
    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, OAuthError> {
        let _turn = self.slow.acquire().await.map_err(|fault| OAuthError::server(fault.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|fault| OAuthError::server(fault.to_string()))
    }
}

/// Verifies argon2, PBKDF2 in Hydra's form, and bcrypt.
fn slow_match(hash: &str, secret: &str) -> bool {
    if hash.starts_with("$argon2") {
        return PasswordHash::new(hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(secret.as_bytes(), &parsed).is_ok());
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
        SecretVerifier::new(&system, &Rng::seeded(1))
    }

    #[tokio::test]
    async fn a_generated_secret_survives_rotation_of_the_system_secret() {
        let hash = verifier(&["old-system-secret"]).hash_generated("c", "s3cret");
        let rotated = verifier(&["new-system-secret", "old-system-secret"]);
        assert!(rotated.verify("c", std::slice::from_ref(&hash), "s3cret").await.unwrap());
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
