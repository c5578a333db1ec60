//! The consent challenge and its three operations: describe, accept, reject (wire reference §3.3), and what is
//! remembered of earlier consents.

use symbolon_store::{Batch, Handled, WriteError};
use symbolon_types::{AcceptConsent, ConsentRequest, FlowId, RedirectTo, RejectRequest};

use super::flow::{
    CONSENT_HANDLED, CONSENT_REQUESTED, ConsentHandled, ConsentOutcome, ConsentRequested, Consented, FlowState,
    LoginHandled, Rejection,
};
use super::{ChallengeFault, check_time, continue_url, oidc_context, request_url, revalidate};
use crate::at_rest;
use crate::authorization::RawRequest;
use crate::authorization::next::Remembered;
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::issue::body::GrantBody;
use crate::seal::kinds;

/// A consent that may still be answered: asked for, or answered and not yet used.
struct Open {
    id: FlowId,
    stage: i64,
    request: ConsentRequested,
}

async fn open(context: &Context, sealed: &str) -> Result<Open, ChallengeFault> {
    let id = context.seal.open_flow(kinds::CONSENT_CHALLENGE, sealed).ok_or_else(ApiError::unknown_challenge)?;
    check_time(context, id, "consent")?;
    let row = match context.store.handled(*id.as_bytes()).await? {
        Handled::Unknown => return Err(ApiError::unknown_challenge().into()),
        Handled::Granted => return Err(handled_by_grant(context, id).await),
        Handled::Flow(row) => row,
    };
    match FlowState::from_row(context, &row)? {
        FlowState::ConsentRequested(request) => Ok(Open { id, stage: CONSENT_REQUESTED, request }),
        FlowState::ConsentHandled(ConsentHandled { request, login, skip, .. }) => {
            Ok(Open { id, stage: CONSENT_HANDLED, request: ConsentRequested { request, login, skip } })
        }
        FlowState::Refused(state) => Err(handled(context, &state.request)),
        FlowState::LoginHandled(LoginHandled { .. }) => Err(ApiError::unknown_challenge().into()),
    }
}

fn handled(context: &Context, raw: &RawRequest) -> ChallengeFault {
    ChallengeFault::Handled(RedirectTo { redirect_to: request_url(context, raw) })
}

async fn handled_by_grant(context: &Context, id: FlowId) -> ChallengeFault {
    let grant = match context.store.grant(*id.as_bytes()).await {
        Ok(grant) => grant,
        Err(fault) => return fault.into(),
    };
    match grant.map(|live| GrantBody::open(context, &live.grant)).transpose() {
        Ok(Some(body)) => handled(context, &body.request()),
        Ok(None) => ApiError::unknown_challenge().into(),
        Err(fault) => fault.into(),
    }
}

/// What the consent page needs to know.
pub async fn describe(context: &Context, sealed: &str) -> Result<ConsentRequest, ChallengeFault> {
    let Open { id, request: consent, .. } = open(context, sealed).await?;
    let request = revalidate(context, &consent.request).await?;
    let login = consent.login;
    Ok(ConsentRequest {
        challenge: sealed.to_owned(),
        consent_request_id: id.to_hex(),
        requested_scope: request.scope.clone(),
        requested_access_token_audience: request.audience.clone(),
        skip: consent.skip,
        subject: login.subject.as_str().into(),
        oidc_context: oidc_context(&request),
        client: request.client.parsed.metadata.clone(),
        request_url: request_url(context, &consent.request),
        login_challenge: id.to_hex(),
        login_session_id: login.session_id(id).to_uuid_string(),
        acr: login.acr,
        amr: login.amr,
        context: Some(login.context).filter(|context| !context.is_null()),
    })
}

/// The consent page says what the user agreed to. It may be said again until the browser comes back.
pub async fn accept(context: &Context, sealed: &str, body: AcceptConsent) -> Result<RedirectTo, ChallengeFault> {
    let handled_at = context.clock.now();
    answer(context, sealed, |request| {
        ConsentOutcome::Accepted(Consented { accept: body.clone(), skipped: request.skip, handled_at })
    })
    .await
}

/// The consent page refuses; the client will hear its error.
pub async fn reject(context: &Context, sealed: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeFault> {
    let rejection = Rejection::new(body, "consent request denied");
    answer(context, sealed, |_| ConsentOutcome::Rejected(rejection.clone())).await
}

/// Writes the page's answer. Two answers at the same moment (a double click) are both taken, the later one counts: the
/// one that finds the stage changed looks once more.
async fn answer(
    context: &Context,
    sealed: &str,
    outcome: impl Fn(&ConsentRequested) -> ConsentOutcome,
) -> Result<RedirectTo, ChallengeFault> {
    let mut again = true;
    loop {
        let Open { id, stage, request } = open(context, sealed).await?;
        let outcome = outcome(&request);
        let ConsentRequested { request, login, skip } = request;
        let state = ConsentHandled { request, login, skip, outcome };
        let mut batch = Batch::new();
        batch.move_flow(*id.as_bytes(), stage, CONSENT_HANDLED, at_rest::close(context, &state)?);
        match context.store.write(batch).await {
            Ok(_) => {
                let verifier = context.seal.seal_flow(kinds::CONSENT_VERIFIER, id);
                let redirect_to = continue_url(context, &state.request, "consent_verifier", &verifier);
                return Ok(RedirectTo { redirect_to });
            }
            Err(WriteError::Unmet(_)) if again => again = false,
            Err(WriteError::Unmet(_)) => return Err(handled(context, &state.request)),
            Err(fault) => return Err(fault.into()),
        }
    }
}

/// The union of what a subject allowed a client and asked to be remembered.
pub async fn remembered(context: &Context, subject: &str, client_id: &str) -> Result<Remembered, OAuthError> {
    let grants = context.store.remembered_grants(subject, client_id, context.clock.now()).await?;
    let mut union = Remembered::default();
    for grant in grants {
        let body = GrantBody::open(context, &grant)?;
        union.scope.extend(body.scope.iter().map(str::to_owned));
        union.audience.extend(body.audience);
    }
    Ok(union)
}
