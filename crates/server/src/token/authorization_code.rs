//! `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6). The code is used up by one conditional statement
//! before anything is compared, so that an attempt with a wrong verifier, redirect URI or client burns it and cannot be
//! repeated. A second use revokes all that came from the first (RFC 6749 §4.1.2).

use symbolon_store::{LiveGrant, WriteError};
use symbolon_types::{FlowId, GrantType};

use super::code_verifier;
use crate::clients::ClientRef;
use crate::context::Context;
use crate::error::OAuthError;
use crate::issue::body::GrantBody;
use crate::issue::lifetimes::{Lifetimes, WithRefresh};
use crate::issue::{Authorization, Basis, UserGrant};
use crate::logout::channels;
use crate::params::Params;
use crate::seal::{GrantPointer, kinds, prefix};

pub(super) async fn redeem(context: &Context, client: ClientRef, params: &Params) -> Result<Authorization, OAuthError> {
    let code = params.require("code")?;
    let pointer = context
        .seal
        .open_pointer(kinds::CODE, prefix::CODE, code)
        .ok_or_else(|| OAuthError::invalid_grant("The authorization code is not valid."))?;
    if context.clock.now() >= pointer.expires_at {
        return Err(OAuthError::invalid_grant("The authorization code has expired."));
    }
    let live = find(context, pointer).await?;
    let body = GrantBody::open(context, &live.grant)?;
    use_up(context, &client, &live, &body).await?;
    if let Err(error) = compare(context, &client, &live, &body, params) {
        context.store.revoke_grant(live.grant.id, context.clock.now()).await?;
        return Err(error);
    }
    Ok(Authorization {
        client,
        grant_type: GrantType::AuthorizationCode,
        basis: Basis::Grant(Box::new(UserGrant {
            id: pointer.grant_id,
            generation: 0,
            subject: live.grant.subject,
            session_id: live.grant.login_session_id.map(FlowId::from),
            body,
        })),
    })
}

async fn find(context: &Context, pointer: GrantPointer) -> Result<LiveGrant, OAuthError> {
    let found = context.store.grant(*pointer.grant_id.as_bytes()).await?;
    found.ok_or_else(|| OAuthError::invalid_grant("The authorization code is not valid."))
}

/// What must fit, once the code is used up: nothing that fails here can be tried again.
fn compare(
    context: &Context,
    client: &ClientRef,
    live: &LiveGrant,
    body: &GrantBody,
    params: &Params,
) -> Result<(), OAuthError> {
    if live.grant.client_id != client.record.id {
        return Err(OAuthError::invalid_grant("The authorization code was issued to another client."));
    }
    if !live.stands() {
        return Err(OAuthError::invalid_grant("The authorization code was revoked."));
    }
    same_redirect_uri(body, params)?;
    verify_pkce(context, client, body, params)
}

/// The verdict on single use is the row count. From here on the grant lives as long as its tokens, and as its session
/// where the client is to be told of the logout.
async fn use_up(context: &Context, client: &ClientRef, live: &LiveGrant, body: &GrantBody) -> Result<(), OAuthError> {
    let now = context.clock.now();
    let metadata = &client.parsed.metadata;
    let lifetimes = Lifetimes::of(&context.config.ttl, metadata, GrantType::AuthorizationCode);
    let tokens_end = lifetimes.last_expires_at(now, WithRefresh::of(metadata, &body.scope));
    let session_ends = channels::session_end(context, metadata, live.grant.login_session_id).await?;
    let expires_at = tokens_end.max(session_ends);
    let id = live.grant.id;
    match context.store.redeem_code(id, now, expires_at).await {
        Ok(()) => Ok(()),
        Err(WriteError::Unmet(_)) => {
            context.store.revoke_grant(id, now).await?;
            Err(OAuthError::invalid_grant("The authorization code was used before."))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// RFC 6749 §4.1.3: repeated exactly when it was in the authorization request.
fn same_redirect_uri(body: &GrantBody, params: &Params) -> Result<(), OAuthError> {
    match (&body.redirect_uri, params.get("redirect_uri")) {
        (Some(asked), Some(repeated)) if asked == repeated => Ok(()),
        (Some(_), Some(_)) => {
            Err(OAuthError::invalid_grant("Parameter 'redirect_uri' is not the one of the authorization request."))
        }
        (Some(_), None) => {
            Err(OAuthError::invalid_grant("Parameter 'redirect_uri' is required: the authorization request had one."))
        }
        // Without one in the request any that comes now is compared with nothing, as in Hydra.
        (None, _) => Ok(()),
    }
}

fn verify_pkce(context: &Context, client: &ClientRef, body: &GrantBody, params: &Params) -> Result<(), OAuthError> {
    let verifier = params.get("code_verifier");
    let Some(challenge) = &body.code_challenge else {
        let pkce = &context.config.oauth2.pkce;
        let enforced = pkce.enforced || (pkce.enforced_for_public_clients && client.parsed.metadata.is_public());
        return match verifier {
            // RFC 9700 §2.1.1: a verifier without a challenge is the sign of a downgrade.
            Some(_) => Err(OAuthError::invalid_grant(
                "Parameter 'code_verifier' was sent, but the authorization request had no 'code_challenge'.",
            )),
            None if enforced => Err(OAuthError::invalid_grant("PKCE is required.")),
            None => Ok(()),
        };
    };
    code_verifier::check(challenge, verifier)
}
