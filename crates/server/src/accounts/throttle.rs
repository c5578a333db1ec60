//! Throttling of login attempts, so that guessing is slow and its victims are not held up.
//!
//! * A stranger's attempts count by account, by the canonical name that may not exist, and by network. The first are free,
//!   then each doubles the wait, to 15 minutes at most. An attempt counts when it begins, so many at once gain nothing.
//! * A browser in which the account signed in before counts by itself, and nothing that strangers do holds it up.
//! * Whoever was told to wait because others guess gets an attempt 15 minutes later, even if others go on.
//! * Attempts are forgotten one by one; a success forgives what it was counted in, and no more.
//!
//! Kept in memory and bounded, per node: a restart forgives, and whoever has very many networks can push old entries out.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::Mutex;
use symbolon_types::BrowserId;

use crate::address_block::AddressBlock;

/// Longest wait, in seconds. It is also the longest time for which strangers can keep somebody else from an attempt.
const LONGEST_WAIT: i64 = 900;
/// The last attempt that counts after the free ones: its wait is longer than the longest.
const MOST_DOUBLINGS: u32 = 10;
/// How long it is remembered that somebody was told to wait, in seconds.
const WAITING_KEPT: i64 = 3600;
/// Most entries of each kind; the oldest go first.
const ENTRIES: usize = 50_000;

/// Who makes an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// Somebody in a browser that the account does not know.
    Stranger {
        /// Canonical name of the account, which may not exist.
        account: &'a str,
        /// Where the attempt comes from.
        sender: AddressBlock,
    },
    /// Somebody in a browser that the account knows, by the id that it has there.
    KnownBrowser(BrowserId),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Network(AddressBlock),
    Browser(BrowserId),
}

/// What a key may do.
struct Allowance {
    /// Attempts that cost no wait.
    free: u32,
    /// In how many seconds one attempt is forgotten.
    forgets_one_in: i64,
}

impl Key {
    /// All free attempts of an account are there again after 50 minutes, those of a network after an hour. Many people may
    /// share a network.
    fn allowance(&self) -> Allowance {
        match self {
            Self::Account(_) | Self::Browser(_) => Allowance { free: 5, forgets_one_in: 600 },
            Self::Network(_) => Allowance { free: 30, forgets_one_in: 120 },
        }
    }
}

impl Who<'_> {
    /// Where its attempts are counted.
    fn keys(self) -> Vec<Key> {
        match self {
            Self::Stranger { account, sender } => vec![Key::Account(account.to_owned()), Key::Network(sender)],
            Self::KnownBrowser(browser) => vec![Key::Browser(browser)],
        }
    }

    /// Under which name it is remembered that this one was told to wait.
    fn waiter(self) -> Option<Waiter> {
        match self {
            Self::Stranger { account, sender } => Some((account.to_owned(), sender)),
            Self::KnownBrowser(_) => None,
        }
    }
}

type Waiter = (String, AddressBlock);

#[derive(Clone, Copy)]
struct Record {
    attempts: u32,
    last_at: i64,
    /// Until when attempts were forgotten.
    forgotten_at: i64,
}

/// Counts attempts.
#[derive(Default)]
pub struct Throttle(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    records: HashMap<Key, Record>,
    /// Who was told to wait for the attempts of others, and since when.
    waiting: HashMap<Waiter, i64>,
}

impl Throttle {
    /// Counts an attempt, or says how many seconds it has to wait. `now` is in Unix seconds.
    pub fn attempt(&self, who: Who<'_>, now: i64) -> Result<(), u64> {
        let mut counts = self.0.lock();
        let keys = who.keys();
        let wait = keys.iter().filter_map(|key| counts.wait(key, who, now)).max();
        if let Some(seconds) = wait {
            return Err(u64::try_from(seconds).unwrap_or(1));
        }
        who.waiter().map(|waiter| counts.waiting.remove(&waiter));
        make_room(&mut counts.records, keys.len(), |record| record.last_at);
        for key in keys {
            let allowance = key.allowance();
            let record = counts.records.entry(key).or_insert(Record { attempts: 0, last_at: now, forgotten_at: now });
            record.attempts = (record.attempts + 1).min(allowance.free + MOST_DOUBLINGS);
            record.last_at = now;
        }
        Ok(())
    }

