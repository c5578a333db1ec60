//! The one place that reads the wall clock. Everything else is handed a [`Clock`], so that tests move time
//! instead of waiting for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    /// The wall clock, with the instant at which this clock was made.
    System(Instant),
    /// Milliseconds since 1970, moved by the test.
    Manual(Arc<AtomicI64>),
    /// The wall clock since an instant, and how many milliseconds it is ahead.
    Ahead(Instant, Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System(Instant::now()))
    }

    /// A clock that stands still at `unix_seconds` until [`Clock::advance`] moves it.
    pub fn manual(unix_seconds: i64) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(unix_seconds.saturating_mul(1000)))))
    }

    /// The machine's clock, until [`Clock::advance`] puts it ahead. It goes on from there.
    pub fn adjustable() -> Self {
        Self(Source::Ahead(Instant::now(), Arc::new(AtomicI64::new(0))))
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
            Source::System(_) => system_micros(),
            Source::Manual(millis) => millis.load(Ordering::SeqCst).saturating_mul(1000),
            Source::Ahead(_, ahead) => {
                system_micros().saturating_add(ahead.load(Ordering::SeqCst).saturating_mul(1000))
            }
        }
    }

    /// Time that has passed since some fixed instant. Unlike [`Clock::now`] it never goes back, even when somebody sets the
    /// machine's clock: for measuring, not for dates.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Source::System(made_at) => made_at.elapsed(),
            Source::Manual(millis) => Duration::from_millis(u64::try_from(millis.load(Ordering::SeqCst)).unwrap_or(0)),
            Source::Ahead(made_at, ahead) => {
                made_at.elapsed() + Duration::from_millis(u64::try_from(ahead.load(Ordering::SeqCst)).unwrap_or(0))
            }
        }
    }

    /// Moves a manual or adjustable clock forward; the system clock is not moved.
    pub fn advance(&self, seconds: i64) {
        match &self.0 {
            Source::System(_) => {}
            Source::Manual(millis) | Source::Ahead(_, millis) => {
                millis.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place that reads the wall clock")]
fn system_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
