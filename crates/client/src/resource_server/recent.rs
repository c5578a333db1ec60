//! A map of bounded size that forgets what was not used for the longest time, roughly.

use std::collections::HashMap;
use std::hash::Hash;

/// Two maps of half the size: when the young one is full it becomes the old one, and the old one is forgotten as a whole.
/// So each entry costs the same, however many there are, and what is used again moves to the young one.
pub(super) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Hash + Eq + Clone, V> Recent<K, V> {
    /// For this many entries at most, and at least two.
    pub(super) fn new(capacity: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: (capacity / 2).max(1) }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<&V> {
        if let Some(value) = self.old.remove(key) {
            self.insert(key.clone(), value);
        }
        self.young.get(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let mut recent = Recent::new(10);
        for number in 0..10_000 {
            recent.insert(number, number);
            assert_eq!(recent.get(&0), Some(&0), "after {number}");
            assert_eq!(recent.get(&number), Some(&number));
            assert!(recent.len() <= 10, "{}", recent.len());
        }
        assert_eq!(recent.get(&5_000), None);
        recent.remove(&0);
        assert_eq!(recent.get(&0), None);
    }

    #[test]
    fn the_newest_value_counts() {
        let mut recent = Recent::new(2);
        for (key, value) in [(1, "a"), (2, "b"), (1, "c")] {
            recent.insert(key, value);
        }
        assert_eq!(recent.get(&1), Some(&"c"));
        recent.remove(&1);
        assert_eq!(recent.get(&1), None);
    }
}
