//! Global token revocation (draft-parecki-oauth-global-token-revocation-05): one call ends every login session, flow in
//! progress, grant, token and remembered consent of a person, and denies what waits for the person's answer. Who may call is
//! the business of [`caller`], whom the call is about of [`subject`]; here is the one write that ends it all, and the clients
//! of the ended sessions are told. Off unless the operator switches it on.

mod assertion;
mod caller;
mod subject;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::Value;
use symbolon_store::{Batch, Condition, WriteError};
use symbolon_types::{ErrorCode, ProviderMetadata, Subject, SubjectIdentifier};

use crate::audit::Event;
use crate::bearer;
use crate::clock::Clock;
use crate::config::{Config, RevocationDraft};
use crate::context::Context;
use crate::control_characters;
use crate::error::{OAuthError, decoding_fault};
use crate::exchange::{self, Answer, Request};
use crate::logout;
use crate::minute_limit::MinuteLimit;
use crate::resource;
use crate::trail;
use caller::Caller;

/// Where it is, on the public listener.
pub const PATH: &str = "/global-token-revocation";
/// Failed authentications that a network may have in a minute.
const FAILURES_PER_MINUTE: u32 = 60;
/// Most sessions whose clients are told before the answer; the worker tells the others within a minute.
const TOLD_AT_ONCE: u32 = 256;

/// What is kept in memory about callers.
pub struct RevocationState {
    failures: MinuteLimit,
}

impl RevocationState {
    /// Nobody has failed yet.
    pub fn new(clock: &Clock) -> Self {
        Self { failures: MinuteLimit::new(FAILURES_PER_MINUTE, clock) }
    }
}

/// Whether there is such an endpoint.
pub fn is_on(config: &Config) -> bool {
    match config.symbolon.global_token_revocation.revision {
        RevocationDraft::Off => false,
        RevocationDraft::Draft05 => true,
    }
}

/// Says in discovery where it is, and how callers authenticate (draft 05 §4). Those who call with an access token are known
/// by its type.
pub fn advertise(config: &Config, document: &mut ProviderMetadata) {
    if !is_on(config) {
        return;
    }
    let own = &config.symbolon.global_token_revocation;
    document.global_token_revocation_endpoint = Some(config.below_issuer(PATH));
    let (admin, person) = (config.symbolon.admin.token.is_some(), own.scope.is_some());
    let methods = [(assertion::TYPE, !own.issuers.is_empty()), ("Bearer", admin || person), ("DPoP", person)];
    let methods = methods.into_iter().filter(|(_, taken)| *taken).map(|(name, _)| name.to_owned());
    document.global_token_revocation_endpoint_auth_methods_supported = methods.collect();
}

/// `POST /global-token-revocation`, where that is switched on.
pub async fn revoke(context: &Context, request: Request) -> Answer {
    match run(context, &request).await {
        Ok(()) => exchange::no_store(exchange::empty(StatusCode::NO_CONTENT)),
        Err(Refusal::MediaType) => {
            let mut answer = OAuthError::invalid_request("Send JSON, as 'Content-Type: application/json'.");
            answer.reason = Some("another media type".to_owned());
            let mut answer = answer.answer(&context.config);
            *answer.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            answer
        }
        Err(Refusal::Error(error)) => refuse(context, &request, &error),
    }
}

/// Why nothing is ended.
enum Refusal {
    /// The body is said to be something else than JSON.
    MediaType,
    /// Anything else.
    Error(OAuthError),
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::Error(error)
    }
}

fn refuse(context: &Context, request: &Request, error: &OAuthError) -> Answer {
    if error.retry_after_seconds.is_some() {
        return error.answer(&context.config);
    }
    let mut answer = exchange::no_store(resource::refuse(context, request, error));
    // Where no access token is taken nobody is told to prove the key of one.
    if context.config.symbolon.global_token_revocation.scope.is_none() {
        resource::only_bearer(&mut answer);
    }
    answer
}

