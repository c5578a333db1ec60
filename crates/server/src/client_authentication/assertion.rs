//! Assertions (RFC 7523 §3, OpenID Connect Core §9): a short statement that the client signed (`private_key_jwt`), or made a
//! MAC of with its secret (`client_secret_jwt`, in `mac`). It must be meant for this server, be within its time, and is
//! accepted once.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Jws, JwsError, MacMessage, VerifyingKey};
use symbolon_types::{ClientAuthenticationMethod as Method, ClientId, ErrorCode};

use super::{mac, require_method};
use crate::assertion::{Assertion, CLOCK_SKEW};
use crate::clients::keys as client_keys;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::params::Params;

/// Longest time, in seconds, between now and `exp`: until then the `jti` is remembered.
const LONGEST_LIFETIME: i64 = 24 * 3600;
const PARAMETER: &str = "client_assertion";

/// The client of an assertion that came from `sender`, and the method: what has a signature and what has a MAC are messages of
/// different kinds from here on, checked with keys and with secrets.
pub(super) async fn authenticate(
    context: &Context,
    params: &Params,
    (assertion, sender): (&str, IpAddr),
) -> Result<(Arc<RegisteredClient>, Method), OAuthError> {
    let fault = match Jws::parse(assertion) {
        Ok(jws) => return Ok((signed(context, params, &jws).await?, Method::PrivateKeyJwt)),
        Err(fault) => fault,
    };
    match MacMessage::parse(assertion) {
        Ok(message) => Ok((mac::authenticate(context, params, (&message, sender)).await?, Method::ClientSecretJwt)),
        Err(_) => Err(refused("The 'client_assertion' is not a JSON Web Token.", &fault)),
    }
}

/// The client that an assertion says it is of: it must be the one that the request names, if any.
pub(super) fn claimed_client(
    params: &Params,
    claimed: Result<Map<String, Value>, JwsError>,
) -> Result<ClientId, OAuthError> {
    let claimed = claimed.map_err(|fault| refused("The 'client_assertion' has no claims.", &fault))?;
    let sub = claimed.get("sub").and_then(Value::as_str).unwrap_or_default();
    let client_id = params.get("client_id").unwrap_or(sub);
    if client_id.is_empty() || client_id != sub {
        return Err(fault("Claim 'sub' of the 'client_assertion' must be the client_id."));
    }
    Ok(ClientId::from(client_id))
}

async fn signed(context: &Context, params: &Params, jws: &Jws) -> Result<Arc<RegisteredClient>, OAuthError> {
    let client_id = claimed_client(params, jws.unverified_claims())?;
    let Some(client) = clients::find(context, &client_id).await? else {
        waste_time(context, jws);
        return Err(OAuthError::invalid_client("unknown client"));
    };
    require_method(&client, Method::PrivateKeyJwt).inspect_err(|_| waste_time(context, jws))?;
    let registered = &client.metadata().token_endpoint_auth_signing_alg;
    let expected = if registered.is_empty() { Algorithm::RS256.as_str() } else { registered };
    if jws.header().alg.as_str() != expected {
        waste_time(context, jws);
        return Err(OAuthError::invalid_client("not the algorithm that the client registered"));
    }
    // Whoever has not shown a key of the client learns nothing about it; what follows is for the client itself.
    let verified = client_keys::verify(context, &client, jws).await?;
    check(context, &client, &verified.claims).await?;
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

/// What a client says in its assertion, once it is known to be the client's (RFC 7523 §3).
pub(super) async fn check(
    context: &Context,
    client: &RegisteredClient,
    claims: &Map<String, Value>,
) -> Result<(), OAuthError> {
    let assertion = Assertion { parameter: PARAMETER, code: ErrorCode::InvalidClient, claims };
    if claims.get("iss").and_then(Value::as_str) != Some(client.id().as_str()) {
        return Err(assertion.fault("iss", "must be the client_id."));
    }
    assertion.check_audience(context)?;
    let expires_at = assertion.check_times(context)?.expires_at;
    if expires_at > context.clock.now() + LONGEST_LIFETIME {
        return Err(assertion.fault("exp", "is too far in the future."));
    }
    let identifier =
        assertion.identifier(client.id().as_str())?.ok_or_else(|| assertion.fault("jti", "is missing."))?;
    // `jti` counts once until the assertion ends (RFC 7523 §3, rule 7).
    if context.store.use_once(PARAMETER, &identifier, expires_at.saturating_add(CLOCK_SKEW)).await? {
        return Ok(());
    }
    Err(Assertion::used_before(PARAMETER))
}
