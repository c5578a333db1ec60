//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4, §3.5): a device asks whether somebody has
//! answered. Until then its pace is watched; afterwards the answer is given at once, the tokens exactly once. A second
//! request with the same code revokes nothing: the code never left the device, which may just have lost the answer.

use symbolon_store::{Batch, DeviceAuthorization, DeviceStage, LiveGrant, WriteError};
use symbolon_types::{ErrorCode, FlowId, GrantType};

use super::code_verifier;
use crate::clients::ClientRef;
use crate::context::Context;
use crate::error::OAuthError;
use crate::issue::body::GrantBody;
use crate::issue::lifetimes::{Lifetimes, WithRefresh};
use crate::issue::{Authorization, Basis, UserGrant};
use crate::params::Params;
use crate::seal::{kinds, prefix};

pub(super) async fn redeem(context: &Context, client: ClientRef, params: &Params) -> Result<Authorization, OAuthError> {
    let now = context.clock.now();
    let row = find(context, &client, params.require("device_code")?).await?;
    match row.stage {
        DeviceStage::Redeemed => Err(OAuthError::invalid_grant("The device code was used before.")),
        DeviceStage::Denied => Err(OAuthError::new(ErrorCode::AccessDenied, "The user refused.")),
        _ if now >= row.expires_at => Err(OAuthError::bare(ErrorCode::ExpiredToken)),
        DeviceStage::Pending if context.store.poll_device_authorization(row.id, now).await? => {
            Err(OAuthError::bare(ErrorCode::AuthorizationPending))
        }
        DeviceStage::Pending => Err(OAuthError::bare(ErrorCode::SlowDown)),
        DeviceStage::Accepted(grant) => fetch(context, client, &row, FlowId::from(grant), params).await,
    }
}

async fn find(context: &Context, client: &ClientRef, code: &str) -> Result<DeviceAuthorization, OAuthError> {
    let unknown = || OAuthError::invalid_grant("The device code is not valid.");
    let pointer = context.seal.open_pointer(kinds::DEVICE_CODE, prefix::DEVICE, code).ok_or_else(unknown)?;
    let row = context.store.device_authorization(*pointer.grant_id.as_bytes()).await?;
    match row {
        Some(row) if row.client_id == client.record.id => Ok(row),
        Some(_) => Err(OAuthError::invalid_grant("The device code was issued to another client.")),
        // It has been purged.
        None if context.clock.now() >= pointer.expires_at => Err(OAuthError::bare(ErrorCode::ExpiredToken)),
        None => Err(unknown()),
    }
}

async fn fetch(
    context: &Context,
    client: ClientRef,
    row: &DeviceAuthorization,
    grant: FlowId,
    params: &Params,
) -> Result<Authorization, OAuthError> {
    let ended = || OAuthError::invalid_grant("The user's consent was revoked.");
    let live = context.store.grant(*grant.as_bytes()).await?.filter(LiveGrant::stands).ok_or_else(ended)?;
    let body = GrantBody::open(context, &live.grant)?;
    use_up(context, &client, row, &body, live.grant.id).await?;
    if let Err(error) = prove(&body, params) {
        context.store.revoke_grant(live.grant.id, context.clock.now()).await?;
        return Err(error);
    }
    Ok(Authorization {
        client,
        grant_type: GrantType::DeviceCode,
        basis: Basis::Grant(Box::new(UserGrant {
            id: grant,
            generation: 0,
            subject: live.grant.subject,
            session_id: live.grant.login_session_id.map(FlowId::from),
            body,
        })),
    })
}

/// The verdict on single use is the row count. From here on the grant lives as long as its tokens.
async fn use_up(
    context: &Context,
    client: &ClientRef,
    row: &DeviceAuthorization,
    body: &GrantBody,
    grant: [u8; 16],
) -> Result<(), OAuthError> {
    let now = context.clock.now();
    let metadata = &client.parsed.metadata;
    let lifetimes = Lifetimes::of(&context.config.ttl, metadata, GrantType::DeviceCode);
    let expires_at = lifetimes.last_expires_at(now, WithRefresh::of(metadata, &body.scope));
    let mut batch = Batch::new();
    batch.redeem_device_authorization(row.id, now).redeem_code(grant, now, expires_at);
    match context.store.write(batch).await {
        Ok(_) => Ok(()),
        Err(WriteError::Unmet(_)) => Err(OAuthError::invalid_grant("The device code was used before.")),
        Err(fault) => Err(fault.into()),
    }
}

/// PKCE, which RFC 8628 does not know: whoever asked with a challenge has to show its verifier, and nobody else one.
fn prove(body: &GrantBody, params: &Params) -> Result<(), OAuthError> {
    match (&body.code_challenge, params.get("code_verifier")) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(OAuthError::invalid_grant(
            "Parameter 'code_verifier' was sent, but the device authorization request had no 'code_challenge'.",
        )),
        (Some(challenge), verifier) => code_verifier::check(challenge, verifier),
    }
}
