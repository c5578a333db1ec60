//! Purging: small batches until nothing is left, with a pause in between so that requests go first.

use std::time::Duration;

use symbolon_store::StoreError;

use crate::context::Context;

/// Most rows of a table that one transaction deletes.
const BATCH: u32 = 500;
/// Most batches in one turn, so that a fault cannot keep it going for ever.
const BATCHES: usize = 20_000;
const PAUSE: Duration = Duration::from_millis(2);
/// Seconds for which a node keeps the right to purge.
const LEASE: i64 = 30;

/// Deletes what has expired; answers how many rows.
pub(super) async fn run(context: &Context) -> Result<u64, StoreError> {
    let mut deleted = 0;
    for _ in 0..BATCHES {
        let now = context.clock.now();
        if !context.store.lease("purge", &context.work.node, now, now + LEASE).await? {
            return Ok(deleted);
        }
        let report = context.store.purge(now, BATCH).await?;
        if report.total() == 0 {
            break;
        }
        deleted += report.total();
        tokio::time::sleep(PAUSE).await;
    }
    deleted += unused_clients(context).await?;
    if deleted > 0 {
        tracing::debug!(rows = deleted, "purged");
    }
    Ok(deleted)
}

/// Self-registered clients that were not used for as long as configuration says. The time of use is exact
/// to a day, or to a quarter of that time.
async fn unused_clients(context: &Context) -> Result<u64, StoreError> {
    let unused_for = context.config.symbolon.registration.unused_expire_after_seconds;
    if unused_for == 0 {
        return Ok(0);
    }
    let before = context.clock.now().saturating_sub(unused_for);
    let mut deleted = 0;
    loop {
        let now = context.clock.now();
        let some = context.store.delete_unused_clients(before, now, BATCH).await?;
        deleted += some;
        if some < u64::from(BATCH) {
            return Ok(deleted);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
