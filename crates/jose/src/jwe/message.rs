//! Encrypted messages from the side of the reader: taken apart first, opened with a key second.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::algorithms::{ContentEncryption, KeyManagement};
use super::content::{self, Sealed};
use super::error::JweError;
use super::private_key::DecryptionKey;
use crate::MAXIMUM_LENGTH;
use crate::digest::base64url_decode;
use crate::jwk::Jwk;
use crate::strict_json;

/// The longest `apu` and `apv` that are read, in bytes: names of two parties.
const LONGEST_PARTY: usize = 512;

/// The header of an encrypted message (RFC 7516 §4.1). It is authenticated only by the opening of the message.
#[derive(Debug, Clone)]
pub struct JweHeader {
    /// `alg`: how the key of the content reaches the recipient
    pub alg: KeyManagement,
    /// `enc`: how the content is encrypted
    pub enc: ContentEncryption,
    /// `kid`: which key of the recipient opens it
    pub kid: Option<String>,
    /// `cty`: what is inside, as written
    pub cty: Option<String>,
    /// `epk`: the sender's key of this message
    pub(super) ephemeral: Option<Box<Jwk>>,
    /// `apu` and `apv`
    pub(super) parties: [Vec<u8>; 2],
}

/// An encrypted message, taken apart and not opened yet.
#[derive(Debug, Clone)]
pub struct Jwe {
    header: JweHeader,
    /// The header as it was written, which is authenticated with the content.
    additional: String,
    encrypted_key: Vec<u8>,
    sealed: Sealed,
}

/// Whether a text has the five parts of an encrypted message, where one of three was expected.
pub fn looks_encrypted(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').take(5).count() == 4
}

impl Jwe {
    /// Takes `text` apart: five parts, each canonical base64url, the first a JSON object that names supported algorithms.
    pub fn parse(text: &str) -> Result<Self, JweError> {
        if text.len() > MAXIMUM_LENGTH {
            return Err(JweError::TooLarge);
        }
        let mut parts = text.splitn(6, '.');
        let mut part = || parts.next().ok_or(JweError::NotCompact);
        let (header, key, iv, ciphertext, tag) = (part()?, part()?, part()?, part()?, part()?);
        if parts.next().is_some() {
            return Err(JweError::NotCompact);
        }
        let decode = |part: &str, name| base64url_decode(part).ok_or(JweError::NotBase64url(name));
        Ok(Self {
            header: JweHeader::parse(&decode(header, "header")?)?,
            additional: header.to_owned(),
            encrypted_key: decode(key, "encrypted key")?,
            sealed: Sealed {
                iv: decode(iv, "initial vector")?,
                ciphertext: decode(ciphertext, "ciphertext")?,
                tag: decode(tag, "tag")?,
            },
        })
    }

    /// The header, before the message was opened.
    pub fn header(&self) -> &JweHeader {
        &self.header
    }

    /// What is inside, for whoever has the key. That nobody else can read it does not say who wrote it.
    pub fn decrypt(&self, key: &DecryptionKey) -> Result<Vec<u8>, JweError> {
        if !key.accepts(self.header.alg) {
            return Err(JweError::NoMatchingKey);
        }
        // A key that does not come out is replaced by one that opens nothing, so that both failures take the same steps
        // (RFC 7516 §11.5).
        let content_key = match key.content_key(&self.header, &self.encrypted_key) {
            Ok(content_key) if content_key.expose().len() == self.header.enc.key_bytes() => content_key,
            _ => content::fresh_key(self.header.enc).map_err(|_| JweError::Undecryptable)?,
        };
        content::open(self.header.enc, &content_key, self.additional.as_bytes(), &self.sealed)
            .map_err(|_| JweError::Undecryptable)
    }

    /// The same with those of `keys` that may be meant: the one that `kid` names, or without `kid` each that fits `alg`.
    pub fn decrypt_with<'k>(&self, keys: impl IntoIterator<Item = &'k DecryptionKey>) -> Result<Vec<u8>, JweError> {
        let mut failure = JweError::NoMatchingKey;
        for key in keys {
            let meant = self.header.kid.as_deref().is_none_or(|kid| kid == key.kid());
            if !meant || !key.accepts(self.header.alg) {
                continue;
            }
            match self.decrypt(key) {
                Err(fault) => failure = fault,
                opened => return opened,
            }
        }
        Err(failure)
    }
}

impl JweHeader {
    fn parse(bytes: &[u8]) -> Result<Self, JweError> {
        let raw = strict_json::object(bytes).ok_or(JweError::BadHeader)?;
        if raw.contains_key("crit") {
            return Err(JweError::CriticalHeader);
        }
        if raw.contains_key("zip") {
            return Err(JweError::Compressed);
        }
        let named = |name| text(&raw, name)?.ok_or(JweError::BadHeader);
        let alg = KeyManagement::parse(&named("alg")?).ok_or(JweError::UnsupportedAlgorithm)?;
        let enc = ContentEncryption::parse(&named("enc")?).ok_or(JweError::UnsupportedAlgorithm)?;
        let ephemeral = raw.get("epk").map(Box::<Jwk>::deserialize).transpose().map_err(|_| JweError::BadHeader)?;
        // RFC 7518 §4.6.1.1: only public members.
        if ephemeral.as_ref().is_some_and(|key| key.is_private()) {
            return Err(JweError::BadHeader);
        }
        let parties = [party(&raw, "apu")?, party(&raw, "apv")?];
        Ok(Self { alg, enc, kid: text(&raw, "kid")?, cty: text(&raw, "cty")?, ephemeral, parties })
    }
}

fn text(raw: &Map<String, Value>, name: &str) -> Result<Option<String>, JweError> {
    match raw.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(JweError::BadHeader),
    }
}

fn party(raw: &Map<String, Value>, name: &str) -> Result<Vec<u8>, JweError> {
    let Some(text) = text(raw, name)? else { return Ok(Vec::new()) };
    base64url_decode(&text).filter(|bytes| bytes.len() <= LONGEST_PARTY).ok_or(JweError::BadHeader)
}
