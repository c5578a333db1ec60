//! What a row lets a client have: scope and audience of the new token. Nothing is wider than the subject token, the row and the
//! request: the scope is within all three, and the audience is the row's, whatever the subject token was for.

use std::collections::HashSet;

use symbolon_types::{AccessTokenStrategy, ClientId, ErrorCode, ResourceIndicator, Scope};

use super::super::{TokenRequest, target};
use super::subject::SubjectToken;
use crate::clients::RegisteredClient;
use crate::config::{Config, ExchangePolicy, SubjectTokenKind};
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::exchanged::Actor;
use crate::issue::exchanged_token::RequestedForm;
use crate::resource_indicators;

/// What the new token will be for.
pub(super) struct Chosen {
    pub(super) audience: Vec<String>,
    pub(super) scope: Scope,
}

/// The rows of a client.
pub(super) fn rows<'c>(context: &'c Context, client: &'c RegisteredClient) -> impl Iterator<Item = &'c ExchangePolicy> {
    context.config.symbolon.token_exchange.policies.of(client.id().as_str())
}

/// What the first row gives that allows all of a request. Each question leaves some rows, and where it leaves none the error is
/// about that question.
pub(super) fn choose(
    context: &Context,
    client: &RegisteredClient,
    subject: &SubjectToken,
    (actor, asked, form): (Option<&Actor>, &TokenRequest<'_>, RequestedForm),
) -> Result<Chosen, OAuthError> {
    let config = &context.config;
    let mut rows: Vec<&ExchangePolicy> = rows(context, client).filter(|row| takes(row, subject)).collect();
    refuse_none(&rows, "No policy lets the client exchange such a 'subject_token'.")?;
    rows.retain(|row| if actor.is_some() { row.delegation } else { row.impersonation });
    let without = "No policy lets the client act as the subject itself: send an 'actor_token'.";
    let with = "No policy lets anybody act for the subject: the 'actor_token' is of no use.";
    refuse_none(&rows, if actor.is_some() { with } else { without })?;
    let length = (subject.exchanges() + 1).max(actor.map_or(0, Actor::depth));
    rows.retain(|row| length <= row.depth);
    refuse_none(&rows, "The 'subject_token' was exchanged too often, or too many act for its subject.")?;
    let targets = targets(config, asked)?;
    rows.retain(|row| allows_targets(config, row, &targets));
    let Some(first) = rows.first() else {
        let hint = match targets.as_slice() {
            [] => "Name the 'audience' or the 'resource' of the token.".to_owned(),
            named => format!("No policy lets the client have a token for '{}'.", named.join("', '")),
        };
        return Err(OAuthError::new(ErrorCode::InvalidTarget, hint));
    };
    let audience = if targets.is_empty() { audience_of(config, first) } else { targets };
    let scope = scope(config, subject, &rows, (asked, &audience))?;
    target::check(context, client, (&audience, &scope), asked)?;
    let terms = resource_indicators::terms(context, client, &audience, &scope)?;
    if form == RequestedForm::Jwt && terms.form == AccessTokenStrategy::Opaque {
        let hint = "Parameter 'requested_token_type' asks for a JWT, and tokens for this audience are opaque.";
        return Err(OAuthError::invalid_request(hint));
    }
    Ok(Chosen { audience, scope })
}

/// RFC 8693 §2.2.2: tokens that are "unacceptable based on policy" are a fault of the request.
fn refuse_none(rows: &[&ExchangePolicy], hint: &'static str) -> Result<(), OAuthError> {
    if rows.is_empty() { Err(OAuthError::invalid_request(hint)) } else { Ok(()) }
}

/// Whether a row is about such a subject token.
fn takes(row: &ExchangePolicy, subject: &SubjectToken) -> bool {
    if !row.subject_token_types.contains(&subject.kind) {
        return false;
    }
    match subject.kind {
        SubjectTokenKind::AccessToken => {
            let of_client = subject.client_id.as_ref().map(ClientId::as_str);
            let client =
                row.subject_clients.is_empty() || row.subject_clients.iter().any(|own| Some(own.as_str()) == of_client);
            let audience = row.subject_audience.is_empty()
                || row.subject_audience.iter().any(|own| subject.audience.contains(own));
            client && audience
        }
        // It was issued to the client itself.
        SubjectTokenKind::IdToken => true,
        SubjectTokenKind::Jwt => subject.issuer.as_ref().is_some_and(|issuer| row.subject_issuers.contains(issuer)),
    }
}

/// A resource has one name in tokens, by whatever name it is asked for (RFC 8707 §2).
fn canonical(config: &Config, name: &str) -> String {
    let resource = ResourceIndicator::parse(name).ok().and_then(|name| config.symbolon.resources.find(&name));
    resource.map_or(name, |resource| resource.identifier.as_str()).to_owned()
}

/// What the request names, with both parameters (RFC 8693 §2.1), each once.
fn targets(config: &Config, asked: &TokenRequest<'_>) -> Result<Vec<String>, OAuthError> {
    let mut named = asked.params.audience();
    for resource in asked.params.resources() {
        ResourceIndicator::parse(resource).map_err(|fault| {
            let hint = format!("The resource '{}' {fault}.", resource.escape_debug());
            OAuthError::new(ErrorCode::InvalidTarget, hint)
        })?;
        named.push(resource.to_owned());
    }
    let mut seen = HashSet::new();
    let canonical = named.iter().map(|name| canonical(config, name));
    Ok(canonical.filter(|name| seen.insert(name.clone())).collect())
}

fn audience_of(config: &Config, row: &ExchangePolicy) -> Vec<String> {
    row.audience.iter().map(|name| canonical(config, name)).collect()
}

/// Whoever names nothing gets what the row has where that is one place.
fn allows_targets(config: &Config, row: &ExchangePolicy, targets: &[String]) -> bool {
    let own = audience_of(config, row);
    if targets.is_empty() { own.len() == 1 } else { targets.iter().all(|target| own.contains(target)) }
}

/// All of what is asked for, or an error; without a request all that both the subject token and the row have, and that is of
/// use there.
fn scope(
    config: &Config,
    subject: &SubjectToken,
    rows: &[&ExchangePolicy],
    (asked, audience): (&TokenRequest<'_>, &[String]),
) -> Result<Scope, OAuthError> {
    let invalid = |hint: String| OAuthError::new(ErrorCode::InvalidScope, hint);
    let Some(text) = asked.params.get("scope") else {
        let ceiling = rows.first().map(|row| &row.scopes);
        let within = |token: &str| {
            ceiling.is_some_and(|ceiling| ceiling.contains(token))
                && resource_indicators::of_use_at(config, audience, token)
        };
        return Ok(subject.scope.filtered(within));
    };
    let scope =
        Scope::parse(text).map_err(|_| invalid("Parameter 'scope' has a character that is not allowed.".to_owned()))?;
    if let Some(foreign) = scope.iter().find(|token| !subject.scope.contains(token)) {
        return Err(invalid(format!("The 'subject_token' has not the scope '{foreign}'.")));
    }
    let foreign = |row: &&ExchangePolicy| scope.iter().find(|token| !row.scopes.contains(token)).map(str::to_owned);
    match rows.iter().map(foreign).collect::<Option<Vec<_>>>().as_deref() {
        None => Ok(scope),
        Some(foreign) => {
            let foreign = foreign.first().map_or("", String::as_str);
            Err(invalid(format!("No policy lets the client have the scope '{foreign}' there.")))
        }
    }
}
