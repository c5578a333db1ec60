//! Signing keys: kept sealed in the database, parsed once, shared by all requests. There are two sets, as in Hydra: one
//! for ID tokens, one for JWT access tokens. A key is made when a set has none for an offered algorithm, when one has
//! grown old, and when an operator asks for it, never on a client's request. Every key of a set verifies; the newest
//! active one of an algorithm signs. Nodes learn of each other's changes when they look at the database, once a minute.

mod fault;
mod on_request;
mod rotation;
mod set;
mod stored;

use std::sync::Arc;

use parking_lot::RwLock;
use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, SigningKey};
use symbolon_types::ErrorCode;
use tokio::sync::Mutex;

use crate::config::SigningKeys;
use crate::context::Context;
use crate::error::OAuthError;

pub use fault::KeyFault;
pub use on_request::{Replaced, Rotated, Rotation, rotate};
pub use rotation::Takeover;
pub use set::{KeySets, SetName};
pub use stored::Parts;

/// The keys of a server.
pub struct Keys {
    default: Algorithm,
    /// In which algorithms clients may have ID tokens and userinfo answers signed, the default first.
    offered: Vec<Algorithm>,
    sets: RwLock<Arc<KeySets>>,
    /// Lets one task at a time read the database and take over what it found, so that what was read later never gives
    /// way to what was read earlier.
    turn: Mutex<()>,
}

impl Keys {
    /// Reads both sets and makes what is missing.
    pub async fn load(parts: &Parts<'_>) -> Result<Self, KeyFault> {
        let sets = stored::load_or_create(parts).await?;
        Ok(Self::new(parts.options, sets))
    }

    fn new(options: &SigningKeys, sets: KeySets) -> Self {
        Self {
            default: options.signing_algorithm,
            offered: SetName::IdToken.algorithms(options),
            sets: RwLock::new(Arc::new(sets)),
            turn: Mutex::new(()),
        }
    }

    /// Both sets as they are now. Whoever needs two things that belong together takes them from one call.
    pub fn current(&self) -> Arc<KeySets> {
        self.sets.read().clone()
    }

    /// In which algorithms clients may have ID tokens and userinfo answers signed, the default first.
    pub fn offered(&self) -> &[Algorithm] {
        &self.offered
    }

    /// The key that signs ID tokens and the like for a client that registered an algorithm, or none. An algorithm that is
    /// not offered, or not any more, is an error: the client would refuse any other.
    pub fn id_token_for(&self, registered: &str) -> Result<Arc<SigningKey>, OAuthError> {
        let wanted = if registered.is_empty() { Some(self.default) } else { Algorithm::parse(registered) };
        let Some(algorithm) = wanted.filter(|algorithm| self.offered.contains(algorithm)) else {
            return Err(self.not_offered(registered));
        };
        let key = self.current().id_token.signer(algorithm);
        key.ok_or_else(|| OAuthError::server(format!("there is no active signing key for {algorithm}")))
    }

    fn not_offered(&self, registered: &str) -> OAuthError {
        let offered = self.offered.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(", ");
        let hint = format!(
            "The client is registered for signatures with '{registered}', which this server does not offer (any more). \
             It has to register one of {offered}."
        );
        OAuthError::new(ErrorCode::UnauthorizedClient, hint)
            .because(format!("symbolon.keys.offered_algorithms lacks {registered}, which the client registered"))
    }

    /// The key that signs JWT access tokens.
    pub fn access_token(&self) -> Arc<SigningKey> {
        self.current().access_token_signer.clone()
    }

    /// The claims of an ID token that one of our published keys signed. Expiry is not judged.
    pub fn verify_id_token(&self, token: &str) -> Result<Map<String, Value>, String> {
        let claims = self.current().id_token.verify(token)?;
        // The same keys sign userinfo answers (no `exp`), logout tokens (`events`) and credentials (`vc`).
        if !claims.contains_key("exp") || claims.contains_key("events") || claims.contains_key("vc") {
            return Err("the token is not an ID token".to_owned());
        }
        Ok(claims)
    }

    /// The claims of a JWT access token that one of our published keys signed. Expiry is not judged.
    pub fn verify_access_token(&self, token: &str) -> Result<Map<String, Value>, String> {
        self.current().access_token.verify(token)
    }

    fn take_over(&self, mut sets: KeySets) {
        let mut current = self.sets.write();
        sets.version = current.version + 1;
        *current = Arc::new(sets);
    }
}

/// Takes the steps of rotation that are due, and takes over what this or another node changed.
pub async fn maintain(context: &Context) -> Result<(), KeyFault> {
    let _turn = context.keys.turn.lock().await;
    let steps = rotation::take_due_steps(context).await;
    reload(context).await?;
    steps
}

/// Reads the keys again if they changed. The caller has the turn.
async fn reload(context: &Context) -> Result<(), KeyFault> {
    let parts = Parts::of(context);
    if stored::fingerprint(&parts).await? != context.keys.current().fingerprint {
        context.keys.take_over(stored::load_or_create(&parts).await?);
    }
    Ok(())
}
