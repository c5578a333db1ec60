//! The one place that reads the wall clock. Everything else is handed a [`Clock`], so that tests move time
//! instead of waiting for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Milliseconds since 1970, moved by the test.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `unix_seconds` until [`Clock::advance`] moves it.
    pub fn manual(unix_seconds: i64) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(unix_seconds.saturating_mul(1000)))))
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        self.now_millis().div_euclid(1000)
    }

    /// Milliseconds since 1970.
    pub fn now_millis(&self) -> i64 {
        self.now_micros().div_euclid(1000)
    }

    /// Microseconds since 1970.
    pub fn now_micros(&self) -> i64 {
        match &self.0 {
            Source::System => system_micros(),
            Source::Manual(millis) => millis.load(Ordering::SeqCst).saturating_mul(1000),
        }
    }

    /// Moves a manual clock forward; the system clock is not moved.
    pub fn advance(&self, seconds: i64) {
        if let Source::Manual(millis) = &self.0 {
            millis.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that reads the wall clock")]
fn system_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
