//! Passwords: argon2id beside the async threads, a few at a time, so that logins cannot starve the rest of the server.
//! Without an account the same work is done against a hash of nothing, so that time tells nothing.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use symbolon_jose::Secret;
use tokio::sync::Semaphore;

use crate::error::OAuthError;

/// How many hashes run at once; each takes 19 MiB.
const AT_ONCE: usize = 4;
/// How many may wait; more are turned away.
const WAITING: usize = 64;

/// Hashes and verifies passwords.
pub struct Passwords {
    turns: Semaphore,
    queue: Semaphore,
    nobody: String,
}

impl Passwords {
    /// Prepares the hash that unknown names are checked against.
    pub fn new() -> Result<Self, String> {
        let nobody = hash("nobody has this password")?;
        Ok(Self { turns: Semaphore::new(AT_ONCE), queue: Semaphore::new(WAITING), nobody })
    }

    /// The stored form (PHC string, argon2id with 19 MiB and 2 passes).
    pub async fn hash(&self, password: String) -> Result<String, OAuthError> {
        let password = Secret::new(password);
        self.beside(move || hash(password.expose())).await?.map_err(OAuthError::server)
    }

    /// Whether the password is the one of the hash; always `false` without a hash.
    pub async fn verify(&self, stored: Option<String>, password: String) -> Result<bool, OAuthError> {
        let (known, stored) = (stored.is_some(), stored.unwrap_or_else(|| self.nobody.clone()));
        let password = Secret::new(password);
        let right = self
            .beside(move || {
                PasswordHash::new(&stored).is_ok_and(|parsed| {
                    Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok()
                })
            })
            .await?;
        Ok(right && known)
    }

    async fn beside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, OAuthError> {
        let busy = || {
            OAuthError::bare(symbolon_types::ErrorCode::TemporarilyUnavailable).because("too many password checks wait")
        };
        let _place = self.queue.try_acquire().map_err(|_| busy())?;
        let _turn = self.turns.acquire().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|fault| OAuthError::server(fault.to_string()))
    }
}

fn hash(password: &str) -> Result<String, String> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|fault| fault.to_string())
}
