//! How long the database took, counted without locks: a few classes of durations for reads, and for batches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many bounded classes there are.
const CLASSES: usize = 16;

/// Upper bounds of the classes of durations, in microseconds. What took longer is in one more class.
pub const DURATION_BOUNDS_MICROSECONDS: [u64; CLASSES] = [
    25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000,
];

/// How long something took, since the store was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durations {
    /// How often it took as long as the bound of the class at most, and longer than the bound of the class before.
    pub classes: [u64; CLASSES + 1],
    /// All of it together.
    pub total: Duration,
}

/// How long reads and batches took. A batch is counted from when it was handed over, so that waiting for its turn counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseTime {
    /// Single statements that change nothing.
    pub reads: Durations,
    /// Batches of changes, failed ones included.
    pub batches: Durations,
}

/// Durations that are being counted.
#[derive(Default)]
pub(crate) struct Stopwatch {
    classes: [AtomicU64; CLASSES + 1],
    nanoseconds: AtomicU64,
}

impl Stopwatch {
    pub(crate) fn note(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let class = DURATION_BOUNDS_MICROSECONDS.partition_point(|bound| bound * 1_000 < nanoseconds);
        if let Some(count) = self.classes.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(crate) fn durations(&self) -> Durations {
        Durations {
            classes: self.classes.each_ref().map(|count| count.load(Ordering::Relaxed)),
            total: Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_the_class_whose_bound_it_does_not_exceed() {
        for (nanoseconds, class) in [
            (0, 0),
            (25_000, 0),
            (25_001, 1),
            (1_000_000, 5),
            (1_000_001, 6),
            (5_000_000_000, 15),
            (5_000_000_001, 16),
            (u64::MAX / 2, 16),
        ] {
            let watch = Stopwatch::default();
            watch.note(Duration::from_nanos(nanoseconds));
            let mut expected = [0; CLASSES + 1];
            expected[class] = 1;
            let noted = watch.durations();
            assert_eq!((noted.classes, noted.total), (expected, Duration::from_nanos(nanoseconds)), "{nanoseconds}");
        }
    }
}
