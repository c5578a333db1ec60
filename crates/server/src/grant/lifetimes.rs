//! How long what is issued lives: the client's own choice for the grant type, or `ttl.*`.

use symbolon_types::{GoDuration, GrantType};

use crate::clients::RegisteredClient;
use crate::config::Ttl;

/// Lifetimes in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Access token.
    pub access: i64,
    /// Refresh token; `None` never ends.
    pub refresh: Option<i64>,
    /// ID token.
    pub id: i64,
}

impl Lifetimes {
    /// Those of a client for a grant type.
    pub fn of(ttl: &Ttl, client: &RegisteredClient, grant_type: GrantType) -> Self {
        let own = client.lifespans().of(grant_type);
        let seconds = |duration: Option<GoDuration>| duration.map(GoDuration::seconds);
        Self {
            access: seconds(own.access_token).unwrap_or(ttl.access_token),
            refresh: seconds(own.refresh_token).or(ttl.refresh_token),
            id: seconds(own.id_token).unwrap_or(ttl.id_token),
        }
    }

    /// When a refresh token that is issued now ends.
    pub fn refresh_expires_at(&self, now: i64) -> i64 {
        self.refresh.map_or(i64::MAX, |seconds| now.saturating_add(seconds))
    }

    /// When the last of the tokens that are issued now ends.
    pub fn last_expires_at(&self, now: i64, with_refresh: WithRefresh) -> i64 {
        let access = now.saturating_add(self.access);
        match with_refresh {
            WithRefresh::Yes => self.refresh_expires_at(now).max(access),
            WithRefresh::No => access,
        }
    }
}

/// Whether a refresh token comes with the access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithRefresh {
    /// Granted `offline` or `offline_access`, and the client may refresh.
    Yes,
    /// `offline_access` was not granted, or the client may not refresh.
    No,
}

impl WithRefresh {
    /// The rule of OpenID Connect Core §11, with Hydra's alias `offline`.
    pub fn of(client: &RegisteredClient, scope: &symbolon_types::Scope) -> Self {
        if scope.grants_refresh() && client.allows_grant(GrantType::RefreshToken) { Self::Yes } else { Self::No }
    }
}
