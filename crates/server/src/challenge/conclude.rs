//! From a user's consent to the grant row that it becomes. The flow row dies in the same transaction, so a consent
//! verifier makes one grant or none; what the client fetches it with (a code, a device code) is its caller's business.
//! What the flow rests on is a condition of the same transaction: the session goes on, the subject is not signed out, the
//! client exists, and a consent that spared the question is still remembered.

use symbolon_jose::digest;
use symbolon_store::{Batch, Condition, Grant, GrantState, LiveGrant, WriteError};
use symbolon_types::{ErrorCode, FlowId, RequestedClaim, Subject};

use super::client_ended;
use super::flow::{self, CONSENT_HANDLED, ConsentAnswer, ConsentRequested, Question};
use crate::audit::Event;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::access_token_content::GrantUse;
use crate::grant::body::GrantBody;
use crate::grant::remembered::{Consent, Remembered};
use crate::issue::authorization_code;
use crate::request::{EffectiveRequest, KeptRequest, Refusal, pushed};
use crate::trail;

/// A consent that was given in a flow.
pub struct GivenConsent<'a> {
    /// The flow, whose id the grant will have.
    pub flow: FlowId,
    /// What was asked for.
    pub request: &'a EffectiveRequest,
    /// The client, as it is now.
    pub client: &'a RegisteredClient,
    /// The login that it rests on, and whether a page had to ask.
    pub asked: ConsentRequested,
    /// What was agreed to.
    pub consented: ConsentAnswer,
    /// The verifier with which the browser came back.
    pub verifier: &'a str,
}

/// Writes the grant, which is kept until `kept_until` (Unix seconds) at least, together with the statements of `batch`.
/// `access_denied` when the flow was over, `login_required` and `consent_required` when what it rests on
/// is. A client that is gone has no address that anything could be told at.
pub async fn conclude(
    context: &Context,
    given: GivenConsent<'_>,
    kept_until: i64,
    batch: Batch,
) -> Result<UserGrant, Refusal> {
    let GivenConsent { flow, request, client, asked, consented, verifier } = given;
    // The row outlives the challenges of its flow, which it keeps from being used again.
    let expires_at = kept_until.max(flow::expires_at(context, flow));
    let remember_until = remember_until(flow, &asked.question, &consented);
    // A client that changed while the page was open is not the one that the person would have agreed to again.
    let remember_until = remember_until
        .filter(|_| client.revision() == request.client_revision())
        .map(|until| until.min(latest(context, client, flow)));
    let mut requirements = requirements(context, &asked, request, batch);
    requirements.require_tokens_of(asked.login.subject(), consented.subject_epoch);
    requirements.finish_flow(flow, CONSENT_HANDLED);
    request.answer_once(context, &mut requirements);
    let session = asked.session;
    let subject = asked.login.subject().clone();
    let (client_epoch, subject_epoch) = (asked.login.client_epoch, consented.subject_epoch);
    let body = GrantBody {
        verifier: verifier_hash(verifier),
        document_digest: client.document_digest().unwrap_or_default().to_owned(),
        ..body(request, asked, consented)
    };
    let grant = Grant {
        id: flow.grant_id(),
        client_id: request.client_id().clone(),
        client_epoch,
        subject: Some(subject),
        subject_epoch,
        session_id: Some(session),
        issued_at: context.clock.now(),
        state: GrantState::Issued,
        remember_until,
        expires_at,
        body: body.close(context).map_err(|fault| request.refusal(fault))?,
    };
    let batch = statements(context, (request, client), &grant, &body, requirements).await;
    let batch = batch.map_err(|fault| request.refusal(fault))?;
    match context.store.write(batch).await {
        Ok(()) => {}
        Err(WriteError::Unmet(Condition::Client)) => return Err(client_ended(context, request).await),
        Err(fault) => return Err(refusal(request, fault)),
    }
    trail::tell(&Event::GrantCreated {
        client_id: grant.client_id.as_str(),
        subject: grant.subject.as_ref().map_or("", Subject::as_str),
        grant: &grant.id.to_hex(),
        scope: &body.scope.to_string(),
    });
    let used = GrantUse::first(grant.id);
    UserGrant::with_body(grant, body, used).ok_or_else(|| request.refusal(OAuthError::server("a grant without a user")))
}

/// The grant of a flow whose client has fetched nothing yet and still can, with what it says.
pub async fn waiting(context: &Context, flow: FlowId) -> Result<Option<(Grant, GrantBody)>, OAuthError> {
    let Some(live) = context.store.grant(flow.grant_id()).await? else { return Ok(None) };
    if !live.stands() || live.grant.state != GrantState::Issued {
        return Ok(None);
    }
    let LiveGrant { grant, .. } = live;
    let body = GrantBody::open(context, &grant)?;
    // A device asks by itself, and learns then whether it was too late.
    let of_device = body.request()?.is_some_and(|request| request.device().is_some());
    let Some(client) = clients::find(context, &grant.client_id).await? else { return Ok(None) };
    let redeemable_until = authorization_code::expires_at(context, &client, grant.issued_at);
    let in_time = of_device || context.clock.now() < redeemable_until;
    Ok(in_time.then_some((grant, body)))
}

