//! Remembered consents: what a user allowed a client before and asked to be remembered.

use symbolon_types::{ClientId, GrantId, Scope, ScopeStrategy, Subject};

use super::body::GrantBody;
use crate::context::Context;
use crate::error::OAuthError;

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
}

impl Remembered {
    /// These consents.
    #[cfg(test)]
    pub fn new(consents: Vec<Consent>) -> Self {
        Self { consents }
    }

    /// Those that count now.
    pub async fn load(context: &Context, subject: &Subject, client_id: &ClientId) -> Result<Self, OAuthError> {
        let grants = context.store.remembered_grants(subject, client_id, context.clock.now()).await?;
        let mut consents = Vec::with_capacity(grants.len());
        for grant in grants {
            let body = GrantBody::open(context, &grant)?;
            let (id, until) = (grant.id, grant.remember_until);
            consents.push(Consent { id, until, scope: body.scope, audience: body.audience });
        }
        Ok(Self { consents })
    }

    /// The consents that together allow all of this; `None` when they do not.
    pub fn covering(&self, scope: &Scope, audience: &[String], strategy: ScopeStrategy) -> Option<Vec<GrantId>> {
        let union = self.consents.iter().flat_map(|consent| consent.scope.iter().map(str::to_owned)).collect();
        let allowed = Scope::from_list(union).ok().filter(|allowed| !allowed.is_empty())?;
        let has = |value: &String| self.consents.iter().any(|consent| consent.audience.contains(value));
        let covered = scope.iter().all(|token| strategy.allows(&allowed, token)) && audience.iter().all(has);
        let contributes = |consent: &&Consent| {
            scope.iter().any(|token| strategy.allows(&consent.scope, token))
                || audience.iter().any(|value| consent.audience.contains(value))
        };
        covered.then(|| self.consents.iter().filter(contributes).map(|consent| consent.id).collect())
    }

    /// Those that a new consent covers: they need not be remembered any longer, so that their number stays bounded by the
    /// different things a client asks for.
    pub fn covered_by(&self, new: &Consent) -> impl Iterator<Item = GrantId> {
        let covered = move |older: &&Consent| {
            older.until <= new.until
                && older.audience.iter().all(|value| new.audience.contains(value))
                && older.scope.iter().all(|token| new.scope.contains(token))
        };
        self.consents.iter().filter(covered).map(|older| older.id)
    }
}
