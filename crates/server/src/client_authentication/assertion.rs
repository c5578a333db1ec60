//! Assertions (RFC 7523 §3, OpenID Connect Core §9): a short statement that the client signed (`private_key_jwt`), or made a
//! MAC of with its secret (`client_secret_jwt`, in `mac`). It must be meant for this server, be within its time, and is
//! accepted once. Whatever is wrong with it is a failed authentication: 401 `invalid_client`.

use serde_json::{Map, Value};
use symbolon_jose::{Algorithm, Jws, JwsError, MacMessage, VerifyingKey};
use symbolon_types::{ClientAuthenticationMethod as Method, ClientId, ErrorCode};

use super::audience::AudienceRule;
use super::{Identified, federation, mac, require_method};
use crate::assertion::{Assertion, REMEMBERED_BEYOND};
use crate::clients::keys as client_keys;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::Request;
use crate::hydra;
use crate::params::Params;
use crate::security_profile::{Rule, is_strong};

/// How long ago an assertion may have been made, in seconds, where it may not live longer anyway.
const OLDEST_SECONDS: i64 = 3600;
/// Longest life under [`Rule::ShortAssertions`].
const SHORT_SECONDS: i64 = 300;
/// What an assertion may call itself (`typ`), if anything: no other kind of JWT passes as one (RFC 8725 §3.11).
const TYPES: [&str; 3] = ["JWT", "client-authentication+jwt", "oauth-client-auth+jwt"];
pub(super) const PARAMETER: &str = "client_assertion";

/// An assertion that counts, and was not used before as far as is known.
pub(super) struct UnusedAssertion {
    identifier: [u8; 32],
    remembered_until: i64,
}

impl UnusedAssertion {
    /// Uses the assertion up: `jti` counts once until the assertion ends (RFC 7523 §3, rule 7).
    pub(super) async fn use_up(self, context: &Context) -> Result<(), OAuthError> {
        if context.store.use_once(PARAMETER, &self.identifier, self.remembered_until).await? {
            return Ok(());
        }
        Err(fault("Claim 'jti' of the 'client_assertion' was used before."))
    }
}

/// The assertion of a request.
pub(super) fn of_request(params: &Params) -> Result<&str, OAuthError> {
    const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    // Half of an assertion is a client that failed to authenticate, not one that did not try.
    match (params.get("client_assertion_type"), params.get(PARAMETER)) {
        (Some(JWT_BEARER), Some(assertion)) => Ok(assertion),
        (_, None) => Err(fault("Parameter 'client_assertion' is required with 'client_assertion_type'.")),
        (None, _) => Err(fault("Parameter 'client_assertion_type' is required with 'client_assertion'.")),
        (Some(_), _) => Err(fault(
            "Parameter 'client_assertion_type' must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'.",
        )),
    }
}

/// The client of an assertion: what has a signature and what has a MAC are messages of different kinds from here on, checked
/// with keys and with secrets.
pub(super) async fn identify(
    context: &Context,
    http: &Request,
    params: &Params,
    assertion: &str,
) -> Result<Identified, OAuthError> {
    let unreadable = match Jws::parse(assertion) {
        Ok(jws) => return signed(context, http, params, &jws).await,
        Err(fault) => fault,
    };
    match MacMessage::parse(assertion) {
        Ok(message) => mac::identify(context, http, params, &message).await,
        Err(_) => Err(refused("The 'client_assertion' is not a JSON Web Token.", &unreadable)),
    }
}

/// The subject of an assertion, whatever it is worth.
pub(super) fn claimed_in(assertion: &str) -> Option<ClientId> {
    let claims = Jws::parse(assertion).ok()?.unverified_claims().ok()?;
    claims.get("sub").and_then(Value::as_str).map(ClientId::from)
}

/// The client that an assertion is said to be of: the one that the request names, or else its subject.
pub(super) fn claimed_client(
    params: &Params,
    claimed: Result<Map<String, Value>, JwsError>,
) -> Result<ClientId, OAuthError> {
    let claimed = claimed.map_err(|fault| refused("The 'client_assertion' has no claims.", &fault))?;
    let sub = claimed.get("sub").and_then(Value::as_str).unwrap_or_default();
    match params.get("client_id").unwrap_or(sub) {
        "" => Err(fault("Claim 'sub' of the 'client_assertion' is missing, and so is the 'client_id'.")),
        client_id => Ok(ClientId::from(client_id)),
    }
}

