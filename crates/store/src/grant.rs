//! Grants: one row per authorization, that is a user's consent to one client in one flow and all that was issued
//! from it. The row is the remembered consent, the authorization code and the family of refresh tokens at once.
//!
//! This module holds the record and the statements that decide single use: redeeming the code (RFC 6749 §4.1.2),
//! rotating the refresh token (RFC 9700 §4.14.2) and revoking (RFC 7009). Consents and lists are in `grant_consent`.

use crate::batch::{Batch, Expect};
use crate::epoch::ClientEpoch;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Id, Row, Value};

/// How long a revoked grant is kept, so that its flow and its code are still recognised as used.
pub const REVOKED_GRANT_KEPT_SECONDS: i64 = 86_400;

/// One authorization and all that was issued from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// The id of the flow it came from.
    pub id: Id,
    /// The client it was given to.
    pub client_id: String,
    /// The client's epoch in which it was given.
    pub client_epoch: ClientEpoch,
    /// The user who gave it; empty when there is none.
    pub subject: String,
    /// The user's epoch in which it was given.
    pub subject_epoch: i64,
    /// The browser session in which it was given.
    pub login_session_id: Option<Id>,
    /// When it was given, in Unix seconds.
    pub issued_at: i64,
    /// When its authorization code was redeemed.
    pub code_redeemed_at: Option<i64>,
    /// Which refresh token is current, counted from 0.
    pub generation: i64,
    /// When the current generation was made; `None` for the first.
    pub rotated_at: Option<i64>,
    /// How often the current generation was handed out again.
    pub reuse_count: i64,
    /// 1 when anything of the current generation was used, otherwise 0.
    pub successor_seen: i64,
    /// When its tokens were revoked.
    pub revoked_at: Option<i64>,
    /// Until when the consent spares the user the question; `i64::MAX` for ever, `None` not at all.
    pub remember_until: Option<i64>,
    /// When the last of its tokens has expired; afterwards it is only kept as a remembered consent.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

// The body may hold what a user's session claims say.
impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant")
            .field("client_id", &self.client_id)
            .field("issued_at", &self.issued_at)
            .field("code_redeemed_at", &self.code_redeemed_at)
            .field("generation", &self.generation)
            .field("revoked_at", &self.revoked_at)
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
    /// The subject's grants of earlier epochs are void.
    pub tokens_from: i64,
    /// Since when the subject's account is disabled; `None` when it is not, or the subject has no account here.
    pub account_disabled_at: Option<i64>,
}

impl LiveGrant {
    /// Whether the grant still counts: not revoked, its client exists, and nothing ended its epoch.
    /// Whether a token of it has expired is another question.
    pub fn stands(&self) -> bool {
        self.grant.revoked_at.is_none()
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
            "g.rotated_at, g.reuse_count, g.successor_seen, g.revoked_at, g.remember_until, g.expires_at, g.body, ",
            "g.client_incarnation, g.client_revocations, g.subject_epoch",
            $rest
        )
    };
}
pub(crate) use select_grants;

const SELECT_LIVE: &str = select_grants!(
    ", a.disabled_at, COALESCE(s.tokens_from, 0), c.incarnation, c.revocations FROM grants g LEFT JOIN clients c ON c.id = g.client_id \
     LEFT JOIN subjects s ON s.id = g.subject LEFT JOIN accounts a ON a.id = g.subject WHERE g.id = $1"
);

const INSERT: &str = "INSERT INTO grants (id, client_id, subject, login_session_id, issued_at, code_redeemed_at, \
    generation, rotated_at, reuse_count, successor_seen, revoked_at, remember_until, expires_at, body, \
    client_incarnation, client_revocations, subject_epoch) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

const REDEEM_CODE: &str = "UPDATE grants SET code_redeemed_at = $2, \
    expires_at = CASE WHEN expires_at > $3 THEN expires_at ELSE $3 END \
    WHERE id = $1 AND code_redeemed_at IS NULL AND revoked_at IS NULL";