/// Who calls comes first: a stranger learns nothing about bodies and people.
async fn run(context: &Context, request: &Request) -> Result<(), Refusal> {
    let caller = match caller::authenticate(context, request).await {
        Ok(caller) => caller,
        Err(fault) => return Err(counted(context, request, fault).into()),
    };
    let identifier = identifier(request)?;
    caller.admit(context, &identifier)?;
    let subjects = caller.subjects(context, &identifier).await?;
    if subjects.is_empty() {
        return Err(unknown().into());
    }
    Ok(end(context, &caller, &subjects).await?)
}

/// A failed authentication; from a network with too many of them the answer is to come back later (RFC 6585 §4).
fn counted(context: &Context, request: &Request, fault: OAuthError) -> OAuthError {
    if fault.status() != StatusCode::UNAUTHORIZED && fault.code != ErrorCode::InvalidDpopProof {
        return fault;
    }
    trail::tell(&Event::GlobalRevocationRefused);
    match context.revocations.failures.count(request.address) {
        Ok(()) => fault,
        Err(seconds) => OAuthError::too_many(seconds, "Too many calls that were not authenticated."),
    }
}

#[derive(Deserialize)]
struct Body {
    sub_id: Value,
}

/// Whom the call is about: `sub_id` (draft 05 §3.2). Other members are passed over, as the draft may get some.
fn identifier(request: &Request) -> Result<SubjectIdentifier, Refusal> {
    let kind = request.header(&CONTENT_TYPE).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Refusal::MediaType);
    }
    if request.body.trim_ascii_start().first() != Some(&b'{') {
        return Err(OAuthError::invalid_request("The body must be a JSON object with the member 'sub_id'.").into());
    }
    control_characters::check_json(&request.body)?;
    let body: Body = serde_json::from_slice(&request.body).map_err(|fault| {
        let what = decoding_fault(&fault);
        OAuthError::invalid_request(format!("The body must have the member 'sub_id', once: {what}."))
    })?;
    let read = SubjectIdentifier::read(&body.sub_id);
    Ok(read.map_err(|fault| OAuthError::invalid_request(format!("Member 'sub_id' {fault}.")))?)
}

/// 404 (draft 05 §3.4.1).
fn unknown() -> OAuthError {
    OAuthError::new(ErrorCode::NotFound, "Nothing is known here of the subject that 'sub_id' names.")
}

/// Ends everything, in one write with the one use of the caller's JWT or proof. What was never heard of is told so, and its
/// epoch counts on all the same: its first login may be under way, of which nothing is known before its end.
async fn end(context: &Context, caller: &Caller, subjects: &[Subject]) -> Result<(), OAuthError> {
    let now = context.clock.now();
    let mut known = false;
    let mut batch = Batch::new();
    caller.use_up(&mut batch);
    for subject in subjects {
        known |= context.store.knows_subject(subject).await?;
        batch.end_everything_of(subject, now);
    }
    match context.store.write(batch).await {
        Ok(()) => {}
        Err(WriteError::Unmet(Condition::Identifier)) => return Err(assertion::used_before()),
        Err(fault) => return Err(fault.into()),
    }
    context.work.pings.notify_one();
    for subject in subjects {
        let (subject, by) = (subject.as_str(), caller.name());
        trail::tell(&Event::SubjectRevoked { subject, by });
    }
    tell(context, subjects).await;
    if known { Ok(()) } else { Err(unknown()) }
}

/// Tells the clients of the ended sessions. It is not this call's fault if that fails, and the worker tries again.
async fn tell(context: &Context, subjects: &[Subject]) {
    for subject in subjects {
        let ended = match context.store.ended_login_sessions_of(subject, TOLD_AT_ONCE).await {
            Ok(ended) => ended,
            Err(fault) => return tracing::warn!(reason = fault.detail(), "ended sessions are told later"),
        };
        for session in ended {
            if let Err(fault) = logout::tell(context, session).await {
                return tracing::warn!(reason = fault.reason, "ended sessions are told later");
            }
        }
    }
}

/// The text behind `Authorization: Bearer`, if there is any.
fn bearer_text(request: &Request) -> Option<&str> {
    let text = request.header(&http::header::AUTHORIZATION)?;
    let (_, token) = text.split_once(' ').filter(|_| bearer::scheme(request) == Some(bearer::Scheme::Bearer))?;
    Some(token.trim())
}
