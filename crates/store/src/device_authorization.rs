//! Device authorizations (RFC 8628): what a device waits for, from its request to its tokens or its end.
//!
//! The row is found by the device through its id and by the person through a hash of the user code. Every step names
//! the stage that it leaves: of several browsers that answer for one device, and of several polls that want its tokens,
//! one wins. What is asked for is in the body, opaque to the store; what was granted is a grant of its own.

use symbolon_types::{ClientId, DeviceId, GrantId};

use crate::batch::{Batch, Condition, Expect};
use crate::epoch::ClientEpoch;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// How far a device authorization has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStage {
    /// Nobody has answered yet.
    Pending,
    /// A person agreed; the grant is there and the device may fetch its tokens.
    Accepted(GrantId),
    /// A person refused.
    Denied,
    /// The device has fetched its tokens.
    Redeemed,
}

/// What a device waits for.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// Its id, which the device code carries.
    pub id: DeviceId,
    /// The client that runs on the device.
    pub client_id: ClientId,
    /// The client's epoch in which it asked; in another one it waits for nothing any more.
    pub client_epoch: ClientEpoch,
    /// A keyed hash of the user code.
    pub user_code_hash: Vec<u8>,
    /// How far it has come.
    pub stage: DeviceStage,
    /// Seconds that the device has to wait between two polls.
    pub interval_seconds: i64,
    /// When both codes end, in Unix seconds.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceAuthorization")
            .field("client_id", &self.client_id)
            .field("stage", &self.stage)
            .field("interval_seconds", &self.interval_seconds)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

const PENDING: i64 = 1;
const ACCEPTED: i64 = 2;
const DENIED: i64 = 3;
const REDEEMED: i64 = 4;

/// RFC 8628 §3.5: what every `slow_down` adds to the interval, in seconds.
const SLOWER_BY: i64 = 5;
/// The interval does not grow beyond this, in seconds: a device that never learns still hears the answer.
const SLOWEST: i64 = 60;

const INSERT: &str = "INSERT INTO device_authorizations \
    (id, client_id, user_code_hash, stage, grant_id, interval_seconds, expires_at, body, \
    client_incarnation, client_revocations) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// A device of a client that is gone, or whose epoch has ended, is not found.
macro_rules! select_devices {
    ($condition:literal) => {
        concat!(
            "SELECT d.id, d.client_id, d.user_code_hash, d.stage, d.grant_id, d.interval_seconds, d.expires_at, d.body, ",
            "d.client_incarnation, d.client_revocations FROM device_authorizations d JOIN clients c ON c.id = d.client_id ",
            "AND c.incarnation = d.client_incarnation AND c.revocations = d.client_revocations WHERE ",
            $condition
        )
    };
}

const SELECT: &str = select_devices!("d.id = $1");

const SELECT_BY_USER_CODE: &str = select_devices!("d.user_code_hash = $1");

const ACCEPT: &str = "UPDATE device_authorizations SET stage = 2, grant_id = $2 \
    WHERE id = $1 AND stage = 1 AND expires_at > $3";

const DENY: &str = "UPDATE device_authorizations SET stage = 3 WHERE id = $1 AND stage = 1";

const REDEEM: &str = "UPDATE device_authorizations SET stage = 4 WHERE id = $1 AND stage = 2 AND expires_at > $2";

// Times are whole seconds and networks uneven: one second less than the interval is forgiven.
const POLL: &str = "UPDATE device_authorizations SET last_polled_at = $2 WHERE id = $1 AND stage = 1 \
    AND (last_polled_at IS NULL OR last_polled_at + interval_seconds - 1 <= $2)";

const SLOW_DOWN: &str = "UPDATE device_authorizations SET last_polled_at = $2, \
    interval_seconds = CASE WHEN interval_seconds + $3 > $4 THEN interval_seconds ELSE interval_seconds + $3 END \
    WHERE id = $1 AND stage = 1";

impl DeviceStage {
    fn columns(self) -> (i64, Option<GrantId>) {
        match self {
            Self::Pending => (PENDING, None),
            Self::Accepted(grant) => (ACCEPTED, Some(grant)),
            Self::Denied => (DENIED, None),
            Self::Redeemed => (REDEEMED, None),
        }
    }

    fn from_columns(stage: i64, grant: Option<GrantId>) -> Result<Self, StoreError> {
        match (stage, grant) {
            (PENDING, _) => Ok(Self::Pending),
            (ACCEPTED, Some(grant)) => Ok(Self::Accepted(grant)),
            (DENIED, _) => Ok(Self::Denied),
            (REDEEMED, _) => Ok(Self::Redeemed),
            _ => Err(StoreError::Corrupt(format!("a device authorization is at the unknown stage {stage}"))),
        }
    }
}

