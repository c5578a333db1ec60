//! Checks that are not made, for secrets that need no slow hash to be found wrong: those of a client that does not exist,
//! or whose secret was generated. A slow check takes thousands of times as long, and waits for its turn when there are
//! many, so that time would tell which clients there are. These wait in the same manner, and cost nothing meanwhile. What
//! is right does not wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use symbolon_types::ErrorCode;
use tokio::sync::Semaphore;

use crate::error::OAuthError;
use crate::slow_hash;

/// Before any slow check was made.
const FIRST: Duration = Duration::from_millis(30);
/// However slow the machine is at present, one check does not pretend to take longer.
const LONGEST: Duration = Duration::from_millis(250);

/// As many turns and places as real checks have.
pub(super) struct PretendedChecks {
    /// How long a slow check takes at present, in microseconds.
    usual: AtomicU64,
    turns: Semaphore,
    places: Semaphore,
}

impl Default for PretendedChecks {
    fn default() -> Self {
        Self {
            usual: AtomicU64::new(micros(FIRST)),
            turns: Semaphore::new(slow_hash::at_once()),
            places: Semaphore::new(slow_hash::PLACES),
        }
    }
}

impl PretendedChecks {
    /// A slow check took so long.
    pub(super) fn learn(&self, took: Duration) {
        let took = micros(took.min(LONGEST));
        // Two at once may lose one of them, which the next makes good.
        let usual = self.usual.load(Ordering::Relaxed);
        self.usual.store((usual * 3 + took) / 4, Ordering::Relaxed);
    }

    /// Takes as long as a slow check, or is turned away like one.
    pub(super) async fn check(&self) -> Result<(), OAuthError> {
        let busy = || OAuthError::bare(ErrorCode::TemporarilyUnavailable).because("too many wrong client secrets wait");
        let _place = self.places.try_acquire().map_err(|_| busy())?;
        let _turn = self.turns.acquire().await.map_err(|_| busy())?;
        tokio::time::sleep(self.usual()).await;
        Ok(())
    }

    fn usual(&self) -> Duration {
        Duration::from_micros(self.usual.load(Ordering::Relaxed))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinSet;
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn a_pretended_check_takes_as_long_as_real_ones_and_no_stranger_makes_it_long() {
        let pretended = PretendedChecks::default();
        assert_eq!(pretended.usual(), FIRST);
        let after = |took: u64| {
            (0..50).for_each(|_| pretended.learn(Duration::from_millis(took)));
            pretended.usual().as_millis()
        };
        assert!((89..=90).contains(&after(90)));
        assert!((249..=250).contains(&after(20_000)));
        assert!((10..=11).contains(&after(10)));
    }

    #[tokio::test]
    async fn many_at_once_wait_for_their_turns_and_too_many_are_turned_away() {
        let pretended = Arc::new(PretendedChecks::default());
        let begun = Instant::now();
        let mut checks = JoinSet::new();
        for _ in 0..=slow_hash::PLACES {
            let pretended = pretended.clone();
            checks.spawn(async move { pretended.check().await.is_err() });
        }
        assert_eq!(checks.join_all().await.into_iter().filter(|refused| *refused).count(), 1);
        let rounds = slow_hash::PLACES / slow_hash::at_once();
        assert!(begun.elapsed() >= FIRST * u32::try_from(rounds).unwrap());
    }
}
