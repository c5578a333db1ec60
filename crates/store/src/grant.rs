//! Grants: one row per authorization, that is a user's consent to one client in one flow and all that was issued
//! from it. The row is the remembered consent, the authorization code and the first branch of refresh tokens at once.
//!
//! This module holds the record, redeeming the code (RFC 6749 §4.1.2) and revoking (RFC 7009). Refresh tokens are in
//! `refresh`, consents and lists in `grant_consent`.

use symbolon_types::{ClientId, GrantId, SessionId, Subject};

use crate::batch::{Batch, Condition, Expect};
use crate::branch::Branch;
use crate::epoch::ClientEpoch;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// How long a revoked grant is kept, so that its flow and its code are still recognised as used.
pub const REVOKED_GRANT_KEPT_SECONDS: i64 = 86_400;

/// One authorization and all that was issued from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// The id of the flow it came from.
    pub id: GrantId,
    /// The client it was given to.
    pub client_id: ClientId,
    /// The client's epoch in which it was given.
    pub client_epoch: ClientEpoch,
    /// The user who gave it; `None` when the client acts for itself.
    pub subject: Option<Subject>,
    /// The user's epoch in which it was given.
    pub subject_epoch: i64,
    /// The browser session in which it was given.
    pub session_id: Option<SessionId>,
    /// When it was given, in Unix seconds.
    pub issued_at: i64,
    /// How far it has come.
    pub state: GrantState,
    /// Until when the consent spares the user the question; `i64::MAX` for ever, `None` not at all.
    pub remember_until: Option<i64>,
    /// When the last of its tokens has expired; afterwards it is only kept as a remembered consent.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

/// How far a grant has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// Given; its code, or its device code, was not redeemed yet.
    Issued,
    /// Its tokens were fetched; the first branch of its refresh tokens.
    Redeemed(Branch),
    /// Its tokens were revoked. The consent may still be remembered.
    Revoked,
}

// The body may hold what a user's session claims say.
impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("client_id", &self.client_id)
            .field("issued_at", &self.issued_at)
            .field("state", &self.state)
            .field("remember_until", &self.remember_until)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A grant with the epochs that may void it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveGrant {
    /// The grant.
    pub grant: Grant,
    /// The client's epoch of now; `None` when the client is gone.
    pub client_epoch_now: Option<ClientEpoch>,
    /// How often access tokens of the client were ended; those of another count are void.
    pub access_revocations: i64,
    /// The subject's grants of earlier epochs are void.
    pub tokens_from: i64,
    /// Since when the subject's account is disabled; `None` when it is not, or the subject has no account here.
    pub account_disabled_at: Option<i64>,
}

impl LiveGrant {
    /// Whether the grant still counts: not revoked, its client exists, and nothing ended its epoch.
    /// Whether a token of it has expired is another question.
    pub fn stands(&self) -> bool {
        self.grant.state != GrantState::Revoked
            && self.account_disabled_at.is_none()
            && self.client_epoch_now == Some(self.grant.client_epoch)
            && self.grant.subject_epoch >= self.tokens_from
    }
}

/// The columns of a grant in the order [`Grant::from_row`] reads them.
macro_rules! select_grants {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.client_id, g.subject, g.login_session_id, g.issued_at, g.code_redeemed_at, g.generation, ",
            "g.rotations, g.successor_seen, g.revoked_at, g.remember_until, g.expires_at, g.body, ",
            "g.client_incarnation, g.client_revocations, g.subject_epoch",
            $rest
        )
    };
}
pub(crate) use select_grants;

/// How many columns that are.
const COLUMNS: usize = 16;

const SELECT_LIVE: &str = select_grants!(
    ", a.disabled_at, COALESCE(s.tokens_from, 0), c.incarnation, c.revocations, \
     COALESCE(c.access_revocations, 0) FROM grants g LEFT JOIN clients c ON c.id = g.client_id \
     LEFT JOIN subjects s ON s.id = g.subject LEFT JOIN accounts a ON a.id = g.subject WHERE g.id = $1"
);

const INSERT: &str = "INSERT INTO grants (id, client_id, subject, login_session_id, issued_at, code_redeemed_at, \
    generation, rotations, successor_seen, branches, revoked_at, remember_until, expires_at, body, \
    client_incarnation, client_revocations, subject_epoch) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, $15, $16)";

const REDEEM_CODE: &str = "UPDATE grants SET code_redeemed_at = $2, \
    expires_at = CASE WHEN expires_at > $3 THEN expires_at ELSE $3 END \
    WHERE id = $1 AND code_redeemed_at IS NULL AND revoked_at IS NULL";

const REPLACE_BODY: &str = "UPDATE grants SET body = $2 WHERE id = $1 AND revoked_at IS NULL";

const REVOKE: &str = "UPDATE grants SET revoked_at = $2, \
    expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END WHERE id = $1 AND revoked_at IS NULL";

