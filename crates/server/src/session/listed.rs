//! Login sessions as an operator lists them: those that count now, of one subject or of all. What ended, by time, by a
//! logout or with an epoch, is not among them.

use symbolon_types::{SessionId, Subject};

use super::CurrentSession;
use crate::context::Context;
use crate::error::OAuthError;

/// A session of a list.
pub struct ListedSession {
    /// The session itself.
    pub session: CurrentSession,
    /// When it ends by itself, in Unix seconds; `None` for never.
    pub expires_at: Option<i64>,
}

/// The sessions behind `after` in the order of their ids, at most `limit`.
pub async fn list(
    context: &Context,
    subject: Option<&Subject>,
    after: Option<SessionId>,
    limit: u32,
) -> Result<Vec<ListedSession>, OAuthError> {
    let rows = context.store.login_sessions_after(subject, after, context.clock.now(), limit).await?;
    let listed = rows.into_iter().map(|row| {
        let expires_at = Some(row.expires_at).filter(|at| *at != i64::MAX);
        Ok(ListedSession { session: CurrentSession::from_row(context, row)?, expires_at })
    });
    listed.collect()
}
