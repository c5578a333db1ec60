//! The login session of a browser: found by its sealed cookie, ended by time or with all sessions of its subject.

use symbolon_types::FlowId;

use crate::context::Context;
use crate::cookies::{self, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::seal::kinds;

/// A session that counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentSession {
    /// Its id, the `sid` of ID tokens.
    pub id: FlowId,
    /// Who logged in.
    pub subject: String,
    /// The subject's epoch when the session was looked up.
    pub subject_epoch: i64,
    /// When.
    pub authenticated_at: i64,
}

/// The session that the cookie names, if it still counts. A cookie that does not open is no session: it grants nothing.
pub async fn current(context: &Context, request: &Request) -> Result<Option<CurrentSession>, OAuthError> {
    let Some(id) = cookie_session(context, request) else { return Ok(None) };
    by_id(context, id).await
}

/// The session of that id, if it still counts.
pub async fn by_id(context: &Context, id: FlowId) -> Result<Option<CurrentSession>, OAuthError> {
    let found = context.store.login_session(*id.as_bytes()).await?;
    let now = context.clock.now();
    Ok(found.filter(|session| session.expires_at > now).map(|session| CurrentSession {
        id,
        subject: session.subject,
        subject_epoch: session.subject_epoch,
        authenticated_at: session.authenticated_at,
    }))
}

/// The id in the cookie, whether or not the session still exists.
pub fn cookie_session(context: &Context, request: &Request) -> Option<FlowId> {
    cookies::open(context, request, kinds::SESSION_COOKIE, &cookies::session_name(&context.config))
}

/// Sets the session cookie.
pub fn set_cookie(context: &Context, answer: &mut Answer, id: FlowId, max_age_seconds: i64) {
    cookies::set(
        context,
        answer,
        &NewCookie {
            name: cookies::session_name(&context.config),
            value: context.seal.seal_flow(kinds::SESSION_COOKIE, id),
            path: context.config.serve.cookies.session_path.clone(),
            max_age_seconds,
        },
    );
}

/// Takes the session cookie away.
pub fn clear_cookie(context: &Context, answer: &mut Answer) {
    // The value is sealed garbage rather than nothing: some proxies drop empty cookies instead of passing them on.
    set_cookie(context, answer, FlowId::from([0; 16]), 0);
}
