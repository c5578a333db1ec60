//! Client secrets. Those that the server made have 157 random bits and are stored as a keyed HMAC; those that people chose
//! are stored as argon2id. Hashes of Hydra (PBKDF2, bcrypt) are verified, so that a database can be moved, and replaced at
//! the next use. Slow hashes are work that strangers can ask for, so it is bounded: the verdict is remembered, wrong ones
//! are counted by client and network, and one client has only a share of the places.

mod share;
mod stored_hash;

use std::net::IpAddr;
use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::{HmacKey, Rng, Secret, digest};
use symbolon_types::{ClientId, ErrorCode};

use crate::address_block::AddressBlock;
use crate::error::OAuthError;
use crate::minute_limit::MinuteLimit;
use crate::slow_hash::{Purpose, SlowHashes, argon2id};
use share::Shares;

/// Prefix of secrets that the server made.
const GENERATED: &str = "$symbolon-hmac$";
/// How many verdicts of each kind are remembered.
const REMEMBERED: usize = 8_192;
/// Characters of generated secrets, those of Hydra.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.~_";
/// Length of generated secrets, in characters (157 bits).
const LENGTH: usize = 26;

/// Secrets that were tried for a client from a network.
pub type Attempts = MinuteLimit<(ClientId, AddressBlock)>;

/// Hashes and verifies client secrets.
pub struct SecretVerifier {
    keys: Vec<HmacKey>,
    verdict_key: HmacKey,
    /// What was found right. Apart from the rest: nobody who sends many wrong secrets pushes these out.
    right: Cache<[u8; 32], ()>,
    /// What was found, and what is being checked at this moment: the same secret twice at once is hashed once.
    verdicts: Cache<[u8; 32], bool>,
    attempts: Attempts,
    shares: Shares,
    slow: Arc<SlowHashes>,
}

