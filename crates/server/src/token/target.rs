//! Where the tokens of a request shall be used (RFC 8707 §2.2): a request may name some of the resources of its grant, and
//! gets an access token for those alone. The refresh token stays for the whole grant.

use symbolon_types::{ErrorCode, Scope, first_missing};

use super::TokenRequest;
use crate::authorization_details::{self, PARAMETER};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::hooks::Basis;
use crate::resource_indicators::{self, AccessTokenTerms};

/// What an access token is narrowed to; `None` stands for all that was granted.
#[derive(Clone, Default)]
pub(super) struct Narrowed {
    pub(super) scope: Option<Scope>,
    pub(super) audience: Option<Vec<String>>,
    /// Places among the grant's authorization details.
    pub(super) details: Option<Vec<usize>>,
}

impl Narrowed {
    /// What a web hook is told of a grant from which this is taken.
    pub(super) fn basis<'a>(&'a self, grant: &'a UserGrant, device_code_expires_at: Option<i64>) -> Basis<'a> {
        let (scope, audience) = (self.scope.as_ref(), self.audience.as_deref());
        Basis::Grant {
            grant,
            scope: scope.unwrap_or(grant.scope()),
            audience: audience.unwrap_or(&grant.body().audience),
            device_code_expires_at,
        }
    }
}

/// What a request makes of a grant. `scope` is a part of it that the request names.
pub(super) fn of_grant(
    context: &Context,
    client: &RegisteredClient,
    grant: &UserGrant,
    asked: &TokenRequest<'_>,
    scope: Option<Scope>,
) -> Result<Narrowed, OAuthError> {
    let audience = resources_of(context, client, grant, asked)?;
    let scope = match &audience {
        None => scope,
        Some(audience) => scope_there(context, grant.scope(), scope, audience)?,
    };
    let all = &grant.body().audience;
    let terms = resource_indicators::terms(
        context,
        client,
        audience.as_ref().unwrap_or(all),
        scope.as_ref().unwrap_or(grant.scope()),
    )?;
    check_bound(terms, client, asked)?;
    let details = details_of(context, grant, asked, audience.as_deref())?;
    Ok(Narrowed { scope, audience, details })
}

/// The resources that a request names, all of them granted. The default resource counts as granted where the user was
/// asked for none.
fn resources_of(
    context: &Context,
    client: &RegisteredClient,
    grant: &UserGrant,
    asked: &TokenRequest<'_>,
) -> Result<Option<Vec<String>>, OAuthError> {
    let named = resource_indicators::named(&context.config, &asked.params.resources())?;
    if named.is_empty() {
        return Ok(None);
    }
    let body = grant.body();
    let mut granted = body.audience.clone();
    if granted.is_empty() && body.request()?.is_none_or(|request| request.audience().is_empty()) {
        let default = resource_indicators::default_of(&context.config, client)?;
        granted.extend(default.map(|resource| resource.identifier.clone()));
    }
    let named: Vec<String> = named.into_iter().map(|resource| resource.identifier.clone()).collect();
    if let Some(foreign) = first_missing(&named, &granted) {
        let hint = format!("The resource '{foreign}' was not granted.");
        return Err(OAuthError::new(ErrorCode::InvalidTarget, hint));
    }
    Ok(Some(named))
}

/// The authorization details that a request names, each of them granted in the same words (RFC 9396 §6), and of use where the
/// token is.
fn details_of(
    context: &Context,
    grant: &UserGrant,
    asked: &TokenRequest<'_>,
    audience: Option<&[String]>,
) -> Result<Option<Vec<usize>>, OAuthError> {
    let granted = &grant.body().authorization_details;
    let named = authorization_details::read(&context.config, asked.params.get(PARAMETER))?;
    let named = if named.is_empty() {
        None
    } else {
        let foreign =
            |_| authorization_details::invalid("One of the 'authorization_details' was not granted.".to_owned());
        Some(granted.places_of(&named).map_err(foreign)?)
    };
    let Some(audience) = audience else { return Ok(named) };
    let there = authorization_details::of_use_at(&context.config, audience, granted);
    match named {
        Some(named) if named.iter().any(|place| !there.contains(place)) => {
            let hint = "One of the 'authorization_details' is of no use at the resource that is named.";
            Err(authorization_details::invalid(hint.to_owned()))
        }
        Some(named) => Ok(Some(named)),
        None => Ok(Some(there).filter(|there| there.len() < granted.len())),
    }
}

/// What of the scope is of use at the resources. A scope that was asked for by name and is not is a fault.
fn scope_there(
    context: &Context,
    granted: &Scope,
    named: Option<Scope>,
    audience: &[String],
) -> Result<Option<Scope>, OAuthError> {
    if let Some(named) = named {
        resource_indicators::check_scope(&context.config, audience, &named)?;
        return Ok(Some(named));
    }
    let there = granted.filtered(|token| resource_indicators::of_use_at(&context.config, audience, token));
    Ok(Some(there).filter(|there| there.len() < granted.len()))
}

/// The audience of a request of a client that has no grant of a user's (RFC 6749 §4.4, RFC 7523 §2.1).
pub(super) fn of_client(
    context: &Context,
    client: &RegisteredClient,
    asked: &TokenRequest<'_>,
) -> Result<Vec<String>, OAuthError> {
    let params = asked.params;
    resource_indicators::requested(&context.config, client, params.audience(), &params.resources())
}

/// Whether one token can be made for all of it, and of this request.
pub(super) fn check(
    context: &Context,
    client: &RegisteredClient,
    (audience, scope): (&[String], &Scope),
    asked: &TokenRequest<'_>,
) -> Result<(), OAuthError> {
    resource_indicators::check_scope(&context.config, audience, scope)?;
    check_bound(resource_indicators::terms(context, client, audience, scope)?, client, asked)
}

/// RFC 9449 §5, RFC 8705 §3: who shows neither key nor certificate would get a token that the resource refuses.
fn check_bound(terms: AccessTokenTerms, client: &RegisteredClient, asked: &TokenRequest<'_>) -> Result<(), OAuthError> {
    let by_certificate =
        asked.held_certificate.is_some() && client.metadata().tls_client_certificate_bound_access_tokens;
    if terms.sender_constrained && asked.proof.is_none() && !by_certificate {
        return Err(dpop::invalid("The resource takes only tokens that are bound to a key: send the 'DPoP' header."));
    }
    Ok(())
}