const ROTATE: &str = "UPDATE grants SET generation = generation + 1, rotated_at = $3, reuse_count = 0, \
    successor_seen = 0, expires_at = CASE WHEN expires_at > $4 THEN expires_at ELSE $4 END \
    WHERE id = $1 AND generation = $2 AND revoked_at IS NULL";

const REISSUE: &str = "UPDATE grants SET reuse_count = reuse_count + 1 \
    WHERE id = $1 AND generation = $2 AND revoked_at IS NULL AND rotated_at >= $3 \
    AND ($4 = 0 OR reuse_count < $4)";

const REISSUE_UNTIL_SEEN: &str = "UPDATE grants SET reuse_count = reuse_count + 1 \
    WHERE id = $1 AND generation = $2 AND revoked_at IS NULL AND successor_seen = 0";

const MARK_SEEN: &str = "UPDATE grants SET successor_seen = 1 WHERE id = $1 AND generation = $2 AND successor_seen = 0";

const REVOKE: &str = "UPDATE grants SET revoked_at = $2, \
    expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END WHERE id = $1 AND revoked_at IS NULL";

impl Grant {
    pub(crate) fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id16(0)?,
            client_id: row.take_text(1)?,
            subject: row.take_text(2)?,
            login_session_id: row.opt_id16(3)?,
            issued_at: row.int(4)?,
            code_redeemed_at: row.opt_int(5)?,
            generation: row.int(6)?,
            rotated_at: row.opt_int(7)?,
            reuse_count: row.int(8)?,
            successor_seen: row.int(9)?,
            revoked_at: row.opt_int(10)?,
            remember_until: row.opt_int(11)?,
            expires_at: row.int(12)?,
            body: row.take_blob(13)?,
            client_epoch: ClientEpoch::from_row(row, 14)?,
            subject_epoch: row.int(16)?,
        })
    }
}

impl Batch {
    /// A new grant. Conflict `grant` when its flow has one already.
    pub fn insert_grant(&mut self, grant: &Grant) -> &mut Self {
        let params = vec![
            grant.id.into(),
            grant.client_id.as_str().into(),
            grant.subject.as_str().into(),
            grant.login_session_id.into(),
            grant.issued_at.into(),
            grant.code_redeemed_at.into(),
            grant.generation.into(),
            grant.rotated_at.into(),
            grant.reuse_count.into(),
            grant.successor_seen.into(),
            grant.revoked_at.into(),
            grant.remember_until.into(),
            grant.expires_at.into(),
            grant.body.as_slice().into(),
            grant.client_epoch.incarnation.into(),
            grant.client_epoch.revocations.into(),
            grant.subject_epoch.into(),
        ];
        self.add("grant", INSERT, params, Expect::OneRow)
    }

    /// Uses the authorization code up; the grant lives until `expires_at` at least. Unmet `code` when it was used,
    /// revoked or never there.
    pub fn redeem_code(&mut self, id: Id, now: i64, expires_at: i64) -> &mut Self {
        self.add("code", REDEEM_CODE, vec![id.into(), now.into(), expires_at.into()], Expect::OneRow)
    }

    /// Moves from refresh generation `generation` to the next; the grant lives until `expires_at` at least.
    /// Unmet `generation` when it is no longer the current one or the grant was revoked.
    pub fn rotate_grant(&mut self, id: Id, generation: i64, now: i64, expires_at: i64) -> &mut Self {
        let params = vec![id.into(), generation.into(), now.into(), expires_at.into()];
        self.add("generation", ROTATE, params, Expect::OneRow)
    }

