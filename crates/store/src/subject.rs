//! Subjects: nothing but a watermark for those whose sessions and tokens were ended all at once.

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::store::Store;

const SET_NOT_BEFORE: &str = "INSERT INTO subjects (id, not_before) VALUES ($1, $2) \
    ON CONFLICT (id) DO UPDATE SET not_before = excluded.not_before WHERE subjects.not_before < excluded.not_before";

impl Batch {
    /// Voids sessions and grants of a subject from before `not_before` (Unix seconds). Never moves back.
    pub fn set_subject_not_before(&mut self, subject: &str, not_before: i64) -> &mut Self {
        self.add(Condition::Subject, SET_NOT_BEFORE, vec![subject.into(), not_before.into()], Expect::Any)
    }
}

/// What ends everything of a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubjectState {
    /// The watermark; `None` when it never had one.
    pub not_before: Option<i64>,
    /// Since when the account is disabled; `None` when it is not, or the subject has no account here.
    pub disabled_at: Option<i64>,
}

const STATE: &str = "SELECT (SELECT not_before FROM subjects WHERE id = $1), \
    (SELECT disabled_at FROM accounts WHERE id = $1)";

impl Store {
    /// Watermark and account of a subject, in one query.
    pub async fn subject_state(&self, subject: &str) -> Result<SubjectState, StoreError> {
        let rows = self.read(STATE, vec![subject.into()]).await?;
        let Some(row) = rows.first() else { return Ok(SubjectState::default()) };
        Ok(SubjectState { not_before: row.opt_int(0)?, disabled_at: row.opt_int(1)? })
    }

    /// [`Batch::set_subject_not_before`] alone.
    pub async fn set_subject_not_before(&self, subject: &str, not_before: i64) -> Result<(), StoreError> {
        self.change_any(|batch| batch.set_subject_not_before(subject, not_before)).await.map(drop)
    }

    /// The watermark of a subject; `None` when it never had one.
    pub async fn subject_not_before(&self, subject: &str) -> Result<Option<i64>, StoreError> {
        let rows = self.read("SELECT not_before FROM subjects WHERE id = $1", vec![subject.into()]).await?;
        rows.first().map(|row| row.int(0)).transpose()
    }
}
