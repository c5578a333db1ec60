//! The flow row: one authorization in progress, from the login page's accept to the grant. [`FlowState`] owns what each
//! stage knows; every transition is a statement that names the stage it leaves, so two of them cannot both happen.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use symbolon_store::{Batch, ClientEpoch, Condition, Flow, WriteError};
use symbolon_types::{AcceptConsent, ErrorCode, FlowId, GrantId, SessionId, Subject};

use super::rejection::Rejection;
use crate::at_rest;
use crate::context::Context;
use crate::error::OAuthError;
use crate::request::{EffectiveRequest, KeptRequest, pushed};
use crate::session::Authentication;

/// Stage: the login page accepted or rejected, the browser is on its way back.
pub const LOGIN_HANDLED: i64 = 1;
/// Stage: the browser came back from the login page and is at the consent page.
pub const CONSENT_REQUESTED: i64 = 2;
/// Stage: the consent page accepted or rejected, the browser is on its way back.
pub const CONSENT_HANDLED: i64 = 3;
/// Stage: the client was told of a refusal. The row stays until it expires, so that its challenges stay spent.
pub const REFUSED: i64 = 4;

/// A flow with what its stage knows.
#[derive(Debug)]
pub enum FlowState {
    /// See [`LOGIN_HANDLED`].
    LoginHandled(LoginHandled),
    /// See [`CONSENT_REQUESTED`].
    ConsentRequested(ConsentRequested),
    /// See [`CONSENT_HANDLED`].
    ConsentHandled(Box<ConsentHandled>),
    /// See [`REFUSED`].
    Refused(Refused),
}

/// The login page has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct LoginHandled {
    /// The authorization request.
    pub request: KeptRequest,
    /// The login challenge, as the page was called with it.
    pub login_challenge: String,
    /// What the login page answered.
    pub outcome: LoginOutcome,
}

/// What the login page said.
#[derive(Debug, Serialize, Deserialize)]
pub enum LoginOutcome {
    /// Somebody is logged in.
    Accepted(AcceptedLogin),
    /// The client shall hear an error.
    Rejected(Rejection),
}

/// A user who is logged in, as the login page said.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AcceptedLogin {
    /// Subject, methods and time of the login.
    pub authentication: Authentication,
    /// The subject's epoch in which the login was checked.
    pub subject_epoch: i64,
    /// The client's epoch in which it was accepted.
    pub client_epoch: ClientEpoch,
    /// The session that was there before and asked for nothing, when the page was visited with `skip`.
    pub skipped_session: Option<SessionId>,
    /// How long the browser shall remember the login, in seconds; `None`: until it is closed.
    pub remember_for: Option<i64>,
    /// Give a skipped session a new lifetime.
    pub extend: bool,
    /// What the login page wants the consent page to see.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub context: Value,
    /// `sub` for a pairwise client, chosen by the login page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub forced_subject: String,
    /// The session of the identity system behind the login page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identity_provider_session_id: String,
}

/// The browser is at the consent page.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConsentRequested {
    /// The authorization request.
    pub request: KeptRequest,
    /// The login challenge with which the flow began.
    pub login_challenge: String,
    /// Who is logged in.
    pub login: AcceptedLogin,
    /// In which session.
    pub session: SessionId,
    /// Whether the page has anything to ask.
    pub question: Question,
}

/// Whether a consent page has anything to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Something is asked for that was not granted before.
    Required,
    /// All that is asked for was remembered, in these consents.
    Remembered(Vec<GrantId>),
}

impl Question {
    /// Whether the page was visited with `skip`.
    pub fn is_remembered(&self) -> bool {
        matches!(self, Self::Remembered(_))
    }
}

/// The consent page has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConsentHandled {
    /// What the consent page was asked.
    pub asked: ConsentRequested,
    /// What the consent page answered.
    pub outcome: ConsentOutcome,
}

/// What the consent page said.
#[derive(Debug, Serialize, Deserialize)]
pub enum ConsentOutcome {
    /// The user agrees.
    Accepted(ConsentAnswer),
    /// The client shall hear an error.
    Rejected(Rejection),
}

/// What the user agreed to.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConsentAnswer {
    /// The consent page's words.
    pub accept: AcceptConsent,
    /// When it answered.
    pub handled_at: i64,
    /// The subject's epoch in which it answered.
    pub subject_epoch: i64,
}

/// A closed flow.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refused {
    /// The authorization request.
    pub request: KeptRequest,
}

impl FlowState {
    /// The authorization request, which every stage keeps.
    pub fn request(&self) -> Result<EffectiveRequest, OAuthError> {
        let kept = match self {
            Self::LoginHandled(state) => &state.request,
            Self::ConsentRequested(state) => &state.request,
            Self::ConsentHandled(state) => &state.asked.request,
            Self::Refused(state) => &state.request,
        };
        restore(kept)
    }

    /// Reads a row.
    pub fn from_row(context: &Context, row: &Flow) -> Result<Self, OAuthError> {
        match row.stage {
            LOGIN_HANDLED => at_rest::open(context, &row.body).map(Self::LoginHandled),
            CONSENT_REQUESTED => at_rest::open(context, &row.body).map(Self::ConsentRequested),
            CONSENT_HANDLED => at_rest::open(context, &row.body).map(Self::ConsentHandled),
            REFUSED => at_rest::open(context, &row.body).map(Self::Refused),
            stage => Err(OAuthError::server(format!("a flow is at the unknown stage {stage}"))),
        }
    }
}

/// The request of a flow, which was validated when the flow began.
pub fn restore(kept: &KeptRequest) -> Result<EffectiveRequest, OAuthError> {
    kept.clone().restore().ok_or_else(|| OAuthError::server("the request of a flow could not be read"))
}

impl AcceptedLogin {
    /// Whether the login page was visited with `skip`.
    pub fn skipped(&self) -> bool {
        self.skipped_session.is_some()
    }

    /// Who is logged in.
    pub fn subject(&self) -> &Subject {
        &self.authentication.subject
    }
}

/// The flow of that id.
pub async fn load(context: &Context, id: FlowId) -> Result<Option<FlowState>, OAuthError> {
    let row = context.store.flow(id).await?;
    row.as_ref().map(|row| FlowState::from_row(context, row)).transpose()
}

/// Whether the time for the user's answers is over, that began at `requested_at` (Unix seconds).
pub fn expired(context: &Context, requested_at: i64) -> bool {
    context.clock.now() > requested_at.saturating_add(context.config.ttl.login_consent_request)
}

/// When the row of a flow may be purged: once its challenges have expired anyway.
pub fn expires_at(context: &Context, id: FlowId) -> i64 {
    id.unix_seconds().saturating_add(context.config.ttl.login_consent_request).saturating_add(60)
}

/// Closes the flow of a request for good, and with it what a device waits for.
pub async fn refuse(
    context: &Context,
    id: FlowId,
    from_stage: i64,
    request: &EffectiveRequest,
) -> Result<(), OAuthError> {
    let body = at_rest::close(context, &Refused { request: KeptRequest::from(request) })?;
    let mut batch = Batch::new();
    batch.move_flow(id, from_stage, REFUSED, body);
    request.answer_once(context, &mut batch);
    if let Some(device) = request.device() {
        batch.deny_device_authorization(device);
    }
    match context.store.write(batch).await {
        Ok(()) => Ok(()),
        Err(WriteError::Unmet(Condition::Flow)) => {
            Err(OAuthError::new(ErrorCode::AccessDenied, "The verifier was used before."))
        }
        Err(WriteError::Unmet(Condition::Identifier)) => Err(pushed::used_before()),
        Err(fault) => Err(fault.into()),
    }
}
