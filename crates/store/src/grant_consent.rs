//! Grants seen as consents: remembering, forgetting, and listing.
//!
//! A consent spares the user the question while `remember_until` lies ahead. Forgetting a consent also revokes what
//! was issued from it; revoking tokens alone leaves the consent (that is `grant`'s business).

use symbolon_types::{ClientId, GrantId, SessionId, Subject};

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::grant::{Grant, REVOKED_GRANT_KEPT_SECONDS, select_grants};
use crate::store::Store;
use crate::value::{Row, Value};

/// Which part of a list of grants is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantPage {
    /// The last id of the page before; the list goes from new to old.
    pub after: Option<GrantId>,
    /// At most as many.
    pub limit: u32,
    /// The current time in Unix seconds; what has ended by then is not shown.
    pub now: i64,
}

// A consent is one to a client, whatever became of its tokens, but not to another client that got the same id.
const REMEMBERED: &str = select_grants!(
    " FROM grants g JOIN clients c ON c.id = g.client_id AND c.incarnation = g.client_incarnation \
     LEFT JOIN subjects s ON s.id = g.subject \
     WHERE g.subject = $1 AND g.client_id = $2 AND g.remember_until > $3 \
     AND g.subject_epoch >= COALESCE(s.consents_from, 0) ORDER BY g.id DESC"
);

// What an assertion gave (RFC 7523 §2.1) has no session: nobody was asked, and it is no consent.
const ANY: &str = "SELECT 1 FROM grants WHERE subject = $1 AND client_id = $2 AND login_session_id IS NOT NULL \
    AND revoked_at IS NULL LIMIT 1";

/// Consents that are remembered or have live tokens.
macro_rules! select_consents {
    ($rest:literal) => {
        concat!(
            select_grants!(
                " FROM grants g JOIN clients c ON c.id = g.client_id AND c.incarnation = g.client_incarnation \
                 LEFT JOIN subjects s ON s.id = g.subject WHERE g.subject = $1 AND g.id < $2 \
                 AND (g.login_session_id IS NOT NULL OR g.agreed_elsewhere IS NOT NULL) \
                 AND ((g.remember_until > $3 AND g.subject_epoch >= COALESCE(s.consents_from, 0)) \
                 OR (g.expires_at > $3 AND g.revoked_at IS NULL AND g.client_revocations = c.revocations \
                 AND g.subject_epoch >= COALESCE(s.tokens_from, 0))) "
            ),
            $rest
        )
    };
}

const OF_SUBJECT: &str = select_consents!("ORDER BY g.id DESC LIMIT $4");

const OF_SUBJECT_IN_SESSION: &str = select_consents!("AND g.login_session_id = $5 ORDER BY g.id DESC LIMIT $4");

const OF_LOGIN_SESSION: &str = select_grants!(
    " FROM grants g WHERE g.login_session_id = $1 AND (g.remember_until > $2 OR g.expires_at > $2) ORDER BY g.id"
);

const KEEP_FOR_SESSION: &str = "UPDATE grants SET expires_at = $2 WHERE login_session_id = $1 AND expires_at < $2 \
    AND expires_at >= (SELECT l.expires_at FROM login_sessions l WHERE l.id = $1)";

const FORGET: &str = "UPDATE grants SET remember_until = NULL, revoked_at = COALESCE(revoked_at, $2), \
    expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END \
    WHERE id = $1 AND (revoked_at IS NULL OR remember_until IS NOT NULL)";

const FORGET_SOME_TO_CLIENT: &str = "UPDATE grants SET remember_until = NULL, \
    revoked_at = COALESCE(revoked_at, $2), expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END \
    WHERE id IN (SELECT id FROM grants WHERE subject = $1 AND client_id = $4 \
    AND (revoked_at IS NULL OR remember_until IS NOT NULL) LIMIT $5)";

const UNREMEMBER_SOME_OF_CLIENT: &str = "UPDATE grants SET remember_until = NULL \
    WHERE id IN (SELECT id FROM grants WHERE client_id = $1 AND remember_until IS NOT NULL LIMIT $2)";

/// Most grants that one statement forgets.
const FORGOTTEN_AT_ONCE: u32 = 500;

fn kept_until(now: i64) -> Value {
    now.saturating_add(REVOKED_GRANT_KEPT_SECONDS).into()
}

fn grants(mut rows: Vec<Row>) -> Result<Vec<Grant>, StoreError> {
    rows.iter_mut().map(Grant::from_row).collect()
}

