//! Login sessions: a browser in which somebody has signed in.
//!
//! A session has ended when its row says so, when it is of an epoch that its subject's sessions have left, or when its
//! account was disabled; it is not found any more then, whether or not its row is still there. The row of a session that somebody
//! ended is kept until its clients were told.

use symbolon_types::{SessionId, Subject};

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// A browser in which somebody has signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// Its id, `sid` in `ID` tokens.
    pub id: SessionId,
    /// Who signed in.
    pub subject: Subject,
    /// An epoch of the subject in which it counts: that of the login when it is written, that of now when it is read.
    pub subject_epoch: i64,
    /// When, in Unix seconds.
    pub authenticated_at: i64,
    /// How long the browser keeps it.
    pub persistence: Persistence,
    /// When it ends by itself; `i64::MAX` for never.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

/// How long a browser keeps a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Beyond its own end, until the session ends.
    Remembered,
    /// Until it is closed.
    UntilClosed,
}

// A session's id is in a cookie, its subject is a person.
impl std::fmt::Debug for LoginSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginSession")
            .field("authenticated_at", &self.authenticated_at)
            .field("persistence", &self.persistence)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

const SELECT: &str = "SELECT l.id, l.subject, l.authenticated_at, l.remembered, l.expires_at, l.body, \
    COALESCE(s.epoch, 0) FROM login_sessions l LEFT JOIN subjects s ON s.id = l.subject LEFT JOIN accounts a ON a.id = l.subject \
    WHERE l.id = $1 AND l.ended_at IS NULL AND a.disabled_at IS NULL \
    AND l.subject_epoch >= COALESCE(s.sessions_from, 0)";

const AFTER: &str = "SELECT l.id, l.subject, l.authenticated_at, l.remembered, l.expires_at, l.body, \
    COALESCE(s.epoch, 0) FROM login_sessions l LEFT JOIN subjects s ON s.id = l.subject LEFT JOIN accounts a ON a.id = l.subject \
    WHERE l.id > $1 AND l.expires_at > $2 AND l.ended_at IS NULL AND a.disabled_at IS NULL \
    AND l.subject_epoch >= COALESCE(s.sessions_from, 0) ORDER BY l.id LIMIT $3";

const OF_SUBJECT_AFTER: &str = "SELECT l.id, l.subject, l.authenticated_at, l.remembered, l.expires_at, l.body, \
    COALESCE(s.epoch, 0) FROM login_sessions l LEFT JOIN subjects s ON s.id = l.subject LEFT JOIN accounts a ON a.id = l.subject \
    WHERE l.id > $1 AND l.expires_at > $2 AND l.ended_at IS NULL AND a.disabled_at IS NULL \
    AND l.subject_epoch >= COALESCE(s.sessions_from, 0) AND l.subject = $4 ORDER BY l.id LIMIT $3";

const PUT: &str = "INSERT INTO login_sessions (id, subject, authenticated_at, remembered, expires_at, body, \
    subject_epoch) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET \
    subject_epoch = excluded.subject_epoch, authenticated_at = excluded.authenticated_at, \
    remembered = excluded.remembered, expires_at = excluded.expires_at, body = excluded.body \
    WHERE login_sessions.subject = excluded.subject AND login_sessions.ended_at IS NULL";

const END: &str = "UPDATE login_sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";

const ENDED: &str = "SELECT id FROM login_sessions WHERE ended_at <= $1 ORDER BY ended_at LIMIT $2";

const FORGET: &str = "DELETE FROM login_sessions WHERE id = $1 AND ended_at IS NOT NULL";

impl LoginSession {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            subject: row.take_text(1)?.into(),
            authenticated_at: row.int(2)?,
            persistence: if row.int(3)? == 0 { Persistence::UntilClosed } else { Persistence::Remembered },
            expires_at: row.int(4)?,
            body: row.take_blob(5)?,
            subject_epoch: row.int(6)?,
        })
    }
}

impl Batch {
    /// Begins a session, or takes over what a new login of the same subject says about it. Unmet
    /// [`Condition::Session`] when it has ended or is somebody else's.
    pub fn put_login_session(&mut self, session: &LoginSession) -> &mut Self {
        let params = vec![
            session.id.into(),
            (&session.subject).into(),
            session.authenticated_at.into(),
            i64::from(session.persistence == Persistence::Remembered).into(),
            session.expires_at.into(),
            session.body.as_slice().into(),
            session.subject_epoch.into(),
        ];
        self.add(Condition::Session, PUT, params, Expect::OneRow)
    }

    /// Ends a session if it has not ended.
    pub fn end_login_session(&mut self, id: SessionId, now: i64) -> &mut Self {
        self.add(Condition::Session, END, vec![id.into(), now.into()], Expect::Any)
    }

    /// Forgets a session that has ended. Unmet [`Condition::Session`] when somebody else has done so.
    pub fn forget_login_session(&mut self, id: SessionId) -> &mut Self {
        self.add(Condition::Session, FORGET, vec![id.into()], Expect::OneRow)
    }
}

impl Store {
    /// The session of this id, unless it has ended. Whether it has expired is for the caller to compare.
    pub async fn login_session(&self, id: SessionId) -> Result<Option<LoginSession>, StoreError> {
        self.read(SELECT, vec![id.into()]).await?.first_mut().map(LoginSession::from_row).transpose()
    }

    /// The sessions that count at `now` (Unix seconds), of one subject or of all, that follow `after` in the order of
    /// their ids, at most `limit`.
    pub async fn login_sessions_after(
        &self,
        subject: Option<&Subject>,
        after: Option<SessionId>,
        now: i64,
        limit: u32,
    ) -> Result<Vec<LoginSession>, StoreError> {
        let after = after.map_or_else(|| Value::Blob(Vec::new()), Value::from);
        let mut params = vec![after, now.into(), limit.into()];
        let sql = match subject {
            None => AFTER,
            Some(subject) => {
                params.push(subject.into());
                OF_SUBJECT_AFTER
            }
        };
        self.read(sql, params).await?.iter_mut().map(LoginSession::from_row).collect()
    }

    /// [`Batch::end_login_session`] alone; answers whether this call ended it.
    pub async fn end_login_session(&self, id: SessionId, now: i64) -> Result<bool, StoreError> {
        Ok(self.change_any(|batch| batch.end_login_session(id, now)).await? > 0)
    }

    /// The sessions that were ended until `before` (Unix seconds) and whose clients were not told yet.
    pub async fn ended_login_sessions(&self, before: i64, limit: u32) -> Result<Vec<SessionId>, StoreError> {
        self.read(ENDED, vec![before.into(), limit.into()]).await?.iter().map(|row| row.id(0)).collect()
    }

    /// [`Batch::put_login_session`] alone.
    pub async fn put_login_session(&self, session: &LoginSession) -> Result<(), WriteError> {
        self.change(|batch| batch.put_login_session(session)).await.map(drop)
    }
}
