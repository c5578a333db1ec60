//! When a wrong secret is answered. A slow hash takes thousands of times as long as a keyed digest, and the answer for a
//! client that does not exist needs neither; so all refusals wait until a slow check would be over. Waiting costs nothing,
//! and what is right does not wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Before any slow check was made.
const FIRST: Duration = Duration::from_millis(30);
/// However much strangers ask for at once, a refusal does not wait longer because of them.
const LONGEST: Duration = Duration::from_millis(250);

/// How long a slow check takes at present, in microseconds.
pub(super) struct Refusals(AtomicU64);

impl Default for Refusals {
    fn default() -> Self {
        Self(AtomicU64::new(micros(FIRST)))
    }
}

impl Refusals {
    /// A slow check took so long.
    pub(super) fn learn(&self, took: Duration) {
        let took = micros(took.min(LONGEST));
        // Two at once may lose one of them, which the next makes good.
        let usual = self.0.load(Ordering::Relaxed);
        self.0.store((usual * 3 + took) / 4, Ordering::Relaxed);
    }

    /// Waits until a check that began then would be over.
    pub(super) async fn wait(&self, begun: Instant) {
        tokio::time::sleep_until(begun + self.usual()).await;
    }

    fn usual(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_waits_as_long_as_slow_checks_take_and_no_stranger_makes_it_wait_for_long() {
        let refusals = Refusals::default();
        assert_eq!(refusals.usual(), FIRST);
        let after = |took: u64| {
            (0..50).for_each(|_| refusals.learn(Duration::from_millis(took)));
            refusals.usual().as_millis()
        };
        assert!((89..=90).contains(&after(90)));
        assert!((249..=250).contains(&after(20_000)));
        assert!((10..=11).contains(&after(10)));
    }

    #[tokio::test]
    async fn what_took_longer_waits_no_more() {
        let refusals = Refusals::default();
        refusals.wait(Instant::now() - LONGEST).await;
        let begun = Instant::now();
        refusals.wait(begun).await;
        assert!(begun.elapsed() >= FIRST);
    }
}
