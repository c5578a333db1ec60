//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1): assertions of issuers that an administrator
//! trusts over the admin port, each with a key of its own, for one subject or any.

use serde_json::Value;
use symbolon_jose::{Jwk, Jws, Verified, VerifyingKey};
use symbolon_store::TrustedIssuer;
use symbolon_types::scope::is_pattern;
use symbolon_types::{AuthorizationDetails, ErrorCode, Scope, Subject, limits};

use super::TokenRequest;
use super::assertion_grant::{OneUse, Vouched, Voucher, because, claims_of, epoch_of, nobody_vouches};
use super::target;
use crate::assertion::{Assertion, REMEMBERED_BEYOND, Validity};
use crate::authorization_details;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::allowed_scope;
use crate::context::Context;
use crate::error::OAuthError;
use crate::hydra;
use crate::params::Params;
use crate::resource_indicators;

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
    jws: &Jws,
) -> Result<Vouched, OAuthError> {
    let params = asked.params;
    let (trusted, verified) = verify(context, jws).await?;
    let assertion = claims_of(&verified.claims);
    let subject = subject(&assertion)?;
    let named = assertion.check_audience(context)?;
    let validity = assertion.check_times(context)?;
    check_lifetime(context, &assertion, &validity)?;
    let identifier = assertion.identifier(&trusted.issuer)?;
    if hydra::was_used(context, verified.claims.get("jti").and_then(Value::as_str)).await? {
        return Err(Assertion::used_before(super::assertion_grant::PARAMETER));
    }
    if identifier.is_none() && !context.config.oauth2.jwt_bearer.jti_optional {
        return Err(assertion.fault("jti", "is missing."));
    }
    let audience = audience(context, &client, asked, named)?;
    let scope = scope(context, &client, &trusted, (params, &audience))?;
    target::check(context, &client, (&audience, &scope), asked)?;
    // RFC 9396 §6: nobody has agreed to any.
    if !authorization_details::read(&context.config, params.get(authorization_details::PARAMETER))?.is_empty() {
        let hint = "Parameter 'authorization_details' goes with no assertion.";
        return Err(authorization_details::invalid(hint.to_owned()));
    }
    let subject_epoch = epoch_of(context, &subject).await?;
    let remembered_until = validity.expires_at.saturating_add(REMEMBERED_BEYOND);
    let once = identifier.map(|identifier| OneUse { kind: "jwt_bearer_assertion", identifier, remembered_until });
    let (voucher, details) = (Voucher::TrustedIssuer(trusted.id), AuthorizationDetails::default());
    Ok(Vouched { client, voucher, subject, subject_epoch, scope, audience, details, once })
}

/// The trust whose key signed the assertion, and what it says. Of an issuer that is trusted for this subject and for any,
/// with the same key, the former decides.
async fn verify(context: &Context, jws: &Jws) -> Result<(TrustedIssuer, Verified), OAuthError> {
    let claims = jws.unverified_claims().map_err(|fault| because("The 'assertion' has no claims.", &fault))?;
    let said = claims_of(&claims);
    let (issuer, subject) = (said.text("iss")?, subject(&said)?);
    let kid = jws.header().kid.as_deref();
    if kid.is_some_and(|kid| kid.contains(char::is_control)) {
        return Err(nobody_vouches());
    }
    let pair = (issuer, subject.as_str());
    let trusted = context.store.trusted_issuers_of_assertion(pair, kid, context.clock.now()).await?;
    if trusted.is_empty() {
        return Err(nobody_vouches());
    }
    for trusted in trusted {
        let Some(key) = key(&trusted) else { continue };
        if let Ok(verified) = jws.verify(&key) {
            return Ok((trusted, verified));
        }
    }
    Err(OAuthError::invalid_grant("The signature of the 'assertion' was not made with a key that is trusted."))
}

fn key(trusted: &TrustedIssuer) -> Option<VerifyingKey> {
    let jwk: Jwk = serde_json::from_str(&trusted.jwk).ok()?;
    VerifyingKey::from_jwk(&jwk).ok()
}

fn subject(assertion: &Assertion<'_>) -> Result<Subject, OAuthError> {
    let subject = assertion.text("sub")?;
    if subject.len() > limits::SUBJECT_BYTES {
        return Err(assertion.fault("sub", "is too long."));
    }
    Ok(Subject::from(subject))
}

/// `oauth2.grant.jwt.max_ttl` counts from `iat`, and from now on where an assertion may do without.
fn check_lifetime(context: &Context, assertion: &Assertion<'_>, validity: &Validity) -> Result<(), OAuthError> {
    let options = &context.config.oauth2.jwt_bearer;
    let begins = match validity.issued_at {
        Some(issued_at) => issued_at,
        None if options.iat_optional => context.clock.now(),
        None => return Err(assertion.fault("iat", "is missing.")),
    };
    if validity.expires_at.saturating_sub(begins) > options.max_ttl_seconds {
        return Err(assertion.fault("exp", "is too far in the future."));
    }
    Ok(())
}

/// What is asked for must be within what the issuer may give and what the client is registered for. Without a request
/// nothing is granted, or both where configuration says so.
fn scope(
    context: &Context,
    client: &AuthenticatedClient,
    trusted: &TrustedIssuer,
    (params, audience): (&Params, &[String]),
) -> Result<Scope, OAuthError> {
    let given = Scope::parse(&trusted.scope).map_err(|_| OAuthError::server("a trusted issuer with a broken scope"))?;
    let comparison = context.config.strategies.scope;
    let Some(text) = params.get("scope") else {
        if !context.config.oauth2.client_credentials_default_grant_allowed_scope {
            return Ok(Scope::default());
        }
        let patterns = context.config.symbolon.compatibility.wildcards_granted;
        let both = |token: &str| {
            let token_alone = Scope::parse(token).unwrap_or_default();
            (patterns || !is_pattern(token))
                && comparison.first_uncovered(&given, &token_alone).is_none()
                && resource_indicators::of_use_at(&context.config, audience, token)
        };
        return Ok(client.scope().filtered(both));
    };
    let scope = Scope::parse(text).map_err(|_| {
        OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' has a character that is not allowed.")
    })?;
    let scope = allowed_scope(&context.config, client, scope)?;
    match comparison.first_uncovered(&given, &scope) {
        None => Ok(scope),
        Some(foreign) => Err(OAuthError::new(
            ErrorCode::InvalidScope,
            format!("The issuer of the 'assertion' is not trusted for the scope '{foreign}'."),
        )),
    }
}

/// What is asked for, all of it registered, and with `oauth2.grant.jwt.omit_assertion_audience` off what the assertion
/// names besides.
fn audience(
    context: &Context,
    client: &AuthenticatedClient,
    asked: &TokenRequest<'_>,
    named: Vec<String>,
) -> Result<Vec<String>, OAuthError> {
    let mut audience = target::of_client(context, client, asked)?;
    if !context.config.oauth2.jwt_bearer.omit_assertion_audience {
        audience.extend(named);
    }
    Ok(audience)
}
