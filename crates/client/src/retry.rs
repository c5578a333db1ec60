//! When a request is worth sending again, and after what pause.
//!
//! Pure decisions over outcomes; [`crate::http`] carries them out, and only for GET. A server that names a time
//! (`Retry-After`, RFC 9110 §10.2.3) is believed up to a limit: past it the caller is told instead of being kept waiting.

use std::time::Duration;

use http::header::RETRY_AFTER;

use crate::error::Error;
use crate::http::Answer;

/// The longest pause that is made before another try.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The pause before the second try when the server names none; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// How patient a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retries {
    /// Tries after the first.
    pub(crate) count: u32,
}

impl Default for Retries {
    fn default() -> Self {
        Self { count: 2 }
    }
}

/// The pause before the next try, `None` when this outcome is final. `attempt` counts from zero.
pub(crate) fn pause(outcome: &Result<Answer, Error>, attempt: u32, retries: Retries) -> Option<Duration> {
    if attempt >= retries.count {
        return None;
    }
    let own = FIRST_PAUSE * 2_u32.saturating_pow(attempt);
    let pause = match outcome {
        // A time-out has cost the caller enough already.
        Err(Error::Transport(_)) => own,
        Ok(answer) if matches!(answer.status.as_u16(), 429 | 502 | 503 | 504) => {
            let named = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            named.map_or(own, Duration::from_secs)
        }
        _ => return None,
    };
    (pause <= LONGEST_PAUSE).then_some(pause)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;
    use http::header::HeaderMap;

    use super::*;
    use crate::transport::{TransportError, TransportErrorKind};

    fn after(status: u16, retry_after: &str, attempt: u32) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        if !retry_after.is_empty() {
            headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        }
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::new() };
        pause(&Ok(answer), attempt, Retries::default())
    }

    #[test]
    fn busy_servers_are_asked_again_when_they_say() {
        assert_eq!(after(503, "1", 0), Some(Duration::from_secs(1)));
        assert_eq!(after(429, "0", 1), Some(Duration::ZERO));
        assert_eq!(after(503, "", 1), Some(FIRST_PAUSE * 2));
        assert_eq!(after(503, "Wed, 21 Oct 2026 07:28:00 GMT", 0), Some(FIRST_PAUSE));
    }

    #[test]
    fn final_answers_are_final() {
        for status in [200, 302, 400, 401, 404, 500, 501] {
            assert_eq!(after(status, "0", 0), None, "{status}");
        }
        assert_eq!(after(503, "6", 0), None, "too long to wait");
        assert_eq!(after(503, "0", 2), None, "tried often enough");
    }

    #[test]
    fn lost_connections_are_made_again_and_time_outs_not() {
        let retries = Retries::default();
        assert_eq!(
            pause(&Err(Error::Transport(TransportError::new(TransportErrorKind::Connect, "x"))), 0, retries),
            Some(FIRST_PAUSE)
        );
        assert_eq!(pause(&Err(Error::Timeout), 0, retries), None);
        assert_eq!(pause(&Err(Error::AnswerTooLarge { limit_bytes: 1 }), 0, retries), None);
    }
}
