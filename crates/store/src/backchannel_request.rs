//! Authentication requests of the back channel (OpenID Connect CIBA §7): what a client waits for, from its request until its
//! tokens or its end.
//!
//! Every step names the stage that it leaves: of several answers, and of several polls that want the tokens, one wins. How
//! many requests wait for one subject, and how soon another one may come, is decided by the statements that write them. What
//! was granted is a grant of the same number. Pings are claimed like logout tokens, by their count.

use symbolon_types::{AuthenticationRequestId, ClientId, Subject};

use crate::batch::{Batch, Condition, Expect};
use crate::epoch::ClientEpoch;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::Row;

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackchannelStage {
    /// Nobody has answered yet.
    Pending,
    /// The subject agreed; the grant is there and the client may fetch its tokens.
    Accepted,
    /// The subject refused.
    Denied,
    /// The client has fetched its tokens.
    Redeemed,
}

/// What a client waits for.
#[derive(Clone, PartialEq, Eq)]
pub struct BackchannelRequest {
    /// Its id, which the `auth_req_id` carries, and that of the grant.
    pub id: AuthenticationRequestId,
    /// The client that asked.
    pub client_id: ClientId,
    /// The client's epoch in which it asked; in another one it waits for nothing any more.
    pub client_epoch: ClientEpoch,
    /// Who is asked.
    pub subject: Subject,
    /// How far it has come.
    pub stage: BackchannelStage,
    /// Seconds that the client has to wait between two polls.
    pub interval_seconds: i64,
    /// How often the client was told that there is an answer.
    pub ping_attempts: i64,
    /// When it ends, in Unix seconds.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

// The body names a person.
impl std::fmt::Debug for BackchannelRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackchannelRequest")
            .field("client_id", &self.client_id)
            .field("stage", &self.stage)
            .field("interval_seconds", &self.interval_seconds)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// How much one subject is asked at most.
#[derive(Clone, Copy, Debug)]
pub struct AskingLimit<'a> {
    /// By which the pause is known: a digest of the subject.
    pub pause_of: &'a [u8],
    /// Before this (Unix seconds) nobody else may ask the subject.
    pub pause_until: i64,
    /// Requests that may wait for the subject, this one included.
    pub most_waiting: i64,
}

/// RFC 8628 §3.5, to which CIBA §11 refers: what every `slow_down` adds to the interval, in seconds.
const SLOWER_BY: i64 = 5;
/// The interval does not grow beyond this, in seconds.
const SLOWEST: i64 = 60;

/// A request of a client that is gone, or whose epoch has ended, is not found.
macro_rules! select_requests {
    ($($rest:literal),+) => {
        concat!(
            "SELECT b.id, b.client_id, b.client_incarnation, b.client_revocations, b.subject, b.stage, \
            b.interval_seconds, b.ping_attempts, b.expires_at, b.body FROM backchannel_requests b \
            JOIN clients c ON c.id = b.client_id AND c.incarnation = b.client_incarnation \
            AND c.revocations = b.client_revocations WHERE ",
            $($rest),+
        )
    };
}

const SELECT: &str = select_requests!("b.id = $1");

const WAITING_OF_SUBJECT: &str =
    select_requests!("b.subject = $1 AND b.stage = 1 AND b.expires_at > $2 ORDER BY b.id DESC LIMIT $3");

/// Of each client the longest waiting ones, so that one that answers slowly holds up no other.
const DUE_PINGS: &str = select_requests!(
    "b.id IN (SELECT id FROM (SELECT id, ping_due_at, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY ping_due_at, id) \
    AS place FROM backchannel_requests WHERE ping_due_at <= $1 AND expires_at > $1 AND stage IN (2, 3)) AS numbered \
    WHERE place <= $2 ORDER BY place, ping_due_at LIMIT $3) ORDER BY b.ping_due_at"
);

// The row of the pause is locked until the transaction ends, so that requests for one subject are counted one by one.
const PAUSE: &str = "INSERT INTO used_identifiers (kind, id, expires_at) VALUES ('backchannel_pause', $1, $2) \
    ON CONFLICT (kind, id) DO UPDATE SET expires_at = excluded.expires_at WHERE used_identifiers.expires_at <= $3";

