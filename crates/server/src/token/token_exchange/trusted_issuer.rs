//! JWTs of other issuers as subject tokens: of an issuer that an administrator trusts for assertions (RFC 7523 §2.1) and that a
//! row names besides. What the JWT says of scope and actors bounds the new token; the person is who the trust is about.

use symbolon_jose::{Jwk, Jws, JwsError, VerifyingKey};
use symbolon_store::{Batch, TrustedIssuer};
use symbolon_types::{ErrorCode, Scope, Subject, limits};

use super::delegation::MAY_ACT;
use super::parameters::HandedIn;
use super::subject::{Origin, SubjectToken};
use crate::assertion::Assertion;
use crate::clients::RegisteredClient;
use crate::config::SubjectTokenKind;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::exchanged::Actor;

/// What a JWT may call itself, if anything: logout tokens, assertions of clients and the like are for other ends (RFC 8725
/// §3.11).
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// What another issuer says of a person, not written down yet.
pub(super) struct Vouched {
    trusted: TrustedIssuer,
    /// The person.
    pub(super) subject: Subject,
    /// The person's epoch.
    pub(super) subject_epoch: i64,
}

impl Vouched {
    /// On what it rests at the moment of the change.
    pub(super) fn require(&self, batch: &mut Batch, client: &RegisteredClient, now: i64) {
        batch
            .require_trusted_issuer(&self.trusted.id, now)
            .require_client(client.id(), client.record().epoch)
            .require_subject(&self.subject, self.subject_epoch)
            .require_tokens_of(&self.subject, self.subject_epoch);
    }
}

/// A JWT of another issuer as subject token.
pub(super) async fn subject(context: &Context, token: HandedIn<'_>) -> Result<SubjectToken, OAuthError> {
    let because = |what: &str, reason: &JwsError| token.fault(what).because(reason.to_string());
    let jws = Jws::parse(token.text).map_err(|fault| because("is no JSON Web Token.", &fault))?;
    if jws.header().typ.as_deref().is_some_and(|typ| !TYPES.iter().any(|own| own.eq_ignore_ascii_case(typ))) {
        return Err(token.fault("is a JWT of another kind ('typ')."));
    }
    let claims = jws.unverified_claims().map_err(|fault| because("has no claims.", &fault))?;
    let said = Assertion { parameter: token.parameter, code: ErrorCode::InvalidRequest, claims: &claims };
    let (issuer, subject) = (said.text("iss")?, said.text("sub")?);
    if subject.len() > limits::SUBJECT_BYTES {
        return Err(said.fault("sub", "is too long."));
    }
    // Our own keys are nobody's trusted issuer, whatever an administrator entered: our tokens have kinds of their own.
    if issuer == context.config.issuer() {
        return Err(token.fault("is of this server: name its own kind in 'subject_token_type'."));
    }
    let trusted = voucher(context, &jws, (issuer, subject)).await?;
    said.check_audience(context)?;
    let expires_at = said.check_times(context)?.expires_at;
    check_lifetime(context, &said, expires_at)?;
    check_kind(&said)?;
    let scope = scope(&said, &trusted)?;
    let actor = claims
        .get("act")
        .map(|claim| Actor::of_issuer(claim, issuer).ok_or_else(|| said.fault("act", "names no actor, or too many.")));
    let actor = actor.transpose()?;
    let (issuer, subject) = (issuer.to_owned(), Subject::from(subject));
    let state = context.store.subject_state(&subject).await?;
    if state.disabled_at.is_some() {
        return Err(ended());
    }
    let text = subject.as_str().to_owned();
    let vouched = Vouched { trusted, subject, subject_epoch: state.epoch };
    Ok(SubjectToken {
        kind: SubjectTokenKind::Jwt,
        origin: Origin::Vouched(Box::new(vouched)),
        links: Vec::new(),
        client_id: None,
        issuer: Some(issuer),
        subject: text,
        scope,
        audience: Vec::new(),
        claims: claims.get(MAY_ACT).map(|who| (MAY_ACT.to_owned(), who.clone())).into_iter().collect(),
        may_act: claims.get(MAY_ACT).cloned(),
        actor,
        confirmation: Confirmation::Bearer,
        expires_at,
        access_revocations: 0,
        login: None,
    })
}

/// The trust whose key signed it.
async fn voucher(context: &Context, jws: &Jws, pair: (&str, &str)) -> Result<TrustedIssuer, OAuthError> {
    let kid = jws.header().kid.as_deref();
    if kid.is_some_and(|kid| kid.contains(char::is_control)) {
        return Err(nobody_vouches());
    }
    let trusted = context.store.trusted_issuers_of_assertion(pair, kid, context.clock.now()).await?;
    let signed = |trusted: &TrustedIssuer| key(trusted).is_some_and(|key| jws.verify(&key).is_ok());
    trusted.into_iter().find(signed).ok_or_else(nobody_vouches)
}

fn key(trusted: &TrustedIssuer) -> Option<VerifyingKey> {
    let jwk: Jwk = serde_json::from_str(&trusted.jwk).ok()?;
    VerifyingKey::from_jwk(&jwk).ok()
}

/// `oauth2.grant.jwt.max_ttl` bounds the JWTs of trusted issuers, whatever they are used for.
fn check_lifetime(context: &Context, said: &Assertion<'_>, expires_at: i64) -> Result<(), OAuthError> {
    if expires_at.saturating_sub(context.clock.now()) > context.config.oauth2.jwt_bearer.max_ttl_seconds {
        return Err(said.fault("exp", "is too far in the future."));
    }
    Ok(())
}

/// What is bound to a key would have to be shown with it, and a logout token says that somebody is gone (GHSA-7fpj-9hr8-28vh).
fn check_kind(said: &Assertion<'_>) -> Result<(), OAuthError> {
    for claim in ["cnf", "events", "vc"] {
        if said.claims.contains_key(claim) {
            return Err(said.fault(claim, "is of another kind of token."));
        }
    }
    Ok(())
}

/// What the issuer may give, and the JWT gives of it where it says so.
fn scope(said: &Assertion<'_>, trusted: &TrustedIssuer) -> Result<Scope, OAuthError> {
    let given = Scope::parse(&trusted.scope).map_err(|_| OAuthError::server("a trusted issuer with a broken scope"))?;
    let Some(claim) = said.claims.get("scope") else { return Ok(given) };
    let own = claim.as_str().and_then(|text| Scope::parse(text).ok());
    let own = own.ok_or_else(|| said.fault("scope", "is no scope."))?;
    Ok(given.filtered(|token| own.contains(token)))
}

/// The error for a JWT that no key of a trusted issuer signed.
pub(super) fn nobody_vouches() -> OAuthError {
    OAuthError::invalid_request(
        "No key is trusted for the issuer and the subject of the 'subject_token', or it did not sign it.",
    )
}

/// The error for a JWT about somebody who is not let in any more.
pub(super) fn ended() -> OAuthError {
    OAuthError::invalid_request(
        "The account of the subject of the 'subject_token' is disabled, or was signed out just now.",
    )
}
