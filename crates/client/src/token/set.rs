//! The tokens that a program keeps.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use symbolon_jose::Secret;

use crate::clock::Clock;
use crate::verification::IdTokenClaims;
use crate::wire::{AccessToken, RefreshToken, Scope};

/// What one answer of the token endpoint gave, checked. `Debug` shows no token.
///
/// It can be kept between runs by serde: what is written is as valuable as the tokens, so it belongs into a store that
/// only the program reads, or sealed. What is read back is believed as it is.
///
/// ```
/// use symbolon_client::TokenSet;
///
/// # fn run(tokens: TokenSet) -> Result<(), serde_json::Error> {
/// let kept = serde_json::to_string(&tokens)?;
/// // After a restart, or in another process:
/// let tokens: TokenSet = serde_json::from_str(&kept)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenSet {
    /// For the APIs, and for [`Client::user_info`](crate::Client::user_info)
    pub access_token: AccessToken,
    /// How the access token is used: `Bearer`, or `DPoP` for one that is bound to a key
    pub token_type: String,
    /// When the access token expires, Unix seconds; `None` when the server does not say
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// What was granted, which may be less than what was asked for
    #[serde(default)]
    pub scope: Scope,
    /// For [`Client::refresh`](crate::Client::refresh); most providers give one only with the scope `offline_access`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<RefreshToken>,
    /// Who logged in; only with the scope `openid`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<IdToken>,
    /// Every other member of the answer, such as `session_state` or `authorization_details`
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl TokenSet {
    /// With an access token that was kept elsewhere; the other members can be set on the value.
    ///
    /// ```
    /// use symbolon_client::TokenSet;
    ///
    /// let mut tokens = TokenSet::new("the access token");
    /// tokens.refresh_token = Some("the refresh token".into());
    /// ```
    pub fn new(access_token: impl Into<AccessToken>) -> Self {
        Self {
            access_token: access_token.into(),
            token_type: "Bearer".to_owned(),
            expires_at: None,
            scope: Scope::default(),
            refresh_token: None,
            id_token: None,
            extra: Map::new(),
        }
    }

    /// Whether the access token expires within `span` from now, or has expired. `false` when the server did not say.
    pub fn expires_within(&self, span: Duration) -> bool {
        self.expires_within_of(span, &Clock::system())
    }

    /// The same by another clock.
    pub fn expires_within_of(&self, span: Duration, clock: &Clock) -> bool {
        let span = i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        self.expires_at.is_some_and(|at| at <= clock.now().saturating_add(span))
    }
}

/// An ID token that was checked.
#[derive(Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdToken {
    /// The signed token, to be given back at logout as `id_token_hint`
    #[serde(serialize_with = "exposed")]
    pub raw: Secret<String>,
    /// What it says
    pub claims: IdTokenClaims,
}

/// Writes the secret itself.
pub(crate) fn exposed<S: Serializer>(raw: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    raw.expose().serialize(serializer)
}

impl fmt::Debug for IdToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IdToken").field("claims", &self.claims).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_survives_a_restart() {
        let mut tokens = TokenSet::new("at");
        tokens.refresh_token = Some("rt".into());
        tokens.expires_at = Some(100);
        tokens.extra.insert("patient".into(), 7.into());
        let kept = serde_json::to_string(&tokens).unwrap();
        let back: TokenSet = serde_json::from_str(&kept).unwrap();
        assert_eq!((back.access_token.as_str(), back.refresh_token.unwrap().as_str()), ("at", "rt"));
        assert_eq!((back.expires_at, &back.extra["patient"]), (Some(100), &Value::from(7)));
        assert!(!format!("{tokens:?}").contains("at\"") && !format!("{tokens:?}").contains("rt"));
    }

    #[test]
    fn the_end_is_known_ahead() {
        let mut tokens = TokenSet::new("at");
        let clock = Clock::custom(|| 1000);
        assert!(!tokens.expires_within_of(Duration::MAX, &clock), "nothing is known");
        tokens.expires_at = Some(1060);
        assert!(tokens.expires_within_of(Duration::from_secs(60), &clock));
        assert!(!tokens.expires_within_of(Duration::from_secs(59), &clock));
        tokens.expires_at = Some(900);
        assert!(tokens.expires_within_of(Duration::ZERO, &clock));
    }
}
