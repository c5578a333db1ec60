//! When a connection has waited too long. One task per listener looks at all connections twice a second, which costs less
//! than a timer for each request.

use std::time::Duration;

use super::connection::{Connection, Order, millis};
use crate::config::Connections;

/// How often connections are looked at.
pub(super) const PAUSE: Duration = Duration::from_millis(500);
/// How long a connection may stay that was told to close and has no request: HTTP/2 waits for the other side's word.
const FAREWELL_MILLIS: u64 = 5_000;

/// The times, in milliseconds.
pub(super) struct Deadlines {
    request: u64,
    idle: u64,
    stalled: u64,
}

impl Deadlines {
    pub(super) fn new(config: &Connections) -> Self {
        let [request, idle, stalled] =
            [config.request_timeout_seconds, config.idle_timeout_seconds, config.stalled_timeout_seconds]
                .map(|seconds| millis(seconds_of(seconds)));
        Self { request, idle, stalled }
    }

    /// Half the time for an unread answer, so that two whole spans are that time.
    pub(super) fn span(&self) -> Duration {
        Duration::from_millis(self.stalled / 2)
    }

    /// How the connection must end now, if it must.
    pub(super) fn order(&self, connection: &Connection, now: u64) -> Option<Order> {
        let longer_than = |limit: u64| move |since: u64| now.saturating_sub(since) > limit;
        if connection.leaves_an_answer()
            || connection.blocked_since().is_some_and(longer_than(self.stalled))
            || connection.incomplete_since().is_some_and(longer_than(self.request))
        {
            return Some(Order::Cut);
        }
        let quiet_since = connection.quiet_since()?;
        match connection.told_at() {
            Some(told_at) => longer_than(FAREWELL_MILLIS)(told_at.max(quiet_since)).then_some(Order::Cut),
            None => longer_than(self.idle)(quiet_since).then_some(Order::Close),
        }
    }
}

fn seconds_of(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}
