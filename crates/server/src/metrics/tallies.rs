//! Counters that begin to exist when they are first needed, found again without a lock.

use std::sync::OnceLock;

/// Values by a key of which there are few: a search looks at one after the other, in the order in which they came.
pub(super) struct Tallies<K, V> {
    first: OnceLock<Box<Tally<K, V>>>,
}

struct Tally<K, V> {
    key: K,
    value: V,
    /// Those that came later.
    rest: Tallies<K, V>,
}

impl<K, V> Default for Tallies<K, V> {
    fn default() -> Self {
        Self { first: OnceLock::new() }
    }
}

impl<K: PartialEq + Copy, V: Default> Tallies<K, V> {
    /// The value of a key.
    pub(super) fn of(&self, key: K) -> &V {
        let mut tallies = self;
        loop {
            // Somebody else may have been faster, with another key: then ours comes behind it.
            let tally =
                tallies.first.get_or_init(|| Box::new(Tally { key, value: V::default(), rest: Tallies::default() }));
            if tally.key == key {
                return &tally.value;
            }
            tallies = &tally.rest;
        }
    }

    /// All that were needed so far.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let tallies = std::iter::successors(self.first.get(), |tally| tally.rest.first.get());
        tallies.map(|tally| (tally.key, &tally.value))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn every_key_has_one_value_however_many_ask_for_it_at_once() {
        let tallies = Tallies::<u64, AtomicU64>::default();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let tallies = &tallies;
                scope.spawn(move || {
                    for turn in 0..1_000 {
                        tallies.of((thread + turn) % 10).fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        let mut found: Vec<_> = tallies.iter().map(|(key, value)| (key, value.load(Ordering::Relaxed))).collect();
        found.sort_unstable();
        assert_eq!(found, (0..10).map(|key| (key, 800)).collect::<Vec<_>>());
    }
}
