//! The flow row: one authorization in progress, from the login page's accept to the grant. [`FlowState`] owns what each
//! stage knows; every transition is a statement that names the stage it leaves, so two of them cannot both happen.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use symbolon_store::{Batch, ClientEpoch, Flow, LoginSession, WriteError};
use symbolon_types::{AcceptConsent, ErrorBody, ErrorCode, FlowId, RejectRequest};

use crate::at_rest;
use crate::authorization::RawRequest;
use crate::context::Context;
use crate::error::OAuthError;

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
    ConsentHandled(ConsentHandled),
    /// See [`REFUSED`].
    Refused(Refused),
}

/// The login page has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct LoginHandled {
    /// The authorization request.
    pub request: RawRequest,
    /// Its answer.
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
    /// Who.
    pub subject: String,
    /// The subject's epoch at that moment. What ended it ends the flow, too.
    pub subject_epoch: i64,
    /// The client's epoch at that moment.
    pub client_epoch: ClientEpoch,
    /// When.
    pub authenticated_at: i64,
    /// The session that was there before and asked for nothing, when the page was visited with `skip`.
    pub skipped_session: Option<FlowId>,
    /// How long the browser shall remember the login, in seconds; `None`: not at all.
    pub remember_for: Option<i64>,
    /// Give a skipped session a new lifetime.
    pub extend: bool,
    /// Authentication context class.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub acr: String,
    /// Authentication methods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
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
    pub request: RawRequest,
    /// Who is logged in.
    pub login: AcceptedLogin,
    /// All that is asked for was remembered.
    pub skip: bool,
}

/// The consent page has answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConsentHandled {
    /// The authorization request.
    pub request: RawRequest,
    /// Who is logged in.
    pub login: AcceptedLogin,
    /// The page was visited with `skip`.
    pub skip: bool,
    /// Its answer.
    pub outcome: ConsentOutcome,
}

/// What the consent page said.
#[derive(Debug, Serialize, Deserialize)]
pub enum ConsentOutcome {
    /// The user agrees.
    Accepted(Consented),
    /// The client shall hear an error.
    Rejected(Rejection),
}

/// What the user agreed to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Consented {
    /// The consent page's words.
    pub accept: AcceptConsent,
    /// Whether it was asked at all.
    pub skipped: bool,
    /// When it answered.
    pub handled_at: i64,
}

/// A closed flow.
#[derive(Debug, Serialize, Deserialize)]
pub struct Refused {
    /// The authorization request.
    pub request: RawRequest,
}

/// An error chosen by a login or consent page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rejection {
    error: String,
    description: String,
}

impl Rejection {
    /// From the page's words; `default` when it gave no `error`.
    pub fn new(request: RejectRequest, default: &str) -> Self {
        let error = if request.error.is_empty() { default.to_owned() } else { request.error };
        let mut description = request.error_description;
        if !request.error_hint.is_empty() {
            description = format!("{description} {}", request.error_hint);
        }
        Self { error, description: description.trim().to_owned() }
    }

    /// The error for the client.
    pub fn into_error(self) -> OAuthError {
        let mut error = OAuthError::bare(ErrorCode::AccessDenied).because("the login or consent page rejected");
        error.custom = Some(Box::new(ErrorBody {
            error: self.error.into(),
            error_description: self.description.replace('"', "'"),
        }));
        error
    }
}

impl FlowState {
    /// The authorization request, which every stage keeps.
    pub fn request(&self) -> &RawRequest {
        match self {
            Self::LoginHandled(state) => &state.request,
            Self::ConsentRequested(state) => &state.request,
            Self::ConsentHandled(state) => &state.request,
            Self::Refused(state) => &state.request,
        }
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

impl AcceptedLogin {
    /// Whether the login page was visited with `skip`.
    pub fn skipped(&self) -> bool {
        self.skipped_session.is_some()
    }

    /// The id of the session: the one that was there, or the flow's own for a new login, so that a session id is new
    /// with each login.
    pub fn session_id(&self, flow: FlowId) -> FlowId {
        self.skipped_session.unwrap_or(flow)
    }

    /// The session and the lifetime for which the browser's cookie is to be set now, if it is.
    pub fn session_cookie(&self, flow: FlowId) -> Option<(FlowId, i64)> {
        let seconds = self.remember_for?;
        (!self.skipped() || self.extend).then(|| (self.session_id(flow), seconds))
    }

    /// What this login changes about login sessions. A login that is not remembered ends the one before (`old`); one that
    /// is remembered leaves it, as the clients of the same person are still to be told when that one ends.
    pub fn session_statements(&self, context: &Context, flow: FlowId, old: Option<FlowId>) -> Batch {
        let mut batch = Batch::new();
        let session = |seconds: i64| LoginSession {
            id: *self.session_id(flow).as_bytes(),
            subject: self.subject.clone(),
            subject_epoch: self.subject_epoch,
            authenticated_at: self.authenticated_at,
            expires_at: context.clock.now().saturating_add(seconds),
            body: self.identity_provider_session_id.clone().into_bytes(),
        };
        match (self.skipped_session, self.remember_for, old) {
            (None, Some(seconds), _) => {
                batch.insert_login_session(&session(seconds));
            }
            (Some(_), Some(seconds), _) if self.extend => {
                batch.extend_login_session(&session(seconds));
            }
            (None, None, Some(old)) => {
                batch.delete_login_session(*old.as_bytes());
            }
            _ => {}
        }
        batch
    }
}

/// The flow of that id.
pub async fn load(context: &Context, id: FlowId) -> Result<Option<FlowState>, OAuthError> {
    let row = context.store.flow(*id.as_bytes()).await?;
    row.as_ref().map(|row| FlowState::from_row(context, row)).transpose()
}

/// Whether the time for the user's answers is over. A flow id carries the instant of the request.
pub fn expired(context: &Context, id: FlowId) -> bool {
    context.clock.now() > id.unix_seconds().saturating_add(context.config.ttl.login_consent_request)
}

/// When the row of a flow may be purged: once its challenges have expired anyway.
pub fn expires_at(context: &Context, id: FlowId) -> i64 {
    id.unix_seconds().saturating_add(context.config.ttl.login_consent_request).saturating_add(60)
}

/// Adds: the login is used, the consent page is next.
pub fn request_consent(
    context: &Context,
    mut batch: Batch,
    id: FlowId,
    state: &ConsentRequested,
) -> Result<Batch, OAuthError> {
    let body = at_rest::close(context, state)?;
    batch.move_flow(*id.as_bytes(), LOGIN_HANDLED, CONSENT_REQUESTED, body);
    Ok(batch)
}

/// Closes the flow of a request for good, and with it what a device waits for.
pub async fn refuse(context: &Context, id: FlowId, from_stage: i64, request: RawRequest) -> Result<(), OAuthError> {
    let device = request.device();
    let body = at_rest::close(context, &Refused { request })?;
    let mut batch = Batch::new();
    batch.move_flow(*id.as_bytes(), from_stage, REFUSED, body);
    if let Some(device) = device {
        batch.deny_device_authorization(*device.as_bytes());
    }
    match context.store.write(batch).await {
        Ok(_) => Ok(()),
        Err(WriteError::Unmet(_)) => Err(OAuthError::new(ErrorCode::AccessDenied, "The verifier was used before.")),
        Err(fault) => Err(fault.into()),
    }
}
