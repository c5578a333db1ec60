//! Assertions that a platform makes for what runs on it: service account tokens of Kubernetes, JWT-SVIDs of SPIFFE. An
//! administrator names the platform and what it calls the client, and the platform's keys are the client's. Such a token
//! is made for a while and shown again and again, so it need not have a `jti` and is not used up; in its place it counts for
//! nobody but the issuer of this server.

use symbolon_jose::Verified;
use symbolon_types::ErrorCode;

use super::assertion::PARAMETER;
use super::audience::AudienceRule;
use crate::assertion::Assertion;
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::Request;
use crate::security_profile::Rule;

/// Longest time, in seconds, for which a platform's token counts. Those of Kubernetes last an hour by default.
const LONGEST_LIFETIME: i64 = 24 * 3600;
/// What such a token may call itself, if anything (SPIFFE JWT-SVID §2.3).
const TYPES: [&str; 2] = ["JWT", "JOSE"];

/// Whether a platform speaks for the client. Then the client does not speak for itself: the keys are not its own.
pub(super) fn speaks_for(client: &RegisteredClient) -> bool {
    !client.metadata().client_assertion_issuer.is_empty()
}

/// What a platform says, once it is known to be the platform's (RFC 7523 §3).
pub(super) fn check(
    context: &Context,
    http: &Request,
    client: &RegisteredClient,
    verified: &Verified,
) -> Result<(), OAuthError> {
    if client.is_held_to(&context.config, Rule::ShortAssertions) {
        let hint = "The security profile takes assertions that clients make themselves, for one use each.";
        return Err(OAuthError::new(ErrorCode::InvalidClient, hint));
    }
    let claims = &verified.claims;
    let assertion = Assertion { parameter: PARAMETER, code: ErrorCode::InvalidClient, claims };
    let typ = verified.header.typ.as_deref();
    if !typ.is_none_or(|typ| TYPES.iter().any(|own| own.eq_ignore_ascii_case(typ))) {
        return Err(OAuthError::new(ErrorCode::InvalidClient, "The 'client_assertion' is a token of another kind."));
    }
    let metadata = client.metadata();
    // A JWT-SVID need not have an issuer; here it must, as an administrator named one.
    if assertion.text("iss")? != metadata.client_assertion_issuer {
        return Err(assertion.fault("iss", "must be the platform that the client registered."));
    }
    if assertion.text("sub")? != metadata.client_assertion_subject {
        return Err(assertion.fault("sub", "must be the subject that the client registered."));
    }
    if !AudienceRule::Issuer.admits(&context.config, http, claims) {
        return Err(assertion.fault("aud", AudienceRule::Issuer.hint()));
    }
    let expires_at = assertion.check_times(context)?.expires_at;
    if expires_at > context.clock.now().saturating_add(LONGEST_LIFETIME) {
        return Err(assertion.fault("exp", "lies more than a day ahead."));
    }
    Ok(())
}