/// By which a consent verifier is known that was used up: each is used once, but another one of the same consent, which a
/// second click brings, leads to the same grant.
pub fn verifier_hash(verifier: &str) -> String {
    digest::base64url(&digest::sha256(verifier.as_bytes())[..9])
}

fn requirements(context: &Context, asked: &ConsentRequested, request: &EffectiveRequest, mut batch: Batch) -> Batch {
    let now = context.clock.now();
    let login = &asked.login;
    batch
        .require_client(request.client_id(), login.client_epoch)
        .require_subject(login.subject(), login.subject_epoch)
        .require_login_session(asked.session, login.subject(), now);
    if let Question::Remembered(consents) = &asked.question {
        for consent in consents {
            batch.require_consent(*consent, now);
        }
    }
    batch
}

async fn statements(
    context: &Context,
    (request, client): (&EffectiveRequest, &RegisteredClient),
    grant: &Grant,
    granted: &GrantBody,
    mut batch: Batch,
) -> Result<Batch, OAuthError> {
    batch.insert_grant(grant);
    if let (Some(until), Some(subject)) = (grant.remember_until, &grant.subject) {
        let new = Consent {
            id: grant.id,
            until: Some(until),
            scope: granted.scope.clone(),
            audience: granted.audience.clone(),
            claims: granted.claims.clone(),
        };
        for older in Remembered::load(context, subject, client, request).await?.covered_by(&new) {
            batch.unremember_consent(older);
        }
    }
    Ok(batch)
}

/// What a condition that does not hold means, and who hears it.
fn refusal(request: &EffectiveRequest, fault: WriteError) -> Refusal {
    let told = |code, hint: &'static str| request.refusal(OAuthError::new(code, hint));
    match fault {
        WriteError::Unmet(Condition::Flow) | WriteError::Conflict(Condition::Grant) => {
            told(ErrorCode::AccessDenied, "The consent verifier was used before.")
        }
        // RFC 9126 §4: nothing goes to the client twice.
        WriteError::Unmet(Condition::Identifier) => Refusal::Page(pushed::used_before()),
        WriteError::Unmet(Condition::Device) => {
            told(ErrorCode::AccessDenied, "The code on the device was used before.")
        }
        WriteError::Unmet(Condition::Session | Condition::Subject) => {
            told(ErrorCode::LoginRequired, "The login has ended meanwhile. Please sign in again.")
        }
        WriteError::Unmet(Condition::Consent) => told(
            ErrorCode::ConsentRequired,
            "The consent that was remembered has been revoked meanwhile. Please ask again.",
        ),
        fault => request.refusal(fault.into()),
    }
}

/// A consent is remembered from the start of the request on; 0 seconds means for ever. One that was skipped is not
/// remembered again: the first one still is.
fn remember_until(flow: FlowId, question: &Question, consented: &ConsentAnswer) -> Option<i64> {
    if question.is_remembered() || !consented.accept.remember {
        return None;
    }
    Some(match consented.accept.remember_for {
        seconds if seconds > 0 => flow.unix_seconds().saturating_add(seconds),
        _ => i64::MAX,
    })
}

/// Until when a consent may be remembered at most: the row of one that a client got which registered itself must not stay
/// for ever.
fn latest(context: &Context, client: &RegisteredClient, flow: FlowId) -> i64 {
    if !client.is_self_registered() {
        return i64::MAX;
    }
    flow.unix_seconds().saturating_add(context.config.symbolon.limits.self_registered_lifespan_seconds)
}

fn body(request: &EffectiveRequest, asked: ConsentRequested, consented: ConsentAnswer) -> GrantBody {
    let ConsentRequested { login, question, .. } = asked;
    let ConsentAnswer { accept, handled_at, .. } = consented;
    GrantBody {
        request: Some(KeptRequest::from(request)),
        scope: accept.grant_scope,
        audience: accept.grant_access_token_audience,
        authorization_details: accept.grant_authorization_details,
        nonce: request.nonce().map(str::to_owned),
        auth_time: login.authentication.at,
        acr: login.authentication.acr,
        amr: login.authentication.amr,
        forced_subject: login.forced_subject,
        access_token_claims: accept.session.access_token,
        id_token_claims: accept.session.id_token,
        consented: None,
        refresh_key: None,
        refresh_certificate: None,
        identity_provider: String::new(),
        userinfo_claims: accept.session.userinfo,
        requested_in_id_token: names(request.claims().in_id_token()),
        requested_in_userinfo: names(request.claims().in_userinfo()),
        claims: accept.grant_claims,
        context: accept.context.unwrap_or(login.context),
        skipped: question.is_remembered(),
        document_digest: String::new(),
        authenticated_by: String::new(),
        handled_at,
        claims_at: None,
        verifier: String::new(),
    }
}

fn names(claims: &[RequestedClaim]) -> Vec<String> {
    claims.iter().map(|claim| claim.name().to_owned()).collect()
}