    /// Forgives the account or the browser that the attempt was counted in, and the network this one attempt.
    pub fn succeeded(&self, who: Who<'_>) {
        let mut counts = self.0.lock();
        for key in who.keys() {
            match key {
                Key::Account(_) | Key::Browser(_) => drop(counts.records.remove(&key)),
                Key::Network(_) => {
                    if let Some(record) = counts.records.get_mut(&key) {
                        record.attempts = record.attempts.saturating_sub(1);
                    }
                }
            }
        }
    }
}

impl Counts {
    fn wait(&mut self, key: &Key, who: Who<'_>, now: i64) -> Option<i64> {
        let record = self.records.get_mut(key)?;
        record.forget(&key.allowance(), now);
        let left = record.wait(&key.allowance(), now)?;
        match (key, who.waiter()) {
            // Others may have made these attempts.
            (Key::Account(_), Some(waiter)) => self.wait_of(waiter, left, now),
            _ => Some(left),
        }
    }

    /// The wait of somebody who cannot help it: no longer than the longest wait since the first time it was told.
    fn wait_of(&mut self, waiter: Waiter, left: i64, now: i64) -> Option<i64> {
        make_room(&mut self.waiting, 1, |since| *since);
        let since = self.waiting.entry(waiter).or_insert(now);
        if !(0..WAITING_KEPT).contains(&now.saturating_sub(*since)) {
            *since = now;
        }
        let longest = LONGEST_WAIT - (now - *since);
        (longest > 0).then_some(left.min(longest))
    }
}

impl Record {
    /// Forgets what was long enough ago.
    fn forget(&mut self, allowance: &Allowance, now: i64) {
        // Somebody may have set the clock back. Waiting begins again, and does not last until the old time is reached.
        self.last_at = self.last_at.min(now);
        self.forgotten_at = self.forgotten_at.min(now);
        let forgotten = now.saturating_sub(self.forgotten_at) / allowance.forgets_one_in;
        self.attempts = self.attempts.saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX));
        self.forgotten_at += forgotten * allowance.forgets_one_in;
    }

    fn wait(&self, allowance: &Allowance, now: i64) -> Option<i64> {
        let doublings = self.attempts.checked_sub(allowance.free)?;
        let wait = (1_i64 << doublings.min(MOST_DOUBLINGS)).min(LONGEST_WAIT);
        let left = wait - now.saturating_sub(self.last_at);
        (left > 0).then_some(left)
    }
}

