//! Signing keys: kept sealed in the database, parsed once, shared by all requests. There are two sets, as in Hydra: one
//! for ID tokens, one for JWT access tokens. A key is made when a set has none for a needed algorithm, never on a
//! request. Every key of a set verifies; the newest active one of an algorithm signs.

mod id_token_claims;
mod rotation;
mod stored;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::RwLock;
use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, JwkSet, Jws, SigningKey, VerifyingKey};

use crate::context::Context;
use crate::error::OAuthError;

pub use id_token_claims::IdTokenClaims;
pub use stored::{Parts, load_or_create};

/// Name of the set that signs ID tokens.
pub const ID_TOKEN_SET: &str = "hydra.openid.id-token";
/// Name of the set that signs JWT access tokens.
pub const ACCESS_TOKEN_SET: &str = "hydra.jwt.access-token";

/// The algorithms in which clients may have ID tokens and userinfo answers signed (`id_token_signed_response_alg`,
/// `userinfo_signed_response_alg`); the set of ID tokens has a key of each.
pub const OFFERED: [Algorithm; 4] = [Algorithm::RS256, Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];

/// Shortest time between two looks for an unknown key in the database, in seconds.
const LOOK_AGAIN_AFTER: i64 = 5;

/// One set, ready for use: the newest key first.
#[derive(Default)]
pub struct KeySet {
    signing: Vec<Arc<SigningKey>>,
    verifying: Vec<VerifyingKey>,
    public: JwkSet,
}

/// The keys of a server.
pub struct Keys {
    default: Algorithm,
    sets: RwLock<Sets>,
    /// What the database held when the sets were read.
    fingerprint: RwLock<Vec<u8>>,
    looked_again_at: AtomicI64,
}

struct Sets {
    id_token: Arc<KeySet>,
    access_token: Arc<KeySet>,
}

impl KeySet {
    /// A set of these keys, of which `retired` only verify. Keys of the `default` algorithm come first: simple clients
    /// take the first key that they find.
    pub fn new(default: Algorithm, mut active: Vec<SigningKey>, retired: &[SigningKey]) -> Self {
        active.sort_by_key(|key| key.algorithm() != default);
        let jwks: Vec<_> = active.iter().chain(retired).map(SigningKey::public_jwk).collect();
        Self {
            verifying: jwks.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()).collect(),
            public: JwkSet { keys: jwks },
            signing: active.into_iter().map(Arc::new).collect(),
        }
    }

    fn signer(&self, algorithm: Algorithm) -> Option<Arc<SigningKey>> {
        self.signing.iter().find(|key| key.algorithm() == algorithm).cloned()
    }
}

impl Keys {
    /// Keys whose sets each hold at least one key of `default`. `None` when one does not.
    pub fn new(default: Algorithm, id_token: KeySet, access_token: KeySet) -> Option<Self> {
        id_token.signer(default)?;
        access_token.signer(default)?;
        let sets = Sets { id_token: Arc::new(id_token), access_token: Arc::new(access_token) };
        Some(Self {
            default,
            sets: RwLock::new(sets),
            fingerprint: RwLock::default(),
            looked_again_at: AtomicI64::new(0),
        })
    }

    /// The algorithm that signs unless a client asks for another.
    pub fn default_algorithm(&self) -> Algorithm {
        self.default
    }

    /// Remembers what the database held when the sets were read.
    #[must_use]
    pub fn read_as(self, fingerprint: Vec<u8>) -> Self {
        *self.fingerprint.write() = fingerprint;
        self
    }

    /// Takes over sets that were read anew.
    pub fn replace(&self, other: Self) {
        *self.sets.write() = other.sets.into_inner();
        *self.fingerprint.write() = other.fingerprint.into_inner();
    }

    /// The key that signs ID tokens and the like for a client that registered an algorithm, or none. An algorithm of which
    /// there is no key is an error: the client would refuse any other.
    pub fn id_token_for(&self, registered: &str) -> Result<Arc<SigningKey>, OAuthError> {
        let set = self.sets.read().id_token.clone();
        let wanted = if registered.is_empty() { Some(self.default) } else { Algorithm::parse(registered) };
        let key = wanted.and_then(|algorithm| set.signer(algorithm));
        key.ok_or_else(|| OAuthError::server(format!("there is no key for the client's algorithm {registered}")))
    }

