//! What happens beside requests: purging what has expired, rotating signing keys and reading those of other nodes, delivering
//! logout tokens, and telling clients of the back channel that there is an answer. One task, ended with the server; on several nodes a lease lets one of them purge.

pub(crate) mod export;
mod logout_delivery;
mod logout_queue;
mod purge;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::backchannel::ping;
use crate::context::{Context, Current};
use crate::trail;
use crate::{hydra, keys, logout};
use logout_queue::Queue;

/// What the worker and the requests tell each other.
pub struct Work {
    /// Names this process among others on the same database.
    pub node: String,
    /// Wakes the worker when there is something to deliver.
    pub wake: Notify,
    /// Wakes it when a client of the back channel is to be told.
    pub pings: Notify,
}

/// Starts the tasks; they end when `stop` becomes true. Each turn takes the state of its moment.
pub fn start(current: Arc<Current>, stop: watch::Receiver<bool>) -> JoinHandle<()> {
    let context = current.now();
    tokio::spawn(async move {
        let work = async {
            tokio::join!(
                housekeeping(&current, stop.clone()),
                deliveries(&current, stop.clone()),
                pings(&current, stop.clone()),
            );
        };
        let work = trail::follow(context.seeing.trail_of_nobody(), work);
        tokio::join!(work, export(&context, stop.clone()));
    })
}

async fn housekeeping(current: &Current, mut stop: watch::Receiver<bool>) {
    let seconds = u64::try_from(current.now().config.symbolon.purge.interval_seconds.max(1)).unwrap_or(60);
    let mut turn = tokio::time::interval(Duration::from_secs(seconds));
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    turn.tick().await;
    loop {
        tokio::select! {
            () = ended(&mut stop) => return,
            _ = turn.tick() => {}
        }
        tokio::select! {
            () = ended(&mut stop) => return,
            () = async { once(&current.now()).await } => {}
        }
    }
}

/// What was claimed and not sent when the server stops is due again soon after, for whoever runs then.
async fn deliveries(current: &Current, mut stop: watch::Receiver<bool>) {
    let context = current.now();
    let mut queue = Queue::new();
    let mut turn = tokio::time::interval(logout_queue::PAUSE);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = ended(&mut stop) => return,
            () = async { queue.begin(&current.now()).await } => {}
        }
        tokio::select! {
            () = ended(&mut stop) => return,
            () = context.work.wake.notified() => queue.look_again(),
            _ = turn.tick() => queue.look_again(),
            Some(_) = queue.wait() => {}
        }
    }
}

/// Pause between two looks for clients of the back channel that are to be told, while nothing happens.
const PING_PAUSE: Duration = Duration::from_secs(5);

/// What another node did not send, or what is to be sent again, is found at the next turn.
async fn pings(current: &Current, mut stop: watch::Receiver<bool>) {
    let context = current.now();
    if !context.config.symbolon.ciba.enabled {
        return;
    }
    let mut turn = tokio::time::interval(PING_PAUSE);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = ended(&mut stop) => return,
            () = context.work.pings.notified() => {}
            _ = turn.tick() => {}
        }
        tokio::select! {
            () = ended(&mut stop) => return,
            _ = async { ping::send_due(&current.now()).await } => {}
        }
    }
}

async fn export(context: &Context, stop: watch::Receiver<bool>) {
    if let Some(telemetry) = context.seeing.telemetry() {
        export::run(context, telemetry, stop).await;
    }
}

async fn ended(stop: &mut watch::Receiver<bool>) {
    // An error says that the server is gone: the end as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn once(context: &Context) {
    if let Err(fault) = purge::run(context).await {
        tracing::warn!(reason = fault.detail(), "purging failed; it is tried again at the next turn");
    }
    if let Err(fault) = logout::tell_forgotten(context).await {
        tracing::warn!(reason = fault.reason, "the clients of ended sessions could not be told; tried again next time");
    }
    if let Err(fault) = hydra::maintain(context).await {
        tracing::warn!(reason = fault.detail(), "the keys of what was brought from Hydra could not be read");
    }
    if let Err(reason) = keys::maintain(context).await {
        tracing::warn!(%reason, "the signing keys could not be maintained");
    }
}

/// Delivers the logout tokens that are due, until none is; answers how many arrived.
pub async fn deliver_now(context: &Arc<Context>) -> usize {
    let mut queue = Queue::new();
    let mut arrived = 0;
    loop {
        queue.begin(context).await;
        match queue.wait().await {
            Some(ended) => arrived += usize::from(ended),
            None => return arrived,
        }
    }
}

/// Tells the clients of the back channel that are to be told now; answers how many took it.
pub async fn ping_now(context: &Arc<Context>) -> usize {
    ping::send_due(context).await
}

/// Does once, now, what is done at every turn: purging, and maintaining the signing keys.
pub async fn housekeeping_now(context: &Context) {
    trail::follow(context.seeing.trail_of_nobody(), once(context)).await;
}

/// Purges once, now. For tests and for the command line.
pub async fn purge_now(context: &Context) -> Result<u64, symbolon_store::StoreError> {
    purge::run(context).await
}

/// Sends what waits for the collector, now.
pub async fn export_now(context: &Context) {
    if let Some(telemetry) = context.seeing.telemetry() {
        export::flush(context, telemetry).await;
    }
}

/// Sends what waits for the collector at the end of the server, unless that takes too long.
pub async fn export_last(context: &Context) {
    let _ = tokio::time::timeout(export::LAST, export_now(context)).await;
}
