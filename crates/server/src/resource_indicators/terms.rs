//! What an access token for an audience looks like: as its resources want it, and otherwise as the client or the server does.
//! A JWT is for one resource, unless no scope in it could mean something at two of them (RFC 9068 §3, RFC 8707 §3): whoever
//! receives it could use it at the others.

use std::collections::HashSet;

use symbolon_types::{AccessTokenStrategy, Scope};

use super::invalid_target;
use crate::clients::{self, RegisteredClient, Subjects};
use crate::config::{Resource, ResourceTokenFormat};
use crate::context::Context;
use crate::error::OAuthError;

/// What an access token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessTokenTerms {
    /// Its form.
    pub form: AccessTokenStrategy,
    /// Whether it must be bound to a key.
    pub sender_constrained: bool,
    longest_seconds: Option<i64>,
}

impl AccessTokenTerms {
    /// How long the token lives, in seconds, of what the client's tokens live.
    pub fn lifetime(&self, of_client: i64) -> i64 {
        self.longest_seconds.map_or(of_client, |longest| longest.min(of_client))
    }
}

/// The terms of a token for this audience and scope. `invalid_target` where there is no one token for all of it.
pub fn terms(
    context: &Context,
    client: &RegisteredClient,
    audience: &[String],
    scope: &Scope,
) -> Result<AccessTokenTerms, OAuthError> {
    let known = &context.config.symbolon.resources;
    let targets: Vec<&Resource> = audience.iter().filter_map(|value| known.of_audience(value)).collect();
    let own = clients::access_token_strategy(context, client);
    let Some((first, others)) = targets.split_first() else {
        return Ok(AccessTokenTerms { form: own, sender_constrained: false, longest_seconds: None });
    };
    let one_at_a_time = |why: &str| invalid_target(format!("The resources {why}: ask for one of them at a time."));
    if others.iter().any(|other| other.access_token_format != first.access_token_format) {
        return Err(one_at_a_time("take access tokens of different forms"));
    }
    // A JWT would show the subject that is to stay hidden.
    let opaque = first.access_token_format == ResourceTokenFormat::Opaque || *client.subjects() != Subjects::Public;
    let form = if opaque { AccessTokenStrategy::Opaque } else { AccessTokenStrategy::Rfc9068 };
    let asked: HashSet<&str> = targets.iter().map(|target| target.identifier.as_str()).collect();
    let shared =
        |token: &&str| known.with_scope(token).filter(|owner| asked.contains(owner.identifier.as_str())).count() > 1;
    if !opaque
        && !others.is_empty()
        && let Some(shared) = scope.iter().find(shared)
    {
        return Err(one_at_a_time(&format!("share the scope '{shared}'")));
    }
    Ok(AccessTokenTerms {
        form,
        sender_constrained: targets.iter().any(|target| target.sender_constrained),
        longest_seconds: targets.iter().filter_map(|target| target.longest_seconds).min(),
    })
}
