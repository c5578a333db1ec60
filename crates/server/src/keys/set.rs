//! Key sets in memory: parsed once, never changed, replaced as a whole. What is published and what signs always comes
//! from one and the same reading of the database.

use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Jwk, JwkSet, Jws, JwsError, SigningKey, VerifyingKey};

use super::encryption::EncryptionKeys;
use crate::config::SigningKeys;

/// One of the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetName {
    /// Signs ID tokens, userinfo answers, logout tokens and credentials.
    IdToken,
    /// Signs JWT access tokens.
    AccessToken,
}

impl SetName {
    /// All sets, in the order in which they are loaded.
    pub const ALL: [Self; 2] = [Self::IdToken, Self::AccessToken];

    /// The name in the database, as Hydra calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdToken => "hydra.openid.id-token",
            Self::AccessToken => "hydra.jwt.access-token",
        }
    }

    /// The name that operators use.
    pub fn short(self) -> &'static str {
        match self {
            Self::IdToken => "id-token",
            Self::AccessToken => "access-token",
        }
    }

    /// The set of this name in the database.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.as_str() == name)
    }

    /// The set that an operator means, by either of its names.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.short() == name || set.as_str() == name)
    }

    /// The algorithms of which the set has a key that signs, the default first.
    pub fn algorithms(self, options: &SigningKeys) -> Vec<Algorithm> {
        let mut algorithms = vec![options.signing_algorithm];
        // Clients choose the algorithm of ID tokens, and nobody that of access tokens.
        let offered = if self == Self::IdToken { options.offered_algorithms.as_slice() } else { &[] };
        for algorithm in offered {
            if !algorithms.contains(algorithm) {
                algorithms.push(*algorithm);
            }
        }
        algorithms
    }
}

/// One set, ready for use.
#[derive(Default)]
pub struct KeySet {
    signing: Vec<Arc<SigningKey>>,
    verifying: Vec<VerifyingKey>,
    public: JwkSet,
}

impl KeySet {
    /// A set in which the first key of an algorithm in `signing` signs, and all keys verify. Keys of the `default`
    /// algorithm are published first: simple clients take the first key that they find.
    pub fn new(default: Algorithm, mut signing: Vec<SigningKey>, published: &[SigningKey]) -> Self {
        signing.sort_by_key(|key| key.algorithm() != default);
        let jwks: Vec<_> = signing.iter().chain(published).map(SigningKey::public_jwk).collect();
        Self {
            verifying: jwks.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()).collect(),
            public: JwkSet { keys: jwks },
            signing: signing.into_iter().map(Arc::new).collect(),
        }
    }

    /// The key that signs with an algorithm.
    pub fn signer(&self, algorithm: Algorithm) -> Option<Arc<SigningKey>> {
        self.signing.iter().find(|key| key.algorithm() == algorithm).cloned()
    }

    /// Whether a key of this name is published.
    pub fn publishes(&self, kid: Option<&str>) -> bool {
        self.public.keys.iter().any(|key| key.kid.as_deref() == kid)
    }

    /// The claims of a token that one of the keys signed. The one that it names is tried first. All of them are this
    /// server's, and Hydra, whose tokens may have been brought here, names the former key in what a newer one signed when a
    /// token is refreshed after a rotation.
    pub fn verify(&self, token: &str) -> Result<Map<String, Value>, String> {
        let jws = Jws::parse(token).map_err(|fault| fault.to_string())?;
        let verified = jws.verify_with(&self.verifying).or_else(|fault| match fault {
            JwsError::BadSignature => self.verifying.iter().find_map(|key| jws.verify(key).ok()).ok_or(fault),
            _ => Err(fault),
        });
        verified.map(|verified| verified.claims).map_err(|fault| fault.to_string())
    }
}

/// Both sets as one reading of the database found them.
pub struct KeySets {
    /// Of ID tokens.
    pub(super) id_token: KeySet,
    /// Of JWT access tokens.
    pub(super) access_token: KeySet,
    /// The key in `access_token` that signs.
    pub(super) access_token_signer: Arc<SigningKey>,
    /// Those that open what is encrypted for this server.
    pub(super) encryption: EncryptionKeys,
    /// Tells whether the database still holds the same.
    pub(super) fingerprint: Vec<u8>,
    /// Public keys of administrators, which are published besides ours.
    pub(super) published: Vec<Jwk>,
    /// Counts the readings of this process, so that what is derived from the sets knows from which.
    pub(super) version: u64,
}

impl KeySets {
    /// Sets of which each has a key of the `default` algorithm that signs; `None` when one has not.
    pub fn new(default: Algorithm, id_token: KeySet, access_token: KeySet, fingerprint: Vec<u8>) -> Option<Self> {
        id_token.signer(default)?;
        let access_token_signer = access_token.signer(default)?;
        let (encryption, published) = (EncryptionKeys::default(), Vec::new());
        Some(Self { id_token, access_token, access_token_signer, encryption, fingerprint, published, version: 0 })
    }

    /// Which reading this is; a later one has a larger number.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// All published keys (RFC 7517): access tokens' first, as Hydra orders them, then those for encryption, and those of
    /// administrators last.
    pub fn public(&self) -> JwkSet {
        let own = self.access_token.public.keys.iter().chain(&self.id_token.public.keys);
        let own = own.chain(&self.encryption.published);
        JwkSet { keys: own.chain(&self.published).cloned().collect() }
    }

    /// Those of `offered` that ID tokens and userinfo answers can be signed with.
    pub fn signed_response_algorithms(&self, offered: &[Algorithm]) -> Vec<Algorithm> {
        offered.iter().copied().filter(|algorithm| self.id_token.signer(*algorithm).is_some()).collect()
    }
}
