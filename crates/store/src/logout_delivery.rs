//! Back-channel logout tokens on their way (OpenID Connect Back-Channel Logout §2.5). A delivery is queued in the
//! transaction that ends the session, so it survives a restart; it is claimed by a condition on its attempt count, so
//! that of several nodes one sends it.

use symbolon_types::{ClientId, DeliveryId};

use crate::batch::{Batch, Condition, Expect};
use crate::client::Origin;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::Row;

/// A logout token to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutDelivery {
    /// Names it.
    pub id: DeliveryId,
    /// The client to tell.
    pub client_id: ClientId,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is to be tried next, in Unix seconds.
    pub due_at: i64,
    /// When it is given up.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

const INSERT: &str = "INSERT INTO logout_deliveries (id, client_id, attempts, due_at, expires_at, body) \
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Of each client the longest waiting, and all first ones before the second ones: however much is waiting for one client,
/// the others have their place in the answer.
macro_rules! due {
    ($registered_by:literal) => {
        concat!(
            "SELECT waiting.id, waiting.client_id, attempts, waiting.due_at, expires_at, body \
            FROM logout_deliveries AS waiting JOIN (SELECT id, due_at, place FROM \
            (SELECT id, due_at, ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY due_at, id) AS place \
            FROM logout_deliveries WHERE due_at <= $1 AND expires_at > $1 AND ",
            $registered_by,
            " (SELECT 1 FROM clients WHERE clients.id = logout_deliveries.client_id AND self_registered = 0)) AS numbered \
            WHERE place <= $2 ORDER BY place, due_at LIMIT $3) AS chosen ON chosen.id = waiting.id \
            ORDER BY chosen.place, chosen.due_at"
        )
    };
}

const DUE_BY_ADMINISTRATORS: &str = due!("EXISTS");
// Those of clients that are gone as well.
const DUE_BY_SELF_SERVICE: &str = due!("NOT EXISTS");

const CLAIM: &str = "UPDATE logout_deliveries SET attempts = attempts + 1, due_at = $3 WHERE id = $1 AND attempts = $2";

impl LogoutDelivery {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            client_id: row.take_text(1)?.into(),
            attempts: row.int(2)?,
            due_at: row.int(3)?,
            expires_at: row.int(4)?,
            body: row.take_blob(5)?,
        })
    }
}

impl Batch {
    /// Queues a delivery.
    pub fn insert_logout_delivery(&mut self, delivery: &LogoutDelivery) -> &mut Self {
        let params = vec![
            delivery.id.into(),
            (&delivery.client_id).into(),
            delivery.attempts.into(),
            delivery.due_at.into(),
            delivery.expires_at.into(),
            delivery.body.as_slice().into(),
        ];
        self.add(Condition::LogoutDelivery, INSERT, params, Expect::OneRow)
    }

    /// Takes a delivery for one attempt; the next one is at `due_at`. Unmet [`Condition::LogoutDelivery`] when somebody else took
    /// it or it is gone.
    pub fn claim_logout_delivery(&mut self, id: DeliveryId, attempts: i64, due_at: i64) -> &mut Self {
        self.add(Condition::LogoutDelivery, CLAIM, vec![id.into(), attempts.into(), due_at.into()], Expect::OneRow)
    }
}

impl Store {
    /// The deliveries that are due for the clients of an origin: `for_each` of a client at most, the longest waiting first;
    /// `limit` at most. Deliveries of clients that are gone count as those of clients that registered themselves.
    pub async fn due_logout_deliveries(
        &self,
        origin: Origin,
        now: i64,
        for_each: u32,
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError> {
        let sql = match origin {
            Origin::Administrator => DUE_BY_ADMINISTRATORS,
            Origin::SelfService | Origin::Document => DUE_BY_SELF_SERVICE,
        };
        let mut rows = self.read(sql, vec![now.into(), for_each.into(), limit.into()]).await?;
        rows.iter_mut().map(LogoutDelivery::from_row).collect()
    }

    /// How many deliveries have not arrived and are not given up; 100,000 stands for that many and more.
    pub async fn waiting_logout_deliveries(&self, now: i64) -> Result<i64, StoreError> {
        let sql =
            "SELECT COUNT(*) FROM (SELECT 1 FROM logout_deliveries WHERE expires_at > $1 LIMIT 100000) AS waiting";
        self.read(sql, vec![now.into()]).await?.first().map_or(Ok(0), |row| row.int(0))
    }

    /// [`Batch::claim_logout_delivery`] alone; answers whether it was taken.
    pub async fn claim_logout_delivery(&self, id: DeliveryId, attempts: i64, due_at: i64) -> Result<bool, StoreError> {
        match self.change(|batch| batch.claim_logout_delivery(id, attempts, due_at)).await {
            Ok(_) => Ok(true),
            Err(WriteError::Store(error)) => Err(error),
            Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(false),
        }
    }

    /// Forgets a delivery that has arrived or was given up.
    pub async fn finish_logout_delivery(&self, id: DeliveryId) -> Result<(), StoreError> {
        let sql = "DELETE FROM logout_deliveries WHERE id = $1";
        self.change_any(|batch| batch.add(Condition::LogoutDelivery, sql, vec![id.into()], Expect::Any)).await.map(drop)
    }
}
