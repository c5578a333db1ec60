//! The proofs that one process has seen, kept in its memory (`symbolon.dpop.replay: memory`). Exact on a single node: what
//! was shown to a process before this one is told apart by the time, see [`Memory::covers`].

use std::collections::{HashSet, VecDeque};

use parking_lot::Mutex;

use super::nonce;
use super::proof::CLOCK_SKEW;

/// How long one set takes proofs in, in seconds.
const SPAN_SECONDS: i64 = 60;
/// The longest that a proof must be remembered: until its nonce counts no more.
const LONGEST_SECONDS: i64 = nonce::LIFETIME_SECONDS + 1;

/// Proofs that were used up since the start.
#[derive(Debug)]
pub struct Memory {
    started_at: i64,
    /// Sets with when they were begun, newest in front. They are forgotten as a whole.
    used: Mutex<VecDeque<(i64, HashSet<[u8; 32]>)>>,
}

impl Memory {
    /// Nothing yet, of a process that starts now.
    pub fn new(now: i64) -> Self {
        Self { started_at: now, used: Mutex::default() }
    }

    /// Uses a proof up. False when it was used before.
    pub(super) fn use_up(&self, identifier: [u8; 32], now: i64) -> bool {
        let mut used = self.used.lock();
        if used.front().is_none_or(|(begun, _)| now >= begun.saturating_add(SPAN_SECONDS)) {
            used.push_front((now, HashSet::new()));
        }
        while used.back().is_some_and(|(begun, _)| now > begun.saturating_add(SPAN_SECONDS + LONGEST_SECONDS)) {
            used.pop_back();
        }
        if used.iter().any(|(_, set)| set.contains(&identifier)) {
            return false;
        }
        used.front_mut().is_some_and(|(_, set)| set.insert(identifier))
    }

    /// Whether a proof that was made then cannot have been used before the start: a process before this one would have
    /// taken it only with its clock no further ahead than this.
    pub(super) fn covers(&self, issued_at: i64) -> bool {
        issued_at > self.started_at.saturating_add(CLOCK_SKEW)
    }

    /// Whether this process gave a nonce out, and not one before it.
    pub(super) fn gave_out(&self, nonce_issued_at: i64) -> bool {
        nonce_issued_at > self.started_at
    }

    /// When a nonce that is given out now counts as given out: never in the second of the start, which a process before
    /// this one may share.
    pub(super) fn nonce_time(&self, now: i64) -> i64 {
        now.max(self.started_at.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_remembered_for_as_long_as_it_counts_and_not_for_ever() {
        let memory = Memory::new(0);
        assert!(memory.use_up([1; 32], 59));
        assert!(!memory.use_up([1; 32], 59 + LONGEST_SECONDS));
        for now in (1_000..2_000).step_by(10) {
            assert!(memory.use_up([u8::try_from(now % 251).unwrap(); 32], now), "{now}");
        }
        let sets = memory.used.lock();
        assert!(sets.len() <= 5, "{}", sets.len());
        assert!(sets.iter().map(|(_, set)| set.len()).sum::<usize>() <= 30);
    }
}