async fn signed(context: &Context, http: &Request, params: &Params, jws: &Jws) -> Result<Identified, OAuthError> {
    let client_id = claimed_client(params, jws.unverified_claims())?;
    let Some(mut client) = clients::find(context, &client_id).await? else {
        waste_time(context, jws);
        return Err(OAuthError::invalid_client("unknown client"));
    };
    if client.has_document() && !client.authentication_methods().contains(&Method::PrivateKeyJwt) {
        client = clients::documents::read_again(context, client).await?;
    }
    require_method(&client, Method::PrivateKeyJwt).inspect_err(|_| waste_time(context, jws))?;
    if !may_sign_with(context, &client, jws.header().alg.as_str()) {
        waste_time(context, jws);
        return Err(OAuthError::invalid_client("not the algorithm that the client registered"));
    }
    // Whoever has not shown a key of the client learns nothing about it; what follows is for the client itself.
    let verified = client_keys::verify(context, &client, jws).await?;
    if federation::speaks_for(&client) {
        federation::check(context, http, &client, &verified)?;
        return Ok(Identified::by(client, Method::PrivateKeyJwt));
    }
    check_type(jws.header().typ.as_deref())?;
    if hydra::was_used(context, verified.claims.get("jti").and_then(Value::as_str)).await? {
        return Err(Assertion::used_before(PARAMETER));
    }
    let assertion = check(context, http, &client, &verified.claims)?;
    Ok(Identified::by_assertion(client, Method::PrivateKeyJwt, assertion))
}

/// The one algorithm that the client registered, `RS256` if it did not say; under a profile with strong algorithms one of
/// these in any case.
fn may_sign_with(context: &Context, client: &RegisteredClient, algorithm: &str) -> bool {
    let registered = client.metadata().token_endpoint_auth_signing_alg.as_str();
    if registered.is_empty() && client.has_document() {
        // A document that names none means any, and its keys are for one each.
        let strong = client.is_held_to(&context.config, Rule::StrongAlgorithms);
        return !strong || is_strong(algorithm);
    }
    if client.is_held_to(&context.config, Rule::StrongAlgorithms) {
        return is_strong(algorithm) && (registered.is_empty() || registered == algorithm);
    }
    algorithm == if registered.is_empty() { Algorithm::RS256.as_str() } else { registered }
}

/// The `typ` of an assertion, if it has one.
pub(super) fn check_type(typ: Option<&str>) -> Result<(), OAuthError> {
    if typ.is_none_or(|typ| TYPES.iter().any(|own| own.eq_ignore_ascii_case(typ))) {
        return Ok(());
    }
    Err(fault("The header 'typ' of the 'client_assertion' must be 'JWT', 'client-authentication+jwt' or left out."))
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
pub(super) fn check(
    context: &Context,
    http: &Request,
    client: &RegisteredClient,
    claims: &Map<String, Value>,
) -> Result<UnusedAssertion, OAuthError> {
    let assertion = Assertion { parameter: PARAMETER, code: ErrorCode::InvalidClient, claims };
    for claim in ["iss", "sub"] {
        if claims.get(claim).and_then(Value::as_str) != Some(client.id().as_str()) {
            return Err(assertion.fault(claim, "must be the client_id."));
        }
    }
    let audience = AudienceRule::of(&context.config, client);
    if !audience.admits(&context.config, http, claims) {
        return Err(assertion.fault("aud", audience.hint()));
    }
    let now = context.clock.now();
    let configured = context.config.symbolon.client_assertions.longest_lifetime_seconds;
    let short = client.is_held_to(&context.config, Rule::ShortAssertions);
    let longest = if short { configured.min(SHORT_SECONDS) } else { configured };
    let validity = assertion.check_times(context)?;
    // A client whose clock is ahead, as far as it may be, has its time too.
    let made_at = validity.issued_at.map_or(now, |at| at.max(now));
    if validity.expires_at > made_at.saturating_add(longest) {
        return Err(assertion.fault("exp", &format!("lies more than {longest} seconds ahead.")));
    }
    if validity.issued_at.is_some_and(|at| at < now - OLDEST_SECONDS.max(longest)) {
        return Err(assertion.fault("iat", "lies too far back."));
    }
    let identifier =
        assertion.identifier(client.id().as_str())?.ok_or_else(|| assertion.fault("jti", "is missing."))?;
    Ok(UnusedAssertion { identifier, remembered_until: validity.expires_at.saturating_add(REMEMBERED_BEYOND) })
}
