//! Which scope a client may ask for, and how what was granted compares with what is asked for.

use symbolon_types::scope::is_pattern;
use symbolon_types::{ErrorCode, Scope, ScopeStrategy};

use super::RegisteredClient;
use crate::config::{Config, UnknownScopes};
use crate::error::OAuthError;

/// What of this scope a client may ask for: all of it, or `invalid_scope`; where configuration says so, what is left without
/// the words that it may not ask for, if anything is (RFC 6749 §3.3). A pattern says what a client may ask for; it is nothing
/// that could be asked for, because it would be granted for all that it covers.
pub fn allowed_scope(config: &Config, client: &RegisteredClient, asked: Scope) -> Result<Scope, OAuthError> {
    let refused = |hint: String| Err(OAuthError::new(ErrorCode::InvalidScope, hint));
    let patterns = config.symbolon.compatibility.wildcards_granted;
    if config.symbolon.scopes.unknown == UnknownScopes::Drop {
        let own = config.strategies.scope.covered(client.scope(), &asked);
        let more = more_than_registered(config, client);
        let is_allowed = |token: &str| own.contains(token) || more.is_some_and(|more| more.contains(token));
        let left = asked.filtered(|token| is_allowed(token) && (patterns || !is_pattern(token)));
        if asked.is_empty() || !left.is_empty() {
            return Ok(left);
        }
        return refused("The client may ask for nothing of this 'scope'.".to_owned());
    }
    if let Some(pattern) = asked.iter().find(|token| !patterns && is_pattern(token)) {
        return refused(format!("The scope '{pattern}' is a pattern, which cannot be asked for."));
    }
    match first_foreign_scope(config, client, &asked) {
        None => Ok(asked),
        Some(foreign) => refused(format!("The client is not registered for the scope '{foreign}'.")),
    }
}

/// The first word of a scope that the client may not ask for.
pub fn first_foreign_scope<'s>(config: &Config, client: &RegisteredClient, scope: &'s Scope) -> Option<&'s str> {
    let comparison = config.strategies.scope;
    let more = more_than_registered(config, client);
    let own = comparison.covered(client.scope(), scope);
    scope.iter().find(|token| !own.contains(token) && !more.is_some_and(|more| more.contains(token)))
}

/// What a client may ask for beyond what it registered. Clients register with the first scope that they happen to need, and
/// need others later; whoever could have registered them may as well ask for them.
fn more_than_registered<'c>(config: &'c Config, client: &RegisteredClient) -> Option<&'c Scope> {
    let registration = &config.symbolon.registration;
    (registration.any_allowed_scope && client.is_self_registered()).then_some(&registration.scopes)
}

/// How what was granted or remembered compares with what is asked for: exactly, because a person saw these words and no
/// others.
pub fn granted_comparison(config: &Config) -> ScopeStrategy {
    if config.symbolon.compatibility.wildcards_granted { config.strategies.scope } else { ScopeStrategy::Exact }
}