    /// The key that signs JWT access tokens.
    pub fn access_token(&self) -> Arc<SigningKey> {
        let set = self.sets.read().access_token.clone();
        pick(&set, self.default)
    }

    /// The algorithms in which ID tokens and userinfo answers can be signed, the default first.
    pub fn id_token_algorithms(&self) -> Vec<Algorithm> {
        let set = self.sets.read().id_token.clone();
        let mut algorithms = vec![self.default];
        for key in &set.signing {
            if !algorithms.contains(&key.algorithm()) {
                algorithms.push(key.algorithm());
            }
        }
        algorithms
    }

    /// The claims of an ID token of this issuer that one of our published keys signed. Expiry is not judged. The error is
    /// for the log.
    pub fn verify_id_token(&self, token: &str, issuer: &str) -> Result<IdTokenClaims, String> {
        let set = self.sets.read().id_token.clone();
        let claims = verify(&set, token)?;
        if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
            return Err("the ID token comes from another issuer".to_owned());
        }
        IdTokenClaims::of(claims)
    }

    /// The claims of a JWT access token that one of our published keys signed. Expiry is not judged.
    pub fn verify_access_token(&self, token: &str) -> Result<Map<String, Value>, String> {
        let set = self.sets.read().access_token.clone();
        verify(&set, token)
    }

    /// Whether a key of this name is published.
    fn knows(&self, kid: Option<&str>) -> bool {
        let set = self.sets.read().id_token.clone();
        set.public.keys.iter().any(|key| key.kid.as_deref() == kid)
    }

    /// Whether the keys may be looked for in the database because of an unknown name; not again for a few seconds.
    fn may_look_again(&self, now: i64) -> bool {
        let last = self.looked_again_at.load(Ordering::Relaxed);
        now.saturating_sub(last) >= LOOK_AGAIN_AFTER
            && self.looked_again_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// The algorithm of a published key.
    pub(crate) fn algorithm_of(&self, kid: &str) -> Option<Algorithm> {
        let named = self.public().keys.into_iter().find(|key| key.kid.as_deref() == Some(kid))?;
        named.alg.as_deref().and_then(Algorithm::parse)
    }

    /// All published keys (RFC 7517): access tokens' first, as Hydra orders them.
    pub fn public(&self) -> JwkSet {
        let sets = self.sets.read();
        let keys = sets.access_token.public.keys.iter().chain(&sets.id_token.public.keys).cloned().collect();
        JwkSet { keys }
    }
}

fn verify(set: &KeySet, token: &str) -> Result<Map<String, Value>, String> {
    let jws = Jws::parse(token).map_err(|fault| fault.to_string())?;
    jws.verify_with(&set.verifying).map(|verified| verified.claims).map_err(|fault| fault.to_string())
}

#[expect(clippy::expect_used, reason = "Keys::new proves that each set has a key of the default algorithm")]
fn pick(set: &KeySet, default: Algorithm) -> Arc<SigningKey> {
    set.signer(default).expect("a set has a key of the default algorithm")
}

/// The claims of an ID token of this issuer. A key that is not known may be one that another node has just made: the
/// keys are read again then, at most every few seconds, as anybody can show a token with a made-up key.
pub async fn verify_id_token(context: &Context, token: &str) -> Result<IdTokenClaims, String> {
    let issuer = context.config.issuer();
    let first = context.keys.verify_id_token(token, issuer);
    let unknown = || Jws::parse(token).is_ok_and(|jws| !context.keys.knows(jws.header().kid.as_deref()));
    if first.is_ok() || !unknown() || !context.keys.may_look_again(context.clock.now()) {
        return first;
    }
    reload(context).await?;
    context.keys.verify_id_token(token, issuer)
}

/// Takes the steps of rotation that are due, and reads the keys again.
pub async fn maintain(context: &Context) -> Result<(), String> {
    reload(context).await?;
    rotation::rotate(context).await?;
    reload(context).await
}

/// Reads the keys again when another node, or an administrator, changed them.
async fn reload(context: &Context) -> Result<(), String> {
    let now = stored::fingerprint(&context.store).await?;
    if *context.keys.fingerprint.read() == now {
        return Ok(());
    }
    let keys = load_or_create(&Parts::of(context)).await?;
    context.keys.replace(keys);
    *context.rendered.write() = None;
    Ok(())
}
