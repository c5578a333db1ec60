//! What a person answers: which requests wait, and accepting or denying one. The home page and the management API both come
//! here. An acceptance writes the grant, and rests on everything that may have ended since the client asked: the client, the
//! subject, the session in which the person answered.

use std::sync::Arc;

use http::StatusCode;
use symbolon_store::{BackchannelRequest, BackchannelStage, Batch, Condition, Grant, GrantState, WriteError};
use symbolon_types::{
    AuthenticationRequestId, AuthorizationDetails, ConsentSessionClaims, ErrorCode, RequestedClaim, Scope, SessionId,
    Subject, first_missing,
};

use super::kept::Kept;
use crate::audit::Event;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::grant::body::GrantBody;
use crate::request::{EffectiveRequest, KeptRequest};
use crate::trail;

/// Most requests of one subject that are listed.
const LISTED: u32 = 100;

/// A request that waits for its subject.
pub struct Waiting {
    row: BackchannelRequest,
    /// What is asked for.
    pub request: EffectiveRequest,
    /// Who asks.
    pub client: Arc<RegisteredClient>,
    wants_ping: bool,
}

impl Waiting {
    /// Its number.
    pub fn id(&self) -> AuthenticationRequestId {
        self.row.id
    }

    /// Who is asked.
    pub fn subject(&self) -> &Subject {
        &self.row.subject
    }

    /// When it ends, in Unix seconds.
    pub fn expires_at(&self) -> i64 {
        self.row.expires_at
    }

    /// What the person compares with what the client shows.
    pub fn binding_message(&self) -> Option<&str> {
        self.request.parameters().get("binding_message")
    }
}

/// How a person agreed.
pub struct Agreement {
    /// Authentication context class; empty when nothing is said.
    pub acr: String,
    /// Authentication methods.
    pub amr: Vec<String>,
    /// When the person was authenticated, in Unix seconds.
    pub authenticated_at: i64,
    /// The login session in which it happened, and the subject's epoch of it; `None` where another system asked.
    pub session: Option<(SessionId, i64)>,
    /// What is granted of the scope; all of it where nothing is said.
    pub scope: Option<Scope>,
    /// The same of the audience.
    pub audience: Option<Vec<String>>,
    /// What is granted in detail (RFC 9396); nothing of it that was not named, as nobody may have seen it.
    pub details: AuthorizationDetails,
    /// Claims for the tokens.
    pub claims: ConsentSessionClaims,
}

/// The requests that wait for a subject, the newest first. Those of clients that may not ask any more are left out.
pub async fn waiting_of(context: &Context, subject: &Subject) -> Result<Vec<Waiting>, OAuthError> {
    let rows = context.store.backchannel_requests_of(subject, context.clock.now(), LISTED).await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for row in rows {
        waiting.extend(open(context, row).await?);
    }
    Ok(waiting)
}

async fn open(context: &Context, row: BackchannelRequest) -> Result<Option<Waiting>, OAuthError> {
    let Some(client) = clients::find(context, &row.client_id).await? else { return Ok(None) };
    let kept = Kept::open(context, &row)?;
    let wants_ping = kept.wants_ping();
    let request = kept.restore()?;
    Ok(request.recheck(&context.config, &client).is_ok().then_some(Waiting { row, request, client, wants_ping }))
}

/// The request of that number, if it waits for this subject. 404 for any other, 410 for one that was answered.
pub async fn waiting(context: &Context, id: AuthenticationRequestId, subject: &Subject) -> Result<Waiting, ApiError> {
    let unknown = || ApiError::oauth(ErrorCode::NotFound, "No such request waits for the subject.");
    let row = context.store.backchannel_request(id).await?.filter(|row| row.subject == *subject).ok_or_else(unknown)?;
    if row.stage != BackchannelStage::Pending || row.expires_at <= context.clock.now() {
        return Err(answered());
    }
    open(context, row).await.map_err(ApiError::from)?.ok_or_else(unknown)
}

fn answered() -> ApiError {
    ApiError::new(StatusCode::GONE, "The request was answered", "The request was answered before, or has expired.")
}