    /// Hands the current generation out again to somebody who shows its predecessor: when it was made at or after
    /// `not_rotated_before` and was handed out again fewer than `reuse_limit` times (0: any number).
    /// Unmet `generation` otherwise.
    pub fn reissue_grant(
        &mut self,
        id: Id,
        current_generation: i64,
        not_rotated_before: i64,
        reuse_limit: i64,
    ) -> &mut Self {
        let params = vec![id.into(), current_generation.into(), not_rotated_before.into(), Value::Int(reuse_limit)];
        self.add("generation", REISSUE, params, Expect::OneRow)
    }

    /// Hands the current generation out again as long as nothing of it was seen. Unmet `generation` otherwise.
    pub fn reissue_grant_until_seen(&mut self, id: Id, current_generation: i64) -> &mut Self {
        self.add("generation", REISSUE_UNTIL_SEEN, vec![id.into(), current_generation.into()], Expect::OneRow)
    }

    /// Notes that something of this generation was used.
    pub fn mark_successor_seen(&mut self, id: Id, generation: i64) -> &mut Self {
        self.add("seen", MARK_SEEN, vec![id.into(), generation.into()], Expect::Any)
    }

    /// Revokes all tokens of the grant; a remembered consent stays.
    pub fn revoke_grant(&mut self, id: Id, now: i64) -> &mut Self {
        let params = vec![id.into(), now.into(), now.saturating_add(REVOKED_GRANT_KEPT_SECONDS).into()];
        self.add("grant", REVOKE, params, Expect::Any)
    }
}

impl Store {
    /// The grant of this id with the epochs of its client and subject, in one query.
    pub async fn grant(&self, id: Id) -> Result<Option<LiveGrant>, StoreError> {
        let mut rows = self.read(SELECT_LIVE, vec![id.into()]).await?;
        let Some(row) = rows.first_mut() else { return Ok(None) };
        Ok(Some(LiveGrant {
            grant: Grant::from_row(row)?,
            account_disabled_at: row.opt_int(17)?,
            tokens_from: row.int(18)?,
            client_epoch_now: if row.is_null(19) { None } else { Some(ClientEpoch::from_row(row, 19)?) },
        }))
    }

    /// [`Batch::insert_grant`] alone.
    pub async fn insert_grant(&self, grant: &Grant) -> Result<(), WriteError> {
        self.change(|batch| batch.insert_grant(grant)).await.map(drop)
    }

    /// [`Batch::redeem_code`] alone.
    pub async fn redeem_code(&self, id: Id, now: i64, expires_at: i64) -> Result<(), WriteError> {
        self.change(|batch| batch.redeem_code(id, now, expires_at)).await.map(drop)
    }

    /// [`Batch::rotate_grant`] alone.
    pub async fn rotate_grant(&self, id: Id, generation: i64, now: i64, expires_at: i64) -> Result<(), WriteError> {
        self.change(|batch| batch.rotate_grant(id, generation, now, expires_at)).await.map(drop)
    }

    /// [`Batch::reissue_grant`] alone.
    pub async fn reissue_grant(
        &self,
        id: Id,
        current_generation: i64,
        not_rotated_before: i64,
        reuse_limit: i64,
    ) -> Result<(), WriteError> {
        self.change(|batch| batch.reissue_grant(id, current_generation, not_rotated_before, reuse_limit))
            .await
            .map(drop)
    }

    /// [`Batch::reissue_grant_until_seen`] alone.
    pub async fn reissue_grant_until_seen(&self, id: Id, current_generation: i64) -> Result<(), WriteError> {
        self.change(|batch| batch.reissue_grant_until_seen(id, current_generation)).await.map(drop)
    }

    /// [`Batch::mark_successor_seen`] alone.
    pub async fn mark_successor_seen(&self, id: Id, generation: i64) -> Result<(), StoreError> {
        self.change_any(|batch| batch.mark_successor_seen(id, generation)).await.map(drop)
    }

    /// [`Batch::revoke_grant`] alone.
    pub async fn revoke_grant(&self, id: Id, now: i64) -> Result<(), StoreError> {
        self.change_any(|batch| batch.revoke_grant(id, now)).await.map(drop)
    }
}