/// A secret that somebody sent.
#[derive(Clone, Copy)]
pub struct SentSecret<'r> {
    /// What was sent.
    pub secret: &'r str,
    /// Who sent it.
    pub sender: IpAddr,
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
    pub fn new(system: &[Secret<String>], rng: &Rng, attempts: Attempts, slow: Arc<SlowHashes>) -> Self {
        let keys = system.iter().map(|secret| HmacKey::new(&symbolon_jose::seal::derive(secret, "client_secret")));
        let verdict_key: [u8; 32] = rng.bytes();
        Self {
            keys: keys.collect(),
            verdict_key: HmacKey::new(&verdict_key),
            right: Cache::new(REMEMBERED),
            verdicts: Cache::new(REMEMBERED),
            attempts,
            shares: Shares::default(),
            slow,
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

    /// The stored form of a secret that somebody chose: an administrator, or else the client itself.
    pub async fn hash_chosen(&self, purpose: Purpose, client_id: &str, secret: &str) -> Result<String, OAuthError> {
        let share = match purpose {
            Purpose::ClientSecret => Some(self.shares.take(client_id).ok_or_else(busy)?),
            _ => None,
        };
        let secret = Secret::new(secret.to_owned());
        let work = move || {
            let hash = argon2id(secret.expose());
            drop(share);
            hash
        };
        self.slow.run(purpose, work).await?.map_err(OAuthError::server)
    }

    /// The form in which an outdated hash of a secret is to be kept from now on.
    pub async fn renew(&self, client_id: &str, outdated: &str, secret: &str) -> Result<String, OAuthError> {
        if outdated.starts_with(GENERATED) {
            return Ok(self.hash_generated(client_id, secret));
        }
        self.hash_chosen(Purpose::ClientSecret, client_id, secret).await
    }

    /// Whether a secret is one of the client's, the current or a rotated one.
    pub async fn verify(&self, client_id: &str, hashes: &[String], sent: SentSecret<'_>) -> Result<bool, OAuthError> {
        Ok(self.judge(client_id, hashes, sent).await? != Verdict::Wrong)
    }

    /// Judges a secret against the client's hashes, the current one first. Without any, as for a client that is unknown,
    /// the time of a check against a generated secret is spent, which nearly all clients have. Too many slow checks are
    /// an error: 429 for the network that asks, 503 when all places of the client or of the server are taken.
    pub async fn judge(&self, client_id: &str, hashes: &[String], sent: SentSecret<'_>) -> Result<Verdict, OAuthError> {
        if hashes.is_empty() {
            self.matches_generated(client_id, &digest::base64url(&[0; 32]), sent.secret);
            return Ok(Verdict::Wrong);
        }
        // What is right at once or known to be right comes first: it costs nothing, and no throttle holds it up.
        for (place, hash) in hashes.iter().enumerate() {
            let known = match hash.strip_prefix(GENERATED) {
                Some(stored) => self.matches_generated(client_id, stored, sent.secret),
                None if self.right.get(&self.tag(client_id, hash, sent.secret)).is_some() => found(hash),
                None => Verdict::Wrong,
            };
            match known {
                Verdict::Wrong => {}
                Verdict::Right => return Ok(Verdict::Right),
                Verdict::Outdated(_) => return Ok(Verdict::Outdated(place)),
            }
        }
        let mut counted = false;
        for (place, hash) in hashes.iter().enumerate().filter(|(_, hash)| !hash.starts_with(GENERATED)) {
            if self.matches_slowly(client_id, hash, sent, &mut counted).await? {
                return Ok(if found(hash) == Verdict::Right { Verdict::Right } else { Verdict::Outdated(place) });
            }
        }
        Ok(Verdict::Wrong)
    }

    /// A request is counted once, and only when it makes work: an old secret that a forgotten machine repeats does not
    /// use up what its network may try.
    async fn matches_slowly(
        &self,
        client_id: &str,
        hash: &str,
        sent: SentSecret<'_>,
        counted: &mut bool,
    ) -> Result<bool, OAuthError> {
        let tag = self.tag(client_id, hash, sent.secret);
        let check = async {
            if !*counted {
                self.count(client_id, sent.sender)?;
                *counted = true;
            }
            let share = self.shares.take(client_id).ok_or_else(busy)?;
            let (hash, secret) = (hash.to_owned(), Secret::new(sent.secret.to_owned()));
            let work = move || {
                let right = stored_hash::matches(&hash, secret.expose());
                drop(share);
                right
            };
            self.slow.run(Purpose::ClientSecret, work).await
        };
        let right = self.verdicts.get_or_insert_async(&tag, check).await?;
        if right {
            self.right.insert(tag, ());
        }
        Ok(right)
    }

    /// Counted when it begins, whatever comes out, so that many at once gain nothing.
    fn count(&self, client_id: &str, sender: IpAddr) -> Result<(), OAuthError> {
        self.attempts.count((ClientId::from(client_id), AddressBlock::from(sender))).map_err(|seconds| {
            let hint = format!("Too many secrets were tried from this network. Try again in {seconds} seconds.");
            OAuthError::too_many(seconds, hint)
        })
    }

    fn tag(&self, client_id: &str, hash: &str, secret: &str) -> [u8; 32] {
        self.verdict_key.tag(&[client_id.as_bytes(), &[0], hash.as_bytes(), &[0], secret.as_bytes()])
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

/// The verdict on a secret that fits this slow hash; its place is for others to say.
fn found(hash: &str) -> Verdict {
    if hash.starts_with("$argon2id$") { Verdict::Right } else { Verdict::Outdated(0) }
}

fn busy() -> OAuthError {
    OAuthError::bare(ErrorCode::TemporarilyUnavailable).because("many secrets of one client are being checked")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn verifier(secrets: &[&str]) -> SecretVerifier {
        let system: Vec<_> = secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect();
        let attempts = MinuteLimit::new(3, &Clock::manual(0));
        SecretVerifier::new(&system, &Rng::seeded(1), attempts, Arc::default())
    }

    fn sent(secret: &str) -> SentSecret<'_> {
        SentSecret { secret, sender: IpAddr::from([192, 0, 2, 1]) }
    }

    #[tokio::test]
    async fn a_generated_secret_survives_rotation_of_the_system_secret() {
        let hash = verifier(&["old-system-secret"]).hash_generated("c", "s3cret");
        let rotated = verifier(&["new-system-secret", "old-system-secret"]);
        assert_eq!(
            rotated.judge("c", std::slice::from_ref(&hash), sent("s3cret")).await.unwrap(),
            Verdict::Outdated(0)
        );
        assert!(!rotated.verify("c", std::slice::from_ref(&hash), sent("s3cret!")).await.unwrap());
        assert!(!rotated.verify("d", std::slice::from_ref(&hash), sent("s3cret")).await.unwrap());
    }

    #[tokio::test]
    async fn a_chosen_secret_is_hashed_slowly_and_verified() {
        let verifier = verifier(&["system-secret-system"]);
        let hash = verifier.hash_chosen(Purpose::ClientSecret, "c", "chosen").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        for _ in 0..2 {
            assert!(verifier.verify("c", std::slice::from_ref(&hash), sent("chosen")).await.unwrap());
        }
        assert!(!verifier.verify("c", &[hash], sent("other")).await.unwrap());
    }
}
