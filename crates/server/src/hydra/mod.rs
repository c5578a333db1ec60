//! What a database that was moved from Ory Hydra still gets in Hydra's own form: tokens, codes and cookies that clients and
//! browsers hold. Each is checked as Hydra checks it, by its MAC and without asking the database; a genuine one leads to
//! what one of ours would say, and from there on nothing is different. Where nothing was brought, none of this is tried.
//! What was brought expires and is purged, and the first refresh turns a token into one of ours: some day this folder can go.

mod cookie;

use std::sync::Arc;

use parking_lot::RwLock;
use symbolon_jose::hydra::{HydraCookieKey, HydraKey};
use symbolon_jose::{Secret, digest};
use symbolon_store::{Batch, Store, StoreError};

use crate::context::Context;
use crate::seal::{Seal, kinds, prefix};

pub use cookie::session_of_cookie;

/// A kind of token. Numbers are never given a second meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Authorization code.
    Code,
    /// Access token, opaque or JWT.
    Access,
    /// Refresh token.
    Refresh,
    /// Registration access token.
    Registration,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Code => 1,
            Self::Access => 2,
            Self::Refresh => 3,
            Self::Registration => 4,
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Code => prefix::CODE,
            Self::Access | Self::Registration => prefix::ACCESS,
            Self::Refresh => prefix::REFRESH,
        }
    }

    /// By which a token of this kind is kept, from its signature: the text behind the last dot.
    pub fn id_of_signature(self, signature: &str) -> Vec<u8> {
        self.id_of_hash(&digest::sha384(signature.as_bytes()))
    }

    /// The same from the SHA-384 hash of the signature, as Hydra keeps access tokens.
    pub fn id_of_hash(self, hash: &[u8]) -> Vec<u8> {
        [&[self.byte()], hash].concat()
    }
}

/// By which artefacts in Hydra's form are genuine.
#[derive(Default)]
pub struct Keys {
    tokens: Vec<HydraKey>,
    cookies: Vec<HydraCookieKey>,
}

/// The purposes of kept keys: the first byte of what is sealed.
const OF_TOKENS: u8 = b't';
const OF_COOKIES: u8 = b'c';

impl Keys {
    /// These keys, the one in use first each time.
    pub fn new(tokens: Vec<HydraKey>, cookies: Vec<HydraCookieKey>) -> Self {
        Self { tokens, cookies }
    }

    /// Adds to a batch what keeps them, sealed with our secrets.
    pub fn keep(&self, seal: &Seal, batch: &mut Batch) {
        let tokens = self.tokens.iter().map(|key| (OF_TOKENS, key.as_bytes().as_slice()));
        let cookies = self.cookies.iter().map(|key| (OF_COOKIES, key.as_bytes()));
        for ((purpose, key), position) in tokens.chain(cookies).zip(0_i64..) {
            let plaintext = Secret::new([&[purpose], key].concat());
            let id = digest::sha256(plaintext.expose());
            batch.put_hydra_key(&id, position, &seal.seal_bytes(kinds::HYDRA_KEY, plaintext.expose()));
        }
    }

    fn add(&mut self, plaintext: &[u8]) {
        match plaintext.split_first() {
            Some((&OF_TOKENS, key)) => self.tokens.extend(HydraKey::from_bytes(key)),
            Some((&OF_COOKIES, key)) => self.cookies.push(HydraCookieKey::new(key)),
            _ => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.cookies.is_empty()
    }
}

/// What is kept in memory: the keys, read at start and at every turn of the worker.
#[derive(Default)]
pub struct HydraState(RwLock<Arc<Keys>>);

impl HydraState {
    /// Reads the keys. Those that do not open are of a system secret that is gone: what they would check does not count.
    pub async fn load(store: &Store, seal: &Seal) -> Result<Self, StoreError> {
        Ok(Self(RwLock::new(Arc::new(read(store, seal).await?))))
    }

    fn keys(&self) -> Arc<Keys> {
        self.0.read().clone()
    }
}

async fn read(store: &Store, seal: &Seal) -> Result<Keys, StoreError> {
    let rows = store.hydra_keys().await?;
    let mut keys = Keys::default();
    for row in &rows {
        if let Some(plaintext) = seal.open_bytes(kinds::HYDRA_KEY, row) {
            keys.add(Secret::new(plaintext).expose());
        } else {
            tracing::warn!("a key of what was brought from Hydra was sealed with a secret that is gone");
        }
    }
    if seal.has_older_secrets() && rows.iter().any(|row| !seal.is_newest(kinds::HYDRA_KEY, row)) {
        // Under the newest secret, so that older ones can be retired.
        let mut batch = Batch::new();
        keys.keep(seal, &mut batch);
        if let Err(fault) = store.write(batch).await {
            tracing::warn!(%fault, "the keys of what was brought from Hydra were not sealed again");
        }
    }
    Ok(keys)
}

/// Reads the keys again: another process may have brought something, or nothing is left that they are for.
pub async fn maintain(context: &Context) -> Result<(), StoreError> {
    context.store.forget_unused_hydra_keys().await?;
    let keys = read(&context.store, &context.seal).await?;
    *context.hydra.0.write() = Arc::new(keys);
    Ok(())
}

/// What a token in Hydra's form stands for: the plaintext of one of ours of the same kind. The prefix may be cut off, and
/// another one is none of this kind.
pub async fn find(context: &Context, kind: Kind, token: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let text = token.strip_prefix(kind.prefix()).unwrap_or(token);
    if !context.hydra.keys().tokens.iter().any(|key| key.made(text)) {
        return Ok(None);
    }
    let signature = text.split_once('.').map_or("", |(_, signature)| signature);
    context.store.hydra_token(&kind.id_of_signature(signature)).await
}

/// What a JWT access token of Hydra's stands for. Its signature was verified before, with a key that was brought.
pub async fn find_jwt(context: &Context, token: &str) -> Result<Option<Vec<u8>>, StoreError> {
    if context.hydra.keys().is_empty() {
        return Ok(None);
    }
    let signature = token.rsplit_once('.').map_or("", |(_, signature)| signature);
    context.store.hydra_token(&Kind::Access.id_of_signature(signature)).await
}

/// The name of Hydra's used assertions among identifiers that may be used once. They are known by the hash of their `jti`
/// alone, whoever made them.
pub const USED_ASSERTION: &str = "hydra_jti";

/// Whether an assertion of this `jti` was used at Hydra.
pub async fn was_used(context: &Context, jti: Option<&str>) -> Result<bool, StoreError> {
    let Some(jti) = jti.filter(|_| !context.hydra.keys().is_empty()) else { return Ok(false) };
    context.store.is_used(USED_ASSERTION, &digest::sha256(jti.as_bytes())).await
}
