//! Identity assertion authorization grants (draft-ietf-oauth-identity-assertion-authz-grant-04) from the side of the resource's
//! authorization server: an identity provider says that one client may act for one person here, at these resources, with
//! this scope. What it says is the most that is given; the operator's row, the client's registration and the request make it
//! less. Clients are confidential, an assertion lives for minutes and counts once, and where it is bound to a key the
//! request proves that key.

mod bounds;
mod subject;

use serde_json::Value;
use symbolon_jose::Jws;
use symbolon_types::ErrorCode;

use super::TokenRequest;
use super::assertion_grant::{OneUse, PARAMETER, Vouched, Voucher, because, claims_of, epoch_of};
use super::target;
use crate::assertion::{Assertion, JWT_DPOP_GRANT, REMEMBERED_BEYOND};
use crate::client_authentication::AuthenticatedClient;
use crate::clients::keys::{self, VerificationFault};
use crate::config::IdJagIssuer;
use crate::context::Context;
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::security_profile::{Rule, is_strong};
use bounds::Bounds;

/// The kind of its one use.
const KIND: &str = "id_jag";

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
    jws: &Jws,
) -> Result<Vouched, OAuthError> {
    let (issuer, row) = row_of(context, jws)?;
    check_client(context, &client, row, jws)?;
    let verified = keys::verify_issuer(context, (&issuer, &row.keys), jws).await.map_err(|fault| unverified(&fault))?;
    let assertion = claims_of(&verified.claims);
    check_audience(context, &assertion)?;
    if assertion.text("client_id")? != client.id().as_str() {
        return Err(assertion.fault("client_id", "names another client than the one that authenticated."));
    }
    let remembered_until = check_times(context, &assertion, row)?;
    let identifier = assertion.identifier(&issuer)?.ok_or_else(|| assertion.fault("jti", "is missing."))?;
    check_key(&assertion, asked)?;
    let Bounds { audience, scope, details } = bounds::of(context, &client, row, (&assertion, asked.params))?;
    target::check(context, &client, (&audience, &scope), asked)?;
    let subject = subject::of(context, (&issuer, row), &assertion).await?;
    let subject_epoch = epoch_of(context, &subject).await?;
    let once = OneUse { kind: KIND, identifier, remembered_until };
    let once = (!row.allow_resubmission).then_some(once);
    let voucher = Voucher::IdentityProvider(issuer);
    Ok(Vouched { client, voucher, subject, subject_epoch, scope, audience, details, once })
}

/// What the operator lets the issuer do. Who is not named there is nobody, whatever the admin API trusts it for.
fn row_of<'c>(context: &'c Context, jws: &Jws) -> Result<(String, &'c IdJagIssuer), OAuthError> {
    let claims = jws.unverified_claims().map_err(|fault| because("The 'assertion' has no claims.", &fault))?;
    let issuer = claims_of(&claims).text("iss")?.to_owned();
    let unknown = || OAuthError::invalid_grant("The issuer of the 'assertion' is not trusted for ID-JAGs.");
    let row = context.config.symbolon.id_jag.issuers.get(&issuer).ok_or_else(unknown)?;
    Ok((issuer, row))
}

/// Before the signature, as it costs nothing: may this client come with what this issuer signs?
fn check_client(
    context: &Context,
    client: &AuthenticatedClient,
    row: &IdJagIssuer,
    jws: &Jws,
) -> Result<(), OAuthError> {
    if !row.clients.iter().any(|id| id == client.id().as_str()) {
        return Err(OAuthError::invalid_grant("The issuer of the 'assertion' is not trusted for this client."));
    }
    if client.is_held_to(&context.config, Rule::StrongAlgorithms) && !is_strong(jws.header().alg.as_str()) {
        return Err(OAuthError::invalid_grant(
            "The security profile wants the 'assertion' signed with PS256, ES256 or EdDSA.",
        ));
    }
    Ok(())
}

fn unverified(fault: &VerificationFault) -> OAuthError {
    match fault {
        VerificationFault::Signature(fault) => {
            because("The signature of the 'assertion' was not made with a key that is trusted.", fault)
        }
        VerificationFault::Unreachable => {
            let hint = "The keys of the issuer of the 'assertion' could not be fetched.";
            OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
        }
        VerificationFault::NoEncryptionKey => OAuthError::server("a signature was checked with a key for encryption"),
    }
}

/// `aud` is this server's issuer and nothing else: not the token endpoint, which anybody can name as theirs.
fn check_audience(context: &Context, assertion: &Assertion<'_>) -> Result<(), OAuthError> {
    let named = match assertion.claims.get("aud") {
        Some(Value::Array(several)) if several.len() == 1 => several.first(),
        other => other,
    };
    if named.and_then(Value::as_str) == Some(context.config.issuer()) {
        return Ok(());
    }
    Err(assertion.fault("aud", "must be the issuer of this server, and nothing beside it."))
}

/// `iat` and `exp` are there and no further apart than the row says. Answers until when the assertion is remembered.
fn check_times(context: &Context, assertion: &Assertion<'_>, row: &IdJagIssuer) -> Result<i64, OAuthError> {
    let validity = assertion.check_times(context)?;
    let issued_at = validity.issued_at.ok_or_else(|| assertion.fault("iat", "is missing."))?;
    if validity.expires_at.saturating_sub(issued_at) > row.longest_seconds {
        let most = row.longest_seconds;
        return Err(assertion.fault("exp", &format!("lies more than {most} seconds behind 'iat'.")));
    }
    Ok(validity.expires_at.saturating_add(REMEMBERED_BEYOND))
}

/// `cnf` (RFC 7800 §3.1): an assertion for the holder of a DPoP key is good with a proof of that key alone. A confirmation
/// that is not understood is not passed over.
fn check_key(assertion: &Assertion<'_>, asked: &TokenRequest<'_>) -> Result<(), OAuthError> {
    let Some(confirmation) = assertion.claims.get("cnf") else {
        if asked.params.get("grant_type") == Some(JWT_DPOP_GRANT) {
            return Err(
                assertion.fault("cnf", "is missing: this grant type is for assertions that are bound to a key.")
            );
        }
        return Ok(());
    };
    let members = confirmation.as_object().filter(|members| members.len() == 1);
    let Some(key) = members.and_then(|members| members.get("jkt")).and_then(Value::as_str) else {
        return Err(assertion.fault("cnf", "must have 'jkt' and nothing else."));
    };
    if asked.proof.map(Proof::key).is_some_and(|proved| proved.to_string() == key) {
        return Ok(());
    }
    Err(assertion.fault("cnf", &format!("names a key: send a 'DPoP' header with a proof of it beside '{PARAMETER}'.")))
}