const INSERT: &str = "INSERT INTO backchannel_requests (id, client_id, client_incarnation, client_revocations, subject, \
    stage, interval_seconds, ping_attempts, expires_at, body) \
    SELECT $1, $2, $3, $4, $5, 1, $6, 0, $7, $8 WHERE \
    (SELECT COUNT(*) FROM backchannel_requests WHERE subject = $5 AND stage = 1 AND expires_at > $9) < $10";

const ACCEPT: &str = "UPDATE backchannel_requests SET stage = 2, ping_due_at = $4 \
    WHERE id = $1 AND subject = $2 AND stage = 1 AND expires_at > $3";

const DENY: &str = "UPDATE backchannel_requests SET stage = 3, ping_due_at = $4 \
    WHERE id = $1 AND subject = $2 AND stage = 1 AND expires_at > $3";

const REDEEM: &str = "UPDATE backchannel_requests SET stage = 4, ping_due_at = NULL \
    WHERE id = $1 AND stage = 2 AND expires_at > $2";

// Times are whole seconds and networks uneven: one second less than the interval is forgiven.
const POLL: &str = "UPDATE backchannel_requests SET last_polled_at = $2 WHERE id = $1 AND stage = 1 \
    AND (last_polled_at IS NULL OR last_polled_at + interval_seconds - 1 <= $2)";

const SLOW_DOWN: &str = "UPDATE backchannel_requests SET last_polled_at = $2, \
    interval_seconds = CASE WHEN interval_seconds + $3 > $4 THEN interval_seconds ELSE interval_seconds + $3 END \
    WHERE id = $1 AND stage = 1";

const CLAIM_PING: &str = "UPDATE backchannel_requests SET ping_attempts = ping_attempts + 1, ping_due_at = $3 \
    WHERE id = $1 AND ping_attempts = $2 AND ping_due_at IS NOT NULL";

const FINISH_PING: &str = "UPDATE backchannel_requests SET ping_due_at = NULL WHERE id = $1";

impl BackchannelStage {
    fn from_column(stage: i64) -> Result<Self, StoreError> {
        match stage {
            1 => Ok(Self::Pending),
            2 => Ok(Self::Accepted),
            3 => Ok(Self::Denied),
            4 => Ok(Self::Redeemed),
            _ => Err(StoreError::Corrupt(format!("a backchannel request is at the unknown stage {stage}"))),
        }
    }
}

impl BackchannelRequest {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            client_id: row.take_text(1)?.into(),
            client_epoch: ClientEpoch::from_row(row, 2)?,
            subject: row.take_text(4)?.into(),
            stage: BackchannelStage::from_column(row.int(5)?)?,
            interval_seconds: row.int(6)?,
            ping_attempts: row.int(7)?,
            expires_at: row.int(8)?,
            body: row.take_blob(9)?,
        })
    }
}

impl Batch {
    /// A client begins to wait at `now` (Unix seconds); the request is pending, whatever its stage says. Unmet
    /// [`Condition::Identifier`] when the subject was asked a moment ago, [`Condition::Backchannel`] when too many wait.
    pub fn insert_backchannel_request(
        &mut self,
        request: &BackchannelRequest,
        limit: &AskingLimit<'_>,
        now: i64,
    ) -> &mut Self {
        let pause = vec![limit.pause_of.into(), limit.pause_until.into(), now.into()];
        self.add(Condition::Identifier, PAUSE, pause, Expect::OneRow);
        let params = vec![
            request.id.into(),
            (&request.client_id).into(),
            request.client_epoch.incarnation.into(),
            request.client_epoch.revocations.into(),
            (&request.subject).into(),
            request.interval_seconds.into(),
            request.expires_at.into(),
            request.body.as_slice().into(),
            now.into(),
            limit.most_waiting.into(),
        ];
        self.add(Condition::Backchannel, INSERT, params, Expect::OneRow)
    }

