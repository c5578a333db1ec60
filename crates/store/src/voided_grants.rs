//! Purging grants that were voided with their client or their subject: they do not count any more, but nobody waited
//! until the rows were gone.
//!
//! What is left to do is a row: a deleted client in `deleted_clients`, a time in `subjects`. A round without any costs
//! two look-ups in an index.

use crate::batch::{Condition, Expect};
use crate::error::StoreError;
use crate::purge::PurgeReport;
use crate::store::Store;
use crate::value::{Row, Value};

const DELETED_CLIENTS: &str =
    "SELECT id, incarnation FROM deleted_clients WHERE purge_at <= $1 ORDER BY purge_at LIMIT $2";

// The last condition is for a note without a deletion, which a client leaves that was used in the moment of its purge.
const PURGE_OF_CLIENT: &str = "DELETE FROM grants WHERE id IN \
    (SELECT id FROM grants WHERE client_id = $1 AND client_incarnation = $2 LIMIT $3) \
    AND NOT EXISTS (SELECT 1 FROM clients WHERE id = $1 AND incarnation = $2)";

const CLIENT_DONE: &str = "DELETE FROM deleted_clients WHERE id = $1 AND incarnation = $2";

const SUBJECTS: &str = "SELECT id, consents_from FROM subjects WHERE purge_at <= $1 ORDER BY purge_at LIMIT $2";

const PURGE_OF_SUBJECT: &str =
    "DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE subject = $1 AND subject_epoch < $2 LIMIT $3)";

const SUBJECT_DONE: &str = "UPDATE subjects SET purge_at = NULL WHERE id = $1 AND consents_from = $2";

/// Whose voided grants there are, and how they are deleted.
struct Queue {
    due: &'static str,
    purge: &'static str,
    done: &'static str,
    /// The table whose row goes with the last grant.
    table: Option<&'static str>,
}

const QUEUES: [Queue; 2] = [
    Queue { due: DELETED_CLIENTS, purge: PURGE_OF_CLIENT, done: CLIENT_DONE, table: Some("deleted_clients") },
    Queue { due: SUBJECTS, purge: PURGE_OF_SUBJECT, done: SUBJECT_DONE, table: None },
];

impl Store {
    /// Deletes at most `limit` grants that were voided with their client or subject and are due at `now`.
    pub(crate) async fn purge_voided_grants(
        &self,
        now: i64,
        limit: u32,
        report: &mut PurgeReport,
    ) -> Result<(), StoreError> {
        let mut left = u64::from(limit);
        for queue in &QUEUES {
            for owner in self.read(queue.due, vec![now.into(), limit.into()]).await? {
                let deleted = self.purge_grants_of(queue, &owner, left).await?;
                report.add("grants", deleted);
                left -= deleted.min(left);
                if left == 0 {
                    return Ok(());
                }
                let gone = self
                    .change_any(|batch| batch.add(Condition::Housekeeping, queue.done, owner.0, Expect::Any))
                    .await?;
                if let Some(table) = queue.table {
                    report.add(table, gone);
                }
            }
        }
        Ok(())
    }

    async fn purge_grants_of(&self, queue: &Queue, owner: &Row, limit: u64) -> Result<u64, StoreError> {
        let mut params = owner.0.clone();
        params.push(Value::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
        self.change_any(|batch| batch.add(Condition::Housekeeping, queue.purge, params, Expect::Any)).await
    }
}
