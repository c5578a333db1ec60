//! How often one sender may do something in a minute (register clients, have large requests stored), or anybody with one
//! thing (enter user codes with one challenge). The arithmetic is `governor`'s: a minute's worth at once, and then one
//! more whenever its share of a minute has passed. Counted in memory, per node, and bounded.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use parking_lot::Mutex;
use quick_cache::unsync::Cache;

use crate::address_block::AddressBlock;
use crate::clock::Clock;

/// Most keys that are remembered; when there are more, those that are seldom seen are forgotten.
const ENTRIES: usize = 50_000;

/// Counts by key, usually the sender.
pub struct MinuteLimit<K: Clone + Hash + Eq = AddressBlock>(Option<Limiter<K>>);

type Limiter<K> = RateLimiter<K, Counts<K>, Ticks, NoOpMiddleware<Duration>>;

impl<K: Clone + Hash + Eq> MinuteLimit<K> {
    /// So many in a minute; 0 for no limit.
    pub fn new(limit_per_minute: u32, clock: &Clock) -> Self {
        Self::with(NonZeroU32::new(limit_per_minute).map(Quota::per_minute), clock)
    }

    /// So many in a day; 0 for no limit. Once they are used up, one more is possible whenever its share of the day has passed.
    pub fn per_day(limit_per_day: u32, clock: &Clock) -> Self {
        let quota = NonZeroU32::new(limit_per_day).and_then(|limit| {
            Quota::with_period(Duration::from_secs(24 * 60 * 60) / limit.get()).map(|quota| quota.allow_burst(limit))
        });
        Self::with(quota, clock)
    }

    fn with(quota: Option<Quota>, clock: &Clock) -> Self {
        let counts = || Counts(Mutex::new(Cache::new(ENTRIES)));
        Self(quota.map(|quota| RateLimiter::new(quota, counts(), Ticks(clock.clone()))))
    }

    /// Counts one, or says in how many seconds the next may be made. What is refused is not counted.
    pub fn count(&self, key: impl Into<K>) -> Result<(), i64> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter.check_key(&key.into()).map_err(|not_until| {
            let wait = not_until.wait_time_from(governor::clock::Clock::now(limiter.clock()));
            i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(i64::MAX).max(1)
        })
    }
}

/// Until when each key has used up its share.
struct Counts<K>(Mutex<Cache<K, Nanos>>);

impl<K: Clone + Hash + Eq> StateStore for Counts<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut counts = self.0.lock();
        let (outcome, next) = decide(counts.get(key).copied())?;
        counts.insert(key.clone(), next);
        Ok(outcome)
    }
}

/// Our clock as governor reads it.
#[derive(Clone)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_sender_waits_for_its_share_of_the_minute_and_others_do_not() {
        let clock = Clock::manual(120);
        let limit: MinuteLimit = MinuteLimit::new(2, &clock);
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!([limit.count(one), limit.count(one), limit.count(one)], [Ok(()), Ok(()), Err(30)]);
        clock.advance(10);
        assert_eq!((limit.count(one), limit.count(other)), (Err(20), Ok(())));
        clock.advance(20);
        assert_eq!([limit.count(one), limit.count(one)], [Ok(()), Err(30)]);
        clock.advance(3600);
        assert_eq!([limit.count(one), limit.count(one), limit.count(one)], [Ok(()), Ok(()), Err(30)]);
    }

    #[test]
    fn waiting_is_told_in_whole_seconds_that_are_enough() {
        let clock = Clock::manual(0);
        let limit: MinuteLimit = MinuteLimit::new(7, &clock);
        let one = address("192.0.2.1");
        assert!((0..7).all(|_| limit.count(one).is_ok()));
        // A seventh of a minute is 8.57 seconds.
        assert_eq!(limit.count(one), Err(9));
        clock.advance(8);
        assert_eq!(limit.count(one), Err(1));
        clock.advance(1);
        assert_eq!(limit.count(one), Ok(()));
    }

    #[test]
    fn an_ipv6_network_is_one_sender() {
        let limit: MinuteLimit = MinuteLimit::new(1, &Clock::manual(0));
        assert!(limit.count(address("2001:db8:1:2::1")).is_ok() && limit.count(address("2001:db8:1:3::1")).is_ok());
        assert!(limit.count(address("2001:db8:1:2:ffff::9")).is_err());
        assert!(limit.count(address("192.0.2.1")).is_ok() && limit.count(address("::ffff:192.0.2.1")).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        let limit: MinuteLimit = MinuteLimit::new(0, &Clock::manual(0));
        assert!((0..1000).all(|_| limit.count(address("192.0.2.1")).is_ok()));
    }

    #[test]
    fn memory_is_bounded() {
        let limit: MinuteLimit<u32> = MinuteLimit::new(1, &Clock::manual(0));
        assert!((0..150_000_u32).all(|number| limit.count(number).is_ok()));
        assert!(limit.0.unwrap().into_state_store().0.into_inner().len() <= ENTRIES);
    }
}
