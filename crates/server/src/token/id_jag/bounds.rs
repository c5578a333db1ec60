//! How much an ID-JAG gives: what its claims say, of that what the operator's row and the client's registration allow, and of
//! that what the request asks for. Nothing here widens anything: what a request names beyond is an error, what an assertion
//! says beyond is left out.

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon_types::scope::is_pattern;
use symbolon_types::{AuthorizationDetails, ErrorCode, ResourceIndicator, Scope};

use crate::assertion::Assertion;
use crate::authorization_details::{self, PARAMETER as DETAILS};
use crate::client_authentication::AuthenticatedClient;
use crate::clients::allowed_scope;
use crate::config::{Config, IdJagIssuer};
use crate::context::Context;
use crate::error::OAuthError;
use crate::params::Params;
use crate::resource_indicators;

/// What a token may be for.
pub(super) struct Bounds {
    pub(super) audience: Vec<String>,
    pub(super) scope: Scope,
    pub(super) details: AuthorizationDetails,
}

/// The bounds of a request with an assertion.
pub(super) fn of(
    context: &Context,
    client: &AuthenticatedClient,
    row: &IdJagIssuer,
    (assertion, params): (&Assertion<'_>, &Params),
) -> Result<Bounds, OAuthError> {
    let (audience, all) = audience(&context.config, client, row, (assertion, params))?;
    let scope = scope(context, client, row, (assertion, params, &audience))?;
    let details = details(&context.config, client, (assertion, params), (&audience, &all))?;
    Ok(Bounds { audience, scope, details })
}

fn invalid_target(hint: impl Into<String>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, hint.into())
}

