//! The rules of `OpenID` Connect Core 1.0 §3.1.3.7, apart from the signature: a pure function from verified claims and what
//! the client expects to [`IdTokenClaims`].

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use symbolon_jose::digest;

use super::{IdTokenClaims, IdTokenFault};
use crate::verification::claims::{optional_seconds, present, seconds, text};
use crate::verification::rules::{AuthorizedParty, VerificationRules};
use crate::verification::signature::SignedToken;

/// What the client knows and the token must agree with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expectations<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) rules: &'a VerificationRules,
    /// The nonce of the request; `None` where there was none.
    pub(crate) nonce: Option<&'a str>,
    pub(crate) max_age_seconds: Option<i64>,
    /// The authentication contexts of which `acr` must be one; empty where any will do.
    pub(crate) contexts: &'a [String],
    /// The access token that came with it.
    pub(crate) access_token: Option<&'a str>,
    /// After a refresh: the ID token of the login, as far as it is known (§12.2).
    pub(crate) previous: Option<&'a IdTokenClaims>,
    pub(crate) now: i64,
}

/// Applies the rules of §3.1.3.7 to claims whose signature was checked.
pub(crate) fn check(token: SignedToken, expected: &Expectations<'_>) -> Result<IdTokenClaims, IdTokenFault> {
    let rules = expected.rules;
    check_type(token.typ.as_deref(), rules)?;
    let claims = &token.claims;
    let issuer = text(claims, "iss")?;
    if !rules.issuer.accepts(expected.issuer, issuer, claims) {
        return Err(IdTokenFault::Issuer(issuer.to_owned()));
    }
    let subject = text(claims, "sub")?;
    check_audience(claims, expected.client_id, rules)?;
    let (expires_at, issued_at) = check_times(claims, rules.leeway_seconds, expected.now)?;
    check_nonce(claims, expected)?;
    let authenticated_at = optional_seconds(claims, "auth_time")?;
    if let Some(limit) = expected.max_age_seconds {
        let until = |at: i64| at.saturating_add(limit).saturating_add(rules.leeway_seconds);
        if authenticated_at.is_none_or(|at| until(at) < expected.now) {
            return Err(IdTokenFault::AuthenticationAge);
        }
    }
    let reached = |context: &str| expected.contexts.iter().any(|demanded| demanded == context);
    if !expected.contexts.is_empty() && !claims.get("acr").and_then(Value::as_str).is_some_and(reached) {
        return Err(IdTokenFault::AuthenticationContext);
    }
    // Optional in the code flow, but a wrong one is a mixed-up answer (§3.1.3.8).
    if let (Some(_), Some(access_token)) = (present(claims, "at_hash"), expected.access_token)
        && text(claims, "at_hash")? != token.half_hash(access_token)
    {
        return Err(IdTokenFault::AccessTokenHash);
    }
    if expected.previous.is_some_and(|previous| previous.subject != subject) {
        return Err(IdTokenFault::Subject);
    }
    Ok(IdTokenClaims {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        expires_at,
        issued_at,
        authenticated_at,
        all: token.claims,
    })
}

/// RFC 8725 §3.11: another type is another kind of token. `application/` may be written or left out (RFC 7515 §4.1.9).
pub(crate) fn check_type(typ: Option<&str>, rules: &VerificationRules) -> Result<(), IdTokenFault> {
    let plain = typ.is_none_or(|typ| matches!(&*typ.to_ascii_lowercase(), "jwt" | "application/jwt"));
    if plain || rules.any_type { Ok(()) } else { Err(IdTokenFault::Type(typ.unwrap_or_default().to_owned())) }
}

/// `exp` and `iat`, after it was made sure that now lies between them.
fn check_times(claims: &Map<String, Value>, leeway: i64, now: i64) -> Result<(i64, i64), IdTokenFault> {
    let (expires_at, issued_at) = (seconds(claims, "exp")?, seconds(claims, "iat")?);
    if expires_at.saturating_add(leeway) <= now {
        return Err(IdTokenFault::Expired);
    }
    let not_before = optional_seconds(claims, "nbf")?.unwrap_or(issued_at);
    if issued_at.max(not_before) > now.saturating_add(leeway) {
        return Err(IdTokenFault::NotYetValid);
    }
    Ok((expires_at, issued_at))
}

/// The nonce of the request, or after a refresh that of the login if there is one again (§12.2).
fn check_nonce(claims: &Map<String, Value>, expected: &Expectations<'_>) -> Result<(), IdTokenFault> {
    let found = claims.get("nonce").and_then(Value::as_str);
    if present(claims, "nonce").is_none() && expected.rules.missing_nonce {
        return Ok(());
    }
    let wanted = match (expected.nonce, expected.previous) {
        (Some(nonce), _) => Some(nonce),
        (None, Some(previous)) if present(claims, "nonce").is_some() => {
            Some(previous.all.get("nonce").and_then(Value::as_str).unwrap_or_default())
        }
        _ => None,
    };
    let same =
        wanted.is_none_or(|nonce| digest::constant_time_eq(found.unwrap_or_default().as_bytes(), nonce.as_bytes()));
    if same { Ok(()) } else { Err(IdTokenFault::Nonce) }
}

/// §3.1.3.7 points 3 to 5: the client is among the audience, and whoever else is there is trusted, or the client is named
/// as the authorized party.
pub(crate) fn check_audience(
    claims: &Map<String, Value>,
    client_id: &str,
    rules: &VerificationRules,
) -> Result<(), IdTokenFault> {
    let ours = |name: &str| name == client_id || rules.audiences.iter().any(|audience| audience == name);
    let names: Vec<&str> = match claims.get("aud") {
        Some(Value::Array(list)) => list.iter().map(|one| one.as_str().unwrap_or_default()).collect(),
        Some(Value::String(single)) => vec![single],
        _ => return Err(IdTokenFault::Claim("aud")),
    };
    let authorized_party = present(claims, "azp").map(|value| value.as_str().is_some_and(ours));
    let is_party = match rules.authorized_party {
        AuthorizedParty::Always => authorized_party.unwrap_or_else(|| names.iter().all(|name| ours(name))),
        AuthorizedParty::AmongSeveral => names.iter().all(|name| ours(name)) || authorized_party.unwrap_or(false),
    };
    if names.iter().any(|name| ours(name)) && is_party { Ok(()) } else { Err(IdTokenFault::Audience) }
}