    /// The subject agreed, and a grant of the same number is written in this batch. With `ping_due_at` the client is told
    /// from then on. Unmet [`Condition::Backchannel`] when it was answered before, asks another subject, or has expired by
    /// `now` (Unix seconds).
    pub fn accept_backchannel_request(
        &mut self,
        id: AuthenticationRequestId,
        subject: &Subject,
        now: i64,
        ping_due_at: Option<i64>,
    ) -> &mut Self {
        let params = vec![id.into(), subject.into(), now.into(), ping_due_at.into()];
        self.add(Condition::Backchannel, ACCEPT, params, Expect::OneRow)
    }

    /// The subject refused; otherwise as [`Batch::accept_backchannel_request`].
    pub fn deny_backchannel_request(
        &mut self,
        id: AuthenticationRequestId,
        subject: &Subject,
        now: i64,
        ping_due_at: Option<i64>,
    ) -> &mut Self {
        let params = vec![id.into(), subject.into(), now.into(), ping_due_at.into()];
        self.add(Condition::Backchannel, DENY, params, Expect::OneRow)
    }

    /// The client fetches its tokens. Unmet [`Condition::Backchannel`] when it did so before, nobody agreed, or the request
    /// has expired by `now`.
    pub fn redeem_backchannel_request(&mut self, id: AuthenticationRequestId, now: i64) -> &mut Self {
        self.add(Condition::Backchannel, REDEEM, vec![id.into(), now.into()], Expect::OneRow)
    }
}

impl Store {
    /// The request of this id. Whether it has expired is for the caller to compare.
    pub async fn backchannel_request(
        &self,
        id: AuthenticationRequestId,
    ) -> Result<Option<BackchannelRequest>, StoreError> {
        let mut rows = self.read(SELECT, vec![id.into()]).await?;
        rows.first_mut().map(BackchannelRequest::from_row).transpose()
    }

    /// The requests that wait for a subject at `now`, the newest first, `most` of them.
    pub async fn backchannel_requests_of(
        &self,
        subject: &Subject,
        now: i64,
        most: u32,
    ) -> Result<Vec<BackchannelRequest>, StoreError> {
        let mut rows = self.read(WAITING_OF_SUBJECT, vec![subject.into(), now.into(), most.into()]).await?;
        rows.iter_mut().map(BackchannelRequest::from_row).collect()
    }

    /// Notes a poll of a pending request at `now` (Unix seconds); answers whether it kept the interval. If not, the interval
    /// grows by five seconds, up to a minute. Of many polls at once one keeps it.
    pub async fn poll_backchannel_request(&self, id: AuthenticationRequestId, now: i64) -> Result<bool, StoreError> {
        let params = vec![id.into(), now.into()];
        if self.change_any(|batch| batch.add(Condition::Backchannel, POLL, params, Expect::Any)).await? == 1 {
            return Ok(true);
        }
        let params = vec![id.into(), now.into(), SLOWER_BY.into(), SLOWEST.into()];
        self.change_any(|batch| batch.add(Condition::Backchannel, SLOW_DOWN, params, Expect::Any)).await?;
        Ok(false)
    }

    /// The answered requests whose clients are to be told at `now`: `for_each` of a client and `limit` in all at most.
    pub async fn due_pings(&self, now: i64, for_each: u32, limit: u32) -> Result<Vec<BackchannelRequest>, StoreError> {
        let mut rows = self.read(DUE_PINGS, vec![now.into(), for_each.into(), limit.into()]).await?;
        rows.iter_mut().map(BackchannelRequest::from_row).collect()
    }

    /// Takes a ping for one attempt, of which so many were made; the next one is at `due_at`, and none without. Answers
    /// whether it was taken: somebody else may have it.
    pub async fn claim_ping(
        &self,
        id: AuthenticationRequestId,
        attempts: i64,
        due_at: Option<i64>,
    ) -> Result<bool, StoreError> {
        let params = vec![id.into(), attempts.into(), due_at.into()];
        let claimed = self.change(|batch| batch.add(Condition::Backchannel, CLAIM_PING, params, Expect::OneRow)).await;
        match claimed {
            Ok(_) => Ok(true),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(false),
        }
    }

    /// The client was told, or will not be told.
    pub async fn finish_ping(&self, id: AuthenticationRequestId) -> Result<(), StoreError> {
        self.change_any(|batch| batch.add(Condition::Backchannel, FINISH_PING, vec![id.into()], Expect::Any))
            .await
            .map(drop)
    }
}
