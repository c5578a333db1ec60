//! Subjects: the epochs in which their sessions, tokens and consents count. There is a row only for those of whom
//! something was ended all at once; all others are in epoch 0.
//!
//! A subject may have an account here or be known to another login page only. A row stays when the account goes, so that
//! nothing that was issued before counts for whoever gets the same subject later.

use symbolon_types::Subject;

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::grant::REVOKED_GRANT_KEPT_SECONDS;
use crate::store::Store;

/// What may have ended everything of a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubjectState {
    /// The epoch of now, which what is issued now has to keep.
    pub epoch: i64,
    /// Sessions of earlier epochs have ended.
    pub sessions_from: i64,
    /// Grants of earlier epochs are void.
    pub tokens_from: i64,
    /// Since when the account is disabled; `None` when it is not, or the subject has no account here.
    pub disabled_at: Option<i64>,
}

const STATE: &str = "SELECT a.disabled_at, COALESCE(s.epoch, 0), COALESCE(s.sessions_from, 0), \
    COALESCE(s.tokens_from, 0) FROM (SELECT CAST($1 AS TEXT) AS id) asked \
    LEFT JOIN subjects s ON s.id = asked.id LEFT JOIN accounts a ON a.id = asked.id";

const END_SESSIONS: &str = "INSERT INTO subjects (id, epoch, sessions_from, tokens_from, consents_from) \
    VALUES ($1, 1, 1, 0, 0) ON CONFLICT (id) DO UPDATE SET \
    epoch = subjects.epoch + 1, sessions_from = subjects.epoch + 1";

const SIGN_OUT: &str = "INSERT INTO subjects (id, epoch, sessions_from, tokens_from, consents_from) \
    VALUES ($1, 1, 1, 1, 0) ON CONFLICT (id) DO UPDATE SET \
    epoch = subjects.epoch + 1, sessions_from = subjects.epoch + 1, tokens_from = subjects.epoch + 1";

const REVOKE_CONSENTS: &str = "INSERT INTO subjects (id, epoch, sessions_from, tokens_from, consents_from, purge_at) \
    VALUES ($1, 1, 0, 1, 1, $2) ON CONFLICT (id) DO UPDATE SET epoch = subjects.epoch + 1, \
    tokens_from = subjects.epoch + 1, consents_from = subjects.epoch + 1, purge_at = excluded.purge_at";

const FORGET: &str = "INSERT INTO subjects (id, epoch, sessions_from, tokens_from, consents_from, purge_at) \
    VALUES ($1, 1, 1, 1, 1, $2) ON CONFLICT (id) DO UPDATE SET \
    epoch = subjects.epoch + 1, sessions_from = subjects.epoch + 1, tokens_from = subjects.epoch + 1, \
    consents_from = subjects.epoch + 1, purge_at = excluded.purge_at";

impl Batch {
    /// Signs a subject out everywhere: sessions and flows in progress end and all tokens are void. Remembered consents
    /// stay.
    pub(crate) fn sign_out(&mut self, subject: &Subject) -> &mut Self {
        self.add(Condition::Subject, SIGN_OUT, vec![subject.into()], Expect::Any)
    }

    /// Ends everything of a subject, remembered consents included. `now` in Unix seconds.
    pub(crate) fn forget_subject(&mut self, subject: &Subject, now: i64) -> &mut Self {
        let purge_at = now.saturating_add(REVOKED_GRANT_KEPT_SECONDS);
        self.add(Condition::Subject, FORGET, vec![subject.into(), purge_at.into()], Expect::Any)
    }
}

impl Store {
    /// Epochs and account of a subject, in one query.
    pub async fn subject_state(&self, subject: &Subject) -> Result<SubjectState, StoreError> {
        let rows = self.read(STATE, vec![subject.into()]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Corrupt("a query of one subject gave no row".into()))?;
        Ok(SubjectState {
            disabled_at: row.opt_int(0)?,
            epoch: row.int(1)?,
            sessions_from: row.int(2)?,
            tokens_from: row.int(3)?,
        })
    }

    /// Signs a subject out everywhere: sessions and flows in progress end and all tokens are void. Remembered consents
    /// stay.
    pub async fn sign_out(&self, subject: &Subject) -> Result<(), StoreError> {
        self.change_any(|batch| batch.sign_out(subject)).await.map(drop)
    }

    /// Ends all login sessions of a subject and its flows in progress; tokens stay valid.
    pub async fn end_sessions_of(&self, subject: &Subject) -> Result<(), StoreError> {
        self.change_any(|batch| batch.add(Condition::Subject, END_SESSIONS, vec![subject.into()], Expect::Any))
            .await
            .map(drop)
    }

    /// Forgets all consents of a subject and voids what was issued from them; login sessions stay. `now` in Unix seconds.
    pub async fn revoke_consents_of(&self, subject: &Subject, now: i64) -> Result<(), StoreError> {
        let params = vec![subject.into(), now.saturating_add(REVOKED_GRANT_KEPT_SECONDS).into()];
        self.change_any(|batch| batch.add(Condition::Subject, REVOKE_CONSENTS, params, Expect::Any)).await.map(drop)
    }
}
