//! What a change rests on without changing it: conditions that are part of a batch, so that they hold at the moment of
//! the change and not only when somebody looked. On `PostgreSQL` the row in question is locked against changes until the
//! transaction ends (`FOR SHARE`); `SQLite` has one writer and needs no lock.

use symbolon_types::{ClientId, GrantId, SessionId, Subject};

use crate::batch::{Batch, Condition, Expect};
use crate::epoch::ClientEpoch;

const SESSION: &str = "SELECT 1 FROM login_sessions WHERE id = $1 AND subject = $2 AND ended_at IS NULL \
    AND expires_at > $3 /* FOR SHARE */";

const CONSENT: &str = "SELECT 1 FROM grants WHERE id = $1 AND remember_until > $2 AND NOT EXISTS \
    (SELECT 1 FROM subjects s WHERE s.id = grants.subject AND s.consents_from > grants.subject_epoch) /* FOR SHARE */";

const CLIENT: &str = "SELECT 1 FROM clients WHERE id = $1 AND incarnation = $2 AND revocations = $3 /* FOR SHARE */";

const SUBJECT: &str = "SELECT 1 WHERE NOT EXISTS \
    (SELECT 1 FROM subjects WHERE id = $1 AND sessions_from > $2) \
    AND NOT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND disabled_at IS NOT NULL)";

const TOKENS: &str = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM subjects WHERE id = $1 AND tokens_from > $2)";

impl Batch {
    /// Requires that a session of this subject goes on at `now` (Unix seconds). Unmet [`Condition::Session`] otherwise.
    pub fn require_login_session(&mut self, id: SessionId, subject: &Subject, now: i64) -> &mut Self {
        self.add(Condition::Session, SESSION, vec![id.into(), subject.into(), now.into()], Expect::OneRow)
    }

    /// Requires that a consent is remembered at `now`. Unmet [`Condition::Consent`] otherwise.
    pub fn require_consent(&mut self, id: GrantId, now: i64) -> &mut Self {
        self.add(Condition::Consent, CONSENT, vec![id.into(), now.into()], Expect::OneRow)
    }

    /// Requires that a client is there and in this epoch. Unmet [`Condition::Client`] otherwise.
    pub fn require_client(&mut self, id: &ClientId, epoch: ClientEpoch) -> &mut Self {
        let params = vec![id.into(), epoch.incarnation.into(), epoch.revocations.into()];
        self.add(Condition::Client, CLIENT, params, Expect::OneRow)
    }

    /// Requires that the tokens of a subject were not ended since `epoch`, so that a grant of that epoch counts. Unmet
    /// [`Condition::Subject`] otherwise.
    pub fn require_tokens_of(&mut self, subject: &Subject, epoch: i64) -> &mut Self {
        self.add(Condition::Subject, TOKENS, vec![subject.into(), epoch.into()], Expect::OneRow)
    }

    /// Requires that a subject is not disabled, and that its sessions were not ended since `epoch`. Unmet [`Condition::Subject`] otherwise.
    pub fn require_subject(&mut self, subject: &Subject, epoch: i64) -> &mut Self {
        self.add(Condition::Subject, SUBJECT, vec![subject.into(), epoch.into()], Expect::OneRow)
    }
}
