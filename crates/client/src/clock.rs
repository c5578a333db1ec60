//! The one place of this crate that reads the wall clock.
//!
//! Token expiry needs the time; everything else takes it from [`Clock`], so that tests of whoever uses this crate can
//! move it.

use std::fmt;
use std::sync::Arc;

/// A source of the time in Unix seconds.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Arc::new(system_seconds))
    }

    /// A clock of the caller, for tests: `now` gives Unix seconds.
    pub fn custom(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time in Unix seconds.
    pub fn now(&self) -> i64 {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}

/// Whether `seconds` have passed since `moment`. A clock that was set back has passed any time: to believe that nothing
/// passed would mean to wait until it has caught up.
pub(crate) fn has_passed(seconds: i64, moment: i64, now: i64) -> bool {
    now < moment || now >= moment.saturating_add(seconds)
}

#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::disallowed_methods, reason = "this is the crate's one place that reads the clock")]
fn system_seconds() -> i64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// The standard library has no clock in a browser.
#[cfg(target_arch = "wasm32")]
fn system_seconds() -> i64 {
    use web_time::{SystemTime, UNIX_EPOCH};

    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_last_longer() {
        assert!(!has_passed(5, 100, 104));
        assert!(has_passed(5, 100, 105) && has_passed(5, 100, 99));
        assert!(!has_passed(i64::MAX, 100, 1 << 40));
    }
}
