//! Asking the token endpoint again and again until somebody has answered (RFC 8628 §3.4, §3.5; `OpenID` Connect CIBA §7.3,
//! §11).
//!
//! [`Pace`] says when the next question may be asked, and what an answer means for the one after it; [`Client::ask_once`]
//! waits and asks. Everything that must survive a restart is in the pace.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::once::key_of;
use super::{Form, TokenSet};
use crate::client::Client;
use crate::error::Error;
use crate::task::Work;
use crate::transport::TransportErrorKind;

/// The pause when the server names none (RFC 8628 §3.2), in seconds.
pub(crate) const USUAL_INTERVAL_SECONDS: i64 = 5;
/// How much longer the pause becomes with each `slow_down` (RFC 8628 §3.5), in seconds.
const SLOWER_SECONDS: i64 = 5;
/// Up to where the pause is doubled while there is no answer, in seconds.
const LONGEST_SECONDS: i64 = 60;

/// When the next question may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// Unix seconds, by this client's clock.
    pub(crate) expires_at: i64,
    pub(crate) interval_seconds: i64,
    /// When the last question was asked, or the first one became possible; `None` when it may be asked now.
    asked_at: Option<i64>,
}

impl Pace {
    pub(crate) fn new(lifetime_seconds: i64, interval_seconds: i64, now: i64) -> Self {
        let expires_at = now.saturating_add(lifetime_seconds);
        Self { expires_at, interval_seconds: interval_seconds.max(1), asked_at: Some(now) }
    }

    /// Somebody said that there is an answer.
    pub(crate) fn ask_now(&mut self) {
        self.asked_at = None;
    }

    /// How long to wait before the next question, in seconds; not beyond the end.
    fn pause_seconds(&self, now: i64) -> i64 {
        let rest = self.expires_at.saturating_sub(now).max(0);
        let Some(asked_at) = self.asked_at else { return 0 };
        let elapsed = now.saturating_sub(asked_at);
        // The clock has whole seconds: one that has just begun counts as none, and one that is not over not at all.
        let passed = if elapsed > 1 { elapsed - 1 } else { 0 };
        self.interval_seconds.saturating_sub(passed).clamp(0, rest)
    }

    /// Whether to ask again after this refusal, and from then on how often.
    fn goes_on(&mut self, error: &Error, now: i64) -> bool {
        self.asked_at = Some(now);
        match (error.code(), error.status()) {
            (Some("authorization_pending"), _) => {}
            (Some("slow_down"), _) => {
                self.interval_seconds = self.interval_seconds.saturating_add(SLOWER_SECONDS);
            }
            (_, Some(429 | 500..=599)) => self.slower(error.retry_after_seconds()),
            _ if is_outage(error) => self.slower(None),
            _ => return false,
        }
        true
    }

    /// §3.5: the pause is doubled with each time-out.
    fn slower(&mut self, told: Option<u64>) {
        let doubled = self.interval_seconds.saturating_mul(2).min(LONGEST_SECONDS.max(self.interval_seconds));
        let told = told.map_or(0, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX));
        self.interval_seconds = doubled.max(told);
    }
}

/// A connection that failed may be made later; one that must not be trusted may not.
fn is_outage(error: &Error) -> bool {
    match error {
        Error::Timeout => true,
        Error::Transport(error) => error.kind() != TransportErrorKind::Tls,
        _ => false,
    }
}

impl Client {
    /// Waits for the next turn and asks; `None` when there is no answer yet. The answer is not lost when this future is
    /// dropped: it is given to whoever asks the same next.
    pub(crate) async fn ask_once<W: Work<TokenSet>>(
        &self,
        pace: &mut Pace,
        form: Form,
        read: impl FnOnce(Self, Form) -> W,
    ) -> Result<Option<TokenSet>, Error> {
        let inner = self.inner();
        let pause = pace.pause_seconds(inner.clock.now());
        if pause > 0 {
            inner.http.runtime().sleep(Duration::from_secs(pause.unsigned_abs())).await;
        }
        let now = inner.clock.now();
        if now >= pace.expires_at {
            return Err(Error::AuthorizationExpired);
        }
        pace.asked_at = Some(now);
        match self.once(key_of(&form), |client| read(client, form)).await {
            Ok(tokens) => Ok(Some(tokens)),
            Err(error) if pace.goes_on(&error, inner.clock.now()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_never_make_a_pause_too_short() {
        let pace = Pace::new(600, 5, 100);
        for (now, pause) in [(100, 5), (101, 5), (102, 4), (104, 2), (105, 1), (106, 0), (300, 0), (50, 5)] {
            assert_eq!(pace.pause_seconds(now), pause, "at {now}");
        }
    }

    #[test]
    fn nobody_waits_beyond_the_end() {
        let pace = Pace::new(3, 5, 100);
        assert_eq!((pace.pause_seconds(100), pace.pause_seconds(102), pace.pause_seconds(200)), (3, 1, 0));
        let endless = Pace::new(i64::MAX, i64::MAX, 100);
        assert_eq!(endless.pause_seconds(100), i64::MAX - 100);
    }

    #[test]
    fn an_interval_of_nothing_is_a_second() {
        assert_eq!(Pace::new(600, 0, 100).interval_seconds, 1);
    }

    #[test]
    fn silence_doubles_the_pause_up_to_a_minute() {
        let mut pace = Pace::new(600, 5, 100);
        let mut seen = Vec::new();
        for _ in 0..5 {
            assert!(pace.goes_on(&Error::Timeout, 100));
            seen.push(pace.interval_seconds);
        }
        assert_eq!(seen, [10, 20, 40, 60, 60]);
        let mut patient = Pace::new(600, 90, 100);
        assert!(patient.goes_on(&Error::Timeout, 100));
        assert_eq!(patient.interval_seconds, 90, "longer than that by the server's own wish");
    }
}
