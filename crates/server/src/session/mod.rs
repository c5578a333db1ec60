//! The login session of a browser: a browser and a person. It is found by its sealed cookie, and ended by time, by a
//! logout, or with the epoch of the subject in which it began. The same person who authenticates again in the same browser keeps it; another
//! person's login ends it. A session that is not remembered lasts until the browser is closed, and on the server for as
//! long as `symbolon.sessions.unremembered_lifespan` says. Where applications may watch that, a second cookie,
//! [`browser_state`], begins and ends with the first one.

mod authentication;
pub mod browser_state;
mod listed;

use serde::{Deserialize, Serialize};
use symbolon_store::{LoginSession, Persistence};
use symbolon_types::SessionId;

use crate::at_rest;
use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::hydra;
use crate::seal::kinds;

pub use authentication::Authentication;
pub use listed::list;

/// A session that counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentSession {
    /// Its id, the `sid` of ID tokens.
    pub id: SessionId,
    /// Who logged in, how and when.
    pub authentication: Authentication,
    /// An epoch of the subject in which it counts; a grant that rests on it has to keep it.
    pub subject_epoch: i64,
    /// How long the browser keeps it.
    pub persistence: Persistence,
    /// The session of the identity system behind the login page; empty when there is none.
    pub identity_provider_session_id: String,
}

/// The body of a session's row.
#[derive(Serialize, Deserialize)]
struct SessionBody {
    /// Version of this form.
    #[serde(rename = "v")]
    version: u8,
    #[serde(rename = "c", default, skip_serializing_if = "String::is_empty")]
    acr: String,
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    amr: Vec<String>,
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    identity_provider_session_id: String,
}

const VERSION: u8 = 1;

impl CurrentSession {
    /// Whether this session spares its person the login page. One that is not remembered does not where an external
    /// page asks, as in Hydra, unless `symbolon.sessions.skip_unremembered` says so.
    pub fn spares_the_question(&self, config: &Config) -> bool {
        self.persistence == Persistence::Remembered
            || config.urls.login.is_none()
            || config.symbolon.sessions.skip_unremembered
    }

    /// The row of this session, which ends by itself at `expires_at` (Unix seconds).
    pub fn to_row(&self, context: &Context, expires_at: i64) -> Result<LoginSession, OAuthError> {
        let kept = SessionBody {
            version: VERSION,
            acr: self.authentication.acr.clone(),
            amr: self.authentication.amr.clone(),
            identity_provider_session_id: self.identity_provider_session_id.clone(),
        };
        Ok(LoginSession {
            id: self.id,
            subject: self.authentication.subject.clone(),
            subject_epoch: self.subject_epoch,
            authenticated_at: self.authentication.at,
            persistence: self.persistence,
            expires_at,
            body: at_rest::close(context, &kept)?,
        })
    }

    fn from_row(context: &Context, row: LoginSession) -> Result<Self, OAuthError> {
        let kept: SessionBody = at_rest::open(context, &row.body)?;
        if kept.version != VERSION {
            return Err(OAuthError::server(format!("a login session has the unknown version {}", kept.version)));
        }
        Ok(Self {
            id: row.id,
            authentication: Authentication {
                subject: row.subject,
                acr: kept.acr,
                amr: kept.amr,
                at: row.authenticated_at,
            },
            subject_epoch: row.subject_epoch,
            persistence: row.persistence,
            identity_provider_session_id: kept.identity_provider_session_id,
        })
    }
}

/// The session that the cookie names, if it still counts. A cookie that does not open is no session: it grants nothing.
pub async fn current(context: &Context, request: &Request) -> Result<Option<CurrentSession>, OAuthError> {
    let Some(id) = of_cookie(context, request) else { return Ok(None) };
    by_id(context, id).await
}

/// The session of that id, if it still counts.
pub async fn by_id(context: &Context, id: SessionId) -> Result<Option<CurrentSession>, OAuthError> {
    let found = context.store.login_session(id).await?.filter(|row| row.expires_at > context.clock.now());
    found.map(|row| CurrentSession::from_row(context, row)).transpose()
}

/// When the session of a client ends that wants to be told so; 0 for any other client. Its grants are kept until then,
/// also when their tokens are long gone.
pub async fn logout_until(
    context: &Context,
    client: &RegisteredClient,
    session: Option<SessionId>,
) -> Result<i64, OAuthError> {
    let Some(id) = session.filter(|_| client.logout_uris().has_channel()) else { return Ok(0) };
    let found = context.store.login_session(id).await?;
    Ok(found.map_or(0, |session| session.expires_at))
}

/// The id in the cookie, whether or not the session still exists.
pub fn of_cookie(context: &Context, request: &Request) -> Option<SessionId> {
    cookies::open(context, request, kinds::SESSION_COOKIE, &cookies::session_name(&context.config))
        .or_else(|| hydra::session_of_cookie(context, request))
}

/// Sets the session cookie.
pub fn set_cookie(context: &Context, answer: &mut Answer, id: SessionId, lifetime: Lifetime) {
    put_cookie(context, answer, id, lifetime);
    browser_state::begin(context, answer, id, lifetime);
}

/// Takes the session cookie away.
pub fn clear_cookie(context: &Context, answer: &mut Answer) {
    // The value is sealed garbage rather than nothing: some proxies drop empty cookies instead of passing them on.
    put_cookie(context, answer, SessionId::from([0; 16]), Lifetime::Deleted);
    browser_state::end(context, answer);
}

fn put_cookie(context: &Context, answer: &mut Answer, id: SessionId, lifetime: Lifetime) {
    let cookie = NewCookie {
        name: cookies::session_name(&context.config),
        value: context.seal.seal_id(kinds::SESSION_COOKIE, id.as_bytes()),
        path: context.config.serve.cookies.session_path.clone(),
        lifetime,
    };
    cookies::set(context, answer, cookie);
}
