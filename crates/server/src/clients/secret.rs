//! Client secrets. Those that the server made have 157 random bits and are stored as a keyed HMAC; those that people chose
//! are stored as argon2id. Hashes of Hydra (PBKDF2, bcrypt) are verified, so that a database can be moved, and replaced at
//! the next use. Slow hashes are work that strangers can ask for, so it is bounded: the verdict is remembered, wrong ones
//! are counted by client and network, and one client has only a share of the places. Neither time nor count tell which
//! clients there are, and how their secrets are kept.

mod pretended;
mod share;
mod stored_hash;

use std::net::IpAddr;
use std::sync::Arc;

use quick_cache::sync::Cache;
use symbolon_jose::{HmacKey, Rng, Secret, digest};
use symbolon_types::ErrorCode;
use tokio::time::Instant;

use super::sealed_secret::{GENERATED_LENGTH, is_sealed};
use crate::address_block::AddressBlock;
use crate::error::OAuthError;
use crate::minute_limit::MinuteLimit;
use crate::slow_hash::{Purpose, SlowHashes, argon2id};
use pretended::PretendedChecks;
use share::{Share, Shares};

pub use stored_hash::hash_of_hydra_is_usable;

/// Prefix of secrets that the server made.
const GENERATED: &str = "$symbolon-hmac$";
/// How many verdicts of each kind are remembered.
const REMEMBERED: usize = 8_192;
/// Characters of generated secrets, those of Hydra.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.~_";
/// Length of generated secrets, in characters (157 bits).
const LENGTH: usize = 26;

/// Secrets that were tried for a client, by a digest of its id, from a network.
pub type Attempts = MinuteLimit<([u8; 32], AddressBlock)>;

/// Hashes and verifies client secrets.
pub struct SecretVerifier {
    keys: Vec<HmacKey>,
    verdict_key: HmacKey,
    /// What was found right. Apart from the rest: nobody who sends many wrong secrets pushes these out.
    right: Cache<[u8; 32], ()>,
    /// At which place it was found, if at all, and what is being checked at this moment: the same secret twice at once is
    /// hashed once.
    verdicts: Cache<[u8; 32], Option<usize>>,
    pretended: PretendedChecks,
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

impl Verdict {
    fn at(self, place: usize) -> Self {
        match self {
            Self::Outdated(_) => Self::Outdated(place),
            Self::Wrong | Self::Right => self,
        }
    }
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
            pretended: PretendedChecks::default(),
            attempts,
            shares: Shares::default(),
            slow,
        }
    }

    /// A new secret.
    pub fn generate(rng: &Rng) -> String {
        rng.alphabet(ALPHABET, LENGTH)
    }

    /// A new secret that is long enough to make MACs of each algorithm.
    pub fn generate_for_macs(rng: &Rng) -> String {
        rng.alphabet(ALPHABET, GENERATED_LENGTH)
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

    /// Judges a secret against the client's hashes, the current one first. What is wrong is counted, queued and told after
    /// the same time for every client, whether it is known and however its secret is kept. Too many wrong ones
    /// are an error: 429 for the network that asks, 503 when all places of the client or of the server are taken.
    pub async fn judge(&self, client_id: &str, hashes: &[String], sent: SentSecret<'_>) -> Result<Verdict, OAuthError> {
        // What is right at once or known to be right comes first: it costs nothing, and no throttle holds it up.
        if let Some(right) = self.known_right(client_id, hashes, sent.secret) {
            return Ok(right);
        }
        self.check(client_id, hashes, sent).await
    }

    fn known_right(&self, client_id: &str, hashes: &[String], secret: &str) -> Option<Verdict> {
        if hashes.is_empty() {
            self.matches_generated(client_id, &digest::base64url(&[0; 32]), secret);
        }
        let verdict = |(place, hash): (usize, &String)| match hash.strip_prefix(GENERATED) {
            Some(stored) => self.matches_generated(client_id, stored, secret).at(place),
            None if is_sealed(hash) => Verdict::Wrong,
            None if self.right.get(&self.tag(client_id, &[hash], secret)).is_some() => found(hash).at(place),
            None => Verdict::Wrong,
        };
        hashes.iter().enumerate().map(verdict).find(|verdict| *verdict != Verdict::Wrong)
    }

    /// The slow checks. A secret is counted once, however often it comes: an old one that a forgotten machine repeats does
    /// not use up what its network may try.
    async fn check(&self, client_id: &str, hashes: &[String], sent: SentSecret<'_>) -> Result<Verdict, OAuthError> {
        let all: Vec<&String> = hashes.iter().collect();
        let found_at = async {
            self.count(client_id, sent.sender)?;
            let share = Arc::new(self.shares.take(client_id).ok_or_else(busy)?);
            let slow: Vec<(usize, &String)> = hashes
                .iter()
                .enumerate()
                .filter(|(_, hash)| !hash.starts_with(GENERATED) && !is_sealed(hash))
                .collect();
            if slow.is_empty() {
                self.pretended.check().await?;
            }
            for (place, hash) in slow {
                if self.matches_slowly(&share, hash, sent.secret).await? {
                    return Ok::<_, OAuthError>(Some(place));
                }
            }
            Ok(None)
        };
        let place = self.verdicts.get_or_insert_async(&self.tag(client_id, &all, sent.secret), found_at).await?;
        let Some((place, hash)) = place.and_then(|place| Some((place, hashes.get(place)?))) else {
            return Ok(Verdict::Wrong);
        };
        self.right.insert(self.tag(client_id, &[hash], sent.secret), ());
        Ok(found(hash).at(place))
    }

    async fn matches_slowly(&self, share: &Arc<Share>, hash: &str, secret: &str) -> Result<bool, OAuthError> {
        let (share, hash, secret) = (share.clone(), hash.to_owned(), Secret::new(secret.to_owned()));
        let work = move || {
            let begun = Instant::now();
            let right = stored_hash::matches(&hash, secret.expose());
            drop(share);
            (right, begun.elapsed())
        };
        let (right, took) = self.slow.run(Purpose::ClientSecret, work).await?;
        self.pretended.learn(took);
        Ok(right)
    }

    /// Counts a MAC that no secret of the client made, as a wrong secret is counted. A right one needs no place in the count:
    /// it costs nothing to check.
    pub fn count_wrong_mac(&self, client_id: &str, sender: IpAddr) -> Result<(), OAuthError> {
        self.count(client_id, sender)
    }

    /// Counted when it begins, whatever comes out, so that many at once gain nothing.
    fn count(&self, client_id: &str, sender: IpAddr) -> Result<(), OAuthError> {
        // An id of a client that does not exist has any length.
        let client = self.verdict_key.tag(&[client_id.as_bytes()]);
        self.attempts.count((client, AddressBlock::from(sender))).map_err(|seconds| {
            let hint = format!("Too many secrets were tried from this network. Try again in {seconds} seconds.");
            OAuthError::too_many(seconds, hint)
        })
    }

    fn tag(&self, client_id: &str, hashes: &[&String], secret: &str) -> [u8; 32] {
        let ends: [&[u8]; 4] = [client_id.as_bytes(), &[0], secret.as_bytes(), &[0]];
        let parts: Vec<&[u8]> =
            ends.into_iter().chain(hashes.iter().flat_map(|hash| [hash.as_bytes(), &[0]])).collect();
        self.verdict_key.tag(&parts)
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
