//! Proofs that a sender holds the key that a token is bound to (DPoP, RFC 9449 §7): the checks of one proof ([`proof`]), the
//! proofs that were used up ([`replay`]), and the nonces that this API gives out where it is told to ([`nonce`]). What a
//! proof says of the address is compared with what the program set, never with the `Host` of a request.

mod fault;
mod nonce;
mod proof;
mod replay;

use http::HeaderName;
use symbolon_jose::Algorithm;

pub use fault::ProofFault;
pub(super) use nonce::Nonces;
pub(super) use proof::{Rejection, Request};
use replay::Replay;

/// The header of a proof (RFC 9449 §4.1).
pub(super) const HEADER: HeaderName = HeaderName::from_static("dpop");
/// The header of a nonce (RFC 9449 §8.1).
pub(super) const NONCE_HEADER: HeaderName = HeaderName::from_static("dpop-nonce");
/// The longest leeway for a proof's time, in seconds: for that long each one is remembered.
const LONGEST_LEEWAY: i64 = 300;

/// How proofs are checked.
pub(super) struct Proofs {
    /// The beginnings of the addresses that this API has.
    bases: Vec<String>,
    algorithms: Vec<Algorithm>,
    lifetime_seconds: i64,
    leeway_seconds: i64,
    replay: Replay,
    nonces: Option<Nonces>,
}

impl Proofs {
    pub(super) fn new(bases: Vec<String>, settings: &DpopSettings, leeway: i64, nonces: Option<Nonces>) -> Self {
        let leeway_seconds = leeway.clamp(0, LONGEST_LEEWAY);
        let replay = Replay::new(settings.entries, settings.lifetime_seconds.saturating_add(leeway_seconds));
        Self {
            bases,
            algorithms: settings.algorithms.clone(),
            lifetime_seconds: settings.lifetime_seconds,
            leeway_seconds,
            replay,
            nonces,
        }
    }

    /// `algs` of a challenge (RFC 9449 §7.1).
    pub(super) fn algorithm_names(&self) -> Vec<String> {
        let names = |algorithm: &Algorithm| match algorithm {
            // RFC 9864 §2.2 calls it otherwise, and clients know one name or the other.
            Algorithm::EdDSA => vec!["EdDSA".to_owned(), "Ed25519".to_owned()],
            other => vec![other.as_str().to_owned()],
        };
        self.algorithms.iter().flat_map(names).collect()
    }
}

/// What a program may set about proofs.
#[derive(Debug, Clone)]
pub(super) struct DpopSettings {
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) lifetime_seconds: i64,
    pub(super) entries: usize,
}

impl Default for DpopSettings {
    fn default() -> Self {
        Self {
            // The small choice of cryptography cannot check Ed25519.
            #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
            algorithms: vec![Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256, Algorithm::RS256],
            #[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
            algorithms: vec![Algorithm::ES256, Algorithm::PS256, Algorithm::RS256],
            lifetime_seconds: 60,
            entries: 200_000,
        }
    }
}
