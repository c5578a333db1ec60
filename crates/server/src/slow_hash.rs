//! Where slow hashes run: beside the async threads, a few at once, with a short queue. Anybody who may send a password or
//! a secret can ask for such work, so what does not fit is turned away (503) instead of piling up.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use symbolon_jose::Secret;
use symbolon_types::ErrorCode;
use tokio::sync::Semaphore;

use crate::error::OAuthError;

/// How many run at once; each takes 19 MiB.
const AT_ONCE: usize = 4;
/// How many may run or wait.
const PLACES: usize = 64;

/// The places for slow hashes.
pub struct SlowHashes {
    turns: Semaphore,
    places: Semaphore,
}

impl Default for SlowHashes {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), places: Semaphore::new(PLACES) }
    }
}

impl SlowHashes {
    /// The stored form of something that a person chose (PHC string, argon2id with 19 MiB and 2 passes).
    pub async fn hash(&self, chosen: &str) -> Result<String, OAuthError> {
        let chosen = Secret::new(chosen.to_owned());
        self.run(move || argon2id(chosen.expose())).await?.map_err(OAuthError::server)
    }

    /// Runs work in a turn of its own.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, OAuthError> {
        let busy = || OAuthError::bare(ErrorCode::TemporarilyUnavailable).because("too many slow hashes wait");
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let _turn = self.turns.acquire().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|fault| OAuthError::server(fault.to_string()))
    }
}

/// Hashes now, in this thread.
pub fn argon2id(chosen: &str) -> Result<String, String> {
    Argon2::default().hash_password(chosen.as_bytes()).map(|hash| hash.to_string()).map_err(|fault| fault.to_string())
}

/// Verifies now, in this thread.
pub fn argon2_matches(hash: &str, chosen: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(chosen.as_bytes(), &parsed).is_ok())
}
