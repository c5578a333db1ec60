//! What an object must say of itself: who made it, for whom and when (OpenID Connect Core §6.1, RFC 9101 §4, RFC 7519
//! §4.1). Under the rules of RFC 9101 it names the issuer as its audience; otherwise what it does not say is not asked for.

use serde_json::{Map, Value};
use symbolon_jose::numeric_date;

use super::refused;
use super::rules::{Lifetime, Rules};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;

/// How far a client's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 60;
/// Longest lifetime, in seconds, where there is one.
const ONE_HOUR: i64 = 3600;

/// Checks the claims of an object that the client made.
pub(super) fn check(
    context: &Context,
    client: &RegisteredClient,
    rules: Rules,
    claims: &Map<String, Value>,
) -> Result<(), OAuthError> {
    let client_id = client.id().as_str();
    for name in ["iss", "client_id"] {
        if claims.get(name).is_some_and(|value| value.as_str() != Some(client_id)) {
            return Err(refused(format!("Claim '{name}' of the request object must be the client_id.")));
        }
    }
    // RFC 9101 §10.8: otherwise it could be a client assertion.
    if claims.get("sub").is_some_and(|value| value.as_str() == Some(client_id)) {
        return Err(refused("Claim 'sub' of the request object must not be the client_id."));
    }
    check_audience(context.config.issuer(), rules, claims.get("aud"))?;
    check_times(context.clock.now(), rules.lifetime, claims)?;
    match ["request", "request_uri"].iter().find(|name| claims.contains_key(**name)) {
        // RFC 9101 §4.
        Some(name) => Err(refused(format!("The request object must not have the claim '{name}'."))),
        None => Ok(()),
    }
}

fn check_audience(issuer: &str, rules: Rules, audience: Option<&Value>) -> Result<(), OAuthError> {
    let ours = |value: &Value| value.as_str() == Some(issuer);
    let is_for_us = match audience {
        None => !rules.is_strict(),
        Some(Value::Array(audience)) => audience.iter().any(ours),
        Some(audience) => ours(audience),
    };
    if is_for_us { Ok(()) } else { Err(refused("Claim 'aud' of the request object must be the issuer.")) }
}

fn check_times(now: i64, lifetime: Lifetime, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let instant = |name: &str| {
        let Some(value) = claims.get(name) else { return Ok(None) };
        let read = numeric_date(value).map(Some);
        read.ok_or_else(|| refused(format!("Claim '{name}' of the request object is no time in seconds.")))
    };
    let (expires_at, not_before) = (instant("exp")?, instant("nbf")?);
    if expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(refused("The request object has expired."));
    }
    for at in [not_before, instant("iat")?].into_iter().flatten() {
        if at > now.saturating_add(CLOCK_SKEW) {
            return Err(refused("The request object is not valid yet."));
        }
    }
    if lifetime == Lifetime::AsStated {
        return Ok(());
    }
    let (Some(expires_at), Some(not_before)) = (expires_at, not_before) else {
        return Err(refused("The request object must have the claims 'exp' and 'nbf'."));
    };
    if now.saturating_sub(not_before) > ONE_HOUR {
        return Err(refused("Claim 'nbf' of the request object lies more than an hour back."));
    }
    if expires_at.saturating_sub(not_before) > ONE_HOUR {
        return Err(refused("Claim 'exp' of the request object lies more than an hour after 'nbf'."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn times(lifetime: Lifetime, claims: &Value) -> bool {
        check_times(10_000, lifetime, claims.as_object().unwrap()).is_ok()
    }

    #[test]
    fn within_an_hour_means_both_ends() {
        for (claims, stated, bounded) in [
            (json!({}), true, false),
            (json!({ "exp": 10_300 }), true, false),
            (json!({ "nbf": 10_000 }), true, false),
            (json!({ "exp": 10_300, "nbf": 10_000 }), true, true),
            (json!({ "exp": 13_600, "nbf": 10_000 }), true, true),
            (json!({ "exp": 13_601, "nbf": 10_000 }), true, false),
            (json!({ "exp": 10_001, "nbf": 6_401 }), true, true),
            (json!({ "exp": 10_000, "nbf": 6_400 }), false, false),
            (json!({ "exp": 10_001, "nbf": 6_399 }), true, false),
            (json!({ "exp": 10_100, "nbf": 10_060 }), true, true),
            (json!({ "exp": 10_100, "nbf": 10_061 }), false, false),
            (json!({ "exp": 10_100, "nbf": 10_000, "iat": 10_061 }), false, false),
            (json!({ "exp": "10100", "nbf": 10_000 }), false, false),
            (json!({ "exp": 1e18, "nbf": 10_000 }), false, false),
        ] {
            assert_eq!(times(Lifetime::AsStated, &claims), stated, "{claims}");
            assert_eq!(times(Lifetime::OneHour, &claims), bounded, "{claims}");
        }
    }
}
