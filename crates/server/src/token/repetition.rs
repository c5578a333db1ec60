//! A refresh token that was used before (RFC 9700 §4.14.2): whether it is an honest client's second tab, lost answer or
//! request at the same moment, or a theft. What was never shown is not judged here. Only a theft ends the grant; nobody
//! is logged out by a client that merely asks twice within a few seconds.

use symbolon_store::{Branch, MOST_ROTATIONS};

use crate::config::RotationMode;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::access_token_content::GrantUse;

/// Two requests of one client that are less apart, in seconds, are never a theft: the second one is refused, or gets its
/// tokens where that is configured.
const SAME_MOMENT_SECONDS: i64 = 5;

/// What a repetition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It gets tokens of its own, so many times at most (0: any number).
    Forgiven {
        /// How many repetitions of this token get tokens.
        at_most: u32,
    },
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

/// Judges a token of a generation of the past.
pub(super) fn judge(context: &Context, branch: &Branch, generation: i64) -> Verdict {
    let now = context.clock.now();
    let age = |at: i64| now.saturating_sub(at);
    let Some(first_use) = branch.first_use_of(generation) else {
        // Very many rotations within the window push the oldest out; what nobody can tell is not punished.
        let crowded = branch.rotations.len() == MOST_ROTATIONS;
        let recent = branch.rotations.last().is_some_and(|at| age(*at) <= window_seconds(context));
        return if crowded && recent { Verdict::Refused } else { Verdict::Theft };
    };
    let refresh = &context.config.oauth2.refresh;
    let forgiven = match refresh.mode {
        RotationMode::Strict => None,
        RotationMode::Grace => {
            (age(first_use) <= refresh.rotation_grace_period_seconds).then_some(refresh.rotation_grace_reuse_count)
        }
        RotationMode::UntilSuccessorUsed => {
            let lost = generation + 1 == branch.generation && !branch.successor_seen;
            (lost && age(first_use) <= refresh.successor_window_seconds).then_some(0)
        }
    };
    match forgiven {
        Some(at_most) => Verdict::Forgiven { at_most },
        None if age(first_use) <= SAME_MOMENT_SECONDS => Verdict::Refused,
        None => Verdict::Theft,
    }
}

/// Refuses a token of the past that is not forgiven, and ends the grant of a stolen one.
pub(super) async fn refuse(context: &Context, branch: &Branch, used: GrantUse) -> Result<(), OAuthError> {
    if used.generation == branch.generation {
        return Ok(());
    }
    match judge(context, branch, used.generation) {
        Verdict::Forgiven { .. } => Ok(()),
        Verdict::Refused => Err(refused()),
        Verdict::Theft => Err(theft(context, used).await?),
    }
}

/// The answer to a request that comes a moment after another one with the same token.
pub(super) fn refused() -> OAuthError {
    OAuthError::invalid_grant("The refresh token was used by another request just now. Use the newest refresh token.")
}

/// A token that was repeated as often as configuration allows is a theft, unless it comes at the same moment.
pub(super) async fn too_often(context: &Context, branch: &Branch, used: GrantUse) -> Result<OAuthError, OAuthError> {
    let just_now = |at: i64| context.clock.now().saturating_sub(at) <= SAME_MOMENT_SECONDS;
    if branch.first_use_of(used.generation).is_some_and(just_now) {
        return Ok(refused());
    }
    theft(context, used).await
}

async fn theft(context: &Context, used: GrantUse) -> Result<OAuthError, OAuthError> {
    context.store.revoke_grant(used.grant_id, context.clock.now()).await?;
    tracing::warn!(target: "audit", event = "refresh_token_reused", grant = %used.grant_id, "a grant was revoked");
    Ok(OAuthError::invalid_grant("The refresh token was used before.").because("reuse: the grant was revoked"))
}
