//! What a presented token is worth now: opened or verified, looked up once, judged against expiry, generation,
//! revocation and the epochs of client and subject. Introspection, userinfo and revocation all ask here, so what ends
//! a token for one ends it for all.

use serde_json::Value;
use symbolon_store::Grant;

use crate::context::Context;
use crate::error::OAuthError;
use crate::issue::access_token::Carried;
use crate::issue::body::GrantBody;
use crate::seal::{GrantPointer, kinds, prefix};

/// A token that counts.
pub enum ActiveToken {
    /// Rests on a grant.
    Grant(Box<ActiveGrant>),
    /// A client's own, self-contained.
    Client(Carried),
}

/// A token of a grant that counts.
pub struct ActiveGrant {
    /// Which use.
    pub token_use: TokenUse,
    /// The token's own numbers.
    pub pointer: GrantPointer,
    /// The grant.
    pub grant: Grant,
    /// Its body.
    pub body: GrantBody,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// Access token.
    Access,
    /// Refresh token.
    Refresh,
}

/// Why a token does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// Not one of ours, altered, revoked, of a client or user that is gone.
    Unknown,
    /// Genuine, and its time is over.
    Expired,
}

/// A token, opened: genuine, but not yet judged.
pub enum Genuine {
    /// Points at a grant.
    Pointer(TokenUse, GrantPointer),
    /// Self-contained.
    Carried(Carried),
}

/// Opens a token of any kind. No database is asked; anything altered ends here.
pub fn open(context: &Context, token: &str) -> Option<Genuine> {
    let seal = &context.seal;
    if token.starts_with("ey") && token.matches('.').count() == 2 {
        return open_jwt(context, token);
    }
    if let Some(pointer) = seal.open_pointer(kinds::ACCESS, prefix::ACCESS, token) {
        return Some(Genuine::Pointer(TokenUse::Access, pointer));
    }
    if let Some(content) = seal.open(kinds::CLIENT_ACCESS, token.strip_prefix(prefix::ACCESS).unwrap_or(token)) {
        return serde_json::from_slice(&content).ok().map(Genuine::Carried);
    }
    let pointer = seal.open_pointer(kinds::REFRESH, prefix::REFRESH, token)?;
    Some(Genuine::Pointer(TokenUse::Refresh, pointer))
}

/// A JWT access token counts by the sealed text in its `jti`; the signature binds the two.
fn open_jwt(context: &Context, token: &str) -> Option<Genuine> {
    let claims = context.keys.verify_access_token(token).ok()?;
    if claims.get("iss").and_then(Value::as_str) != Some(context.config.issuer()) {
        return None;
    }
    let id = claims.get("jti").and_then(Value::as_str)?;
    if let Some(pointer) = context.seal.open_pointer(kinds::JWT_GRANT, "", id) {
        return Some(Genuine::Pointer(TokenUse::Access, pointer));
    }
    let plaintext = context.seal.open(kinds::JWT_CLIENT, id)?;
    serde_json::from_slice(&plaintext).ok().map(Genuine::Carried)
}

/// Judges a token.
pub async fn inspect(context: &Context, token: &str) -> Result<Result<ActiveToken, Inactive>, OAuthError> {
    match open(context, token) {
        None => Ok(Err(Inactive::Unknown)),
        Some(Genuine::Pointer(token_use, pointer)) => inspect_grant(context, token_use, pointer).await,
        Some(Genuine::Carried(carried)) => inspect_carried(context, carried).await,
    }
}

async fn inspect_grant(
    context: &Context,
    token_use: TokenUse,
    pointer: GrantPointer,
) -> Result<Result<ActiveToken, Inactive>, OAuthError> {
    let Some(live) = context.store.grant(*pointer.grant_id.as_bytes()).await? else {
        let over = context.clock.now() >= pointer.expires_at;
        return Ok(Err(if over { Inactive::Expired } else { Inactive::Unknown }));
    };
    let current = live.stands()
        && live.grant.code_redeemed_at.is_some()
        && counts(context, token_use, pointer.generation, &live.grant);
    if !current {
        return Ok(Err(Inactive::Unknown));
    }
    if context.clock.now() >= pointer.expires_at {
        return Ok(Err(Inactive::Expired));
    }
    let body = GrantBody::open(context, &live.grant)?;
    note_successor(context, pointer.generation, &live.grant).await?;
    Ok(Ok(ActiveToken::Grant(Box::new(ActiveGrant { token_use, pointer, grant: live.grant, body }))))
}

/// Only the current generation counts. In the mode that forgives lost answers, the one before counts too as long as
/// nothing of the current one was seen, since its holder may never have got the new tokens.
fn counts(context: &Context, token_use: TokenUse, generation: i64, grant: &Grant) -> bool {
    if generation == grant.generation {
        return true;
    }
    context.config.oauth2.refresh.mode == crate::config::RotationMode::UntilSuccessorUsed
        && token_use == TokenUse::Access
        && generation + 1 == grant.generation
        && grant.successor_seen == 0
}

/// The first use of a new generation is noted, which ends the one before. One write per refresh, in that mode only.
async fn note_successor(context: &Context, generation: i64, grant: &Grant) -> Result<(), OAuthError> {
    let forgiving = context.config.oauth2.refresh.mode == crate::config::RotationMode::UntilSuccessorUsed;
    if forgiving && generation > 0 && generation == grant.generation && grant.successor_seen == 0 {
        context.store.mark_successor_seen(grant.id, generation).await?;
    }
    Ok(())
}

async fn inspect_carried(context: &Context, carried: Carried) -> Result<Result<ActiveToken, Inactive>, OAuthError> {
    let state = context.store.client_token_state(&carried.client_id, carried.id.as_bytes()).await?;
    if state.client_epoch != Some(carried.client_epoch) || state.revoked {
        return Ok(Err(Inactive::Unknown));
    }
    if context.clock.now() >= carried.expires_at {
        return Ok(Err(Inactive::Expired));
    }
    Ok(Ok(ActiveToken::Client(carried)))
}
