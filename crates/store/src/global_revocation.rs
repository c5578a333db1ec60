//! Ending everything of a subject at once, and what is told of it: the epoch voids all that was issued; the sessions in which
//! something was given are marked as ended, so that their clients are told; and what clients asked the person over the back
//! channel is denied.
//!
//! The sessions are found by their grants: one without any has nobody to tell, and the epoch ends it all the same.

use symbolon_types::{SessionId, Subject};

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::store::Store;

const END_SESSIONS: &str = "UPDATE login_sessions SET ended_at = $2 WHERE subject = $1 AND ended_at IS NULL \
    AND id IN (SELECT g.login_session_id FROM grants g WHERE g.subject = $1 AND g.login_session_id IS NOT NULL)";

// Who did not ask to be told is found by the worker, too, which forgets the ping then.
const DENY_REQUESTS: &str = "UPDATE backchannel_requests SET stage = 3, ping_due_at = $2 \
    WHERE subject = $1 AND stage = 1 AND expires_at > $2";

const KNOWN: &str = "SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts WHERE id = $1) \
    OR EXISTS (SELECT 1 FROM grants WHERE subject = $1) \
    OR EXISTS (SELECT 1 FROM backchannel_requests WHERE subject = $1)";

const ENDED: &str = "SELECT l.id FROM login_sessions l WHERE l.subject = $1 AND l.ended_at IS NOT NULL \
    AND l.id IN (SELECT g.login_session_id FROM grants g WHERE g.subject = $1 AND g.login_session_id IS NOT NULL) \
    ORDER BY l.id LIMIT $2";

impl Batch {
    /// Ends everything of a subject at `now` (Unix seconds): sessions, flows in progress, tokens, remembered consents, and
    /// what waits for its answer. The rows of its sessions are kept until their clients were told.
    pub fn end_everything_of(&mut self, subject: &Subject, now: i64) -> &mut Self {
        self.forget_subject(subject, now)
            .add(Condition::Session, END_SESSIONS, vec![subject.into(), now.into()], Expect::Any)
            .add(Condition::Backchannel, DENY_REQUESTS, vec![subject.into(), now.into()], Expect::Any)
    }
}

impl Store {
    /// Whether there is an account of a subject, anything that it granted, or anything that it was asked for.
    pub async fn knows_subject(&self, subject: &Subject) -> Result<bool, StoreError> {
        Ok(!self.read(KNOWN, vec![subject.into()]).await?.is_empty())
    }

    /// The sessions of a subject that were ended and whose clients were not told yet, `limit` of them at most.
    pub async fn ended_login_sessions_of(&self, subject: &Subject, limit: u32) -> Result<Vec<SessionId>, StoreError> {
        self.read(ENDED, vec![subject.into(), limit.into()]).await?.iter().map(|row| row.id(0)).collect()
    }
}
