//! Which logout tokens are sent when. Many at once, but few to one client: a client that takes tokens and never answers keeps
//! its own waiting and nobody else's. Clients that registered themselves share places of their own, so that many of them
//! together hold up no client of an administrator.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use symbolon_store::{LogoutDelivery, Origin};
use symbolon_types::{ClientId, DeliveryId};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::logout_delivery;
use crate::context::Context;
use crate::trail;

/// Deliveries at once to the clients of one origin.
const AT_ONCE: usize = 32;
/// Deliveries at once to one client.
const AT_ONCE_TO_CLIENT: usize = 2;
/// Most deliveries of one client that are read at once.
const READ_OF_CLIENT: u32 = 16;
/// Most deliveries that are read at once: enough for every place, also when all clients with a delivery under way have
/// more waiting.
const READ: u32 = 1024;
/// Pause between two looks at the database while nothing happens, and the longest in any case.
pub(super) const PAUSE: Duration = Duration::from_secs(5);
/// Shortest pause between two looks.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The pause after a look is so many times as long as the look took, so that a long queue leaves the database to others.
const PAUSE_TO_LOOK: u32 = 20;

/// The deliveries that are under way, and those that wait.
pub(super) struct Queue {
    lanes: [Lane; 2],
    tasks: JoinSet<bool>,
}

/// The deliveries to the clients of one origin.
struct Lane {
    origin: Origin,
    waiting: VecDeque<LogoutDelivery>,
    under_way: HashMap<Id, (ClientId, DeliveryId)>,
    /// Whether there may be more in the database than was read.
    stale: bool,
    /// Before this the database is not asked.
    next_look_at: Instant,
}

impl Queue {
    pub(super) fn new() -> Self {
        let lane = |origin| Lane {
            origin,
            waiting: VecDeque::new(),
            under_way: HashMap::new(),
            stale: true,
            next_look_at: Instant::now(),
        };
        Self { lanes: [lane(Origin::Administrator), lane(Origin::SelfService)], tasks: JoinSet::new() }
    }

    /// Something may have come to the database.
    pub(super) fn look_again(&mut self) {
        for lane in &mut self.lanes {
            lane.stale = true;
        }
    }

    /// Begins what may begin.
    pub(super) async fn begin(&mut self, context: &Arc<Context>) {
        for lane in &mut self.lanes {
            lane.begin_waiting(context, &mut self.tasks);
            if lane.stale && lane.has_place() && lane.next_look_at <= Instant::now() {
                lane.read(context).await;
                lane.begin_waiting(context, &mut self.tasks);
            }
        }
    }

    /// Waits for a delivery to end, or until the database may be asked again. Answers whether a token arrived; `None` when
    /// there is nothing to wait for.
    pub(super) async fn wait(&mut self) -> Option<bool> {
        let looks = self.lanes.iter().filter(|lane| lane.stale && lane.has_place()).map(|lane| lane.next_look_at);
        let (look, idle) = (looks.min(), self.tasks.is_empty());
        let look_at = look.unwrap_or_else(Instant::now);
        let ended = tokio::select! {
            ended = self.tasks.join_next_with_id(), if !idle => ended,
            () = tokio::time::sleep_until(look_at), if look.is_some() => return Some(false),
            else => return None,
        };
        let (id, arrived) = match ended? {
            Ok((id, arrived)) => (id, arrived),
            Err(fault) => (fault.id(), false),
        };
        for lane in &mut self.lanes {
            lane.stale |= lane.under_way.remove(&id).is_some();
        }
        Some(arrived)
    }
}

impl Lane {
    fn has_place(&self) -> bool {
        self.under_way.len() < AT_ONCE
    }

    async fn read(&mut self, context: &Context) {
        let begun = Instant::now();
        let due = context.store.due_logout_deliveries(self.origin, context.clock.now(), READ_OF_CLIENT, READ).await;
        self.stale = false;
        self.next_look_at = Instant::now() + (begun.elapsed() * PAUSE_TO_LOOK).clamp(SHORTEST_PAUSE, PAUSE);
        match due {
            Ok(due) => {
                let begun = |delivery: &LogoutDelivery| self.under_way.values().any(|(_, id)| *id == delivery.id);
                self.waiting = due.into_iter().filter(|delivery| !begun(delivery)).collect();
            }
            Err(fault) => tracing::warn!(reason = fault.detail(), "the queue of logout tokens could not be read"),
        }
    }

    fn begin_waiting(&mut self, context: &Arc<Context>, tasks: &mut JoinSet<bool>) {
        let mut at_client: HashMap<ClientId, usize> = HashMap::new();
        for (client_id, _) in self.under_way.values() {
            *at_client.entry(client_id.clone()).or_default() += 1;
        }
        let mut left = VecDeque::new();
        while self.has_place()
            && let Some(delivery) = self.waiting.pop_front()
        {
            let count = at_client.entry(delivery.client_id.clone()).or_default();
            if *count >= AT_ONCE_TO_CLIENT {
                left.push_back(delivery);
                continue;
            }
            *count += 1;
            let names = (delivery.client_id.clone(), delivery.id);
            let context = context.clone();
            let task = tasks.spawn(trail::carried(async move { logout_delivery::attempt(&context, delivery).await }));
            self.under_way.insert(task.id(), names);
        }
        left.append(&mut self.waiting);
        self.waiting = left;
    }
}
