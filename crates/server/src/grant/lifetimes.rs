//! How long what is issued lives: the client's own choice for the grant type, or `ttl.*`.

use symbolon_types::client::LONGEST_LIFESPAN_SECONDS;
use symbolon_types::{GoDuration, GrantType, Scope};

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
    /// How long refresh tokens can follow each other, from the grant on; `None` without end.
    refreshed: Option<i64>,
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
            refreshed: None,
        };
        if !client.is_self_registered() {
            return own;
        }
        let most = config.symbolon.limits.self_registered_lifespan_seconds;
        let refresh = Some(own.refresh.map_or(most, |refresh| refresh.min(most)));
        let refreshed = Some(config.symbolon.registration.grant_lifespan_seconds).filter(|seconds| *seconds > 0);
        Self { access: own.access.min(most), refresh, id: own.id.min(most), refreshed }
    }

    /// When a refresh token ends that is issued now, of a grant that was given at `granted_at`.
    pub fn refresh_expires_at(&self, now: i64, granted_at: i64) -> i64 {
        let end = |from: i64, span: Option<i64>| span.map_or(i64::MAX, |seconds| from.saturating_add(seconds));
        end(now, self.refresh).min(end(granted_at, self.refreshed))
    }

    /// When the last of the tokens ends that are issued now.
    pub fn last_expires_at(&self, now: i64, granted_at: i64, with_refresh: WithRefresh) -> i64 {
        let access = now.saturating_add(self.access);
        match with_refresh {
            WithRefresh::Yes => self.refresh_expires_at(now, granted_at).max(access),
            WithRefresh::No => access,
        }
    }
}

/// Whether a refresh token comes with the access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithRefresh {
    /// The client may refresh what was granted.
    Yes,
    /// `offline_access` was needed and not granted, or the client may not refresh.
    No,
}

impl WithRefresh {
    /// The rule of OpenID Connect Core §11, with Hydra's alias `offline`. Of clients that nobody vouches for configuration
    /// may not ask it, and of none where the tokens are for an MCP server: many know OAuth alone, where the grant type says it
    /// (RFC 6749 §1.5).
    pub fn of(config: &Config, client: &RegisteredClient, (scope, audience): (&Scope, &[String])) -> Self {
        let for_strangers = config.symbolon.registration.refresh_without_offline_access;
        let unasked = for_strangers && (client.is_self_registered() || config.is_for_mcp_server(audience));
        if (scope.grants_refresh() || unasked) && client.allows_grant(GrantType::RefreshToken) {
            Self::Yes
        } else {
            Self::No
        }
    }
}
