//! How often one address may do something in a minute (register clients, have large requests stored), or anybody with
//! one thing (enter user codes with one challenge). Counted in memory, per node, and bounded.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use parking_lot::Mutex;

const WINDOW: i64 = 60;
/// Most keys counted; when there are more, those of earlier minutes go, then all.
const ENTRIES: usize = 50_000;

/// Counts by key, usually an address.
pub struct MinuteLimit<K = IpAddr>(Mutex<HashMap<K, (i64, u32)>>);

impl<K> Default for MinuteLimit<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> MinuteLimit<K> {
    /// Counts one, or says in how many seconds the next may be made.
    pub fn count(&self, key: K, limit_per_minute: u32, now: i64) -> Result<(), i64> {
        if limit_per_minute == 0 {
            return Ok(());
        }
        let window = now.div_euclid(WINDOW);
        let mut counts = self.0.lock();
        if counts.len() >= ENTRIES {
            counts.retain(|_, (seen, _)| *seen == window);
            if counts.len() >= ENTRIES {
                counts.clear();
            }
        }
        let entry = counts.entry(key).or_insert((window, 0));
        if entry.0 != window {
            *entry = (window, 0);
        }
        if entry.1 >= limit_per_minute {
            return Err((window + 1) * WINDOW - now);
        }
        entry.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_for_the_next_minute_and_others_do_not() {
        let limit = MinuteLimit::default();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert!(limit.count(one, 2, 120).is_ok() && limit.count(one, 2, 121).is_ok());
        assert_eq!(limit.count(one, 2, 130), Err(50));
        assert!(limit.count(other, 2, 130).is_ok() && limit.count(one, 2, 180).is_ok());
        assert!((0..100).all(|_| limit.count(one, 0, 130).is_ok()));
    }
}
