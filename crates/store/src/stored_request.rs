//! Authorization requests that are too large to travel sealed in a challenge, and pushed ones (RFC 9126).

use symbolon_types::RequestId;

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// A request kept for later.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Its id.
    pub id: RequestId,
    /// When it is forgotten, in Unix seconds.
    pub expires_at: i64,
    /// The request, opaque to the store.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for StoredRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredRequest").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl StoredRequest {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self { id: row.id(0)?, expires_at: row.int(1)?, body: row.take_blob(2)? })
    }

    fn params(&self) -> Vec<Value> {
        vec![self.id.into(), self.expires_at.into(), self.body.as_slice().into()]
    }
}

impl Batch {
    /// Keeps a request. Conflict [`Condition::Request`] when the id exists.
    pub fn insert_stored_request(&mut self, request: &StoredRequest) -> &mut Self {
        let sql = "INSERT INTO stored_requests (id, expires_at, body) VALUES ($1, $2, $3)";
        self.add(Condition::Request, sql, request.params(), Expect::OneRow)
    }
}

impl Store {
    /// [`Batch::insert_stored_request`] alone.
    pub async fn insert_stored_request(&self, request: &StoredRequest) -> Result<(), WriteError> {
        self.change(|batch| batch.insert_stored_request(request)).await.map(drop)
    }

    /// The request of this id. Whether it has expired is for the caller to compare.
    pub async fn stored_request(&self, id: RequestId) -> Result<Option<StoredRequest>, StoreError> {
        let sql = "SELECT id, expires_at, body FROM stored_requests WHERE id = $1";
        self.read(sql, vec![id.into()]).await?.first_mut().map(StoredRequest::from_row).transpose()
    }
}
