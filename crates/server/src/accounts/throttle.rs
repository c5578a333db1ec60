//! Throttling of login attempts, by account and by address. The first attempts are free; each further one within the
//! window doubles the wait. An attempt counts when it begins, so many at once gain nothing. The key is the canonical
//! name, whether or not it exists. Kept in memory and bounded, per node: a restart forgives, and whoever has very many
//! addresses can push old entries out.

use std::collections::HashMap;
use std::net::IpAddr;

use parking_lot::Mutex;

use crate::address_block::AddressBlock;

/// Attempts on one account that cost no wait.
const FREE_PER_ACCOUNT: u32 = 5;
/// Attempts from one address that cost no wait: many people may share it.
const FREE_PER_ADDRESS: u32 = 30;
/// Longest wait, in seconds.
const LONGEST_WAIT: i64 = 900;
/// After so many quiet seconds everything is forgiven.
const WINDOW: i64 = 3600;
/// Most entries kept; the oldest go first.
const ENTRIES: usize = 100_000;

#[derive(Clone, Copy)]
struct Record {
    attempts: u32,
    last_at: i64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(AddressBlock),
}

/// Counts attempts.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<Key, Record>>);

impl Throttle {
    /// Counts an attempt, or says how many seconds it has to wait.
    pub fn attempt(&self, account: &str, address: IpAddr, now: i64) -> Result<(), u64> {
        let mut records = self.0.lock();
        let keys =
            [(Key::Account(account.to_owned()), FREE_PER_ACCOUNT), (Key::Address(address.into()), FREE_PER_ADDRESS)];
        let wait = keys.iter().filter_map(|(key, free)| wait(records.get_mut(key)?, *free, now)).max();
        if let Some(seconds) = wait {
            return Err(u64::try_from(seconds).unwrap_or(1));
        }
        if records.len() + keys.len() > ENTRIES {
            shrink(&mut records, now);
        }
        for (key, _) in keys {
            let record = records.entry(key).or_insert(Record { attempts: 0, last_at: now });
            if now.saturating_sub(record.last_at) > WINDOW {
                record.attempts = 0;
            }
            record.attempts = record.attempts.saturating_add(1);
            record.last_at = now;
        }
        Ok(())
    }

    /// Forgives the account, and the one attempt from the address.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        let mut records = self.0.lock();
        records.remove(&Key::Account(account.to_owned()));
        if let Some(record) = records.get_mut(&Key::Address(address.into())) {
            record.attempts = record.attempts.saturating_sub(1);
        }
    }
}

fn wait(record: &mut Record, free: u32, now: i64) -> Option<i64> {
    // Somebody has set the clock back. Waiting begins again, and does not last until the old time is reached.
    record.last_at = record.last_at.min(now);
    let passed = now.saturating_sub(record.last_at);
    if record.attempts < free || passed > WINDOW {
        return None;
    }
    let doubled = 1_i64.checked_shl((record.attempts - free).min(20)).unwrap_or(LONGEST_WAIT);
    let left = doubled.min(LONGEST_WAIT) - passed;
    (left > 0).then_some(left)
}

/// Makes room: first what is forgiven anyway, then the older half.
fn shrink(records: &mut HashMap<Key, Record>, now: i64) {
    records.retain(|_, record| now.saturating_sub(record.last_at) <= WINDOW);
    if records.len() < ENTRIES / 2 {
        return;
    }
    let mut times: Vec<i64> = records.values().map(|record| record.last_at).collect();
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or(now);
    records.retain(|_, record| record.last_at > middle);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn waiting_doubles_per_account_whatever_the_address() {
        let throttle = Throttle::default();
        for n in 0..5_u8 {
            assert!(throttle.attempt("alice", IpAddr::from([10, 0, 0, n]), 100).is_ok());
        }
        assert_eq!(throttle.attempt("alice", address("10.9.9.9"), 100), Err(1));
        assert!(throttle.attempt("alice", address("10.9.9.9"), 101).is_ok());
        assert_eq!(throttle.attempt("alice", address("10.9.9.9"), 101), Err(2));
        assert!(throttle.attempt("bob", address("10.9.9.9"), 101).is_ok());
        throttle.succeeded("alice", address("10.9.9.9"));
        assert!(throttle.attempt("alice", address("10.9.9.9"), 101).is_ok());
    }

    #[test]
    fn waiting_counts_per_address_whatever_the_account() {
        let throttle = Throttle::default();
        for n in 0..30 {
            let inside = format!("2001:db8:1:2::{n:x}");
            assert!(throttle.attempt(&format!("user{n}"), address(&inside), 100).is_ok());
        }
        assert!(throttle.attempt("another", address("2001:db8:1:2:ffff::1"), 100).is_err());
        assert!(throttle.attempt("another", address("2001:db8:1:3::1"), 100).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up_for_long() {
        let throttle = Throttle::default();
        let address = address("192.0.2.1");
        for _ in 0..7 {
            let _ = throttle.attempt("alice", address, 100_000);
        }
        assert_eq!(throttle.attempt("alice", address, 100_000), Err(1));
        assert_eq!(throttle.attempt("alice", address, 10_000), Err(1));
        assert!(throttle.attempt("alice", address, 10_001).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..150_000_u32 {
            let _ = throttle.attempt(&format!("u{n}"), IpAddr::from(n.to_be_bytes()), i64::from(n / 1000));
        }
        assert!(throttle.0.lock().len() <= ENTRIES);
    }
}
