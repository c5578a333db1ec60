//! The proofs that were used up (RFC 9449 §11.1), kept in the memory of this process for as long as they count.

use std::collections::{HashMap, HashSet, VecDeque};

use parking_lot::Mutex;
use symbolon_jose::digest::sha256;

/// How long one set takes proofs in, in seconds. Sets are forgotten as a whole, so that each proof costs the same.
const SPAN_SECONDS: i64 = 30;
/// The part of the room that the proofs of one key may take: a client that floods must not keep the others out.
const SHARE: usize = 4;

/// What became of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    First,
    Repeated,
    /// There is no room to remember it, so it cannot count: a proof that is forgotten too early can be repeated.
    Full,
}

pub(super) struct Replay {
    sets: Mutex<VecDeque<Set>>,
    capacity: usize,
    longest_seconds: i64,
}

#[derive(Default)]
struct Set {
    begun_at: i64,
    used: HashSet<[u8; 32]>,
    /// How many are of one key.
    by_key: HashMap<[u8; 32], usize>,
}

impl Replay {
    /// Room for `capacity` proofs, each of which counts for `longest_seconds` after its use at most.
    pub(super) fn new(capacity: usize, longest_seconds: i64) -> Self {
        Self { sets: Mutex::default(), capacity, longest_seconds }
    }

    /// Uses a proof up.
    pub(super) fn use_up(&self, identifier: [u8; 32], key_thumbprint: &str, now: i64) -> Use {
        let key = sha256(key_thumbprint.as_bytes());
        let mut sets = self.sets.lock();
        let kept_seconds = SPAN_SECONDS.saturating_add(self.longest_seconds);
        while sets.back().is_some_and(|set| now > set.begun_at.saturating_add(kept_seconds)) {
            sets.pop_back();
        }
        if sets.iter().any(|set| set.used.contains(&identifier)) {
            return Use::Repeated;
        }
        let (all, own) = sets.iter().fold((0, 0), |(all, own), set| {
            (all + set.used.len(), own + set.by_key.get(&key).copied().unwrap_or_default())
        });
        if all >= self.capacity || own >= (self.capacity / SHARE).max(1) {
            return Use::Full;
        }
        if sets.front().is_none_or(|set| now >= set.begun_at.saturating_add(SPAN_SECONDS)) {
            sets.push_front(Set { begun_at: now, ..Set::default() });
        }
        if let Some(set) = sets.front_mut() {
            set.used.insert(identifier);
            *set.by_key.entry(key).or_default() += 1;
        }
        Use::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(number: usize) -> [u8; 32] {
        sha256(&number.to_be_bytes())
    }

    #[test]
    fn a_proof_is_remembered_for_as_long_as_it_counts_and_not_for_ever() {
        let replay = Replay::new(100, 120);
        assert_eq!(replay.use_up(identifier(0), "a", 29), Use::First);
        assert_eq!(replay.use_up(identifier(0), "a", 29 + 120), Use::Repeated);
        for now in (1_000..100_000).step_by(10) {
            let key = format!("{}", now % 7);
            assert_eq!(replay.use_up(identifier(usize::try_from(now).unwrap()), &key, now), Use::First, "{now}");
        }
        let sets = replay.sets.lock();
        assert!(sets.len() <= 6, "{}", sets.len());
        assert!(sets.iter().map(|set| set.used.len()).sum::<usize>() <= 20);
    }

    #[test]
    fn one_key_takes_a_part_of_the_room_and_all_together_no_more_than_there_is() {
        let replay = Replay::new(100, 120);
        let uses = |key: &str, from: usize| {
            (from..from + 1_000).filter(|number| replay.use_up(identifier(*number), key, 0) == Use::First).count()
        };
        assert_eq!((uses("a", 0), uses("b", 1_000), uses("c", 2_000)), (25, 25, 25));
        assert_eq!((uses("d", 3_000), uses("e", 4_000)), (25, 0));
        assert_eq!(replay.use_up(identifier(0), "a", 0), Use::Repeated, "what was used stays used");
        assert_eq!(replay.use_up(identifier(9_999), "e", 151), Use::First, "room again");
    }
}