impl GrantState {
    /// `code_redeemed_at`, `generation`, `rotations`, `successor_seen`, `revoked_at`; `at` stands for an instant that the
    /// state does not tell.
    fn columns(&self, at: i64) -> [Value; 5] {
        let none = || [Value::Null, 0_i64.into(), Value::Blob(Vec::new()), 0_i64.into(), Value::Null];
        match self {
            Self::Issued => none(),
            Self::Redeemed(branch) => {
                let (generation, rotations, seen) = branch.columns();
                [at.into(), generation, rotations, seen, Value::Null]
            }
            Self::Revoked => {
                let [redeemed, generation, rotations, seen, _] = none();
                [redeemed, generation, rotations, seen, at.into()]
            }
        }
    }

    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        if row.opt_int(9)?.is_some() {
            return Ok(Self::Revoked);
        }
        Ok(match row.opt_int(5)? {
            None => Self::Issued,
            Some(_) => Self::Redeemed(Branch::from_row(row, 6)?),
        })
    }
}

impl Grant {
    pub(crate) fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            client_id: row.take_text(1)?.into(),
            subject: Some(row.take_text(2)?).filter(|text| !text.is_empty()).map(Subject::from),
            session_id: row.opt_id(3)?,
            issued_at: row.int(4)?,
            state: GrantState::from_row(row)?,
            remember_until: row.opt_int(10)?,
            expires_at: row.int(11)?,
            body: row.take_blob(12)?,
            client_epoch: ClientEpoch::from_row(row, 13)?,
            subject_epoch: row.int(15)?,
        })
    }
}

impl Batch {
    /// A new grant. Conflict [`Condition::Grant`] when its flow has one already.
    pub fn insert_grant(&mut self, grant: &Grant) -> &mut Self {
        let [redeemed, generation, rotations, seen, revoked] = grant.state.columns(grant.issued_at);
        let params = vec![
            grant.id.into(),
            (&grant.client_id).into(),
            grant.subject.as_ref().map_or("", Subject::as_str).into(),
            grant.session_id.into(),
            grant.issued_at.into(),
            redeemed,
            generation,
            rotations,
            seen,
            revoked,
            grant.remember_until.into(),
            grant.expires_at.into(),
            grant.body.as_slice().into(),
            grant.client_epoch.incarnation.into(),
            grant.client_epoch.revocations.into(),
            grant.subject_epoch.into(),
        ];
        self.add(Condition::Grant, INSERT, params, Expect::OneRow)
    }

    /// Uses the authorization code up; the grant lives until `expires_at` at least. Unmet [`Condition::Code`] when it was
    /// used, revoked or never there.
    pub fn redeem_code(&mut self, id: GrantId, now: i64, expires_at: i64) -> &mut Self {
        self.add(Condition::Code, REDEEM_CODE, vec![id.into(), now.into(), expires_at.into()], Expect::OneRow)
    }

    /// Replaces the body; for the batch of what the new one belongs to. Unmet [`Condition::Grant`] when the grant was
    /// revoked or never there.
    pub fn replace_grant_body(&mut self, id: GrantId, body: &[u8]) -> &mut Self {
        self.add(Condition::Grant, REPLACE_BODY, vec![id.into(), body.into()], Expect::OneRow)
    }

    /// Revokes all tokens of the grant; a remembered consent stays.
    pub fn revoke_grant(&mut self, id: GrantId, now: i64) -> &mut Self {
        let params = vec![id.into(), now.into(), now.saturating_add(REVOKED_GRANT_KEPT_SECONDS).into()];
        self.add(Condition::Grant, REVOKE, params, Expect::Any)
    }
}

impl Store {
    /// The grant of this id with the epochs of its client and subject, in one query.
    pub async fn grant(&self, id: GrantId) -> Result<Option<LiveGrant>, StoreError> {
        let mut rows = self.read(SELECT_LIVE, vec![id.into()]).await?;
        let Some(row) = rows.first_mut() else { return Ok(None) };
        Ok(Some(LiveGrant {
            account_disabled_at: row.opt_int(COLUMNS)?,
            tokens_from: row.int(COLUMNS + 1)?,
            client_epoch_now: if row.is_null(COLUMNS + 2) {
                None
            } else {
                Some(ClientEpoch::from_row(row, COLUMNS + 2)?)
            },
            access_revocations: row.int(COLUMNS + 4)?,
            grant: Grant::from_row(row)?,
        }))
    }

    /// [`Batch::insert_grant`] alone.
    pub async fn insert_grant(&self, grant: &Grant) -> Result<(), WriteError> {
        self.change(|batch| batch.insert_grant(grant)).await.map(drop)
    }

    /// [`Batch::revoke_grant`] alone.
    pub async fn revoke_grant(&self, id: GrantId, now: i64) -> Result<(), StoreError> {
        self.change_any(|batch| batch.revoke_grant(id, now)).await.map(drop)
    }
}
