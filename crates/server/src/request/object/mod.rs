//! Request objects (OpenID Connect Core §6, RFC 9101): parameters that a client signed, in `request` or behind
//! `request_uri`. What comes out is one text of parameters, the only one that the checks see; what stands around the
//! object counts as far as [`parameters`] says, and what it must say of itself stands in [`claims`]. The two specifications
//! differ, and [`Rules`] says which of them an object is held to. An object that is not verified says nothing: not what is
//! asked for, and not where an error goes.

mod claims;
mod encrypted;
pub(crate) mod parameters;
mod reference;
mod rules;

use std::borrow::Cow;

use serde_json::{Map, Value};
use symbolon_jose::{Jws, JwsError, unsecured_claims};
use symbolon_types::ErrorCode;

use super::{Asker, Parameters};
use crate::clients::{RegisteredClient, keys as client_keys};
use crate::context::Context;
use crate::error::OAuthError;
use parameters::{Around, ObjectType};
pub use reference::{FetchedObjects, nothing_fetched};
use rules::Rules;

/// Longest object, in bytes.
const LONGEST: usize = 16 * 1024;
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
    let rules = Rules::of(&context.config, client, outer);
    let object = match (outer.get("request"), outer.get("request_uri")) {
        (None, None) if asker == Asker::Browser => return rules.check_absence().map(|()| None),
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
    check_length(&object)?;
    let object = encrypted::opened(context, client, object).await?;
    let object = verified(context, client, rules, &object).await?;
    claims::check(context, client, rules, &object.claims)?;
    let around = if rules.is_strict() { Around::Ignored } else { Around::of(outer, object.named) };
    parameters::effective(outer, &object.claims, around).map(Some)
}

fn refused(hint: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, hint)
}

fn check_length(object: &str) -> Result<(), OAuthError> {
    if object.len() <= LONGEST {
        return Ok(());
    }
    Err(refused(format!("The request object is longer than {LONGEST} bytes.")))
}

/// The claims of an object that the client signed as it is registered (OpenID Connect Core §6.3.2, RFC 9101 §6.2).
async fn verified(
    context: &Context,
    client: &RegisteredClient,
    rules: Rules,
    object: &str,
) -> Result<RequestObject, OAuthError> {
    let registered = client.metadata().request_object_signing_alg.as_str();
    let jws = match Jws::parse(object) {
        Ok(jws) => jws,
        Err(JwsError::Unsigned) => return unsigned(context, registered, rules, object),
        Err(fault) => {
            return Err(refused("The request object is not a signed JSON Web Token.").because(fault.to_string()));
        }
    };
    let algorithm = jws.header().alg.as_str();
    if !registered.is_empty() && registered != algorithm {
        let hint = format!("The request object is signed with '{algorithm}'; the client registered '{registered}'.");
        return Err(refused(hint));
    }
    rules.check_algorithm(algorithm)?;
    let named = object_type(jws.header().typ.as_deref())?;
    let verified = client_keys::verify(context, client, &jws).await.map_err(|fault| match fault {
        client_keys::VerificationFault::Signature(reason) => {
            refused("The request object is not signed with a key of the client.").because(reason.to_string())
        }
        client_keys::VerificationFault::NoEncryptionKey => refused("The client has no key."),
        client_keys::VerificationFault::Unreachable => refused("The client's keys could not be fetched."),
    })?;
    Ok(RequestObject { claims: verified.claims, named })
}

/// An object without a signature proves no more than the parameters around it: only a client that registered `none` may
/// send one (OpenID Connect Core §6.1, RFC 9101 §10.5), and nobody where signatures are demanded. Who registered nothing is
/// told that it is not supported.
fn unsigned(context: &Context, registered: &str, rules: Rules, object: &str) -> Result<RequestObject, OAuthError> {
    rules.check_unsigned()?;
    let taken_from_all = context.config.symbolon.compatibility.unsigned_request_objects;
    if registered != "none" && !(registered.is_empty() && taken_from_all) {
        let hint = "The request object is not signed, and the client did not register the \
                    request_object_signing_alg 'none'.";
        let unsupported = registered.is_empty() && !rules.is_strict();
        let code = if unsupported { ErrorCode::RequestNotSupported } else { ErrorCode::InvalidRequestObject };
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
