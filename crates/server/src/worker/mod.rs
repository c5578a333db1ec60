//! What happens beside requests: purging what has expired, reading keys again that another node may have made, and delivering
//! logout tokens. One task, ended with the server; on several nodes a lease lets one of them purge.

mod logout;
mod purge;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::context::Context;
use crate::keys;

/// Starts the task; it ends when `stop` becomes true.
pub fn start(context: Arc<Context>, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let seconds = u64::try_from(context.config.symbolon.purge.interval_seconds.max(1)).unwrap_or(60);
        let mut turn = tokio::time::interval(Duration::from_secs(seconds));
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        turn.tick().await;
        loop {
            tokio::select! {
                _ = turn.tick() => once(&context).await,
                () = context.wake.notified() => { logout::deliver(&context).await; }
                () = tokio::time::sleep(logout::PAUSE) => { logout::deliver(&context).await; }
                changed = stop.changed() => if changed.is_err() || *stop.borrow() { return },
            }
        }
    })
}

async fn once(context: &Context) {
    if let Err(fault) = purge::run(context).await {
        tracing::warn!(reason = fault.detail(), "purging failed; it is tried again at the next turn");
    }
    if let Err(reason) = keys::reload(context).await {
        tracing::warn!(reason, "the signing keys could not be read again");
    }
}

/// Delivers the logout tokens that are due, now; answers how many arrived.
pub async fn deliver_now(context: &Arc<Context>) -> usize {
    logout::deliver(context).await
}

/// Purges once, now. For tests and for the command line.
pub async fn purge_now(context: &Context) -> Result<u64, symbolon_store::StoreError> {
    purge::run(context).await
}
