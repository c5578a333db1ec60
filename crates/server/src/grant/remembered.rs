//! Remembered consents: what a user allowed a client before and asked to be remembered.

use std::collections::HashSet;

use symbolon_types::redirect_uri::{FreePort, without_loopback_port};
use symbolon_types::scope::is_pattern;
use symbolon_types::{GrantId, Scope, ScopeStrategy, Subject, first_missing};

use super::body::GrantBody;
use crate::accounts::claims::scope_of;
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::request::EffectiveRequest;

/// The remembered consents of one user to one client.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    consents: Vec<Consent>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The grant that it is part of.
    pub id: GrantId,
    /// Until when it is remembered.
    pub until: Option<i64>,
    /// What was granted; a request within it needs no new consent.
    pub scope: Scope,
    /// Granted values of `aud`.
    pub audience: Vec<String>,
    /// Claims that were agreed to one by one.
    pub claims: Vec<String>,
}

impl Consent {
    /// Whether it allows a claim that a client asks for by name: by that name, or because its scope did.
    fn allows_claim(&self, name: &str) -> bool {
        self.claims.iter().any(|own| own == name) || scope_of(name).is_some_and(|scope| self.scope.contains(scope))
    }
}

/// The address that the page showed: without the port of a loopback address, which each time is another one. A device has
/// none.
fn shown_address(free_port: FreePort, request: &EffectiveRequest) -> Option<String> {
    let shown = |uri: &str| without_loopback_port(uri, free_port);
    request.reply().address().map(|address| shown(address.redirect_uri().as_str()))
}

impl Remembered {
    /// These consents.
    #[cfg(test)]
    pub fn new(consents: Vec<Consent>) -> Self {
        Self { consents }
    }

    /// Those that count now for this request. A client that registered itself chooses its own name, so that the address on
    /// the page is all by which a person knows it: what was allowed there is not for another address.
    pub async fn load(
        context: &Context,
        subject: &Subject,
        client: &RegisteredClient,
        request: &EffectiveRequest,
    ) -> Result<Self, OAuthError> {
        let grants = context.store.remembered_grants(subject, client.id(), context.clock.now()).await?;
        let free_port = client.free_port(&context.config);
        let asked_for = client.is_self_registered().then(|| shown_address(free_port, request));
        let mut consents = Vec::with_capacity(grants.len());
        for grant in grants {
            let body = GrantBody::open(context, &grant)?;
            // What was agreed to was the client as its document described it.
            if client.document_digest().is_some_and(|digest| digest != body.document_digest) {
                continue;
            }
            if let Some(asked_for) = &asked_for
                && body.request()?.as_ref().and_then(|first| shown_address(free_port, first)) != *asked_for
            {
                continue;
            }
            let (id, until) = (grant.id, grant.remember_until);
            consents.push(Consent { id, until, scope: body.scope, audience: body.audience, claims: body.claims });
        }
        Ok(Self { consents })
    }

    /// The consents that together allow all of this; `None` when they do not. `claims` are those that are asked for by
    /// name beyond the scope.
    pub fn covering(
        &self,
        scope: &Scope,
        audience: &[String],
        claims: &[&str],
        strategy: ScopeStrategy,
    ) -> Option<Vec<GrantId>> {
        let union = self.consents.iter().flat_map(|consent| consent.scope.iter().map(str::to_owned)).collect();
        let allowed = Scope::from_list(union).ok().filter(|allowed| !allowed.is_empty())?;
        let all_audience = self.consents.iter().flat_map(|consent| &consent.audience);
        let allows = |claim: &&str| self.consents.iter().any(|consent| consent.allows_claim(claim));
        let covered = strategy.first_uncovered(&allowed, scope).is_none()
            && first_missing(audience, all_audience).is_none()
            && claims.iter().all(allows);
        let (scopes, audiences): (HashSet<&str>, HashSet<&String>) =
            (scope.iter().collect(), audience.iter().collect());
        let names = |own: &str| scopes.contains(own) || (strategy == ScopeStrategy::Wildcard && is_pattern(own));
        let contributes = |consent: &&Consent| {
            consent.scope.iter().any(names)
                || consent.audience.iter().any(|own| audiences.contains(own))
                || claims.iter().any(|claim| consent.allows_claim(claim))
        };
        covered.then(|| self.consents.iter().filter(contributes).map(|consent| consent.id).collect())
    }

    /// Those that a new consent covers: they need not be remembered any longer, so that their number stays bounded by the
    /// different things a client asks for.
    pub fn covered_by(&self, new: &Consent) -> impl Iterator<Item = GrantId> {
        let scopes: HashSet<&str> = new.scope.iter().collect();
        let audiences: HashSet<&String> = new.audience.iter().collect();
        let covered = move |older: &&Consent| {
            older.until <= new.until
                && older.audience.iter().all(|value| audiences.contains(value))
                && older.scope.iter().all(|token| scopes.contains(token))
                && older.claims.iter().all(|claim| new.claims.contains(claim))
        };
        self.consents.iter().filter(covered).map(|older| older.id)
    }
}
