//! Which values of one list are in another, without comparing each with each: both lists come from whoever sends a
//! request or registers a client, and a product of two lengths that a stranger chooses would stop the server.
//!
//! Everything here reads each list once. [`SegmentTree`] does the same where a value of the one list stands for what lies
//! below it. Tests count the steps.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// The first of the wanted values that is not among the allowed ones; `None` when all are.
///
/// ```
/// use symbolon_types::first_missing;
/// assert_eq!(first_missing(["a", "c"], ["a", "b"]), Some("c"));
/// assert_eq!(first_missing(["b", "a"], ["a", "b"]), None);
/// ```
pub fn first_missing<T: Eq + Hash>(
    wanted: impl IntoIterator<Item = T>,
    allowed: impl IntoIterator<Item = T>,
) -> Option<T> {
    let mut wanted = wanted.into_iter().peekable();
    // Most requests name nothing where they may.
    wanted.peek()?;
    let allowed: HashSet<T> = allowed.into_iter().inspect(|_| step()).collect();
    wanted.find(|value| {
        step();
        !allowed.contains(value)
    })
}

/// The values in their order, each once.
///
/// ```
/// use symbolon_types::without_repeats;
/// let values = ["b", "a", "b"].map(str::to_owned).to_vec();
/// assert_eq!(without_repeats(values), ["b", "a"]);
/// ```
#[must_use]
pub fn without_repeats(mut values: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::with_capacity(values.len());
    values.retain(|value| {
        step();
        seen.insert(value.clone())
    });
    values
}

/// Texts taken apart at a separator, as a tree: looking for one costs as many steps as it has segments, however many
/// texts there are.
#[derive(Debug)]
pub(crate) struct SegmentTree<'t> {
    nodes: Vec<Node<'t>>,
}

#[derive(Debug, Default)]
struct Node<'t> {
    below: HashMap<&'t str, usize>,
    /// A text ends here.
    ends: bool,
}

impl<'t> SegmentTree<'t> {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()] }
    }

    pub(crate) fn insert(&mut self, segments: impl Iterator<Item = &'t str>) {
        let mut place = 0;
        for segment in segments {
            step();
            let next = self.nodes.len();
            let Some(node) = self.nodes.get_mut(place) else { return };
            place = *node.below.entry(segment).or_insert(next);
            if place == next {
                self.nodes.push(Node::default());
            }
        }
        if let Some(node) = self.nodes.get_mut(place) {
            node.ends = true;
        }
    }

    /// Where one goes on from a place with a segment.
    pub(crate) fn below(&self, place: usize, segment: &str) -> Option<usize> {
        step();
        self.nodes.get(place)?.below.get(segment).copied()
    }

    /// Whether a text ends at a place.
    pub(crate) fn ends(&self, place: usize) -> bool {
        self.nodes.get(place).is_some_and(|node| node.ends)
    }

    /// Whether nothing was put in.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.len() == 1 && !self.ends(0)
    }

    /// Whether one of the texts is a beginning of this one, cut between segments.
    pub(crate) fn has_beginning_of<'a>(&self, segments: impl Iterator<Item = &'a str>) -> bool {
        let mut place = 0;
        for segment in segments {
            match self.below(place, segment) {
                None => return false,
                Some(next) if self.ends(next) => return true,
                Some(next) => place = next,
            }
        }
        false
    }
}

/// Counts one comparison of a list check, for the tests that measure them.
#[cfg(test)]
pub(crate) fn step() {
    steps::STEPS.with(|steps| steps.set(steps.get() + 1));
}

/// Counted in tests only.
#[cfg(not(test))]
#[inline(always)]
pub(crate) fn step() {}

#[cfg(test)]
pub(crate) mod steps {
    use std::cell::Cell;

    thread_local! {
        pub(crate) static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// How many comparisons a piece of work makes on this thread.
    pub(crate) fn of<T>(work: impl FnOnce() -> T) -> (T, usize) {
        STEPS.with(|steps| steps.set(0));
        let value = work();
        (value, STEPS.with(Cell::get))
    }
}