impl Batch {
    /// Revokes all tokens of the grant and asks the user again next time.
    pub fn forget_consent(&mut self, id: GrantId, now: i64) -> &mut Self {
        self.add(Condition::Consent, FORGET, vec![id.into(), now.into(), kept_until(now)], Expect::Any)
    }

    /// Notes of a grant of this batch that its subject agreed to it, though in no login session: it is a consent.
    pub fn agreed_elsewhere(&mut self, id: GrantId) -> &mut Self {
        let sql = "UPDATE grants SET agreed_elsewhere = 1 WHERE id = $1";
        self.add(Condition::Grant, sql, vec![id.into()], Expect::OneRow)
    }

    /// Leaves a grant's tokens alone and no longer remembers its consent.
    pub fn unremember_consent(&mut self, id: GrantId) -> &mut Self {
        let sql = "UPDATE grants SET remember_until = NULL WHERE id = $1";
        self.add(Condition::Consent, sql, vec![id.into()], Expect::Any)
    }

    /// Keeps the grants that are kept as long as their session, whose clients are to be told of its end, until `expires_at`
    /// (Unix seconds): to be said before the session itself is given that end.
    pub fn keep_grants_of_session(&mut self, session_id: SessionId, expires_at: i64) -> &mut Self {
        self.add(Condition::Grant, KEEP_FOR_SESSION, vec![session_id.into(), expires_at.into()], Expect::Any)
    }
}

impl Store {
    /// The consents of this subject to this client that spare the question at `now`, newest first.
    pub async fn remembered_grants(
        &self,
        subject: &Subject,
        client_id: &ClientId,
        now: i64,
    ) -> Result<Vec<Grant>, StoreError> {
        grants(self.read(REMEMBERED, vec![subject.into(), client_id.into(), now.into()]).await?)
    }

    /// Whether this subject has granted this client anything that was not revoked, and of which a record is left.
    pub async fn has_grant(&self, subject: &Subject, client_id: &ClientId) -> Result<bool, StoreError> {
        Ok(!self.read(ANY, vec![subject.into(), client_id.into()]).await?.is_empty())
    }

    /// The grants of a subject that are remembered or have live tokens, newest first, optionally those of one browser
    /// session.
    pub async fn grants_of_subject(
        &self,
        subject: &Subject,
        session_id: Option<SessionId>,
        page: GrantPage,
    ) -> Result<Vec<Grant>, StoreError> {
        let before = page.after.map_or_else(|| Value::Blob(vec![0xff; 17]), Value::from);
        let mut params = vec![subject.into(), before, page.now.into(), page.limit.into()];
        let Some(session) = session_id else { return grants(self.read(OF_SUBJECT, params).await?) };
        params.push(session.into());
        grants(self.read(OF_SUBJECT_IN_SESSION, params).await?)
    }

    /// The grants given in a browser session that have not ended, oldest first, revoked ones included: whom to tell
    /// when the session ends.
    pub async fn grants_of_login_session(&self, session_id: SessionId, now: i64) -> Result<Vec<Grant>, StoreError> {
        grants(self.read(OF_LOGIN_SESSION, vec![session_id.into(), now.into()]).await?)
    }

    /// [`Batch::forget_consent`] alone.
    pub async fn forget_consent(&self, id: GrantId, now: i64) -> Result<(), StoreError> {
        self.change_any(|batch| batch.forget_consent(id, now)).await.map(drop)
    }

    /// Forgets all consents of a subject to one client and revokes what was issued from them, a bounded number in each
    /// transaction; answers how many there were. All consents of a subject are the business of `subject`.
    pub async fn forget_consents_to(
        &self,
        subject: &Subject,
        client_id: &ClientId,
        now: i64,
    ) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let params = vec![subject.into(), now.into(), kept_until(now), client_id.into(), FORGOTTEN_AT_ONCE.into()];
            let some = self
                .change_any(|batch| batch.add(Condition::Consent, FORGET_SOME_TO_CLIENT, params, Expect::Any))
                .await?;
            forgotten += some;
            if some < u64::from(FORGOTTEN_AT_ONCE) {
                return Ok(forgotten);
            }
        }
    }

    /// Has all users of a client asked again, a bounded number in each transaction; what was issued stays.
    pub async fn unremember_consents_of_client(&self, client_id: &ClientId) -> Result<(), StoreError> {
        loop {
            let params = vec![client_id.into(), FORGOTTEN_AT_ONCE.into()];
            let some = self
                .change_any(|batch| batch.add(Condition::Consent, UNREMEMBER_SOME_OF_CLIENT, params, Expect::Any))
                .await?;
            if some < u64::from(FORGOTTEN_AT_ONCE) {
                return Ok(());
            }
        }
    }
}
