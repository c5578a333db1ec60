//! How long operations took.

use std::fmt;
use std::time::Duration;

/// Durations of operations that succeeded.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    sorted: Vec<Duration>,
}

impl Latencies {
    pub(super) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self { sorted: durations }
    }

    /// How many operations.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// What `percent` of the operations did not exceed; zero when there were none.
    pub fn percentile(&self, percent: usize) -> Duration {
        let at = (self.sorted.len() * percent / 100).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, most, all] = [50, 99, 100].map(|percent| self.percentile(percent));
        write!(f, "{} operations, p50 {median:?}, p99 {most:?}, longest {all:?}", self.count())
    }
}
