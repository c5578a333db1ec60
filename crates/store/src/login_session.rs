//! Login sessions: a browser in which somebody has signed in, remembered beyond one flow.
//!
//! A session of an epoch that its subject's sessions have left has ended and is not found any more, whether or not its
//! row is still there.

use crate::batch::{Batch, Expect};
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Id, Row};

/// A browser in which somebody has signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// Its id, `sid` in `ID` tokens.
    pub id: Id,
    /// Who signed in.
    pub subject: String,
    /// An epoch of the subject in which it counts: that of the login when it is written, that of now when it is read.
    pub subject_epoch: i64,
    /// When, in Unix seconds.
    pub authenticated_at: i64,
    /// When it ends by itself; `i64::MAX` for never.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

// A session's id is in a cookie, its subject is a person.
impl std::fmt::Debug for LoginSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginSession")
            .field("authenticated_at", &self.authenticated_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

const SELECT: &str = "SELECT l.id, l.subject, l.authenticated_at, l.expires_at, l.body, COALESCE(s.epoch, 0) \
    FROM login_sessions l LEFT JOIN subjects s ON s.id = l.subject LEFT JOIN accounts a ON a.id = l.subject \
    WHERE l.id = $1 AND a.disabled_at IS NULL AND l.subject_epoch >= COALESCE(s.sessions_from, 0)";

const INSERT: &str = "INSERT INTO login_sessions (id, subject, authenticated_at, expires_at, body, subject_epoch) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";

const EXTEND: &str = "UPDATE login_sessions SET authenticated_at = $3, expires_at = $4, body = $5 \
    WHERE id = $1 AND subject = $2";

const DELETE: &str = "DELETE FROM login_sessions WHERE id = $1";

impl LoginSession {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id16(0)?,
            subject: row.take_text(1)?,
            authenticated_at: row.int(2)?,
            expires_at: row.int(3)?,
            body: row.take_blob(4)?,
            subject_epoch: row.int(5)?,
        })
    }

    fn params(&self) -> Vec<crate::value::Value> {
        vec![
            self.id.into(),
            self.subject.as_str().into(),
            self.authenticated_at.into(),
            self.expires_at.into(),
            self.body.as_slice().into(),
        ]
    }
}

impl Batch {
    /// Remembers a session unless it is remembered already.
    pub fn insert_login_session(&mut self, session: &LoginSession) -> &mut Self {
        let mut params = session.params();
        params.push(session.subject_epoch.into());
        self.add("login session", INSERT, params, Expect::Any)
    }

    /// Sets time of login, end and body of a session of the same subject, when it is still there.
    pub fn extend_login_session(&mut self, session: &LoginSession) -> &mut Self {
        self.add("login session", EXTEND, session.params(), Expect::Any)
    }

    /// Ends a session, whether or not it is there.
    pub fn delete_login_session(&mut self, id: Id) -> &mut Self {
        self.add("login session", DELETE, vec![id.into()], Expect::Any)
    }

    /// Ends a session. Unmet `login session` when somebody else has ended it.
    pub fn end_login_session(&mut self, id: Id) -> &mut Self {
        self.add("login session", DELETE, vec![id.into()], Expect::OneRow)
    }
}

impl Store {
    /// The session of this id, unless its subject's sessions or the account were ended. Whether it has expired is for the caller to compare.
    pub async fn login_session(&self, id: Id) -> Result<Option<LoginSession>, StoreError> {
        self.read(SELECT, vec![id.into()]).await?.first_mut().map(LoginSession::from_row).transpose()
    }

    /// Ends a session; answers whether it was there.
    pub async fn delete_login_session(&self, id: Id) -> Result<bool, StoreError> {
        Ok(self.change_any(|batch| batch.delete_login_session(id)).await? > 0)
    }
}
