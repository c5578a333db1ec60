//! Request objects (OpenID Connect Core §6, RFC 9101): parameters that a client signed, in `request` or behind
//! `request_uri`. What comes out is one text of parameters, the only one that the checks see; what stands around the
//! object counts as far as [`parameters`] says. An object that is not verified says nothing: not what is asked for, and
//! not where an error goes.

pub(crate) mod parameters;
mod reference;

use std::borrow::Cow;

use serde_json::{Map, Value};
use symbolon_jose::{Jws, JwsError, numeric_date, unsecured_claims};
use symbolon_types::ErrorCode;

use super::{Asker, Parameters};
use crate::clients::{RegisteredClient, keys as client_keys};
use crate::context::Context;
use crate::error::OAuthError;
use parameters::{Around, ObjectType};
pub use reference::{FetchedObjects, nothing_fetched};

/// Longest object, in bytes.
const LONGEST: usize = 16 * 1024;
/// How far a client's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 60;
/// What an object may call itself (RFC 9101 §10.8); without a name it is one, too.
const TYPE: &str = "oauth-authz-req+jwt";

/// What an object says once it is verified.
struct RequestObject {
    claims: Map<String, Value>,
    named: ObjectType,
}

/// The parameters that count instead of those of the request; `None` where the request has no object.
pub(super) async fn read(
    context: &Context,
    asker: Asker,
    client: &RegisteredClient,
    outer: &Parameters,
) -> Result<Option<String>, OAuthError> {
    let object = match (outer.get("request"), outer.get("request_uri")) {
        (None, None) => return Ok(None),
        // RFC 9101 §5, OpenID Connect Core §6.2.1.
        (Some(_), Some(_)) => {
            let hint = "Parameters 'request' and 'request_uri' must not be given together.";
            return Err(OAuthError::invalid_request(hint));
        }
        // RFC 8628 §3.1 has no such parameter, and ignoring it would drop what the client signed.
        (Some(_), None) if asker != Asker::Browser => return Err(OAuthError::bare(ErrorCode::RequestNotSupported)),
        (None, Some(_)) if asker != Asker::Browser => return Err(OAuthError::bare(ErrorCode::RequestUriNotSupported)),
        (Some(object), None) => object.to_owned(),
        (None, Some(address)) => reference::fetch(context, client, address).await?,
    };
    let object = verified(context, client, &object).await?;
    check_claims(context, client, &object.claims)?;
    let around = Around::of(outer, object.named);
    parameters::effective(outer, &object.claims, around).map(Some)
}

fn refused(hint: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, hint)
}

/// The claims of an object that the client signed as it is registered (OpenID Connect Core §6.3.2, RFC 9101 §6.2).
async fn verified(context: &Context, client: &RegisteredClient, object: &str) -> Result<RequestObject, OAuthError> {
    if object.len() > LONGEST {
        return Err(refused(format!("The request object is longer than {LONGEST} bytes.")));
    }
    let registered = client.metadata().request_object_signing_alg.as_str();
    let jws = match Jws::parse(object) {
        Ok(jws) => jws,
        Err(JwsError::Unsigned) => return unsigned(context, registered, object),
        Err(fault) => {
            return Err(refused("The request object is not a signed JSON Web Token.").because(fault.to_string()));
        }
    };
    let algorithm = jws.header().alg.as_str();
    if !registered.is_empty() && registered != algorithm {
        let hint = format!("The request object is signed with '{algorithm}'; the client registered '{registered}'.");
        return Err(refused(hint));
    }
    let named = object_type(jws.header().typ.as_deref())?;
    let verified = client_keys::verify(context, client, &jws).await.map_err(|fault| match fault {
        client_keys::VerificationFault::Signature(reason) => {
            refused("The request object is not signed with a key of the client.").because(reason.to_string())
        }
        client_keys::VerificationFault::Unreachable => refused("The client's keys could not be fetched."),
    })?;
    Ok(RequestObject { claims: verified.claims, named })
}

/// An object without a signature proves no more than the parameters around it: only a client that registered `none` may
/// send one (OpenID Connect Core §6.1, RFC 9101 §10.5). Who registered nothing is told that it is not supported.
fn unsigned(context: &Context, registered: &str, object: &str) -> Result<RequestObject, OAuthError> {
    let taken_from_all = context.config.symbolon.compatibility.unsigned_request_objects;
    if registered != "none" && !(registered.is_empty() && taken_from_all) {
        let hint = "The request object is not signed, and the client did not register the \
                    request_object_signing_alg 'none'.";
        let code = if registered.is_empty() { ErrorCode::RequestNotSupported } else { ErrorCode::InvalidRequestObject };
        return Err(OAuthError::new(code, hint));
    }
    let claims = unsecured_claims(object)
        .map_err(|fault| refused("The request object is not a JSON Web Token.").because(fault.to_string()))?;
    Ok(RequestObject { claims, named: ObjectType::Unnamed })
}

/// A token of another kind that the same client signed is none (RFC 9101 §10.8).
fn object_type(typ: Option<&str>) -> Result<ObjectType, OAuthError> {
    let Some(typ) = typ.map(str::to_ascii_lowercase) else { return Ok(ObjectType::Unnamed) };
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        TYPE => Ok(ObjectType::RequestObject),
        "jwt" => Ok(ObjectType::Unnamed),
        _ => Err(refused(format!("The header 'typ' of the request object must be '{TYPE}'."))),
    }
}

/// Who made it, for whom and when, as far as it says (OpenID Connect Core §6.1, RFC 9101 §4, RFC 7519 §4.1).
fn check_claims(context: &Context, client: &RegisteredClient, claims: &Map<String, Value>) -> Result<(), OAuthError> {
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
    let ours = |value: &Value| value.as_str() == Some(context.config.issuer());
    let is_for_us = match claims.get("aud") {
        None => true,
        Some(Value::Array(audience)) => audience.iter().any(ours),
        Some(audience) => ours(audience),
    };
    if !is_for_us {
        return Err(refused("Claim 'aud' of the request object must be the issuer."));
    }
    let now = context.clock.now();
    let instant = |name: &str| {
        let Some(value) = claims.get(name) else { return Ok(None) };
        let read = numeric_date(value).map(Some);
        read.ok_or_else(|| refused(format!("Claim '{name}' of the request object is no time in seconds.")))
    };
    if instant("exp")?.is_some_and(|expires_at| expires_at <= now) {
        return Err(refused("The request object has expired."));
    }
    for name in ["nbf", "iat"] {
        if instant(name)?.is_some_and(|at| at > now.saturating_add(CLOCK_SKEW)) {
            return Err(refused("The request object is not valid yet."));
        }
    }
    match ["request", "request_uri"].iter().find(|name| claims.contains_key(**name)) {
        // RFC 9101 §4.
        Some(name) => Err(refused(format!("The request object must not have the claim '{name}'."))),
        None => Ok(()),
    }
}
