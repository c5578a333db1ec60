//! How long what is issued lives: the client's own choice for the grant type, or `ttl.*`.

use symbolon_types::client::LONGEST_LIFESPAN_SECONDS;
use symbolon_types::{GoDuration, GrantType};

use crate::clients::RegisteredClient;
use crate::config::Config;

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
    /// Those of a client for a grant type. What a client gets that registered itself ends within the operator's bound,
    /// whatever it chose: each token keeps a row.
    pub fn of(config: &Config, client: &RegisteredClient, grant_type: GrantType) -> Self {
        let ttl = &config.ttl;
        let own = client.lifespans().of(grant_type);
        let seconds =
            |duration: Option<GoDuration>| duration.map(|duration| duration.seconds().min(LONGEST_LIFESPAN_SECONDS));
        let own = Self {
            access: seconds(own.access_token).unwrap_or(ttl.access_token),
            // Below zero is without end, as `ttl.refresh_token: -1` is.
            refresh: match seconds(own.refresh_token) {
                Some(seconds) => Some(seconds).filter(|seconds| *seconds >= 0),
                None => ttl.refresh_token,
            },
            id: seconds(own.id_token).unwrap_or(ttl.id_token),
        };
        if !client.is_self_registered() {
            return own;
        }
        let most = config.symbolon.limits.self_registered_lifespan_seconds;
        let refresh = Some(own.refresh.map_or(most, |refresh| refresh.min(most)));
        Self { access: own.access.min(most), refresh, id: own.id.min(most) }
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
