//! `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1): an issuer that an administrator trusts says in
//! whose name the client may act. The client authenticates all the same, and gets an access token and nothing else: who
//! wants another one shows another assertion. What it rests on is a condition of the write that uses the assertion up:
//! the trust, the client, the subject.

use symbolon_jose::{Jwk, Jws, JwsError, Verified, VerifyingKey};
use symbolon_store::{Batch, Branch, Condition, Grant, GrantState, TrustedIssuer, WriteError};
use symbolon_types::scope::is_pattern;
use symbolon_types::{ErrorCode, GrantType, Scope, Subject, limits};

use super::TokenRequest;
use super::target;
use super::terms::Terms;
use crate::assertion::{Assertion, REMEMBERED_BEYOND, Validity};
use crate::authorization_details;
use crate::client_authentication::AuthenticatedClient;
use crate::clients::check_scope;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::body::{GrantBody, SessionClaims};
use crate::grant::lifetimes::Lifetimes;
use crate::hooks::Basis;
use crate::identifiers;
use crate::issue::Authorization;
use crate::params::Params;
use crate::resource_indicators;

const PARAMETER: &str = "assertion";

/// An assertion that counts, not used up yet.
pub(super) struct Presented {
    client: AuthenticatedClient,
    trusted: TrustedIssuer,
    subject: Subject,
    subject_epoch: i64,
    scope: Scope,
    audience: Vec<String>,
    /// By what it is known afterwards; `None` where it has no `jti` and needs none.
    identifier: Option<[u8; 32]>,
    expires_at: i64,
}

pub(super) async fn present(
    context: &Context,
    client: AuthenticatedClient,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    let params = asked.params;
    let jws = Jws::parse(params.require(PARAMETER)?)
        .map_err(|fault| because("Parameter 'assertion' is not a JSON Web Token.", &fault))?;
    let (trusted, verified) = verify(context, &jws).await?;
    let assertion = Assertion { parameter: PARAMETER, code: ErrorCode::InvalidGrant, claims: &verified.claims };
    let subject = subject(&assertion)?;
    let named = assertion.check_audience(context)?;
    let validity = assertion.check_times(context)?;
    check_lifetime(context, &assertion, &validity)?;
    let identifier = assertion.identifier(&trusted.issuer)?;
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
    let state = context.store.subject_state(&subject).await?;
    if state.disabled_at.is_some() {
        return Err(ended());
    }
    let (subject_epoch, expires_at) = (state.epoch, validity.expires_at);
    Ok(Presented { client, trusted, subject, subject_epoch, scope, audience, identifier, expires_at })
}

impl Presented {
    pub(super) fn basis(&self) -> Basis<'_> {
        Basis::Subject { subject: self.subject.as_str(), scope: &self.scope, audience: &self.audience }
    }

    /// Uses the assertion up and writes the grant, in one batch: a token of another assertion needs another one.
    pub(super) async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        let now = context.clock.now();
        let confirmation = terms.confirmation();
        let client = self.client.registered().clone();
        let lifetimes = Lifetimes::of(&context.config, &client, GrantType::JwtBearer);
        let SessionClaims { access_token, id_token } = terms.session.unwrap_or_default();
        let body = GrantBody {
            scope: self.scope,
            audience: self.audience,
            handled_at: now,
            access_token_claims: access_token,
            id_token_claims: id_token,
            ..GrantBody::default()
        };
        let grant = Grant {
            id: identifiers::now(context),
            client_id: client.id().clone(),
            client_epoch: client.record().epoch,
            subject: Some(self.subject.clone()),
            subject_epoch: self.subject_epoch,
            session_id: None,
            issued_at: now,
            state: GrantState::Redeemed(Branch::default()),
            remember_until: None,
            expires_at: now.saturating_add(lifetimes.access),
            body: body.close(context)?,
        };
        let mut batch = Batch::new();
        if let Some(proof) = &terms.proof {
            proof.use_up(context, &mut batch)?;
        }
        if let Some(identifier) = &self.identifier {
            batch.use_once("jwt_bearer_assertion", identifier, self.expires_at.saturating_add(REMEMBERED_BEYOND));
        }
        batch
            .require_trusted_issuer(&self.trusted.id, now)
            .require_client(client.id(), client.record().epoch)
            .require_subject(&self.subject, self.subject_epoch)
            .require_tokens_of(&self.subject, self.subject_epoch)
            .insert_grant(&grant);
        match context.store.write(batch).await {
            Ok(()) => {}
            Err(WriteError::Unmet(Condition::Identifier)) => return Err(Assertion::used_before(PARAMETER)),
            Err(WriteError::Unmet(Condition::TrustedIssuer)) => return Err(nobody_vouches()),
            Err(WriteError::Unmet(Condition::Client)) => {
                return Err(OAuthError::invalid_client("changed or deleted meanwhile"));
            }
            Err(WriteError::Unmet(Condition::Subject)) => return Err(ended()),
            Err(fault) => return Err(dpop::refusal(fault)),
        }
        let used = GrantUse::first(grant.id);
        let grant = UserGrant::with_body(grant, body, used).ok_or_else(|| OAuthError::server("a grant of nobody"))?;
        Ok(Authorization::of_assertion(client, grant).confirmed_by(confirmation))
    }
}

fn because(hint: &'static str, reason: &JwsError) -> OAuthError {
    OAuthError::invalid_grant(hint).because(reason.to_string())
}

fn nobody_vouches() -> OAuthError {
    OAuthError::invalid_grant("No key is trusted for the issuer and the subject of the 'assertion'.")
}

fn ended() -> OAuthError {
    OAuthError::invalid_grant("The account of the subject of the 'assertion' is disabled, or was signed out just now.")
}

/// The trust whose key signed the assertion, and what it says. Of an issuer that is trusted for this subject and for any,
/// with the same key, the former decides.
async fn verify(context: &Context, jws: &Jws) -> Result<(TrustedIssuer, Verified), OAuthError> {
    let claims = jws.unverified_claims().map_err(|fault| because("The 'assertion' has no claims.", &fault))?;
    let said = Assertion { parameter: PARAMETER, code: ErrorCode::InvalidGrant, claims: &claims };
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
    check_scope(context, client, &scope)?;
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
