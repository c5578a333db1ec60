//! Signed messages in compact form (RFC 7515 §7.1), from the side of the reader.
//!
//! [`Jws::parse`] takes a text apart and refuses what no key could make good: unsigned messages, unknown algorithms,
//! critical extensions, repeated members. Its payload stays unverified until [`Jws::verify`] or [`Jws::verify_with`] has
//! checked the signature with a key of the caller's and hands out [`Verified`] claims. Whether the claims are true
//! (issuer, audience, time, `typ`) is not judged here.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::digest::base64url_decode;
use crate::error::JwsError;
use crate::jwk::Jwk;
use crate::strict_json;
use crate::verify::VerifyingKey;

/// The longest text that is read at all, in bytes.
pub const MAXIMUM_LENGTH: usize = 64 * 1024;

/// How many keys are tried on a message without `kid`: a set of a thousand keys must not cost a thousand verifications.
const MAXIMUM_CANDIDATES: usize = 16;

/// The header of a signed message (RFC 7515 §4.1). Unverified unless it comes from [`Verified`].
#[derive(Debug, Clone)]
pub struct Header {
    /// `alg`: how the message claims to be signed
    pub alg: Algorithm,
    /// `kid`: which key the message claims to be signed with
    pub kid: Option<String>,
    /// `typ`: what the message claims to be, as written
    pub typ: Option<String>,
    /// `jwk`: a key that the sender shows (`DPoP`, RFC 9449 §4.2). Never used for verification by this crate
    pub jwk: Option<Box<Jwk>>,
    /// All members, including those above
    pub raw: Map<String, Value>,
}

/// A signed message, taken apart and not verified yet.
#[derive(Debug, Clone)]
pub struct Jws {
    /// Header and payload as they were signed, with the dot between them.
    signing_input: String,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// The content of a message whose signature was checked.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The members of the payload.
    pub claims: Map<String, Value>,
    /// The header.
    pub header: Header,
}

impl Jws {
    /// Takes `text` apart: three parts, each canonical base64url, the first a JSON object that names a supported `alg`.
    pub fn parse(text: &str) -> Result<Self, JwsError> {
        let (signing_input, header, payload, signature) = split(text)?;
        let header = base64url_decode(header).ok_or(JwsError::NotBase64url("header"))?;
        let header = Header::parse(&header)?;
        let payload = base64url_decode(payload).ok_or(JwsError::NotBase64url("payload"))?;
        let signature = base64url_decode(signature).ok_or(JwsError::NotBase64url("signature"))?;
        Ok(Self { signing_input: signing_input.to_owned(), header, payload, signature })
    }

    /// The header, before verification.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload's bytes, before verification: good for finding out whose key to ask for, and nothing else.
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload's members, before verification: good for finding out whose key to ask for, and nothing else.
    pub fn unverified_claims(&self) -> Result<Map<String, Value>, JwsError> {
        strict_json::object(&self.payload).ok_or(JwsError::BadPayload)
    }

    /// Checks the signature with `key`, whatever the message's `kid` says; `alg` must be one that the key accepts.
    pub fn verify(&self, key: &VerifyingKey) -> Result<Verified, JwsError> {
        if !key.accepts(self.header.alg) {
            return Err(JwsError::NoMatchingKey);
        }
        if !key.verify(self.header.alg, self.signing_input.as_bytes(), &self.signature) {
            return Err(JwsError::BadSignature);
        }
        Ok(Verified { claims: self.unverified_claims()?, header: self.header.clone() })
    }

    /// Checks the signature with those of `keys` that may have made it.
    ///
    /// A message with a `kid` is checked with the keys of that name, and if there are none with the keys that have no
    /// name. A message without `kid` is checked with every key that accepts its `alg`, sixteen at most.
    /// [`JwsError::NoMatchingKey`] tells that a set fetched anew might help: the `kid` is unknown, or no key fits `alg`.
    pub fn verify_with(&self, keys: &[VerifyingKey]) -> Result<Verified, JwsError> {
        let kid = self.header.kid.as_deref();
        let known = keys.iter().any(|key| key.kid() == kid);
        let may_be_meant = |key: &&VerifyingKey| match kid {
            None => true,
            Some(_) if known => key.kid() == kid,
            Some(_) => key.kid().is_none(),
        };
        let candidates = keys.iter().filter(may_be_meant).filter(|key| key.accepts(self.header.alg));
        let mut failure = JwsError::NoMatchingKey;
        for key in candidates.take(MAXIMUM_CANDIDATES) {
            match self.verify(key) {
                Err(JwsError::BadSignature) if kid.is_none() || known => failure = JwsError::BadSignature,
                Err(JwsError::BadSignature) => {}
                decided => return decided,
            }
        }
        Err(failure)
    }
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, JwsError> {
        let raw = strict_json::object(bytes).ok_or(JwsError::BadHeader)?;
        let text = |name: &str| match raw.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(JwsError::BadHeader),
        };
        let alg = match text("alg")?.ok_or(JwsError::BadHeader)?.as_str() {
            none if none.eq_ignore_ascii_case("none") => return Err(JwsError::Unsigned),
            name => Algorithm::parse(name).ok_or(JwsError::UnsupportedAlgorithm)?,
        };
        refuse_extensions(&raw)?;
        let jwk = raw.get("jwk").map(Box::<Jwk>::deserialize).transpose().map_err(|_| JwsError::BadHeader)?;
        let (kid, typ) = (text("kid")?, text("typ")?);
        Ok(Self { alg, kid, typ, jwk, raw })
    }
}

/// The claims of `text`, an unsecured message: `alg` `none` and an empty signature (RFC 7515 §A.5).
///
/// **Anybody can have written it.** The one use is a request object by value of a client that registered `none`
/// (`OpenID` Connect Core §6.1), which proves no more than the query parameters around it.
pub fn unsecured_claims(text: &str) -> Result<Map<String, Value>, JwsError> {
    let (_, header, payload, signature) = split(text)?;
    let header = base64url_decode(header).ok_or(JwsError::NotBase64url("header"))?;
    let header = strict_json::object(&header).ok_or(JwsError::BadHeader)?;
    if header.get("alg").and_then(Value::as_str) != Some("none") || !signature.is_empty() {
        return Err(JwsError::NotUnsecured);
    }
    refuse_extensions(&header)?;
    let payload = base64url_decode(payload).ok_or(JwsError::NotBase64url("payload"))?;
    strict_json::object(&payload).ok_or(JwsError::BadPayload)
}

/// What is signed, then the three parts: header, payload, signature.
pub(crate) fn split(text: &str) -> Result<(&str, &str, &str, &str), JwsError> {
    if text.len() > MAXIMUM_LENGTH {
        return Err(JwsError::TooLarge);
    }
    let (signing_input, signature) = text.rsplit_once('.').ok_or(JwsError::NotCompact)?;
    let (header, payload) = signing_input.split_once('.').ok_or(JwsError::NotCompact)?;
    if payload.contains('.') {
        return Err(JwsError::NotCompact);
    }
    Ok((signing_input, header, payload, signature))
}

/// RFC 7515 §4.1.11: what is not understood and critical is refused. RFC 7797 §3: so is a payload that is not encoded.
pub(crate) fn refuse_extensions(header: &Map<String, Value>) -> Result<(), JwsError> {
    if header.contains_key("crit") {
        return Err(JwsError::CriticalHeader);
    }
    if header.get("b64").is_some_and(|encoded| *encoded != Value::Bool(true)) {
        return Err(JwsError::UnencodedPayload);
    }
    Ok(())
}
