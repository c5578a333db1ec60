//! Nonces for proofs (RFC 9449 §8): the instant at which they were given out, sealed, so that no node keeps any.

use crate::context::Context;
use crate::seal::kinds;

/// How long a nonce counts, in seconds.
pub const LIFETIME_SECONDS: i64 = 120;

/// A nonce for a proof that is made soon.
pub fn issue(context: &Context) -> String {
    let now = context.clock.now();
    let issued_at = context.dpop.as_ref().map_or(now, |memory| memory.nonce_time(now));
    context.seal.seal(kinds::DPOP_NONCE, &issued_at.to_be_bytes())
}

/// Until when a nonce counts, in Unix seconds; `None` if it is none of ours or counts no more.
pub(super) fn valid_until(context: &Context, nonce: &str) -> Option<i64> {
    let issued_at = i64::from_be_bytes(context.seal.open(kinds::DPOP_NONCE, nonce)?.as_slice().try_into().ok()?);
    if context.dpop.as_ref().is_some_and(|memory| !memory.gave_out(issued_at)) {
        return None;
    }
    let until = issued_at.saturating_add(LIFETIME_SECONDS);
    (context.clock.now() < until).then_some(until)
}
