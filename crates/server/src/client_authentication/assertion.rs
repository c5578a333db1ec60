//! `private_key_jwt` (RFC 7523 §3, OpenID Connect Core §9): a short statement that the client signed. It must be meant
//! for this server, be within its time, and is accepted once.

use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Jws, JwsError, VerifyingKey, digest, numeric_date};
use symbolon_types::{ClientAuthenticationMethod, ClientId, ErrorCode};

use super::require_method;
use crate::clients::keys as client_keys;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::params::Params;

/// Longest time, in seconds, between now and `exp`: until then the `jti` is remembered.
const LONGEST_LIFETIME: i64 = 24 * 3600;
/// How far a client's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 60;

pub(super) async fn authenticate(
    context: &Context,
    params: &Params,
    assertion: &str,
) -> Result<Arc<RegisteredClient>, OAuthError> {
    let jws =
        Jws::parse(assertion).map_err(|fault| refused("The 'client_assertion' is not a JSON Web Token.", &fault))?;
    let claimed = jws.unverified_claims().map_err(|fault| refused("The 'client_assertion' has no claims.", &fault))?;
    let sub = claimed.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
    let client_id = params.get("client_id").unwrap_or(&sub);
    if client_id.is_empty() || client_id != sub {
        return Err(fault("Claim 'sub' of the 'client_assertion' must be the client_id."));
    }
    let Some(client) = clients::find(context, &ClientId::from(client_id)).await? else {
        waste_time(context, &jws);
        return Err(OAuthError::invalid_client("unknown client"));
    };
    require_method(&client, ClientAuthenticationMethod::PrivateKeyJwt).inspect_err(|_| waste_time(context, &jws))?;
    let registered = &client.metadata().token_endpoint_auth_signing_alg;
    let expected = if registered.is_empty() { Algorithm::RS256.as_str() } else { registered };
    if jws.header().alg.as_str() != expected {
        waste_time(context, &jws);
        return Err(OAuthError::invalid_client("not the algorithm that the client registered"));
    }
    // Whoever has not shown a key of the client learns nothing about it; what follows is for the client itself.
    let claims = client_keys::verify(context, &client, &jws).await?;
    let claims = claims.claims;
    check(context, &client, &claims)?;
    use_once(context, &client, &claims).await?;
    Ok(client)
}

/// The work of checking a signature, where no key of a client is to be asked: with one of our own for the same algorithm.
fn waste_time(context: &Context, jws: &Jws) {
    let own = context.keys.id_token_for(jws.header().alg.as_str());
    let _ = own.ok().and_then(|key| VerifyingKey::from_jwk(&key.public_jwk()).ok()).map(|key| jws.verify(&key));
}

fn fault(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, hint)
}

fn refused(hint: &'static str, reason: &JwsError) -> OAuthError {
    fault(hint).because(reason.to_string())
}

fn check(context: &Context, client: &RegisteredClient, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let now = context.clock.now();
    if claims.get("iss").and_then(Value::as_str) != Some(client.id().as_str()) {
        return Err(fault("Claim 'iss' of the 'client_assertion' must be the client_id."));
    }
    if !audience_is_ours(context, claims.get("aud")) {
        return Err(fault("Claim 'aud' of the 'client_assertion' must be the issuer or the token endpoint."));
    }
    let Some(expires_at) = claims.get("exp").and_then(numeric_date) else {
        return Err(fault("Claim 'exp' of the 'client_assertion' is missing or is no time in seconds."));
    };
    if expires_at <= now {
        return Err(fault("The 'client_assertion' has expired."));
    }
    if expires_at > now + LONGEST_LIFETIME {
        return Err(fault("Claim 'exp' of the 'client_assertion' is too far in the future."));
    }
    for value in ["nbf", "iat"].iter().filter_map(|name| claims.get(*name)) {
        let Some(at) = numeric_date(value) else {
            return Err(fault("Claims 'nbf' and 'iat' of the 'client_assertion' must be times in seconds."));
        };
        if at > now + CLOCK_SKEW {
            return Err(fault("The 'client_assertion' is not valid yet."));
        }
    }
    Ok(())
}

/// The issuer, or the token endpoint by any of its names; nothing else may stand beside it.
fn audience_is_ours(context: &Context, audience: Option<&Value>) -> bool {
    let config = &context.config;
    let ours = |value: &Value| {
        value.as_str().is_some_and(|value| {
            value == config.issuer()
                || value == config.token_url()
                || value == config.endpoint("/oauth2/token")
                || value == format!("{}/oauth2/token", config.issuer().trim_end_matches('/'))
        })
    };
    match audience {
        Some(Value::Array(values)) => !values.is_empty() && values.iter().all(ours),
        Some(value) => ours(value),
        None => false,
    }
}

/// `jti` counts once until the assertion ends (RFC 7523 §3, rule 7).
async fn use_once(context: &Context, client: &RegisteredClient, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let Some(jti) = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty()) else {
        return Err(fault("Claim 'jti' of the 'client_assertion' is missing."));
    };
    let id = digest::sha256(format!("{}\0{jti}", client.id()).as_bytes());
    let expires_at = claims.get("exp").and_then(numeric_date).unwrap_or(i64::MAX);
    if context.store.use_once("client_assertion", &id, expires_at.saturating_add(CLOCK_SKEW)).await? {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::JtiKnown, "Claim 'jti' of the 'client_assertion' was used before."))
}
