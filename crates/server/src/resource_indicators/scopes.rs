//! Scopes that belong to resources: they mean something there alone, so they are asked for together with the resource and
//! stay out of tokens for another one (RFC 8707 §2.2).

use symbolon_types::{ErrorCode, Scope};

use crate::config::{Config, UnknownScopes};
use crate::error::OAuthError;

/// Whether a scope is of use at a resource of this audience. One that belongs to no resource is of use everywhere.
pub fn of_use_at(config: &Config, audience: &[String], token: &str) -> bool {
    let mut owners = config.symbolon.resources.with_scope(token).peekable();
    owners.peek().is_none() || owners.any(|owner| audience.contains(&owner.identifier))
}

/// What of a scope is of use at this audience: all of it, or `invalid_scope`; where configuration says so, what is left
/// without the words that are of use elsewhere, if anything is (RFC 6749 §3.3).
pub fn scope_there(config: &Config, audience: &[String], scope: Scope) -> Result<Scope, OAuthError> {
    if config.symbolon.scopes.unknown == UnknownScopes::Drop {
        let left = scope.filtered(|token| of_use_at(config, audience, token));
        if !left.is_empty() {
            return Ok(left);
        }
    }
    check_scope(config, audience, &scope)?;
    Ok(scope)
}

/// Refuses a scope that belongs to resources of which none is asked for.
pub fn check_scope(config: &Config, audience: &[String], scope: &Scope) -> Result<(), OAuthError> {
    let Some(foreign) = scope.iter().find(|token| !of_use_at(config, audience, token)) else { return Ok(()) };
    let owner = config.symbolon.resources.with_scope(foreign).next();
    let owner = owner.map(|owner| owner.identifier.as_str()).unwrap_or_default();
    let hint = format!("The scope '{foreign}' belongs to a resource: ask for it together with 'resource={owner}'.");
    Err(OAuthError::new(ErrorCode::InvalidScope, hint))
}
