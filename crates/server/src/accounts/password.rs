//! Passwords of accounts. Without an account the same work is done against a hash of nothing, so that time tells nothing.

use std::sync::Arc;

use symbolon_jose::Secret;

use crate::error::OAuthError;
use crate::slow_hash::{SlowHashes, argon2_matches, argon2id};

/// Hashes and verifies passwords.
pub struct Passwords {
    slow: Arc<SlowHashes>,
    nobody: String,
}

impl Passwords {
    /// Prepares the hash that unknown names are checked against.
    pub fn new(slow: Arc<SlowHashes>) -> Result<Self, String> {
        Ok(Self { slow, nobody: argon2id("nobody has this password")? })
    }

    /// The stored form.
    pub async fn hash(&self, password: String) -> Result<String, OAuthError> {
        self.slow.hash(&password).await
    }

    /// Whether the password is the one of the hash; always `false` without a hash.
    pub async fn verify(&self, stored: Option<String>, password: String) -> Result<bool, OAuthError> {
        let (known, stored) = (stored.is_some(), stored.unwrap_or_else(|| self.nobody.clone()));
        let password = Secret::new(password);
        let right = self.slow.run(move || argon2_matches(&stored, password.expose())).await?;
        Ok(right && known)
    }
}
