//! What a route asks of an access token beyond being good: scopes, an audience, and how the user authenticated (RFC 9470).

use std::time::Duration;

use super::refusal::RefusalReason;
use crate::verification::{AccessTokenClaims, AccessTokenFault};
use crate::wire::Scope;

/// What a request has to bring to one route; by default any token that is good for the API.
///
/// ```
/// use symbolon_client::Requirements;
///
/// let writing = Requirements::new().scope("notes.write").any_scope(["notes.own", "notes.all"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Requirements {
    scopes: Vec<String>,
    any_of: Vec<Vec<String>>,
    audience: Option<String>,
    pub(super) authentication_contexts: Vec<String>,
    pub(super) max_age_seconds: Option<i64>,
    pub(super) mounted_at: String,
}

impl Requirements {
    /// Nothing beyond a good token.
    pub fn new() -> Self {
        Self::default()
    }

    /// The token has this scope, or each of these, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.scopes.extend(scope.split_ascii_whitespace().map(str::to_owned));
        self
    }

    /// The token has at least one of these scopes; with none of them named, no token will do. A challenge names the first.
    #[must_use]
    pub fn any_scope<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.any_of.push(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The token names this audience, one of those of the [`ResourceServer`](crate::ResourceServer).
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The user authenticated in one of these ways (`acr`, RFC 9470 §3), the one that is liked best first.
    #[must_use]
    pub fn authentication_context<A: Into<String>>(mut self, values: impl IntoIterator<Item = A>) -> Self {
        self.authentication_contexts.extend(values.into_iter().map(Into::into));
        self
    }

    /// The user authenticated no longer ago than this (`auth_time`, RFC 9470 §3), give or take the leeway.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age_seconds = Some(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        self
    }

    /// The path that was cut off before the request came here, as `Router::nest` of axum does: DPoP proofs name the whole
    /// address.
    #[must_use]
    pub fn mounted_at(mut self, path: impl Into<String>) -> Self {
        let path: String = path.into();
        path.trim_end_matches('/').clone_into(&mut self.mounted_at);
        self
    }

    /// What a client has to ask for, as one text; empty when any scope will do.
    pub(super) fn scope_to_ask_for(&self) -> String {
        let alternatives = self.any_of.iter().filter_map(|any| any.first());
        let wanted: Vec<&str> = self.scopes.iter().chain(alternatives).map(String::as_str).collect();
        Scope::from_answer(&wanted.join(" ").into()).unwrap_or_default().to_string()
    }

    /// Applies the rules, the cheapest way out for the client last: another token, more scope, another log-in.
    pub(super) fn check(&self, claims: &AccessTokenClaims, (now, leeway): (i64, i64)) -> Result<(), RefusalReason> {
        if self.audience.as_ref().is_some_and(|audience| !claims.audiences.contains(audience)) {
            return Err(RefusalReason::InvalidToken(AccessTokenFault::Audience));
        }
        let has = |scope: &String| claims.scope.contains(scope);
        if !self.scopes.iter().all(has) || !self.any_of.iter().all(|any| any.iter().any(has)) {
            return Err(RefusalReason::InsufficientScope);
        }
        let context = claims.authentication_context.as_ref();
        let accepted = &self.authentication_contexts;
        if !accepted.is_empty() && !context.is_some_and(|context| accepted.contains(context)) {
            return Err(RefusalReason::InsufficientAuthentication);
        }
        let recent = |age: i64| {
            let limit = claims.authenticated_at.map(|at| at.saturating_add(age).saturating_add(leeway));
            limit.is_some_and(|limit| limit >= now)
        };
        if self.max_age_seconds.is_some_and(|age| !recent(age)) {
            return Err(RefusalReason::InsufficientAuthentication);
        }
        Ok(())
    }
}