/// The person agrees. Fails with 400 when more is granted than was asked for or the login is older than the client wants,
/// with 409 when what it rests on has ended.
pub async fn accept(context: &Context, waiting: &Waiting, agreement: Agreement) -> Result<(), ApiError> {
    let now = context.clock.now();
    check(waiting, &agreement, now)?;
    let row = &waiting.row;
    let epoch = context.store.subject_state(&row.subject).await?.epoch;
    let session = agreement.session;
    let grant = Grant {
        id: row.id.grant_id(),
        client_id: row.client_id.clone(),
        client_epoch: row.client_epoch,
        subject: Some(row.subject.clone()),
        subject_epoch: epoch,
        session_id: session.map(|(id, _)| id),
        issued_at: now,
        state: GrantState::Issued,
        remember_until: None,
        expires_at: row.expires_at,
        body: body(&waiting.request, agreement, now).close(context)?,
    };
    let mut batch = Batch::new();
    batch
        .require_client(&row.client_id, row.client_epoch)
        .require_subject(&row.subject, session.map_or(epoch, |(_, epoch)| epoch))
        .require_tokens_of(&row.subject, epoch);
    if let Some((id, _)) = session {
        batch.require_login_session(id, &row.subject, now);
    }
    batch.accept_backchannel_request(row.id, &row.subject, now, ping_due_at(waiting, now)).insert_grant(&grant);
    if session.is_none() {
        batch.agreed_elsewhere(grant.id);
    }
    write(context, batch).await?;
    let (client_id, subject) = (waiting.row.client_id.as_str(), waiting.row.subject.as_str());
    finished(context, waiting, &Event::BackchannelRequestAccepted { client_id, subject });
    Ok(())
}

/// The person refuses; the client hears `access_denied`.
pub async fn deny(context: &Context, waiting: &Waiting) -> Result<(), ApiError> {
    let now = context.clock.now();
    let mut batch = Batch::new();
    batch.deny_backchannel_request(waiting.row.id, &waiting.row.subject, now, ping_due_at(waiting, now));
    write(context, batch).await?;
    let (client_id, subject) = (waiting.row.client_id.as_str(), waiting.row.subject.as_str());
    finished(context, waiting, &Event::BackchannelRequestDenied { client_id, subject });
    Ok(())
}

fn ping_due_at(waiting: &Waiting, now: i64) -> Option<i64> {
    waiting.wants_ping.then_some(now)
}

async fn write(context: &Context, batch: Batch) -> Result<(), ApiError> {
    match context.store.write(batch).await {
        Ok(()) => Ok(()),
        Err(WriteError::Unmet(Condition::Backchannel) | WriteError::Conflict(Condition::Grant)) => Err(answered()),
        Err(WriteError::Unmet(Condition::Client | Condition::Subject | Condition::Session)) => {
            let hint = "The client, the account or the login on which the answer rests has ended meanwhile.";
            Err(ApiError::new(StatusCode::CONFLICT, "The request cannot be answered any more", hint))
        }
        Err(fault) => Err(fault.into()),
    }
}

fn finished(context: &Context, waiting: &Waiting, event: &Event<'_>) {
    trail::tell(event);
    if waiting.wants_ping {
        context.work.pings.notify_one();
    }
}

/// What is granted was asked for (RFC 6749 §3.3), and the login is not older than the client wants it.
fn check(waiting: &Waiting, agreement: &Agreement, now: i64) -> Result<(), ApiError> {
    let refuse = |hint: String| Err(ApiError::oauth(ErrorCode::InvalidRequest, hint));
    let request = &waiting.request;
    if let Some(scope) = &agreement.scope
        && let Some(foreign) = first_missing(scope.iter(), request.scope().iter())
    {
        return refuse(format!("Field 'grant_scope' has '{foreign}', which the client did not ask for."));
    }
    if let Some(audience) = &agreement.audience
        && let Some(foreign) = first_missing(audience, request.audience())
    {
        return refuse(format!("Field 'grant_access_token_audience' has '{foreign}', which was not asked for."));
    }
    if request.authorization_details().places_of(&agreement.details).is_err() {
        return refuse("Field 'grant_authorization_details' has an element which was not asked for.".to_owned());
    }
    if !request.claims().accepts_acr(&agreement.acr) {
        return refuse("The login is of none of the classes ('acr') that the client asks for as essential.".to_owned());
    }
    if agreement.authenticated_at > now {
        return refuse("Field 'authenticated_at' lies ahead.".to_owned());
    }
    match request.max_age() {
        Some(age) if agreement.authenticated_at.saturating_add(age) < now => {
            refuse(format!("The client wants a login that is not older than {age} seconds."))
        }
        _ => Ok(()),
    }
}

fn body(request: &EffectiveRequest, agreement: Agreement, now: i64) -> GrantBody {
    let names = |claims: &[RequestedClaim]| claims.iter().map(|claim| claim.name().to_owned()).collect();
    GrantBody {
        request: Some(KeptRequest::from(request)),
        scope: agreement.scope.unwrap_or_else(|| request.scope().clone()),
        audience: agreement.audience.unwrap_or_else(|| request.audience().to_vec()),
        authorization_details: agreement.details,
        auth_time: agreement.authenticated_at,
        acr: agreement.acr,
        amr: agreement.amr,
        access_token_claims: agreement.claims.access_token,
        id_token_claims: agreement.claims.id_token,
        userinfo_claims: agreement.claims.userinfo,
        requested_in_id_token: names(request.claims().in_id_token()),
        requested_in_userinfo: names(request.claims().in_userinfo()),
        handled_at: now,
        ..GrantBody::default()
    }
}
