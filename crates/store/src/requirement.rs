//! What a change rests on without changing it: conditions that are part of a batch, so that they hold at the moment of
//! the change and not only when somebody looked. On `PostgreSQL` the row in question is locked against changes until the
//! transaction ends (`FOR SHARE`); `SQLite` has one writer and needs no lock.

use symbolon_types::{ClientId, GrantId, SessionId, Subject};

use crate::batch::{Batch, Condition, Expect};

const SESSION: &str = "SELECT 1 FROM login_sessions WHERE id = $1 AND subject = $2 AND ended_at IS NULL \
    AND expires_at > $3 /* FOR SHARE */";

const CONSENT: &str = "SELECT 1 FROM grants WHERE id = $1 AND remember_until > $2 /* FOR SHARE */";

const CLIENT: &str = "SELECT 1 FROM clients WHERE id = $1 /* FOR SHARE */";

const SUBJECT: &str = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE id = $1 AND not_before > $2) \
    AND NOT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND disabled_at IS NOT NULL)";

impl Batch {
    /// Requires that a session of this subject goes on at `now` (Unix seconds). Unmet [`Condition::Session`] otherwise.
    pub fn require_login_session(&mut self, id: SessionId, subject: &Subject, now: i64) -> &mut Self {
        self.add(Condition::Session, SESSION, vec![id.into(), subject.into(), now.into()], Expect::OneRow)
    }

    /// Requires that a consent is remembered at `now`. Unmet [`Condition::Consent`] otherwise.
    pub fn require_consent(&mut self, id: GrantId, now: i64) -> &mut Self {
        self.add(Condition::Consent, CONSENT, vec![id.into(), now.into()], Expect::OneRow)
    }

    /// Requires that a client exists. Unmet [`Condition::Client`] otherwise.
    pub fn require_client(&mut self, id: &ClientId) -> &mut Self {
        self.add(Condition::Client, CLIENT, vec![id.into()], Expect::OneRow)
    }

    /// Requires that a subject is not disabled, and was not signed out everywhere since `authenticated_at`. Unmet
    /// [`Condition::Subject`] otherwise.
    pub fn require_subject(&mut self, subject: &Subject, authenticated_at: i64) -> &mut Self {
        self.add(Condition::Subject, SUBJECT, vec![subject.into(), authenticated_at.into()], Expect::OneRow)
    }
}
