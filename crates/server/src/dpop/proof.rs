//! The checks of one proof (RFC 9449 §4.3), in the order of what they cost.

use std::sync::OnceLock;

use serde_json::{Map, Value};
use symbolon_jose::digest::{base64url, sha256};
use symbolon_jose::{Jws, VerifyingKey, numeric_date};
use symbolon_types::ErrorCode;
use url::Url;

use super::{ALGORITHMS, Proof, invalid, nonce};
use crate::confirmation::KeyThumbprint;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::Request;

/// Longest proof, in bytes.
const LONGEST: usize = 8 * 1024;
/// Longest `jti`, in bytes.
const LONGEST_IDENTIFIER: usize = 256;
/// What a proof calls itself (RFC 9449 §4.2).
const TYPE: &str = "dpop+jwt";
/// How long after it was made a proof counts, in seconds.
const OLDEST_SECONDS: i64 = 60;
/// How far the sender's clock may be ahead, in seconds.
pub(super) const CLOCK_SKEW: i64 = 15;

pub(super) fn verify(
    context: &Context,
    request: &Request,
    text: &str,
    access_token: Option<&str>,
) -> Result<Proof, OAuthError> {
    let (key, claims) = signed(text)?;
    let ours = context.config.addresses_of(&request.path);
    check_request((request.method.as_str(), ours), &claims)?;
    check_access_token(&claims, access_token)?;
    let identifier = identifier(&claims, key)?;
    let remembered_until = check_time(context, &claims)?;
    Ok(Proof { key, identifier, remembered_until, first_use: OnceLock::new() })
}

/// The claims, and the key with which they were signed (rules 1 to 7).
pub(crate) fn signed(text: &str) -> Result<(KeyThumbprint, Map<String, Value>), OAuthError> {
    if text.len() > LONGEST {
        return Err(invalid("The DPoP proof is too long."));
    }
    let jws =
        Jws::parse(text).map_err(|fault| invalid("The DPoP proof is no signed JWT.").because(fault.to_string()))?;
    let key = key(&jws)?;
    let claims = jws
        .verify(&key)
        .map_err(|fault| invalid("The DPoP proof was not signed with the key in it.").because(fault.to_string()))?
        .claims;
    let thumbprint = KeyThumbprint::parse(key.thumbprint())
        .ok_or_else(|| OAuthError::server("a key without a thumbprint of 32 bytes"))?;
    Ok((thumbprint, claims))
}

/// The public key in the header (rules 4 to 7).
fn key(jws: &Jws) -> Result<VerifyingKey, OAuthError> {
    let header = jws.header();
    if !header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
        return Err(invalid("The header 'typ' of the DPoP proof must be 'dpop+jwt'."));
    }
    if !ALGORITHMS.contains(&header.alg) {
        return Err(invalid("The DPoP proof is signed with an algorithm that is not supported for proofs."));
    }
    let jwk = header.jwk.as_deref().ok_or_else(|| invalid("The header of the DPoP proof has no 'jwk'."))?;
    if jwk.is_private() {
        return Err(invalid("The 'jwk' of the DPoP proof must not be a private key."));
    }
    VerifyingKey::from_jwk(jwk).map_err(|fault| {
        invalid("The 'jwk' of the DPoP proof is no public key that can be used.").because(fault.to_string())
    })
}

/// `htm` and `htu` (rules 8 and 9): the proof is for this request and no other.
pub(crate) fn check_request<A: AsRef<str>>(
    (method, ours): (&str, impl IntoIterator<Item = A>),
    claims: &Map<String, Value>,
) -> Result<(), OAuthError> {
    if claims.get("htm").and_then(Value::as_str) != Some(method) {
        return Err(invalid("Claim 'htm' of the DPoP proof must be the method of the request."));
    }
    let htu = claims.get("htu").and_then(Value::as_str).unwrap_or_default();
    if !names_one_of(htu, ours) {
        return Err(invalid("Claim 'htu' of the DPoP proof must be the address of this endpoint."));
    }
    Ok(())
}

/// Whether an address is one of ours. Nearly always it is so to the letter, and nothing has to be parsed.
fn names_one_of<A: AsRef<str>>(htu: &str, ours: impl IntoIterator<Item = A>) -> bool {
    let ours: Vec<A> = ours.into_iter().collect();
    if ours.iter().any(|ours| ours.as_ref() == htu) {
        return true;
    }
    let Some(named) = address(htu) else { return false };
    ours.iter().any(|ours| address(ours.as_ref()).as_ref() == Some(&named))
}

/// An address without query and fragment, in the one form that addresses have which mean the same (RFC 3986 §6.2.2,
/// §6.2.3).
fn address(text: &str) -> Option<Url> {
    let mut address = Url::parse(text).ok()?;
    address.set_query(None);
    address.set_fragment(None);
    Some(address)
}

/// `ath` (rule 12): with a token, the proof is for that one.
fn check_access_token(claims: &Map<String, Value>, access_token: Option<&str>) -> Result<(), OAuthError> {
    let Some(token) = access_token else { return Ok(()) };
    let expected = base64url(&sha256(token.as_bytes()));
    if claims.get("ath").and_then(Value::as_str) == Some(expected.as_str()) {
        return Ok(());
    }
    Err(invalid("Claim 'ath' of the DPoP proof must be the hash of the access token."))
}

/// By what the proof is known to have been used: `jti` of this key.
pub(crate) fn identifier(claims: &Map<String, Value>, key: KeyThumbprint) -> Result<[u8; 32], OAuthError> {
    let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
    if jti.is_empty() || jti.len() > LONGEST_IDENTIFIER {
        return Err(invalid("Claim 'jti' of the DPoP proof must be a text of 1 to 256 bytes."));
    }
    Ok(sha256(&[key.as_bytes(), jti.as_bytes()].concat()))
}

/// `iat` and `nonce` (rules 10 and 11): made a moment ago. A nonce of ours proves that whatever the sender's clock says, so
/// that whoever has a wrong one is given a nonce. Answers until when the proof must be remembered.
fn check_time(context: &Context, claims: &Map<String, Value>) -> Result<i64, OAuthError> {
    let now = context.clock.now();
    let issued_at = claims
        .get("iat")
        .and_then(numeric_date)
        .ok_or_else(|| invalid("Claim 'iat' of the DPoP proof is missing or is no time in seconds."))?;
    let wanted = |hint: &'static str| OAuthError::new(ErrorCode::UseDpopNonce, hint);
    match claims.get("nonce") {
        Some(nonce) => nonce
            .as_str()
            .and_then(|nonce| nonce::valid_until(context, nonce))
            .ok_or_else(|| wanted("The nonce of the DPoP proof is not one that counts.")),
        None if context.config.symbolon.dpop.nonce => Err(wanted("A DPoP proof needs a nonce here.")),
        None if issued_at < now - OLDEST_SECONDS || issued_at > now + CLOCK_SKEW => {
            Err(wanted("The DPoP proof was not made a moment ago; with a nonce it does not depend on the clock."))
        }
        None if context.dpop.as_ref().is_some_and(|memory| !memory.covers(issued_at)) => {
            Err(wanted("The server has just started, and takes proofs with a nonce only for a moment."))
        }
        None => Ok(issued_at.saturating_add(OLDEST_SECONDS + 1)),
    }
}
