//! A refresh token that was used before (RFC 9700 §4.14.2): whether it is an honest client's second tab, lost answer or
//! request at the same moment, or a theft. What was never shown is not judged here. Only a theft ends the grant; nobody
//! is logged out by a client that merely asks twice within a few seconds.
//!
//! A request is judged by when it arrived. However long it waits in the server, that is not the client's doing.

use symbolon_store::{Branch, Repeatable};

use crate::audit::Event;
use crate::config::RotationMode;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::access_token_content::GrantUse;
use crate::trail;

/// Two requests of one client that are less apart, in seconds, are never a theft: the second one is refused, or gets its
/// tokens where that is configured.
const SAME_MOMENT_SECONDS: i64 = 5;

/// What a repetition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It gets tokens of its own, unless this token was repeated too often.
    Forgiven(Repeatable),
    /// It gets none, and nothing else happens.
    Refused,
    /// It ends the grant.
    Theft,
}

/// For how many seconds the time of a rotation is of interest.
pub(super) fn window_seconds(context: &Context) -> i64 {
    let refresh = &context.config.oauth2.refresh;
    let configured = match refresh.mode {
        RotationMode::Strict => 0,
        RotationMode::Grace => refresh.rotation_grace_period_seconds,
        RotationMode::UntilSuccessorUsed => refresh.successor_window_seconds,
    };
    configured.max(SAME_MOMENT_SECONDS)
}

/// Judges a token of a generation of the past, presented at `arrived_at`.
pub(super) fn judge(context: &Context, branch: &Branch, generation: i64, arrived_at: i64) -> Verdict {
    // The times of all rotations within the window are known: an older one is a theft in every mode.
    let Some(first_use) = branch.first_use_of(generation) else { return Verdict::Theft };
    let age = arrived_at.saturating_sub(first_use);
    let refresh = &context.config.oauth2.refresh;
    let forgiven = match refresh.mode {
        RotationMode::Strict => None,
        RotationMode::Grace => {
            let repeatable = match refresh.rotation_grace_reuse_count {
                0 => Repeatable::Always,
                times => Repeatable::AtMost(times),
            };
            (age <= refresh.rotation_grace_period_seconds).then_some(repeatable)
        }
        RotationMode::UntilSuccessorUsed => {
            let lost = generation + 1 == branch.generation && !branch.successor_seen;
            (lost && age <= refresh.successor_window_seconds).then_some(Repeatable::UntilSuccessorSeen)
        }
    };
    match forgiven {
        Some(repeatable) => Verdict::Forgiven(repeatable),
        None if age <= SAME_MOMENT_SECONDS => Verdict::Refused,
        None => Verdict::Theft,
    }
}

/// Refuses a token of the past that is not forgiven, and ends the grant of a stolen one.
pub(super) async fn refuse(
    context: &Context,
    branch: &Branch,
    used: GrantUse,
    arrived_at: i64,
) -> Result<(), OAuthError> {
    if used.generation == branch.generation {
        return Ok(());
    }
    match judge(context, branch, used.generation, arrived_at) {
        Verdict::Forgiven(_) => Ok(()),
        Verdict::Refused => Err(refused()),
        Verdict::Theft => Err(theft(context, used).await?),
    }
}

/// The answer to a request that comes a moment after another one with the same token.
pub(super) fn refused() -> OAuthError {
    OAuthError::invalid_grant("The refresh token was used by another request just now. Use the newest refresh token.")
}

/// A token that was repeated as often as configuration allows is a theft, unless it comes at the same moment.
pub(super) async fn too_often(
    context: &Context,
    branch: &Branch,
    used: GrantUse,
    arrived_at: i64,
) -> Result<OAuthError, OAuthError> {
    let just_now = |first_use: i64| arrived_at.saturating_sub(first_use) <= SAME_MOMENT_SECONDS;
    if branch.first_use_of(used.generation).is_some_and(just_now) {
        return Ok(refused());
    }
    theft(context, used).await
}

async fn theft(context: &Context, used: GrantUse) -> Result<OAuthError, OAuthError> {
    context.store.revoke_grant(used.grant_id, context.clock.now()).await?;
    trail::tell(&Event::RefreshTokenReused { grant: &used.grant_id.to_hex() });
    Ok(OAuthError::invalid_grant("The refresh token was used before.").because("reuse: the grant was revoked"))
}
