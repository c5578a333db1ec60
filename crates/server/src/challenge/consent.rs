//! The consent challenge and its three operations: describe, accept, reject.

use std::sync::Arc;

use symbolon_store::{Batch, Condition, Handled, WriteError};
use symbolon_types::scope::is_pattern;
use symbolon_types::{
    AcceptConsent, ConsentRequest, ErrorCode, FlowId, RedirectTo, RejectRequest, first_missing, limits, without_repeats,
};

use super::flow::{
    CONSENT_HANDLED, CONSENT_REQUESTED, ConsentAnswer, ConsentHandled, ConsentOutcome, ConsentRequested, FlowState,
    restore,
};
use super::rejection::Rejection;
use super::{ChallengeFault, Page, check_time, client_for_page, conclude, counted, handled};
use crate::at_rest;
use crate::audit::Event;
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::{ApiError, OAuthError, in_log};
use crate::grant::body::GrantBody;
use crate::metrics::{PageOutcome, PageStep};
use crate::request::EffectiveRequest;
use crate::seal::kinds;
use crate::trail;

/// A consent that may still be answered: asked for, or answered and not yet used.
struct Open {
    id: FlowId,
    stage: i64,
    asked: ConsentRequested,
    request: EffectiveRequest,
}

/// What the consent page is told, with the values behind it.
pub struct ConsentDescription {
    /// As the management API writes it.
    pub wire: ConsentRequest,
    /// The request.
    pub request: EffectiveRequest,
    /// Its client.
    pub client: Arc<RegisteredClient>,
}

/// The flow of a consent challenge.
pub fn flow_of(context: &Context, sealed: &str) -> Result<FlowId, ApiError> {
    context.seal.open_id(kinds::CONSENT_CHALLENGE, sealed).ok_or_else(ApiError::unknown_challenge)
}

async fn open(context: &Context, sealed: &str) -> Result<Open, ChallengeFault> {
    let id = flow_of(context, sealed)?;
    check_time(context, id.unix_seconds(), "consent")?;
    let row = match context.store.handled(id).await? {
        Handled::Unknown => return Err(ApiError::unknown_challenge().into()),
        Handled::Granted => return Err(handled_by_grant(context, id).await),
        Handled::Flow(row) => row,
    };
    let (stage, asked) = match FlowState::from_row(context, &row)? {
        FlowState::ConsentRequested(asked) => (CONSENT_REQUESTED, asked),
        FlowState::ConsentHandled(handled) => (CONSENT_HANDLED, handled.asked),
        FlowState::Refused(state) => return Err(handled(context, &restore(&state.request)?)),
        FlowState::LoginHandled(_) => return Err(ApiError::unknown_challenge().into()),
    };
    let request = restore(&asked.request)?;
    Ok(Open { id, stage, asked, request })
}

async fn handled_by_grant(context: &Context, id: FlowId) -> ChallengeFault {
    let grant = match context.store.grant(id.grant_id()).await {
        Ok(grant) => grant,
        Err(fault) => return fault.into(),
    };
    let request = grant.map(|live| GrantBody::open(context, &live.grant)?.request()).transpose();
    match request {
        Ok(request) => {
            request.flatten().map_or_else(|| ApiError::unknown_challenge().into(), |request| handled(context, &request))
        }
        Err(fault) => fault.into(),
    }
}

/// What the consent page needs to know.
pub async fn describe(context: &Context, sealed: &str) -> Result<ConsentDescription, ChallengeFault> {
    let Open { id, asked, request, .. } = open(context, sealed).await?;
    let client = client_for_page(context, &request).await?;
    let ConsentRequested { login_challenge, login, session, question, .. } = asked;
    let mut shown = client.metadata().clone();
    // Trust in a client is trust in its registered addresses, and a loopback address with another port is none (RFC 8252
    // §8.6): a page that goes by the client's `skip_consent` asks, too.
    let address = request.reply().address();
    shown.skip_consent &= address.is_none_or(|to| client.registered_exactly(to.redirect_uri().as_str()));
    let wire = ConsentRequest {
        challenge: sealed.to_owned(),
        consent_request_id: id.to_hex(),
        requested_scope: request.scope().clone(),
        requested_access_token_audience: request.audience().to_vec(),
        requested_authorization_details: request.authorization_details().clone(),
        skip: question.is_remembered(),
        oidc_context: request.oidc_context(&client),
        client: shown,
        request_url: request.url(context),
        login_challenge,
        login_session_id: session.to_uuid_string(),
        subject: login.authentication.subject,
        acr: login.authentication.acr,
        amr: login.authentication.amr,
        context: Some(login.context).filter(|context| !context.is_null()),
    };
    Ok(ConsentDescription { wire, request, client })
}

/// The consent page says what the user agreed to. It may be said again until the browser comes back.
pub async fn accept(
    context: &Context,
    page: Page,
    sealed: &str,
    body: AcceptConsent,
) -> Result<RedirectTo, ChallengeFault> {
    counted(context, (PageStep::Consent, page), PageOutcome::Accepted, agree(context, sealed, body)).await
}

async fn agree(context: &Context, sealed: &str, body: AcceptConsent) -> Result<RedirectTo, ChallengeFault> {
    let handled_at = context.clock.now();
    let body = AcceptConsent {
        grant_access_token_audience: without_repeats(body.grant_access_token_audience),
        grant_claims: without_repeats(body.grant_claims),
        ..body
    };
    limits::check_accepted_consent(&body).map_err(OAuthError::from)?;
    answer(context, sealed, |request, subject_epoch| {
        within_request(context, request, &body)?;
        claims_within_request(request, &body)?;
        details_within_request(request, &body)?;
        Ok(ConsentOutcome::Accepted(ConsentAnswer { accept: body.clone(), handled_at, subject_epoch }))
    })
    .await
}

