//! The signature of a token: made with a key of the provider, or, where that is allowed, with the client's secret.

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, JwsError, MacAlgorithm, MacMessage, Verified, half_hash};

use crate::client::Client;
use crate::error::Error;

/// A token whose signature was checked.
#[derive(Debug, Clone)]
pub(crate) struct SignedToken {
    pub(crate) claims: Map<String, Value>,
    pub(crate) typ: Option<String>,
    /// The algorithm whose hash function `at_hash` and its relatives are made with.
    hash_of: Algorithm,
}

impl SignedToken {
    /// `at_hash`, `c_hash` or `s_hash` of a value (`OpenID` Connect Core 1.0 §3.1.3.6).
    pub(crate) fn half_hash(&self, value: &str) -> String {
        half_hash(self.hash_of, value)
    }
}

impl From<Verified> for SignedToken {
    fn from(verified: Verified) -> Self {
        let Verified { claims, header } = verified;
        Self { claims, typ: header.typ, hash_of: header.alg }
    }
}

impl Client {
    /// Checks the signature of `token` with the provider's keys; HMAC is never accepted. The outer error is that of
    /// fetching the keys.
    pub(crate) async fn signed(&self, token: &str) -> Result<Result<SignedToken, JwsError>, Error> {
        let verified = self.verify_signature(token).await?;
        Ok(verified.and_then(|verified| {
            let allowed = &self.rules().algorithms;
            if allowed.as_ref().is_some_and(|allowed| !allowed.contains(&verified.header.alg)) {
                return Err(JwsError::UnsupportedAlgorithm);
            }
            Ok(verified.into())
        }))
    }

    /// The same for tokens that are meant for this client alone: where the rules allow it, HMAC with the client's secret
    /// counts as well.
    pub(crate) async fn signed_for_client(&self, token: &str) -> Result<Result<SignedToken, JwsError>, Error> {
        let secret = self.inner().authentication.secret();
        match (self.rules().hmac, MacMessage::parse(token), secret) {
            (true, Ok(message), Some(secret)) => {
                let hash_of = match message.alg() {
                    MacAlgorithm::HS256 => Algorithm::RS256,
                    MacAlgorithm::HS384 => Algorithm::RS384,
                    MacAlgorithm::HS512 => Algorithm::RS512,
                };
                let typ = message.typ().map(str::to_owned);
                Ok(message.verify(secret.expose().as_bytes()).map(|claims| SignedToken { claims, typ, hash_of }))
            }
            _ => self.signed(token).await,
        }
    }
}
