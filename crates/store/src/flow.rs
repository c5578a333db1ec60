//! Flows: authorizations in progress, from the accepted login to the grant that takes their place.
//!
//! A flow's stage is a number whose meaning is the server's; here it is only compared. Every transition names the
//! stage it starts from, so that of two requests for the same step one wins. A flow that has become a grant cannot be
//! started again: the grant carries the same id.

use symbolon_types::{ClientId, FlowId};

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, Value};

/// An authorization in progress.
#[derive(Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its id, that of the grant to come.
    pub id: FlowId,
    /// How far it has come.
    pub stage: i64,
    /// The client that asked.
    pub client_id: ClientId,
    /// When it is given up, in Unix seconds.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
}

// The body may hold what a login page said about a user.
impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow")
            .field("stage", &self.stage)
            .field("client_id", &self.client_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What became of a flow id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Nothing yet, or nothing any more.
    Unknown,
    /// It is in progress.
    Flow(Flow),
    /// It ended in a grant.
    Granted,
}

const SELECT: &str = "SELECT id, stage, client_id, expires_at, body FROM flows WHERE id = $1";

const HANDLED: &str = "SELECT id, stage, client_id, expires_at, body FROM flows WHERE id = $1 \
    UNION ALL SELECT id, 0, client_id, 0, NULL FROM grants WHERE id = $1";

const ACCEPT: &str = "INSERT INTO flows (id, stage, client_id, expires_at, body) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, body = excluded.body \
    WHERE flows.stage = excluded.stage";

// A statement of its own and after the insertion: on PostgreSQL it sees what was committed while that one waited.
const NOT_GRANTED: &str = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM grants WHERE id = $1)";

const MOVE: &str = "UPDATE flows SET stage = $3, body = $4 WHERE id = $1 AND stage = $2";

const FINISH: &str = "DELETE FROM flows WHERE id = $1 AND stage = $2";

impl Flow {
    fn from_row(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            stage: row.int(1)?,
            client_id: row.take_text(2)?.into(),
            expires_at: row.int(3)?,
            body: row.take_blob(4)?,
        })
    }
}

impl Batch {
    /// Starts a flow, or starts it again with another body while it is still in the same stage. Unmet [`Condition::Flow`] when it
    /// has moved on or ended in a grant.
    pub fn accept_flow(&mut self, flow: &Flow) -> &mut Self {
        let params = vec![
            flow.id.into(),
            flow.stage.into(),
            (&flow.client_id).into(),
            flow.expires_at.into(),
            flow.body.as_slice().into(),
        ];
        self.add(Condition::Flow, ACCEPT, params, Expect::OneRow).add(
            Condition::Flow,
            NOT_GRANTED,
            vec![flow.id.into()],
            Expect::OneRow,
        )
    }

    /// Moves a flow on. Unmet [`Condition::Flow`] when it is not in `from_stage`.
    pub fn move_flow(&mut self, id: FlowId, from_stage: i64, to_stage: i64, body: Vec<u8>) -> &mut Self {
        let params = vec![id.into(), from_stage.into(), to_stage.into(), Value::Blob(body)];
        self.add(Condition::Flow, MOVE, params, Expect::OneRow)
    }

    /// Ends a flow. Unmet [`Condition::Flow`] when it is not in `stage`.
    pub fn finish_flow(&mut self, id: FlowId, stage: i64) -> &mut Self {
        self.add(Condition::Flow, FINISH, vec![id.into(), stage.into()], Expect::OneRow)
    }
}

impl Store {
    /// The flow of this id.
    pub async fn flow(&self, id: FlowId) -> Result<Option<Flow>, StoreError> {
        self.read(SELECT, vec![id.into()]).await?.first_mut().map(Flow::from_row).transpose()
    }

    /// What became of a flow id, in one query over flows and grants.
    pub async fn handled(&self, id: FlowId) -> Result<Handled, StoreError> {
        let mut rows = self.read(HANDLED, vec![id.into()]).await?;
        if rows.iter().any(|row| row.is_null(4)) {
            return Ok(Handled::Granted);
        }
        Ok(rows.first_mut().map(Flow::from_row).transpose()?.map_or(Handled::Unknown, Handled::Flow))
    }
}
