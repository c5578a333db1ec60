//! `grant_type=refresh_token` (RFC 6749 §6, RFC 9700 §4.14.2). The token names a grant and a generation; rotation moves
//! the grant to the next generation in one conditional statement. The successor of generation g is generation g+1 whoever
//! asks, so a repeated request inside the grace window gets the same generation again; anything else of an old
//! generation is reuse, and ends the grant.

use symbolon_store::{Grant, WriteError};
use symbolon_types::audience::audience_allowed;
use symbolon_types::{ErrorCode, FlowId, GrantType};

use crate::clients::ClientRef;
use crate::config::RotationMode;
use crate::context::Context;
use crate::error::OAuthError;
use crate::issue::body::GrantBody;
use crate::issue::lifetimes::{Lifetimes, WithRefresh};
use crate::issue::{Authorization, Basis, UserGrant};
use crate::params::Params;
use crate::seal::{GrantPointer, kinds, prefix};

pub(super) async fn rotate(context: &Context, client: ClientRef, params: &Params) -> Result<Authorization, OAuthError> {
    let malformed = || OAuthError::invalid_grant("The refresh token is malformed or not valid.");
    let token = params.require("refresh_token")?;
    let pointer = context.seal.open_pointer(kinds::REFRESH, prefix::REFRESH, token).ok_or_else(malformed)?;
    let live = context.store.grant(*pointer.grant_id.as_bytes()).await?.ok_or_else(malformed)?;
    // Another client's token tells nothing and changes nothing: reuse is judged among the client's own.
    if live.grant.client_id != client.record.id {
        return Err(OAuthError::invalid_grant("The refresh token was issued to another client."));
    }
    if pointer.generation < live.grant.generation && live.grant.revoked_at.is_some() {
        return Err(OAuthError::invalid_grant("The refresh token was used before."));
    }
    if !live.stands() {
        return Err(malformed().because("revoked, or of an epoch that has ended"));
    }
    if context.clock.now() >= pointer.expires_at {
        return Err(OAuthError::invalid_grant("The refresh token has expired."));
    }
    let body = GrantBody::open(context, &live.grant)?;
    still_allowed(context, &client, &body)?;
    let generation = next_generation(context, &client, pointer, &live.grant).await?;
    Ok(Authorization {
        client,
        grant_type: GrantType::RefreshToken,
        basis: Basis::Grant(Box::new(UserGrant {
            id: pointer.grant_id,
            generation,
            subject: live.grant.subject,
            session_id: live.grant.login_session_id.map(FlowId::from),
            body,
        })),
    })
}

/// What was granted must still be within what the client is registered for.
fn still_allowed(context: &Context, client: &ClientRef, body: &GrantBody) -> Result<(), OAuthError> {
    let metadata = &client.parsed.metadata;
    if !body.scope.grants_refresh() {
        return Err(OAuthError::new(ErrorCode::ScopeNotGranted, "The scope 'offline_access' was not granted."));
    }
    let comparison = context.config.strategies.scope;
    if let Some(foreign) = body.scope.iter().find(|scope| !comparison.allows(&metadata.scope, scope)) {
        return Err(OAuthError::new(
            ErrorCode::InvalidScope,
            format!("The client is no longer registered for the scope '{foreign}'."),
        ));
    }
    if let Some(foreign) = body.audience.iter().find(|value| !audience_allowed(&metadata.audience, value)) {
        return Err(OAuthError::invalid_request(format!(
            "The client is no longer registered for the audience '{foreign}'."
        )));
    }
    Ok(())
}

/// The generation that this request gets: a new one, or the current one once more.
async fn next_generation(
    context: &Context,
    client: &ClientRef,
    pointer: GrantPointer,
    grant: &Grant,
) -> Result<i64, OAuthError> {
    let now = context.clock.now();
    let lifetimes = Lifetimes::of(&context.config.ttl, &client.parsed.metadata, GrantType::RefreshToken);
    let expires_at = lifetimes.last_expires_at(now, WithRefresh::Yes);
    let successor = pointer.generation + 1;
    let mut raced = false;
    if grant.generation == pointer.generation {
        match context.store.rotate_grant(grant.id, pointer.generation, now, expires_at).await {
            Ok(()) => return Ok(successor),
            // Somebody with the same token was faster by a moment.
            Err(WriteError::Unmet(_)) => raced = true,
            Err(fault) => return Err(fault.into()),
        }
    }
    let refresh = &context.config.oauth2.refresh;
    let again = match refresh.mode {
        RotationMode::Strict => Err(WriteError::Unmet("generation")),
        RotationMode::Grace => {
            let since = now.saturating_sub(refresh.rotation_grace_period_seconds);
            let limit = i64::from(refresh.rotation_grace_reuse_count);
            context.store.reissue_grant(grant.id, successor, since, limit).await
        }
        RotationMode::UntilSuccessorUsed => context.store.reissue_grant_until_seen(grant.id, successor).await,
    };
    match again {
        Ok(()) => Ok(successor),
        // Two requests at the same moment are two tabs of one client, not a thief and his victim. The token is used up
        // all the same: whoever shows it later is refused for reuse.
        Err(WriteError::Unmet(_)) if raced => Err(OAuthError::invalid_request(
            "The refresh token was used by another request at the same moment. Try again with the newest refresh token.",
        )),
        Err(WriteError::Unmet(_)) => {
            context.store.revoke_grant(grant.id, now).await?;
            Err(OAuthError::invalid_grant("The refresh token was used before.").because("reuse: the grant was revoked"))
        }
        Err(fault) => Err(fault.into()),
    }
}
