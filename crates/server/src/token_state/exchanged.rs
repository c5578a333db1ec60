//! Tokens that were issued in exchange for another one (RFC 8693): each counts as long as everything does that it was made of,
//! the subject's grant, every token on the way, and every client to which one was issued.

use serde_json::{Map, Value};
use symbolon_types::{AuthorizationDetails, ClientId, GrantId, Scope};

use super::{ActiveBasis, ActiveToken, Exchanged, Inactive, TokenUse};
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::access_token_content::GrantUse;
use crate::grant::body::GrantBody;
use crate::grant::exchanged::{Exchange, Link};

/// What the token says beside that on which it rests.
pub(super) struct Carried {
    /// `None` where a row says what it is for.
    pub(super) scope: Option<Scope>,
    pub(super) audience: Option<Vec<String>>,
    pub(super) claims: Map<String, Value>,
    pub(super) confirmation: Confirmation,
    pub(super) issued_at: i64,
    pub(super) expires_at: i64,
    /// How often access tokens of the grant's client had been ended.
    pub(super) access_revocations: i64,
}

/// Judges one.
pub(super) async fn inspect(
    context: &Context,
    exchange: Exchange,
    carried: Carried,
) -> Result<Result<ActiveToken, Inactive>, OAuthError> {
    let Exchange { grant, links, actor } = exchange;
    for link in &links {
        if !link.stands(context.store.client_token_state(&link.client_id, link.id.as_bytes()).await?) {
            return Ok(Err(Inactive::Unknown));
        }
    }
    let (Some(oldest), Some(newest)) = (links.first(), links.last()) else { return Ok(Err(Inactive::Unknown)) };
    let client_id = newest.client_id.clone();
    let basis = match grant {
        Some(id) => of_grant(context, id, (carried.access_revocations, &client_id)).await?,
        None => Some(ActiveBasis::Client { client_id: oldest.client_id.clone(), claims: Map::new() }),
    };
    let Some(basis) = basis else { return Ok(Err(Inactive::Unknown)) };
    if context.clock.now() >= carried.expires_at {
        return Ok(Err(Inactive::Expired));
    }
    let Carried { confirmation, issued_at, expires_at, .. } = carried;
    let Some((scope, audience, claims)) = purpose(context, carried, newest).await? else {
        return Ok(Err(Inactive::Unknown));
    };
    Ok(Ok(ActiveToken {
        token_use: TokenUse::Access,
        basis,
        scope,
        audience,
        authorization_details: AuthorizationDetails::default(),
        confirmation,
        issued_at,
        expires_at,
        exchanged: Some(Box::new(Exchanged { client_id, links, actor, claims })),
    }))
}

/// The subject's grant, if it counts. Which of its refresh tokens were used meanwhile does not matter: an exchanged token is no
/// use of the grant by the grant's own client.
async fn of_grant(
    context: &Context,
    id: GrantId,
    (access_revocations, client_id): (i64, &ClientId),
) -> Result<Option<ActiveBasis>, OAuthError> {
    let live = context.store.grant(id).await?;
    let Some(live) = live.filter(|live| live.stands() && live.access_revocations == access_revocations) else {
        return Ok(None);
    };
    let mut body = GrantBody::open(context, &live.grant)?;
    if live.grant.client_id != *client_id {
        // That was chosen for the grant's client alone.
        body.forced_subject.clear();
    }
    Ok(Some(ActiveBasis::Grant { grant: Box::new(live.grant), body: Box::new(body), used: GrantUse::first(id) }))
}

/// What the token is for, and its session claims: they stand in it, or in the row of what was too large for it.
async fn purpose(
    context: &Context,
    carried: Carried,
    newest: &Link,
) -> Result<Option<(Scope, Vec<String>, Map<String, Value>)>, OAuthError> {
    if let Some(scope) = carried.scope {
        return Ok(Some((scope, carried.audience.unwrap_or_default(), carried.claims)));
    }
    let Some(live) = context.store.grant(GrantId::from(*newest.id.as_bytes())).await? else { return Ok(None) };
    if !live.stands() || live.grant.client_id != newest.client_id {
        return Ok(None);
    }
    let body = GrantBody::open(context, &live.grant)?;
    Ok(Some((body.scope, body.audience, body.access_token_claims)))
}
