//! Signing keys: kept sealed in the database, parsed once, shared by all requests. There are two sets, as in Hydra: one
//! for ID tokens, one for JWT access tokens. A key is made when a set has none for an offered algorithm, when one has
//! grown old, and when an operator asks for it, never on a client's request. Every key of a set verifies; the newest
//! active one of an algorithm signs. `encryption` has the keys that open instead. `administered` is what the administration API changes, in our sets and in those of
//! administrators, which are only kept here. Nodes learn of each other's changes when they look at the database, once a minute.

mod administered;
pub mod encryption;
mod fault;
mod id_token_claims;
mod incoming;
mod listed;
mod named_set;
mod on_request;
mod reserved_set;
mod rotation;
mod set;
mod stored;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::RwLock;
use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Jws, SigningKey};
use symbolon_types::ErrorCode;
use tokio::sync::Mutex;

use crate::config::SigningKeys;
use crate::context::Context;
use crate::error::OAuthError;

pub use administered::{create_key, delete_keys, key_of, keys_of, put_key, replace_set};
pub use fault::KeyFault;
pub use id_token_claims::IdTokenClaims;
pub use incoming::NewKeyRequest;
#[cfg(feature = "fuzzing")]
pub use incoming::complete_one;
pub use listed::{ListedKey, list};
pub use on_request::{ReplacedKey, RotatedKey, Rotation, rotate};
pub use rotation::Takeover;
pub use set::{KeySets, SetName};
pub use stored::Parts;

/// Shortest time between two looks for an unknown key in the database, in seconds.
const LOOK_AGAIN_AFTER: i64 = 5;

/// The keys of a server.
pub struct Keys {
    default: Algorithm,
    /// In which algorithms clients may have ID tokens and userinfo answers signed, the default first.
    offered: Vec<Algorithm>,
    sets: RwLock<Arc<KeySets>>,
    /// Lets one task at a time read the database and take over what it found, so that what was read later never gives
    /// way to what was read earlier.
    turn: Mutex<()>,
    /// Lets one key be made at a time for the sets of administrators.
    generation: Arc<Mutex<()>>,
    looked_again_at: AtomicI64,
}

impl Keys {
    /// Reads both sets and makes what is missing.
    pub async fn load(parts: &Parts<'_>) -> Result<Self, KeyFault> {
        named_set::reseal(parts).await?;
        let sets = stored::load_or_create(parts).await?;
        Ok(Self::new(parts.options, sets))
    }

    fn new(options: &SigningKeys, sets: KeySets) -> Self {
        Self {
            default: options.signing_algorithm,
            offered: SetName::IdToken.algorithms(options),
            sets: RwLock::new(Arc::new(sets)),
            turn: Mutex::new(()),
            generation: Arc::new(Mutex::new(())),
            looked_again_at: AtomicI64::new(0),
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

    /// The claims of an ID token of this issuer that one of our published keys signed. Expiry is not judged. The error is
    /// for the log.
    fn verify_id_token(&self, token: &str, issuer: &str) -> Result<IdTokenClaims, String> {
        let claims = self.current().id_token.verify(token)?;
        // The same keys sign assertions for other servers, which say almost the same (RFC 8725 §3.11).
        let kind = Jws::parse(token).map_err(|fault| fault.to_string())?.header().typ.clone();
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) {
            return Err("the token is of another kind".to_owned());
        }
        if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
            return Err("the ID token comes from another issuer".to_owned());
        }
        IdTokenClaims::of(claims)
    }

    /// Whether the keys may be looked for in the database because of an unknown name; not again for a few seconds.
    fn may_look_again(&self, now: i64) -> bool {
        let last = self.looked_again_at.load(Ordering::Relaxed);
        now.saturating_sub(last) >= LOOK_AGAIN_AFTER
            && self.looked_again_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
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

/// The claims of an ID token of this issuer. A key that is not known may be one that another node has just made: the
/// keys are read again then, at most every few seconds, as anybody can show a token with a made-up key.
pub async fn verify_id_token(context: &Context, token: &str) -> Result<IdTokenClaims, String> {
    let issuer = context.config.issuer();
    let first = context.keys.verify_id_token(token, issuer);
    let unknown = || {
        let sets = context.keys.current();
        Jws::parse(token).is_ok_and(|jws| !sets.id_token.publishes(jws.header().kid.as_deref()))
    };
    if first.is_ok() || !unknown() || !context.keys.may_look_again(context.clock.now()) {
        return first;
    }
    let _turn = context.keys.turn.lock().await;
    reload(context).await.map_err(|fault| fault.to_string())?;
    context.keys.verify_id_token(token, issuer)
}

/// Takes the steps of rotation that are due, and takes over what this or another node changed.
pub async fn maintain(context: &Context) -> Result<(), KeyFault> {
    let _turn = context.keys.turn.lock().await;
    let steps = rotation::take_due_steps(context).await;
    let of_encryption = encryption::take_due_steps(context).await;
    reload(context).await?;
    steps.and(of_encryption)
}

/// Reads the keys again if they changed. The caller has the turn.
async fn reload(context: &Context) -> Result<(), KeyFault> {
    let parts = Parts::of(context);
    if stored::fingerprint(&parts).await? != context.keys.current().fingerprint {
        context.keys.take_over(stored::load_or_create(&parts).await?);
    }
    Ok(())
}