/// Makes room for `more` entries, when it is needed: the older half goes.
fn make_room<K: Eq + Hash, V>(entries: &mut HashMap<K, V>, more: usize, at: impl Fn(&V) -> i64) {
    if entries.len() + more <= ENTRIES {
        return;
    }
    let mut times: Vec<i64> = entries.values().map(&at).collect();
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or(i64::MAX);
    entries.retain(|_, entry| at(entry) > middle);
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn stranger<'a>(account: &'a str, address: &str) -> Who<'a> {
        Who::Stranger { account, sender: address.parse::<IpAddr>().unwrap().into() }
    }

    #[test]
    fn waiting_doubles_per_account_whatever_the_address() {
        let throttle = Throttle::default();
        for n in 0..5 {
            assert!(throttle.attempt(stranger("alice", &format!("10.0.0.{n}")), 100).is_ok());
        }
        let who = stranger("alice", "10.9.9.9");
        assert_eq!(throttle.attempt(who, 100), Err(1));
        assert!(throttle.attempt(who, 101).is_ok());
        assert_eq!(throttle.attempt(who, 101), Err(2));
        assert!(throttle.attempt(stranger("bob", "10.9.9.9"), 101).is_ok());
        throttle.succeeded(who);
        assert!(throttle.attempt(who, 101).is_ok());
    }

    #[test]
    fn waiting_counts_per_network_whatever_the_account() {
        let throttle = Throttle::default();
        for n in 0..30 {
            let (account, inside) = (format!("user{n}"), format!("2001:db8:1:2::{n:x}"));
            assert!(throttle.attempt(stranger(&account, &inside), 100).is_ok());
        }
        assert!(throttle.attempt(stranger("another", "2001:db8:1:2:ffff::1"), 100).is_err());
        assert!(throttle.attempt(stranger("another", "2001:db8:1:3::1"), 100).is_ok());
    }

    #[test]
    fn a_known_browser_and_strangers_count_apart() {
        let throttle = Throttle::default();
        let (known, other) = (Who::KnownBrowser(BrowserId::from([1; 16])), Who::KnownBrowser(BrowserId::from([2; 16])));
        let who = stranger("alice", "192.0.2.1");
        let free = |who| (0..100).take_while(|_| throttle.attempt(who, 100).is_ok()).count();
        assert_eq!((free(who), free(known), free(other)), (5, 5, 5));
        throttle.succeeded(known);
        assert_eq!((free(who), free(known), free(other)), (0, 5, 0), "a success forgives where it was counted");
        throttle.succeeded(who);
        assert_eq!((free(who), free(known), free(other)), (5, 0, 0));
    }

    #[test]
    fn attempts_are_forgotten_one_by_one() {
        let throttle = Throttle::default();
        let who = stranger("alice", "192.0.2.1");
        let free = |now| (0..100).take_while(|_| throttle.attempt(who, now).is_ok()).count();
        assert_eq!(free(1000), 5);
        assert_eq!(free(1599), 1, "its wait is over, and the next has to wait for twice as long");
        assert_eq!(throttle.attempt(who, 1599), Err(2));
        // Six attempts: the first is forgotten 600 seconds after it, and from then on one in every 600.
        assert_eq!(free(1000 + 3 * 600), 2);
        assert_eq!(free(1000 + 3 * 600 + 100 * 600), 5);
    }

    #[test]
    fn whoever_waits_for_the_guesses_of_others_gets_an_attempt_after_fifteen_minutes() {
        let throttle = Throttle::default();
        let owner = stranger("alice", "192.0.2.1");
        let attack = |now: i64| {
            for n in 0..20 {
                let _ = throttle.attempt(stranger("alice", &format!("10.{}.{n}.1", now % 250)), now);
            }
        };
        let mut told = Vec::new();
        for now in 0..1_000 {
            attack(now);
            match throttle.attempt(owner, now) {
                Err(seconds) => told.push(seconds),
                Ok(()) => break,
            }
        }
        assert_eq!(told.len(), 900, "and not a second more");
        assert!(told.iter().all(|seconds| *seconds <= 900));
        assert_eq!(told.last(), Some(&1));
        assert!(throttle.attempt(owner, 900).is_err(), "it was one attempt");
    }

    #[test]
    fn an_attack_is_forgotten_in_the_end_however_long_it_was() {
        let throttle = Throttle::default();
        for now in 0..200_000 {
            let _ = throttle.attempt(stranger("alice", &format!("10.{}.{}.1", now % 250, now / 250 % 250)), now);
        }
        let owner = stranger("alice", "192.0.2.1");
        // Fifteen attempts count at most, and ten minutes forget one.
        let free = (0..100).take_while(|_| throttle.attempt(owner, 200_000 + 15 * 600).is_ok()).count();
        assert_eq!(free, 5);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up_for_long() {
        let throttle = Throttle::default();
        let who = stranger("alice", "192.0.2.1");
        for _ in 0..7 {
            let _ = throttle.attempt(who, 100_000);
        }
        assert_eq!(throttle.attempt(who, 100_000), Err(1));
        assert_eq!(throttle.attempt(who, 10_000), Err(1));
        assert!(throttle.attempt(who, 10_001).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..150_000_u32 {
            let (account, sender) = (format!("u{}", n / 10), IpAddr::from(n.to_be_bytes()).into());
            let _ = throttle.attempt(Who::Stranger { account: &account, sender }, i64::from(n / 1000));
        }
        let counts = throttle.0.lock();
        assert!((1..=ENTRIES).contains(&counts.records.len()) && (1..=ENTRIES).contains(&counts.waiting.len()));
    }
}