/// The resources of the token, and those of the assertion. Without the claim the identity provider leaves it to this server
/// where the token is good (ID-JAG §3.1), so that row, client and request decide.
fn audience(
    config: &Config,
    client: &AuthenticatedClient,
    row: &IdJagIssuer,
    (assertion, params): (&Assertion<'_>, &Params),
) -> Result<(Vec<String>, Vec<String>), OAuthError> {
    if !params.audience().is_empty() {
        return Err(invalid_target("Parameter 'audience' does not go with an ID-JAG: name a 'resource'."));
    }
    let identifiers = |names: &[&str]| {
        let found = resource_indicators::named(config, names)?;
        // `resource_ignored` is for clients that ask for nothing; an assertion is for this place alone.
        if found.is_empty() && !names.is_empty() {
            return Err(invalid_target("This server has no resources."));
        }
        Ok(found.into_iter().map(|resource| resource.identifier.clone()).collect::<Vec<_>>())
    };
    let vouched = claimed_resources(assertion)?.map(|names| identifiers(&names)).transpose()?;
    let mut named = identifiers(&params.resources())?;
    if let Some(vouched) = &vouched {
        if let Some(foreign) = named.iter().find(|name| !vouched.contains(name)) {
            return Err(invalid_target(format!("The 'assertion' is not for the resource '{foreign}'.")));
        }
        if named.is_empty() {
            named.clone_from(vouched);
        }
    }
    let asked: Vec<&str> = named.iter().map(String::as_str).collect();
    let audience = resource_indicators::requested(config, client, Vec::new(), &asked)?;
    check_row(config, row, &audience)?;
    let all = vouched.unwrap_or_else(|| audience.clone());
    Ok((audience, all))
}

/// The claim `resource`: one, or several.
fn claimed_resources<'a>(assertion: &'a Assertion<'_>) -> Result<Option<Vec<&'a str>>, OAuthError> {
    let fault = || assertion.fault("resource", "must be a resource or a list of them.");
    match assertion.claims.get("resource") {
        None => Ok(None),
        Some(Value::String(one)) => Ok(Some(vec![one])),
        Some(Value::Array(several)) if !several.is_empty() => {
            several.iter().map(Value::as_str).collect::<Option<_>>().map(Some).ok_or_else(fault)
        }
        Some(_) => Err(fault()),
    }
}

/// A row with resources is for these, and for no token that is good everywhere.
fn check_row(config: &Config, row: &IdJagIssuer, audience: &[String]) -> Result<(), OAuthError> {
    let Some(names) = &row.resources else { return Ok(()) };
    let identifier = |name: &ResourceIndicator| Some(config.symbolon.resources.find(name)?.identifier.as_str());
    let allowed: BTreeSet<&str> = names.iter().filter_map(identifier).collect();
    if audience.is_empty() {
        return Err(invalid_target("The issuer of the 'assertion' is trusted for some resources: name one of them."));
    }
    match audience.iter().find(|name| !allowed.contains(name.as_str())) {
        None => Ok(()),
        Some(foreign) => {
            Err(invalid_target(format!("The issuer of the 'assertion' is not trusted for the resource '{foreign}'.")))
        }
    }
}

fn scope(
    context: &Context,
    client: &AuthenticatedClient,
    row: &IdJagIssuer,
    (assertion, params, audience): (&Assertion<'_>, &Params, &[String]),
) -> Result<Scope, OAuthError> {
    let vouched = claimed_scope(assertion)?;
    let comparison = context.config.strategies.scope;
    let given = |token: &str| row.scopes.contains(token) && vouched.as_ref().is_none_or(|all| all.contains(token));
    let Some(text) = params.get("scope") else {
        let registered = |token: &str| {
            let alone = Scope::parse(token).unwrap_or_default();
            !is_pattern(token) && comparison.first_uncovered(client.scope(), &alone).is_none()
        };
        let there = |token: &str| resource_indicators::of_use_at(&context.config, audience, token);
        let all = vouched.clone().unwrap_or_default();
        return Ok(all.filtered(|token| given(token) && registered(token) && there(token)));
    };
    let invalid = |hint: String| OAuthError::new(ErrorCode::InvalidScope, hint);
    let scope =
        Scope::parse(text).map_err(|_| invalid("Parameter 'scope' has a character that is not allowed.".to_owned()))?;
    let scope = allowed_scope(&context.config, client, scope)?;
    if let Some(foreign) = scope.iter().find(|token| !given(token)) {
        return Err(invalid(format!("The 'assertion' does not give the scope '{foreign}'.")));
    }
    Ok(scope)
}

/// The claim `scope` (RFC 8693 §4.2).
fn claimed_scope(assertion: &Assertion<'_>) -> Result<Option<Scope>, OAuthError> {
    let Some(value) = assertion.claims.get("scope") else { return Ok(None) };
    let scope = value.as_str().and_then(|text| Scope::parse(text).ok());
    scope.map(Some).ok_or_else(|| assertion.fault("scope", "must be scopes with blanks between."))
}

/// The claim `authorization_details` (RFC 9396), each element as its type says, and of that what the request names, or what
/// is of use where the token is.
fn details(
    config: &Config,
    client: &AuthenticatedClient,
    (assertion, params): (&Assertion<'_>, &Params),
    (audience, all): (&[String], &[String]),
) -> Result<AuthorizationDetails, OAuthError> {
    let named = authorization_details::read(config, params.get(DETAILS))?;
    let vouched = match assertion.claims.get(DETAILS) {
        None => AuthorizationDetails::default(),
        Some(value) => authorization_details::requested(config, client, Some(&value.to_string()), all)?,
    };
    let there = authorization_details::of_use_at(config, audience, &vouched);
    if named.is_empty() {
        return Ok(vouched.at(&there));
    }
    let foreign =
        |_| authorization_details::invalid("The 'assertion' does not give all 'authorization_details'.".into());
    let places = vouched.places_of(&named).map_err(foreign)?;
    if places.iter().all(|place| there.contains(place)) {
        return Ok(vouched.at(&places));
    }
    let hint = "One of the 'authorization_details' is of no use at the resource that is named.";
    Err(authorization_details::invalid(hint.to_owned()))
}