/// What is granted was asked for: a user who agrees to something else was not asked by this client, and its refresh would
/// be refused (RFC 6749 §3.3, §6).
fn within_request(context: &Context, request: &EffectiveRequest, body: &AcceptConsent) -> Result<(), ApiError> {
    let compatibility = &context.config.symbolon.compatibility;
    if let Some(pattern) = body.grant_scope.iter().find(|token| !compatibility.wildcards_granted && is_pattern(token)) {
        let hint = format!("Field 'grant_scope' has the pattern '{pattern}', which cannot be granted.");
        return Err(ApiError::oauth(ErrorCode::InvalidRequest, hint));
    }
    if compatibility.grant_beyond_request {
        return Ok(());
    }
    let refuse = |field: &str, value: &str| {
        let hint = format!("Field '{field}' has '{value}', which the client did not ask for.");
        Err(ApiError::oauth(ErrorCode::InvalidRequest, hint))
    };
    if let Some(foreign) = first_missing(body.grant_scope.iter(), request.scope().iter()) {
        return refuse("grant_scope", foreign);
    }
    match first_missing(&body.grant_access_token_audience, request.audience()) {
        Some(foreign) => refuse("grant_access_token_audience", foreign),
        None => Ok(()),
    }
}

/// Single claims are released because the client asked for them and the user saw that.
fn claims_within_request(request: &EffectiveRequest, body: &AcceptConsent) -> Result<(), ApiError> {
    match first_missing(body.grant_claims.iter().map(String::as_str), request.single_claims()) {
        None => Ok(()),
        Some(foreign) => {
            let hint = format!("Field 'grant_claims' has '{foreign}', which the client did not ask for by name.");
            Err(ApiError::oauth(ErrorCode::InvalidRequest, hint))
        }
    }
}

/// RFC 9396 §7: a person agrees to what was asked for, element by element, whatever else a consent page may grant.
fn details_within_request(request: &EffectiveRequest, body: &AcceptConsent) -> Result<(), ApiError> {
    let asked = request.authorization_details();
    if asked.places_of(&body.grant_authorization_details).is_ok() {
        return Ok(());
    }
    let hint = "Field 'grant_authorization_details' has an element which the client did not ask for in these words.";
    Err(ApiError::oauth(ErrorCode::InvalidRequest, hint))
}

/// The consent page refuses; the client will hear its error.
pub async fn reject(
    context: &Context,
    page: Page,
    sealed: &str,
    body: RejectRequest,
) -> Result<RedirectTo, ChallengeFault> {
    counted(context, (PageStep::Consent, page), PageOutcome::Rejected, refuse(context, sealed, body)).await
}

async fn refuse(context: &Context, sealed: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeFault> {
    let rejection = Rejection::new(body, "The consent page refused the request.")?;
    answer(context, sealed, |_, _| Ok(ConsentOutcome::Rejected(rejection.clone()))).await
}

/// Writes the page's answer, which `outcome` makes of the request and the subject's epoch of now. Two answers at the same
/// moment (a double click) are both taken, the later one counts: the one that finds the stage changed looks once more.
async fn answer(
    context: &Context,
    sealed: &str,
    outcome: impl Fn(&EffectiveRequest, i64) -> Result<ConsentOutcome, ApiError>,
) -> Result<RedirectTo, ChallengeFault> {
    let mut again = true;
    loop {
        let Open { id, stage, asked, request } = open(context, sealed).await?;
        client_for_page(context, &request).await?;
        // What is agreed to now is not touched by what was revoked before.
        let subject_epoch = context.store.subject_state(asked.login.subject()).await?.epoch;
        let state = ConsentHandled { asked, outcome: outcome(&request, subject_epoch)? };
        let mut batch = Batch::new();
        batch.move_flow(id, stage, CONSENT_HANDLED, at_rest::close(context, &state)?);
        match context.store.write(batch).await {
            Ok(()) => {
                report(&request, &state);
                return Ok(RedirectTo { redirect_to: verifier_url(context, &request, id) });
            }
            Err(WriteError::Unmet(Condition::Flow)) if again => again = false,
            Err(WriteError::Unmet(Condition::Flow)) => return Err(handled(context, &request)),
            Err(fault) => return Err(fault.into()),
        }
    }
}

fn report(request: &EffectiveRequest, state: &ConsentHandled) {
    let (client_id, subject) = (request.client_id().as_str(), state.asked.login.subject().as_str());
    match &state.outcome {
        ConsentOutcome::Accepted(answer) => {
            let (scope, remember) = (answer.accept.grant_scope.to_string(), answer.accept.remember);
            trail::tell(&Event::ConsentAccepted { client_id, subject, scope: &scope, remember });
        }
        ConsentOutcome::Rejected(rejection) => {
            let error = in_log(rejection.error());
            trail::tell(&Event::ConsentRejected { client_id, subject, error: &error });
        }
    }
}

/// Where the browser goes with what the consent page said.
fn verifier_url(context: &Context, request: &EffectiveRequest, id: FlowId) -> String {
    let verifier = context.seal.seal_id(kinds::CONSENT_VERIFIER, id.as_bytes());
    request.continue_url(context, "consent_verifier", &verifier)
}

/// Where a browser goes on whose consent was given before: a second click must not lose what the first one brought.
/// `None` when no consent was given, or when nothing can be fetched with it any more.
pub async fn given_before(context: &Context, sealed: &str) -> Result<Option<RedirectTo>, ChallengeFault> {
    let id = flow_of(context, sealed)?;
    let Some((_, body)) = conclude::waiting(context, id).await? else { return Ok(None) };
    Ok(body.request()?.map(|request| RedirectTo { redirect_to: verifier_url(context, &request, id) }))
}
