//! One branch of a grant's refresh tokens, as a value: its current generation, and when those of the past were used
//! first, as far as that is of interest.
//!
//! Every rotation has its time while there are few. Very many within the time of interest are put together, so that the
//! list stays short; nothing of the past is forgotten before its time.

use crate::error::StoreError;
use crate::value::{Row, Value};

/// Most entries in the list of a branch's rotations.
pub const MOST_ROTATIONS: usize = 32;
/// Into how many spans the time of interest is cut once there are more. A rotation seems later than it was by less than
/// one of them.
const SPANS: i64 = 16;

/// One branch of a grant's refresh tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// Its number; 0 is the first one.
    pub number: i64,
    /// Which generation is current, counted from 0.
    pub generation: i64,
    /// The last rotations, the newest first. Those of no interest are left out.
    pub rotations: Vec<Rotations>,
    /// Whether anything of the current generation was used.
    pub successor_seen: bool,
}

/// Rotations of a branch that follow each other and have one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotations {
    /// When, in Unix seconds.
    pub at: i64,
    /// How many.
    pub count: i64,
}

impl Branch {
    /// When a generation of the past was used first; `None` when that is so long ago that nobody kept it.
    pub fn first_use_of(&self, generation: i64) -> Option<i64> {
        let mut later = self.generation.checked_sub(generation)?.checked_sub(1).filter(|later| *later >= 0)?;
        for rotations in &self.rotations {
            if later < rotations.count {
                return Some(rotations.at);
            }
            later -= rotations.count;
        }
        None
    }

    /// The rotations to keep after one at `now`: those of the last `kept_seconds`.
    pub(crate) fn rotations_after(&self, now: i64, kept_seconds: i64) -> Vec<Rotations> {
        let recent = |rotations: &Rotations| now.saturating_sub(rotations.at) <= kept_seconds;
        // The clocks of several nodes differ a little: an older rotation may have a later time.
        let kept = self.rotations.iter().rposition(recent).map_or(0, |last| last + 1);
        let all = std::iter::once(Rotations { at: now, count: 1 }).chain(self.rotations.iter().copied().take(kept));
        let mut rotations = put_together(all, 1);
        if rotations.len() > MOST_ROTATIONS {
            rotations = put_together(rotations.into_iter(), kept_seconds / SPANS + 1);
        }
        rotations.truncate(MOST_ROTATIONS);
        rotations
    }

    /// The stored form of rotations.
    pub(crate) fn rotations_value(rotations: &[Rotations]) -> Value {
        let numbers = rotations.iter().flat_map(|rotations| [rotations.at, rotations.count]);
        Value::Blob(numbers.flat_map(i64::to_be_bytes).collect())
    }

    /// `generation`, `rotations` and `successor_seen`.
    pub(crate) fn columns(&self) -> (Value, Value, Value) {
        let seen = i64::from(self.successor_seen);
        (self.generation.into(), Self::rotations_value(&self.rotations), seen.into())
    }

    /// Reads `generation`, `rotations` and `successor_seen`, which begin at `column`, as the first branch.
    pub(crate) fn from_row(row: &mut Row, column: usize) -> Result<Self, StoreError> {
        let bytes = row.take_blob(column + 1)?;
        let (numbers, rest) = bytes.as_chunks::<8>();
        let numbers: Vec<i64> = numbers.iter().map(|number| i64::from_be_bytes(*number)).collect();
        let (pairs, odd) = numbers.as_chunks::<2>();
        if !rest.is_empty() || !odd.is_empty() {
            return Err(StoreError::Corrupt("the times of a refresh token's rotations".to_owned()));
        }
        Ok(Self {
            number: 0,
            generation: row.int(column)?,
            rotations: pairs.iter().map(|[at, count]| Rotations { at: *at, count: *count }).collect(),
            successor_seen: row.int(column + 2)? != 0,
        })
    }
}

/// Neighbours that fall into the same span of so many seconds become one, at the time of the later one.
fn put_together(all: impl Iterator<Item = Rotations>, span_seconds: i64) -> Vec<Rotations> {
    let mut together: Vec<Rotations> = Vec::new();
    for rotations in all {
        match together.last_mut() {
            Some(newer) if newer.at.div_euclid(span_seconds) == rotations.at.div_euclid(span_seconds) => {
                newer.count += rotations.count;
            }
            _ => together.push(rotations),
        }
    }
    together
}

#[cfg(test)]
mod tests {
    use super::{Branch, MOST_ROTATIONS, Rotations};

    fn once(at: i64) -> Rotations {
        Rotations { at, count: 1 }
    }

    fn rotated(branch: &Branch, now: i64, kept_seconds: i64) -> Branch {
        let rotations = branch.rotations_after(now, kept_seconds);
        Branch { generation: branch.generation + 1, rotations, ..Branch::default() }
    }

    #[test]
    fn the_past_of_a_branch_is_known_as_far_as_it_was_kept() {
        let rotations = vec![once(50), Rotations { at: 40, count: 2 }, once(30)];
        let branch = Branch { generation: 6, rotations, ..Branch::default() };
        let known: Vec<_> = (0..8).map(|generation| branch.first_use_of(generation)).collect();
        assert_eq!(known, [None, None, Some(30), Some(40), Some(40), Some(50), None, None]);
    }

    #[test]
    fn a_rotation_is_kept_for_as_long_as_it_is_of_interest() {
        let first = rotated(&Branch::default(), 100, 60);
        let second = rotated(&first, 160, 60);
        assert_eq!(second.rotations, [once(160), once(100)]);
        assert_eq!(rotated(&first, 161, 60).rotations, [once(161)]);
        assert_eq!(rotated(&second, 161, 60).rotations, [once(161), once(160)]);
    }

    #[test]
    fn rotations_of_one_second_are_one_entry() {
        let mut branch = Branch::default();
        for _ in 0..1000 {
            branch = rotated(&branch, 7, 60);
        }
        assert_eq!(branch.rotations, [Rotations { at: 7, count: 1000 }]);
        assert_eq!((branch.first_use_of(0), branch.first_use_of(999)), (Some(7), Some(7)));
    }

    #[test]
    fn however_many_there_are_none_is_forgotten_before_its_time_and_none_kept_for_long_after_it() {
        for (kept, step) in [(60, 1), (300, 1), (300, 7), (15_552_000, 3600)] {
            let mut branch = Branch::default();
            let mut used = Vec::new();
            for turn in 0..1000 {
                let now = 1_800_000_000 + turn * step;
                branch = rotated(&branch, now, kept);
                used.push(now);
                assert!(branch.rotations.len() <= MOST_ROTATIONS);
                for (generation, at) in used.iter().enumerate() {
                    let known = branch.first_use_of(i64::try_from(generation).unwrap());
                    let age = known.map(|known| now - known);
                    assert!(now - at > kept || age.is_some_and(|age| age <= kept), "{kept} {step}: {known:?} for {at}");
                    assert!(known.is_none_or(|known| (0..=kept / 16).contains(&(known - at))), "{known:?} for {at}");
                }
            }
        }
    }

    #[test]
    fn a_clock_that_is_behind_forgets_nothing() {
        let branch = Branch { generation: 2, rotations: vec![once(90), once(155)], ..Branch::default() };
        let next = rotated(&branch, 160, 60);
        assert_eq!(next.rotations, [once(160), once(90), once(155)]);
        assert_eq!(next.first_use_of(0), Some(155));
    }
}
