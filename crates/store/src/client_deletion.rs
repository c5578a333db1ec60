//! Deleting clients, one by an administrator or by itself, and many that nobody uses.
//!
//! Only the client's row goes at once: with it everything that was issued to the client is void, and nothing of it counts
//! for a client that is registered under the same id later. The grants, of which there may be millions, are left to the
//! purge (`voided_grants`), which finds the client's name in `deleted_clients`. Like revoked ones they are kept for a while,
//! so that their flows are still recognised as used.

use symbolon_types::ClientId;

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::grant::REVOKED_GRANT_KEPT_SECONDS;
use crate::store::Store;

const NOTE_DELETED: &str = "INSERT INTO deleted_clients (id, incarnation, purge_at) \
    SELECT id, incarnation, CAST($2 AS BIGINT) FROM clients WHERE id = $1 ON CONFLICT (id, incarnation) DO NOTHING";

const DELETE: &str = "DELETE FROM clients WHERE id = $1";

/// Of the client in the statement around it, with the time of now as the parameter: a grant that is alive.
macro_rules! no_living_grant {
    ($now:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM grants g WHERE g.client_id = clients.id \
             AND g.client_incarnation = clients.incarnation AND g.revoked_at IS NULL AND g.expires_at > ",
            $now,
            ")"
        )
    };
}

const NOTE_UNUSED: &str = concat!(
    "INSERT INTO deleted_clients (id, incarnation, purge_at) \
     SELECT id, incarnation, CAST($2 AS BIGINT) FROM clients WHERE self_registered = 1 AND used_at < $1 AND ",
    no_living_grant!("$4"),
    " ORDER BY used_at LIMIT $3 ON CONFLICT (id, incarnation) DO NOTHING"
);

// A client that is used in this moment, or is given something, stays. Its note does no harm: the purge leaves clients
// alone that exist.
const DELETE_UNUSED: &str = concat!(
    "DELETE FROM clients WHERE id IN (SELECT id FROM deleted_clients WHERE purge_at = $2) \
     AND self_registered = 1 AND used_at < $1 AND ",
    no_living_grant!("$3")
);

impl Store {
    /// Deletes a client and voids everything that was issued to it; answers whether it existed. `now` in Unix seconds.
    pub async fn delete_client(&self, id: &ClientId, now: i64) -> Result<bool, StoreError> {
        let purge_at = now.saturating_add(REVOKED_GRANT_KEPT_SECONDS);
        let deleted = self.change_last(|batch| {
            batch.add(Condition::Housekeeping, NOTE_DELETED, vec![id.into(), purge_at.into()], Expect::Any).add(
                Condition::Client,
                DELETE,
                vec![id.into()],
                Expect::Any,
            )
        });
        let deleted = deleted.await?;
        self.client_cache().forget(id);
        Ok(deleted > 0)
    }

    /// Deletes self-registered clients that were not used since `before` and have no grant that is alive, at most `limit` of those that wait longest;
    /// answers how many. Times in Unix seconds.
    pub async fn delete_unused_clients(&self, before: i64, now: i64, limit: u32) -> Result<u64, StoreError> {
        let purge_at = now.saturating_add(REVOKED_GRANT_KEPT_SECONDS);
        self.change_last(|batch| {
            batch
                .add(
                    Condition::Housekeeping,
                    NOTE_UNUSED,
                    vec![before.into(), purge_at.into(), limit.into(), now.into()],
                    Expect::Any,
                )
                .add(Condition::Client, DELETE_UNUSED, vec![before.into(), purge_at.into(), now.into()], Expect::Any)
        })
        .await
    }

    /// Executes statements that expect nothing; answers how many rows the last of them changed.
    async fn change_last(&self, fill: impl FnOnce(&mut Batch) -> &mut Batch) -> Result<u64, StoreError> {
        let mut batch = Batch::new();
        fill(&mut batch);
        let answers = self.execute(batch).await.map_err(WriteError::unexpected)?;
        Ok(answers.last().map_or(0, |answer| answer.affected))
    }
}
