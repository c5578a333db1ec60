//! From a user's consent to the grant row that it becomes. The flow row dies in the same transaction, so a consent
//! verifier makes one grant or none; what the client fetches it with (a code, a device code) is its caller's business.

use symbolon_store::{Batch, Grant, WriteError};
use symbolon_types::{ErrorCode, FlowId};

use super::body::GrantBody;
use crate::authorization::validate::ValidRequest;
use crate::challenge::flow::{self, AcceptedLogin, CONSENT_HANDLED, Consented};
use crate::context::Context;
use crate::error::OAuthError;

/// A consent that was given in a flow.
pub struct Consent<'a> {
    /// The flow, whose id the grant will have.
    pub flow: FlowId,
    /// What was asked for.
    pub request: &'a ValidRequest,
    /// Who is logged in.
    pub login: &'a AcceptedLogin,
    /// What was agreed to.
    pub given: Consented,
}

/// Writes the grant, which may be redeemed until `redeemable_until` (Unix seconds), together with the statements of
/// `batch`. `access_denied` when the flow was over, or a statement of the batch found otherwise.
pub(super) async fn record(
    context: &Context,
    consent: Consent<'_>,
    redeemable_until: i64,
    batch: Batch,
) -> Result<GrantBody, OAuthError> {
    let Consent { flow, request, login, given } = consent;
    // The row outlives the challenges of its flow, which it keeps from being used again.
    let expires_at = redeemable_until.max(flow::expires_at(context, flow));
    let remember_until = remember_until(flow, &given);
    let body = body(request, login, given);
    let grant = Grant {
        id: *flow.as_bytes(),
        client_id: request.client.record.id.clone(),
        client_epoch: login.client_epoch,
        subject: login.subject.clone(),
        subject_epoch: login.subject_epoch,
        login_session_id: Some(*login.session_id(flow).as_bytes()),
        issued_at: context.clock.now(),
        code_redeemed_at: None,
        generation: 0,
        rotated_at: None,
        reuse_count: 0,
        successor_seen: 0,
        revoked_at: None,
        remember_until,
        expires_at,
        body: body.close(context)?,
    };
    write(context, &grant, &body, batch).await?;
    Ok(body)
}

async fn write(context: &Context, grant: &Grant, granted: &GrantBody, mut batch: Batch) -> Result<(), OAuthError> {
    batch.finish_flow(grant.id, CONSENT_HANDLED).insert_grant(grant);
    if grant.remember_until.is_some() {
        for older in covered_consents(context, grant, granted).await? {
            batch.unremember_consent(older);
        }
    }
    match context.store.write(batch).await {
        Ok(_) => Ok(()),
        Err(WriteError::Unmet("device authorization")) => {
            Err(OAuthError::new(ErrorCode::AccessDenied, "The code on the device was used before."))
        }
        Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => {
            Err(OAuthError::new(ErrorCode::AccessDenied, "The consent verifier was used before."))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Remembered consents that the new one covers. They need not be remembered any longer, so that their number stays
/// bounded by the different things a client asks for; all others still count beside it.
async fn covered_consents(context: &Context, grant: &Grant, granted: &GrantBody) -> Result<Vec<[u8; 16]>, OAuthError> {
    let mut covered = Vec::new();
    let now = context.clock.now();
    for older in context.store.remembered_grants(&grant.subject, &grant.client_id, now).await? {
        let longer = older.remember_until <= grant.remember_until;
        let body = GrantBody::open(context, &older)?;
        let audience = body.audience.iter().all(|value| granted.audience.contains(value));
        if longer && audience && body.scope.iter().all(|token| granted.scope.contains(token)) {
            covered.push(older.id);
        }
    }
    Ok(covered)
}

/// A consent is remembered from the start of the request on; 0 seconds means for ever. One that was skipped is not
/// remembered again: the first one still is.
fn remember_until(flow: FlowId, consent: &Consented) -> Option<i64> {
    if consent.skipped || !consent.accept.remember {
        return None;
    }
    Some(match consent.accept.remember_for {
        seconds if seconds > 0 => flow.unix_seconds().saturating_add(seconds),
        _ => i64::MAX,
    })
}

fn body(request: &ValidRequest, login: &AcceptedLogin, consent: Consented) -> GrantBody {
    let accept = consent.accept;
    GrantBody {
        request: request.raw.as_str().to_owned(),
        device: request.raw.device(),
        scope: accept.grant_scope,
        audience: accept.grant_access_token_audience,
        redirect_uri: request.redirect_uri_parameter.clone(),
        code_challenge: request.code_challenge.as_ref().map(|challenge| challenge.as_str().to_owned()),
        nonce: request.nonce.clone(),
        auth_time: login.authenticated_at,
        acr: login.acr.clone(),
        amr: login.amr.clone(),
        forced_subject: login.forced_subject.clone(),
        access_token_claims: accept.session.access_token,
        id_token_claims: accept.session.id_token,
        context: accept.context.unwrap_or_else(|| login.context.clone()),
        skipped: consent.skipped,
        handled_at: consent.handled_at,
    }
}
