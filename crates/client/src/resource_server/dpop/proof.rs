//! The checks of one proof (RFC 9449 §4.3), in the order of what they cost.

use http::HeaderMap;
use serde_json::{Map, Value};
use symbolon_jose::digest::{base64url, sha256};
use symbolon_jose::{Jws, VerifyingKey, numeric_date};
use url::Url;

use super::replay::Use;
use super::{HEADER, Nonces, ProofFault, Proofs};
use crate::wire::AccessToken;

/// Longest proof, in bytes: one with an RSA key of 8192 bits fits.
const LONGEST: usize = 8 * 1024;
/// Longest `jti`, in bytes.
const LONGEST_IDENTIFIER: usize = 256;

/// What a proof is compared with.
pub(in crate::resource_server) struct Request<'a> {
    pub(in crate::resource_server) method: &'a str,
    /// The path, with what was cut off before.
    pub(in crate::resource_server) path: String,
    pub(in crate::resource_server) headers: &'a HeaderMap,
    pub(in crate::resource_server) token: &'a AccessToken,
    /// The thumbprint of the key that the token is bound to.
    pub(in crate::resource_server) key_thumbprint: &'a str,
    /// Unix seconds.
    pub(in crate::resource_server) now: i64,
}

/// Why a request with a bound token is not let in.
#[derive(Debug)]
pub(in crate::resource_server) enum Rejection {
    Fault(ProofFault),
    /// The proof is another key's.
    OtherKey,
    /// A proof with this nonce is asked for (§9).
    Nonce(String),
    /// So many proofs were used that no more can be remembered.
    Full,
}

impl From<ProofFault> for Rejection {
    fn from(fault: ProofFault) -> Self {
        Self::Fault(fault)
    }
}

impl Proofs {
    /// Checks the proof of a request and uses it up. Gives the nonce to send along, where the one in use becomes old.
    pub(in crate::resource_server) fn verify(&self, request: &Request<'_>) -> Result<Option<String>, Rejection> {
        let text = one_header(request.headers)?;
        let (key, claims) = self.signed(text)?;
        if key.thumbprint() != request.key_thumbprint {
            return Err(Rejection::OtherKey);
        }
        self.check_request(request, &claims)?;
        let hash = base64url(&sha256(request.token.as_str().as_bytes()));
        if text_of(&claims, "ath")? != hash {
            return Err(ProofFault::AccessToken.into());
        }
        let identifier = text_of(&claims, "jti")?;
        if identifier.len() > LONGEST_IDENTIFIER {
            return Err(ProofFault::Claim("jti").into());
        }
        let renewed = self.check_nonce(&claims, request.now)?;
        self.check_time(&claims, request.now)?;
        // §11.1. The same identifier under another key is another proof.
        let identifier = sha256(format!("{}.{identifier}", request.key_thumbprint).as_bytes());
        match self.replay.use_up(identifier, request.key_thumbprint, request.now) {
            Use::First => Ok(renewed),
            Use::Repeated => Err(ProofFault::Replayed.into()),
            Use::Full => Err(Rejection::Full),
        }
    }

    /// The claims, and the key with which they were signed (rules 2, 4 to 7).
    fn signed(&self, text: &str) -> Result<(VerifyingKey, Map<String, Value>), ProofFault> {
        if text.len() > LONGEST {
            return Err(ProofFault::TooLong);
        }
        let jws = Jws::parse(text).map_err(ProofFault::Signature)?;
        let header = jws.header();
        if !header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case("dpop+jwt")) {
            return Err(ProofFault::Type);
        }
        if !self.algorithms.contains(&header.alg) {
            return Err(ProofFault::Algorithm);
        }
        let jwk = header.jwk.as_deref().filter(|jwk| !jwk.is_private()).ok_or(ProofFault::Key)?;
        let key = VerifyingKey::from_jwk(jwk).map_err(|_| ProofFault::Key)?;
        let claims = jws.verify(&key).map_err(ProofFault::Signature)?.claims;
        Ok((key, claims))
    }

    /// `htm` and `htu` (rules 8 and 9): the proof is for this request and no other.
    fn check_request(&self, request: &Request<'_>, claims: &Map<String, Value>) -> Result<(), ProofFault> {
        if text_of(claims, "htm")? != request.method {
            return Err(ProofFault::Method);
        }
        let named = address(text_of(claims, "htu")?).ok_or(ProofFault::Address)?;
        let is_ours = |base: &String| address(&format!("{base}{}", request.path)).as_ref() == Some(&named);
        if self.bases.iter().any(is_ours) { Ok(()) } else { Err(ProofFault::Address) }
    }

    /// `nonce` (rule 10): one that this API gave out and that is not old.
    fn check_nonce(&self, claims: &Map<String, Value>, now: i64) -> Result<Option<String>, Rejection> {
        let Some(nonces) = &self.nonces else { return Ok(None) };
        let nonce = claims.get("nonce").and_then(Value::as_str);
        match nonce.and_then(|nonce| nonces.age(nonce, now)) {
            None => Err(Rejection::Nonce(nonces.issue(now))),
            Some(age) => Ok(Nonces::is_old(age).then(|| nonces.issue(now))),
        }
    }

    /// `iat` (rule 11).
    fn check_time(&self, claims: &Map<String, Value>, now: i64) -> Result<(), ProofFault> {
        let issued_at = claims.get("iat").and_then(numeric_date).ok_or(ProofFault::Claim("iat"))?;
        let is_new = issued_at.saturating_add(self.lifetime_seconds) >= now;
        let is_past = issued_at <= now.saturating_add(self.leeway_seconds);
        if is_new && is_past { Ok(()) } else { Err(ProofFault::Time) }
    }
}

/// Rule 1.
fn one_header(headers: &HeaderMap) -> Result<&str, ProofFault> {
    let mut lines = headers.get_all(HEADER).iter();
    let line = lines.next().ok_or(ProofFault::Missing)?;
    if lines.next().is_some() {
        return Err(ProofFault::Doubled);
    }
    line.to_str().map_err(|_| ProofFault::Signature(symbolon_jose::JwsError::NotCompact))
}

fn text_of<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, ProofFault> {
    let value = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.ok_or(ProofFault::Claim(name))
}

/// An address without query and fragment, in the one form that addresses have which mean the same (RFC 3986 §6.2.2,
/// §6.2.3).
fn address(text: &str) -> Option<Url> {
    let mut address = Url::parse(text).ok()?;
    address.set_query(None);
    address.set_fragment(None);
    Some(address)
}
