//! Sealing: authenticated encryption of what travels through strangers' hands or lies in the database.
//!
//! A sealed value is `kind ‖ nonce ‖ ciphertext ‖ tag` under AES-256-GCM-SIV (RFC 8452), whose random 96-bit nonces stay
//! safe at tens of thousands of seals a second for years. Every kind of artefact has its own key, derived with
//! HKDF-SHA256 (RFC 5869) from each system secret and the kind's label, and the kind is authenticated as well: a code can
//! never pass as a token, and a changed, cut or lengthened text opens to nothing. The first secret seals, all of them
//! open, which is how secrets are rotated. What the plaintext means and when it expires is the caller's business.

use std::fmt;

use zeroize::Zeroize;

use crate::backend::SealingKey;
use crate::digest::{HmacKey, base64url, base64url_decode};
use crate::{Rng, Secret};

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Kind, nonce and tag: what sealing adds to a plaintext.
const OVERHEAD_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;
const SALT: &[u8] = b"symbolon/hkdf/v1";
const SEAL_INFO: &[u8] = b"symbolon/seal/v1/";
const DERIVE_INFO: &[u8] = b"symbolon/derive/v1/";

/// What a sealed value is for. Two kinds never open each other's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The first byte of the sealed value: tells the kind without opening it.
    pub byte: u8,
    /// The name that the kind's key is derived from; changing it invalidates all that was sealed.
    pub label: &'static str,
}

/// The list of system secrets was empty, or its first member was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSecret;

impl fmt::Display for NoSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no system secret is configured to seal with")
    }
}

impl std::error::Error for NoSecret {}

/// Seals and opens values of all kinds; made once from the system secrets and shared.
///
/// ```
/// use symbolon_jose::{Kind, Rng, Sealer, Secret};
///
/// # fn main() -> Result<(), symbolon_jose::NoSecret> {
/// const CODE: Kind = Kind { byte: 1, label: "authorization_code" };
/// let sealer = Sealer::new(&[Secret::new("a system secret of some length".into())], &[CODE])?;
/// let text = sealer.seal(&Rng::system(), CODE, b"grant 7");
/// assert_eq!(sealer.open(CODE, &text).as_deref(), Some(&b"grant 7"[..]));
/// # Ok(())
/// # }
/// ```
pub struct Sealer {
    /// In the order of the secrets; never empty.
    rings: Vec<Ring>,
}

/// The keys that come from one secret.
struct Ring {
    secret: Secret<String>,
    prepared: Vec<KindKey>,
}

struct KindKey {
    kind: Kind,
    key: SealingKey,
    /// Kind byte and label.
    associated_data: Vec<u8>,
}

impl Sealer {
    /// Prepares one key per secret and kind. The first secret seals; all open.
    ///
    /// A kind that is not among `kinds` still works, at the price of a key derivation for each use.
    pub fn new(secrets: &[Secret<String>], kinds: &[Kind]) -> Result<Self, NoSecret> {
        if secrets.first().is_none_or(|first| first.expose().is_empty()) {
            return Err(NoSecret);
        }
        let usable = secrets.iter().filter(|secret| !secret.expose().is_empty());
        let rings = usable.map(|secret| Ring {
            secret: secret.clone(),
            prepared: kinds.iter().map(|&kind| KindKey::derive(secret, kind)).collect(),
        });
        Ok(Self { rings: rings.collect() })
    }

    /// Seals `plaintext` as base64url text: four characters for three of the plaintext's bytes plus 29.
    pub fn seal(&self, rng: &Rng, kind: Kind, plaintext: &[u8]) -> String {
        base64url(&self.seal_bytes(rng, kind, plaintext))
    }

    /// Seals `plaintext` as bytes, for values at rest: 29 bytes longer than the plaintext.
    pub fn seal_bytes(&self, rng: &Rng, kind: Kind, plaintext: &[u8]) -> Vec<u8> {
        self.rings[0].with_key(kind, |key| key.seal(rng, plaintext))
    }

    /// The plaintext of `text`, or `None` unless it was sealed as `kind` under one of the secrets and is unchanged.
    ///
    /// Text of another kind, of impossible length or not canonical is refused before any cryptography.
    pub fn open(&self, kind: Kind, text: &str) -> Option<Vec<u8>> {
        if kind_byte(text)? != kind.byte {
            return None;
        }
        self.open_bytes(kind, &base64url_decode(text)?)
    }

    /// [`Sealer::open`] for what [`Sealer::seal_bytes`] made.
    pub fn open_bytes(&self, kind: Kind, sealed: &[u8]) -> Option<Vec<u8>> {
        if sealed.len() < OVERHEAD_BYTES || sealed[0] != kind.byte {
            return None;
        }
        self.rings.iter().find_map(|ring| ring.with_key(kind, |key| key.open(sealed)))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealer({} secrets)", self.rings.len())
    }
}

/// The kind byte of a sealed text, read from its first two characters alone: nothing is verified.
///
/// `None` when the text is too short to be sealed at all.
pub fn kind_byte(text: &str) -> Option<u8> {
    // ⌈8·29/6⌉ characters are the shortest text: an empty plaintext.
    if text.len() < (OVERHEAD_BYTES * 8).div_ceil(6) {
        return None;
    }
    base64url_decode(text.get(..4)?).map(|bytes| bytes[0])
}

/// A 32-byte key for `label`, derived from `secret` and unrelated to every sealing key: for HMAC keys and the like.
pub fn derive(secret: &Secret<String>, label: &str) -> [u8; 32] {
    expand(secret, DERIVE_INFO, label)
}

impl Ring {
    fn with_key<T>(&self, kind: Kind, action: impl FnOnce(&KindKey) -> T) -> T {
        match self.prepared.iter().find(|prepared| prepared.kind == kind) {
            Some(prepared) => action(prepared),
            None => action(&KindKey::derive(&self.secret, kind)),
        }
    }
}

impl KindKey {
    #[expect(clippy::expect_used, reason = "the key length is a constant")]
    fn derive(secret: &Secret<String>, kind: Kind) -> Self {
        let mut bytes = expand(secret, SEAL_INFO, kind.label);
        let key = SealingKey::new(&bytes).expect("AES-256 takes 32 bytes");
        bytes.zeroize();
        let associated_data = [&[kind.byte], kind.label.as_bytes()].concat();
        Self { kind, key, associated_data }
    }

    #[expect(clippy::expect_used, reason = "the library fails only beyond 2^36 bytes")]
    fn seal(&self, rng: &Rng, plaintext: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = rng.bytes();
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD_BYTES);
        sealed.push(self.kind.byte);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let body = &mut sealed[1 + NONCE_BYTES..];
        let tag = self
            .key
            .seal(nonce, &self.associated_data, body)
            .expect("a plaintext in memory is within the limits of RFC 8452");
        sealed.extend_from_slice(&tag);
        sealed
    }

    fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.get(1..)?.split_first_chunk::<NONCE_BYTES>()?;
        let mut plaintext = body.to_vec();
        self.key.open(*nonce, &self.associated_data, &mut plaintext).ok()?;
        Some(plaintext)
    }
}

/// HKDF-SHA256 (RFC 5869 §2.2, §2.3) for an output of one block: extract, and the first step of expand.
fn expand(secret: &Secret<String>, prefix: &[u8], label: &str) -> [u8; 32] {
    let mut extracted = HmacKey::new(SALT).tag(&[secret.expose().as_bytes()]);
    let expanding = HmacKey::new(&extracted);
    extracted.zeroize();
    expanding.tag(&[prefix, label.as_bytes(), &[1]])
}

#[cfg(test)]
mod tests;
