//! The JWT of an issuer that may sign people out: of a kind of its own (`typ`), so that nothing else that the issuer signs
//! passes for it, as an ID token or an authorization grant; for this server alone; for minutes; once.

use serde_json::Value;
use symbolon_jose::Jws;
use symbolon_store::Batch;
use symbolon_types::{ErrorCode, SubjectIdentifier};

use super::PATH;
use crate::assertion::{Assertion, CLOCK_SKEW, REMEMBERED_BEYOND};
use crate::clients::keys::{self, VerificationFault};
use crate::config::{RevocationIssuer, RevocationIssuers};
use crate::context::Context;
use crate::error::OAuthError;

/// What such a JWT calls itself, and by which name discovery has this way to authenticate.
pub(super) const TYPE: &str = "global-token-revocation+jwt";
/// How far `exp` may lie ahead, in seconds.
const LONGEST_SECONDS: i64 = 300;
const KIND: &str = "global_token_revocation";

/// A JWT whose `iss` is one of the issuers, not verified yet.
pub(super) struct Claimed<'a> {
    jws: Jws,
    issuer: String,
    row: &'a RevocationIssuer,
}

/// A JWT that counts, not used up yet.
pub(super) struct CallerAssertion {
    issuer: String,
    email_domains: Vec<String>,
    identifier: [u8; 32],
    remembered_until: i64,
}

/// The JWT, if it says that it is of one of the issuers.
pub(super) fn claimed<'a>(issuers: &'a RevocationIssuers, text: &str) -> Option<Claimed<'a>> {
    let jws = Jws::parse(text).ok()?;
    let claims = jws.unverified_claims().ok()?;
    let issuer = claims.get("iss")?.as_str()?.to_owned();
    let row = issuers.get(&issuer)?;
    Some(Claimed { jws, issuer, row })
}

fn invalid(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, hint)
}

/// The error for one that was used before.
pub(super) fn used_before() -> OAuthError {
    invalid("Claim 'jti' of the JWT was used before.")
}

/// Checks it.
pub(super) async fn check(context: &Context, claimed: Claimed<'_>) -> Result<CallerAssertion, OAuthError> {
    let Claimed { jws, issuer, row } = claimed;
    // RFC 8725 §3.11.
    if !jws.header().typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
        return Err(invalid("The header 'typ' of the JWT must be 'global-token-revocation+jwt'."));
    }
    let verified = keys::verify_issuer(context, (&issuer, &row.keys), &jws).await.map_err(|fault| refused(&fault))?;
    let assertion = Assertion { parameter: "JWT", code: ErrorCode::InvalidToken, claims: &verified.claims };
    check_audience(context, &assertion)?;
    let expires_at = assertion.check_times(context)?.expires_at;
    if expires_at > context.clock.now().saturating_add(LONGEST_SECONDS + CLOCK_SKEW) {
        return Err(assertion.fault("exp", "lies more than five minutes ahead."));
    }
    let identifier = assertion.identifier(&issuer)?.ok_or_else(|| assertion.fault("jti", "is missing."))?;
    Ok(CallerAssertion {
        issuer,
        email_domains: row.email_domains.clone(),
        identifier,
        remembered_until: expires_at.saturating_add(REMEMBERED_BEYOND),
    })
}

fn refused(fault: &VerificationFault) -> OAuthError {
    match fault {
        VerificationFault::Unreachable => {
            let hint = "The keys of the issuer could not be fetched.";
            OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
        }
        VerificationFault::Signature(reason) => {
            invalid("The JWT was not signed with a key of its issuer.").because(reason.to_string())
        }
        VerificationFault::NoEncryptionKey => OAuthError::server("a signature was checked with a key for encryption"),
    }
}

/// For this server and nobody else: the issuer, or this endpoint by any of its names, as an identity provider is told it.
fn check_audience(context: &Context, assertion: &Assertion<'_>) -> Result<(), OAuthError> {
    let named = match assertion.claims.get("aud") {
        Some(Value::String(one)) => Some(one.as_str()),
        Some(Value::Array(several)) => match several.as_slice() {
            [Value::String(one)] => Some(one.as_str()),
            _ => None,
        },
        _ => None,
    };
    let config = &context.config;
    let ours = |name: &str| name == config.issuer() || config.addresses_of(PATH).iter().any(|own| own == name);
    if named.is_some_and(ours) {
        return Ok(());
    }
    Err(assertion.fault("aud", "must be the issuer or this endpoint, and nothing beside it."))
}

impl CallerAssertion {
    /// The issuer.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether the issuer may name somebody so.
    pub(super) fn may_name(&self, identifier: &SubjectIdentifier) -> bool {
        if self.email_domains.is_empty() {
            return true;
        }
        let SubjectIdentifier::Email { email } = identifier else { return false };
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        domain.is_some_and(|domain| self.email_domains.contains(&domain))
    }

    /// Uses it up: `jti` counts once.
    pub(super) fn use_up(&self, batch: &mut Batch) {
        batch.use_once(KIND, &self.identifier, self.remembered_until);
    }
}