impl DeviceAuthorization {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            client_id: row.take_text(1)?.into(),
            user_code_hash: row.take_blob(2)?,
            stage: DeviceStage::from_columns(row.int(3)?, row.opt_id(4)?)?,
            interval_seconds: row.int(5)?,
            expires_at: row.int(6)?,
            body: row.take_blob(7)?,
            client_epoch: ClientEpoch::from_row(row, 8)?,
        })
    }
}

impl Batch {
    /// A device starts to wait. Conflict [`Condition::Device`] when the id or the user code is in use.
    pub fn insert_device_authorization(&mut self, device: &DeviceAuthorization) -> &mut Self {
        let (stage, grant) = device.stage.columns();
        let params = vec![
            device.id.into(),
            (&device.client_id).into(),
            device.user_code_hash.as_slice().into(),
            stage.into(),
            grant.into(),
            device.interval_seconds.into(),
            device.expires_at.into(),
            device.body.as_slice().into(),
            device.client_epoch.incarnation.into(),
            device.client_epoch.revocations.into(),
        ];
        self.add(Condition::Device, INSERT, params, Expect::OneRow)
    }

    /// A person agreed, in the grant of that id. Unmet [`Condition::Device`] when it was answered before or has
    /// expired by `now` (Unix seconds).
    pub fn accept_device_authorization(&mut self, id: DeviceId, grant_id: GrantId, now: i64) -> &mut Self {
        self.add(Condition::Device, ACCEPT, vec![id.into(), grant_id.into(), now.into()], Expect::OneRow)
    }

    /// A person refused; nothing happens when somebody answered before.
    pub fn deny_device_authorization(&mut self, id: DeviceId) -> &mut Self {
        self.add(Condition::Device, DENY, vec![id.into()], Expect::Any)
    }

    /// The device fetches its tokens. Unmet [`Condition::Device`] when it did so before, nobody agreed, or the code has
    /// expired by `now`.
    pub fn redeem_device_authorization(&mut self, id: DeviceId, now: i64) -> &mut Self {
        self.add(Condition::Device, REDEEM, vec![id.into(), now.into()], Expect::OneRow)
    }
}

impl Store {
    /// [`Batch::insert_device_authorization`] alone.
    pub async fn insert_device_authorization(&self, device: &DeviceAuthorization) -> Result<(), WriteError> {
        self.change(|batch| batch.insert_device_authorization(device)).await.map(drop)
    }

    /// The device authorization of this id. Whether it has expired is for the caller to compare.
    pub async fn device_authorization(&self, id: DeviceId) -> Result<Option<DeviceAuthorization>, StoreError> {
        self.one_device(SELECT, id.into()).await
    }

    /// The device authorization whose user code has this hash.
    pub async fn device_authorization_by_user_code(
        &self,
        hash: &[u8],
    ) -> Result<Option<DeviceAuthorization>, StoreError> {
        self.one_device(SELECT_BY_USER_CODE, hash.into()).await
    }

    async fn one_device(&self, sql: &'static str, key: Value) -> Result<Option<DeviceAuthorization>, StoreError> {
        self.read(sql, vec![key]).await?.first_mut().map(DeviceAuthorization::from_row).transpose()
    }

    /// Notes a poll of a pending device at `now` (Unix seconds); answers whether it kept the interval. If not, the
    /// interval grows by five seconds (RFC 8628 §3.5), up to a minute. Of many polls at once one keeps it.
    pub async fn poll_device_authorization(&self, id: DeviceId, now: i64) -> Result<bool, StoreError> {
        let params = vec![id.into(), now.into()];
        if self.change_any(|batch| batch.add(Condition::Device, POLL, params, Expect::Any)).await? == 1 {
            return Ok(true);
        }
        let params = vec![id.into(), now.into(), SLOWER_BY.into(), SLOWEST.into()];
        self.change_any(|batch| batch.add(Condition::Device, SLOW_DOWN, params, Expect::Any)).await?;
        Ok(false)
    }

    /// [`Batch::deny_device_authorization`] alone; answers whether the device was still waiting.
    pub async fn deny_device_authorization(&self, id: DeviceId) -> Result<bool, StoreError> {
        Ok(self.change_any(|batch| batch.deny_device_authorization(id)).await? == 1)
    }
}
