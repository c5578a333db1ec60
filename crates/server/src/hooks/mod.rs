//! Web hooks: servers of the operator's that the token endpoint asks before it issues anything. The refresh token hook is
//! asked at a refresh, the token hook at every grant type, in this order. They may replace session claims or refuse; what
//! they cannot reach are scope, audience, subject and the claims of the specifications, as nothing of an answer is read
//! but the two maps of session claims. Nothing is used up and nothing in the database is held while one is asked.
//!
//! Payloads and answers are those of Hydra. They say who a person is, so neither is logged.

pub(crate) mod answer;
mod payload;
mod target;

use serde_json::Value;
use symbolon_types::{GrantType, Scope};

use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::body::SessionClaims;
use crate::params::Params;
use target::Target;

/// The hooks of a server, ready to be asked.
pub struct Hooks {
    refresh: Option<Target>,
    token: Option<Target>,
}

impl Hooks {
    /// Those that configuration names.
    pub fn new(config: &Config) -> Result<Self, String> {
        let oauth2 = &config.oauth2;
        let target = |key, hook: Option<&_>| hook.map(|hook| Target::new(config, key, hook)).transpose();
        Ok(Self {
            refresh: target("oauth2.refresh_token_hook", oauth2.refresh_token_hook.as_ref())?,
            token: target("oauth2.token_hook", oauth2.token_hook.as_ref())?,
        })
    }
}

/// What is about to be issued.
pub struct Question<'a> {
    /// The client, which has authenticated.
    pub client: &'a RegisteredClient,
    /// The grant type of the request.
    pub grant_type: GrantType,
    /// The parameters of the request.
    pub params: &'a Params,
    /// On what the tokens will rest.
    pub basis: Basis<'a>,
}

/// On what tokens will rest that are about to be issued.
pub enum Basis<'a> {
    /// A user's grant.
    Grant {
        /// The grant.
        grant: &'a UserGrant,
        /// Scope of the access token, which may be a part of the grant's (RFC 6749 §6).
        scope: &'a Scope,
        /// Its audience, which may be a part of the grant's (RFC 8707 §2.2).
        audience: &'a [String],
        /// When the device code that is redeemed would end, in Unix seconds.
        device_code_expires_at: Option<i64>,
    },
    /// Another token, for which these are to be issued in exchange (RFC 8693).
    Exchange {
        /// Who the token will be about.
        subject: &'a str,
        /// Its scope.
        scope: &'a Scope,
        /// Its audience.
        audience: &'a [String],
        /// The session claims of the other token.
        session: &'a SessionClaims,
    },
    /// No grant: the client itself, or the subject of an assertion.
    Subject {
        /// Who the token will be about.
        subject: &'a str,
        /// Its scope.
        scope: &'a Scope,
        /// Its audience.
        audience: &'a [String],
    },
}

/// Why a hook lets nothing be issued.
#[derive(Debug)]
pub enum NotIssued {
    /// It refused.
    Refused(OAuthError),
    /// It could not be asked, or its answer cannot be understood. Who it would have refused is not known, so nobody gets
    /// a token.
    Failed(OAuthError),
}

/// Asks the hooks that are configured; answers the session claims where they are others than before.
pub async fn ask(context: &Context, question: &Question<'_>) -> Result<Option<SessionClaims>, NotIssued> {
    let Hooks { refresh, token } = &context.hooks;
    let before = question.session();
    let mut session = before.clone();
    if let Some(hook) = refresh.as_ref().filter(|_| question.grant_type == GrantType::RefreshToken) {
        let told = payload::to_refresh_token_hook(context, question, &session).map_err(NotIssued::Failed)?;
        session = question.merge(session, put(hook, context, question, &told).await?);
    }
    if let Some(hook) = token {
        let told = payload::to_token_hook(context, question, &session).map_err(NotIssued::Failed)?;
        session = question.merge(session, put(hook, context, question, &told).await?);
    }
    Ok(Some(session).filter(|session| *session != before))
}

async fn put(
    hook: &Target,
    context: &Context,
    question: &Question<'_>,
    told: &Value,
) -> Result<Option<SessionClaims>, NotIssued> {
    let (status, body) = hook.call(context, question.client, told).await.map_err(NotIssued::Failed)?;
    answer::read(hook.key(), status, &body)
}

impl Question<'_> {
    /// The session claims so far.
    fn session(&self) -> SessionClaims {
        match &self.basis {
            Basis::Grant { grant, .. } => grant.body().session(),
            Basis::Exchange { session, .. } => (*session).clone(),
            Basis::Subject { .. } => SessionClaims::default(),
        }
    }

    /// What the consent page chose is in the first tokens of a grant whatever a hook says, unless the hook gives another
    /// value; from the first refresh on a hook replaces everything. Hydra does both.
    fn merge(&self, before: SessionClaims, answered: Option<SessionClaims>) -> SessionClaims {
        let Some(answered) = answered else { return before };
        match self.grant_type {
            GrantType::AuthorizationCode | GrantType::DeviceCode | GrantType::Ciba => {
                let mut merged = before;
                merged.access_token.extend(answered.access_token);
                merged.id_token.extend(answered.id_token);
                merged
            }
            _ => answered,
        }
    }
}
