//! A signed request (OpenID Connect CIBA §7.1.1): all parameters are claims of one JSON Web Token, and nothing stands beside
//! it but what authenticates the client. A client that registered an algorithm signs every request; one that did not may.

use serde_json::{Map, Value};
use symbolon_jose::{Jws, numeric_date};
use symbolon_types::ErrorCode;

use super::Demands;
use crate::clients::{RegisteredClient, keys as client_keys};
use crate::context::Context;
use crate::error::OAuthError;
use crate::params::Params;
use crate::request::Parameters;
use crate::request::object::parameters::{Around, effective as parameters_of};
use crate::security_profile::{Rule, is_strong};

/// Parameters that may stand beside the object.
const BESIDE: [&str; 5] = ["request", "client_id", "client_secret", "client_assertion", "client_assertion_type"];
/// Longest object, in bytes.
const LONGEST: usize = 16 * 1024;
/// Longest `jti`, in bytes.
const LONGEST_JTI: usize = 256;
/// How long an object may count, and how long ago it may have begun to, in seconds (FAPI-CIBA §5.2.2).
const LIFETIME: i64 = 3_600;
/// How far a client's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 15;

/// The parameters that count: those of the request, or those that the client signed.
pub(super) async fn effective(
    context: &Context,
    client: &RegisteredClient,
    params: &Params,
    demands: Demands,
) -> Result<Params, OAuthError> {
    let registered = client.metadata().backchannel_authentication_request_signing_alg.as_str();
    let Some(object) = params.get("request") else {
        if demands == Demands::Fapi || !registered.is_empty() {
            return Err(refused("Parameter 'request' is required: the client signs its requests."));
        }
        return Ok(params.clone());
    };
    if let Some((name, _)) = params.iter().find(|(name, _)| !BESIDE.contains(name)) {
        return Err(refused(format!(
            "Parameter '{name}' must be a claim of the signed request, and not stand beside it."
        )));
    }
    let claims = verified(context, client, object).await?;
    check_claims(context, client, &claims)?;
    let outer = Parameters::merge(String::new(), String::new())?;
    let text = parameters_of(&outer, &claims, Around::Ignored).map_err(as_invalid_request)?;
    Params::parse(text.as_bytes())
}

/// OpenID Connect CIBA §13 has no code of its own for faults of the object.
fn refused(hint: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::invalid_request(hint)
}

fn as_invalid_request(error: OAuthError) -> OAuthError {
    OAuthError { code: ErrorCode::InvalidRequest, ..error }
}

async fn verified(
    context: &Context,
    client: &RegisteredClient,
    object: &str,
) -> Result<Map<String, Value>, OAuthError> {
    if object.len() > LONGEST {
        return Err(refused(format!("Parameter 'request' is longer than {LONGEST} bytes.")));
    }
    let jws = Jws::parse(object)
        .map_err(|fault| refused("Parameter 'request' is not a signed JSON Web Token.").because(fault.to_string()))?;
    let algorithm = jws.header().alg.as_str();
    let registered = client.metadata().backchannel_authentication_request_signing_alg.as_str();
    if !registered.is_empty() && registered != algorithm {
        return Err(refused(format!("Parameter 'request' is signed with '{algorithm}', not with '{registered}'.")));
    }
    if !is_strong(algorithm) && client.is_held_to(&context.config, Rule::StrongAlgorithms) {
        return Err(refused(format!("Parameter 'request' is signed with '{algorithm}', which is not allowed.")));
    }
    // A token of another kind that the client signed is no request (RFC 9101 §10.8).
    let typ = jws.header().typ.as_deref().map(str::to_ascii_lowercase);
    let typ = typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
    if !matches!(typ, None | Some("jwt" | "oauth-authz-req+jwt")) {
        return Err(refused("The header 'typ' of the signed request names another kind of token."));
    }
    client_keys::verify(context, client, &jws).await.map(|verified| verified.claims).map_err(|fault| match fault {
        client_keys::VerificationFault::Signature(reason) => {
            refused("Parameter 'request' is not signed with a key of the client.").because(reason.to_string())
        }
        client_keys::VerificationFault::Unreachable | client_keys::VerificationFault::NoEncryptionKey => {
            refused("The client's keys could not be fetched.")
        }
    })
}

/// §7.1.1: who made it, for whom and when; all of it has to be there.
fn check_claims(context: &Context, client: &RegisteredClient, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let client_id = client.id().as_str();
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client_id) {
        return Err(refused("Claim 'iss' of the signed request must be the client_id."));
    }
    if claims.get("client_id").is_some_and(|value| value.as_str() != Some(client_id)) {
        return Err(refused("Claim 'client_id' of the signed request must be the client_id."));
    }
    // Otherwise it could be a client assertion (RFC 9101 §10.8).
    if text("sub") == Some(client_id) {
        return Err(refused("Claim 'sub' of the signed request must not be the client_id."));
    }
    let ours = |value: &Value| value.as_str() == Some(context.config.issuer());
    let for_us = match claims.get("aud") {
        Some(Value::Array(audience)) => audience.iter().any(ours),
        Some(audience) => ours(audience),
        None => false,
    };
    if !for_us {
        return Err(refused("Claim 'aud' of the signed request must be the issuer."));
    }
    if !text("jti").is_some_and(|jti| !jti.is_empty() && jti.len() <= LONGEST_JTI) {
        return Err(refused("Claim 'jti' of the signed request is missing, or no text that could name it."));
    }
    if let Some(name) = ["request", "request_uri"].iter().find(|name| claims.contains_key(**name)) {
        return Err(refused(format!("The signed request must not have the claim '{name}'.")));
    }
    check_times(context.clock.now(), claims)
}

fn check_times(now: i64, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let instant = |name: &str| {
        let found = claims.get(name).and_then(numeric_date);
        found.ok_or_else(|| refused(format!("Claim '{name}' of the signed request must be a time in seconds.")))
    };
    let (expires_at, issued_at, not_before) = (instant("exp")?, instant("iat")?, instant("nbf")?);
    if expires_at <= now {
        return Err(refused("The signed request has expired."));
    }
    if issued_at.max(not_before) > now.saturating_add(CLOCK_SKEW) {
        return Err(refused("The signed request is not valid yet."));
    }
    if not_before < now.saturating_sub(LIFETIME) || expires_at.saturating_sub(not_before) > LIFETIME {
        return Err(refused("The signed request counts for longer than an hour."));
    }
    Ok(())
}
