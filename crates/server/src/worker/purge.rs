//! Purging: small batches until nothing is left, with a pause in between so that requests go first.

use std::time::Duration;

use symbolon_store::StoreError;

use crate::context::Context;

/// Most rows of a table that one transaction deletes.
const BATCH: u32 = 500;
/// Most batches in one turn; the rest waits for the next.
const BATCHES: usize = 200;
const PAUSE: Duration = Duration::from_millis(5);
/// Seconds for which a node keeps the right to purge.
const LEASE: i64 = 30;

/// Deletes what has expired; answers how many rows.
pub(super) async fn run(context: &Context) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for _ in 0..BATCHES {
        let now = context.clock.now();
        if !context.store.lease("purge", &context.node, now, now + LEASE).await? {
            return Ok(deleted);
        }
        let report = context.store.purge(now, BATCH).await?;
        if report.total() == 0 {
            break;
        }
        deleted += report.total();
        tokio::time::sleep(PAUSE).await;
    }
    if deleted > 0 {
        tracing::debug!(rows = deleted, "purged");
    }
    Ok(deleted)
}
