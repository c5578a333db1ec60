//! The second and third visit of a browser in one flow: with a login verifier, with a consent verifier. Both are handles
//! to the flow row that the login page's accept created; each is bound to the browser by a cookie, and each transition
//! is one conditional statement. The request is the one that was validated at the first visit, not what the address bar
//! says now. Devices' flows go the same way and end otherwise: on a page, while the device hears the answer at its next
//! poll (RFC 8628 §3.3, §3.4).

use symbolon_store::{Batch, Condition, Persistence, WriteError};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{ClientId, ErrorCode, FlowId, SessionId};

use super::next::{self, AfterLogin, Authenticated};
use super::{Endpoint, refuse, respond};
use crate::at_rest;
use crate::challenge::conclude::{self, GivenConsent, conclude, verifier_hash};
use crate::challenge::flow::{
    AcceptedLogin, CONSENT_REQUESTED, ConsentHandled, ConsentOutcome, ConsentRequested, FlowState, LOGIN_HANDLED,
    LoginHandled, LoginOutcome, Question,
};
use crate::challenge::{client_ended, client_of, flow};
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::grant::remembered::Remembered;
use crate::issue::authorization_code;
use crate::logout;
use crate::request::{Asker, EffectiveRequest, Parameters, Refusal, Reply, ValidatedRequest, validate};
use crate::seal::kinds;
use crate::session::{self, CurrentSession};

/// What a browser brings when it comes back.
pub(crate) struct ReturnVisit<'a> {
    /// The parameters in the address bar.
    pub(crate) parameters: &'a Parameters,
    /// The verifier.
    pub(crate) verifier: &'a str,
    /// Where it came.
    pub(crate) endpoint: Endpoint,
}

/// The second visit.
pub(crate) async fn after_login(
    context: &Context,
    http: &Request,
    returned: &ReturnVisit<'_>,
) -> Result<Answer, Refusal> {
    let (id, state) = find(context, returned, &LOGIN).await?;
    let request = state.request().map_err(Refusal::Page)?;
    let client = client_of(context, &request).await?;
    same_client(returned.parameters, &request)?;
    cookies::same_login(context, http, id).map_err(|error| request.refusal(error))?;
    match state {
        FlowState::LoginHandled(LoginHandled { outcome: LoginOutcome::Rejected(rejection), .. }) => {
            let refused = flow::refuse(context, id, LOGIN_HANDLED, &request).await;
            refused.map_err(|fault| request.refusal(fault))?;
            Err(request.refusal(rejection.into_error()))
        }
        FlowState::LoginHandled(LoginHandled { outcome: LoginOutcome::Accepted(login), login_challenge, .. }) => {
            let asked = ValidatedRequest { request, client };
            let visit = Login { id, login, login_challenge };
            establish(context, http, &asked, visit).await
        }
        // The same browser again (a reload, a double click): the same consent page, nothing changes.
        FlowState::ConsentRequested(waiting) => Ok(to_consent(context, id, &waiting)),
        FlowState::ConsentHandled(_) | FlowState::Refused(_) => Err(request.refusal(LOGIN.used())),
    }
}

/// A login that the login page accepted, in its flow.
struct Login {
    id: FlowId,
    login: AcceptedLogin,
    login_challenge: String,
}

/// What the browser's session becomes with a login.
struct Change {
    /// The session of the flow.
    session: SessionId,
    /// Another person's session in the same browser, which ends.
    ends: Option<SessionId>,
}

/// A login session belongs to a browser and a person: the same person keeps it, another person's ends.
async fn change(context: &Context, http: &Request, visit: &Login) -> Result<Change, OAuthError> {
    if let Some(session) = visit.login.skipped_session {
        return Ok(Change { session, ends: None });
    }
    let new = visit.id.session_id();
    Ok(match session::current(context, http).await? {
        Some(session) if session.authentication.subject == *visit.login.subject() => {
            Change { session: session.id, ends: None }
        }
        Some(session) => Change { session: new, ends: Some(session.id) },
        None => Change { session: new, ends: None },
    })
}

/// Decides what comes next, writes the session and the consent request in one transaction, and goes on to the consent
/// page.
async fn establish(
    context: &Context,
    http: &Request,
    asked: &ValidatedRequest,
    visit: Login,
) -> Result<Answer, Refusal> {
    let refuse = |fault: OAuthError| asked.request.refusal(fault);
    let change = change(context, http, &visit).await.map_err(refuse)?;
    let Login { id, login, login_challenge } = visit;
    let question = decide(context, asked, id, &login, change.session).await?;
    let waiting = ConsentRequested {
        request: (&asked.request).into(),
        login_challenge,
        login,
        session: change.session,
        question,
    };
    let batch = statements(context, (id, asked.client.id()), &waiting, &change).map_err(refuse)?;
    match context.store.write(batch).await {
        Ok(()) => {
            if let Some(ended) = change.ends {
                logout::tell(context, ended).await.map_err(refuse)?;
            }
            Ok(to_consent(context, id, &waiting))
        }
        Err(WriteError::Unmet(Condition::Client)) => Err(client_ended(context, &asked.request).await),
        Err(WriteError::Unmet(Condition::Session | Condition::Subject)) => Err(refuse(OAuthError::new(
            ErrorCode::LoginRequired,
            "The login has ended meanwhile. Please sign in again.",
        ))),
        // Another request of the same browser was faster; it led to the same page.
        Err(WriteError::Unmet(Condition::Flow)) => match flow::load(context, id).await {
            Ok(Some(FlowState::ConsentRequested(other))) => Ok(to_consent(context, id, &other)),
            Ok(_) => Err(refuse(LOGIN.used())),
            Err(fault) => Err(refuse(fault)),
        },
        Err(fault) => Err(refuse(fault.into())),
    }
}

/// What the login page's answer leads to: a consent request, or an error for the client.
async fn decide(
    context: &Context,
    asked: &ValidatedRequest,
    id: FlowId,
    login: &AcceptedLogin,
    session: SessionId,
) -> Result<Question, Refusal> {
    let refuse = |fault: OAuthError| asked.request.refusal(fault);
    let remembered = Remembered::load(context, login.subject(), asked.client.id()).await.map_err(refuse)?;
    let authenticated =
        Authenticated { subject: login.subject(), at: login.authentication.at, session, skipped: login.skipped() };
    match next::after_login(&context.config, asked, authenticated, &remembered, id.unix_seconds()) {
        AfterLogin::Ask => Ok(Question::Required),
        AfterLogin::Skip(consents) => Ok(Question::Remembered(consents)),
        AfterLogin::Refuse(error) => {
            flow::refuse(context, id, LOGIN_HANDLED, &asked.request).await.map_err(refuse)?;
            Err(refuse(error))
        }
    }
}

/// What a login changes, with what it rests on: its client is there, its subject may sign in, and the session that spared it goes on.
fn statements(
    context: &Context,
    (id, client_id): (FlowId, &ClientId),
    waiting: &ConsentRequested,
    change: &Change,
) -> Result<Batch, OAuthError> {
    let now = context.clock.now();
    let login = &waiting.login;
    let mut batch = Batch::new();
    batch.move_flow(id, LOGIN_HANDLED, CONSENT_REQUESTED, at_rest::close(context, waiting)?);
    batch.require_client(client_id, login.client_epoch).require_subject(login.subject(), login.subject_epoch);
    if login.skipped() && !login.extend {
        batch.require_login_session(change.session, login.subject(), now);
    } else {
        let persistence = match login.remember_for {
            Some(_) => Persistence::Remembered,
            None => Persistence::UntilClosed,
        };
        let lifetime = login.remember_for.unwrap_or(context.config.symbolon.sessions.unremembered_lifespan_seconds);
        let session = CurrentSession {
            id: change.session,
            authentication: login.authentication.clone(),
            subject_epoch: login.subject_epoch,
            persistence,
            identity_provider_session_id: login.identity_provider_session_id.clone(),
        };
        if login.skipped() {
            batch.require_login_session(change.session, login.subject(), now);
        }
        let expires_at = now.saturating_add(lifetime);
        if change.session != id.session_id() {
            batch.keep_grants_of_session(change.session, expires_at);
        }
        batch.put_login_session(&session.to_row(context, expires_at)?);
    }
    if let Some(other) = change.ends {
        batch.end_login_session(other, now);
    }
    Ok(batch)
}

fn to_consent(context: &Context, id: FlowId, waiting: &ConsentRequested) -> Answer {
    let challenge = context.seal.seal_id(kinds::CONSENT_CHALLENGE, id.as_bytes());
    let mut answer =
        exchange::found(&append_query(&context.config.consent_url(), &[("consent_challenge", &challenge)]));
    let login = &waiting.login;
    if !login.skipped() || login.extend {
        let lifetime = login.remember_for.map_or(Lifetime::Browser, Lifetime::Seconds);
        session::set_cookie(context, &mut answer, waiting.session, lifetime);
    }
    let cookie = NewCookie {
        name: cookies::consent_csrf_name(&context.config, id),
        value: context.seal.seal_id(kinds::CONSENT_COOKIE, id.as_bytes()),
        path: "/".to_owned(),
        lifetime: Lifetime::Seconds(context.config.ttl.login_consent_request),
    };
    cookies::set(context, &mut answer, cookie);
    answer
}

/// The third visit.
pub(crate) async fn after_consent(
    context: &Context,
    http: &Request,
    returned: &ReturnVisit<'_>,
) -> Result<Answer, Refusal> {
    let (id, state) = match find(context, returned, &CONSENT).await {
        Ok(found) => found,
        Err(refusal) => return once_more(context, http, returned).await?.ok_or(refusal),
    };
    let request = state.request().map_err(Refusal::Page)?;
    client_of(context, &request).await?;
    same_client(returned.parameters, &request)?;
    // The cookie comes first: a verifier shown by another browser is not used up by that.
    cookies::same_consent(context, http, id).map_err(|error| request.refusal(error))?;
    let FlowState::ConsentHandled(handled) = state else { return Err(request.refusal(CONSENT.used())) };
    let mut answer = match finish(context, (id, returned.verifier), &request, handled).await {
        Ok(answer) => answer,
        // Another verifier of the same consent may have been faster by a moment.
        Err(refusal) => match once_more(context, http, returned).await? {
            Some(answer) => answer,
            None => refuse(context, http, &refusal),
        },
    };
    forget_flow_cookies(context, id, &mut answer);
    Ok(answer)
}

/// The same browser shows another verifier of a consent whose code nobody has redeemed: it comes of a second click, for
/// which the browser dropped the answer to the first one. It gets that answer once more.
async fn once_more(context: &Context, http: &Request, returned: &ReturnVisit<'_>) -> Result<Option<Answer>, Refusal> {
    let Some(id) = context.seal.open_id::<FlowId>(CONSENT.kind, returned.verifier) else { return Ok(None) };
    if cookies::same_consent(context, http, id).is_err() || flow::expired(context, id.unix_seconds()) {
        return Ok(None);
    }
    let waiting = conclude::waiting(context, id).await.map_err(Refusal::Page)?;
    let Some((grant, body)) = waiting.filter(|(_, body)| body.verifier != verifier_hash(returned.verifier)) else {
        return Ok(None);
    };
    let Some(request) = body.request().map_err(Refusal::Page)? else { return Ok(None) };
    let mut answer = match request.reply() {
        Reply::Redirect(address) => {
            let code = authorization_code::again(context, grant.id, grant.issued_at);
            respond::code(address, &code, &body.scope)
        }
        Reply::Device => respond::device_done(context, request.client_id()),
    };
    forget_flow_cookies(context, id, &mut answer);
    Ok(Some(answer))
}

async fn finish(
    context: &Context,
    (id, verifier): (FlowId, &str),
    request: &EffectiveRequest,
    handled: ConsentHandled,
) -> Result<Answer, Refusal> {
    let ConsentHandled { asked, outcome } = handled;
    let refuse = |error| request.refusal(error);
    match outcome {
        ConsentOutcome::Rejected(rejection) => {
            let refused = flow::refuse(context, id, flow::CONSENT_HANDLED, request).await;
            refused.map_err(refuse)?;
            Err(refuse(rejection.into_error()))
        }
        ConsentOutcome::Accepted(consented) => {
            let given = GivenConsent { flow: id, request, asked, consented, verifier };
            match (request.reply(), request.asker()) {
                (Reply::Redirect(address), _) => {
                    let until = authorization_code::expires_at(context, context.clock.now());
                    let granted = conclude(context, given, until, Batch::new()).await?;
                    let code = authorization_code::issue(context, granted.id, until);
                    Ok(respond::code(address, &code, &granted.scope))
                }
                (Reply::Device, Asker::Device(device)) => {
                    let now = context.clock.now();
                    let row = context.store.device_authorization(device).await.map_err(|fault| refuse(fault.into()))?;
                    let row = row.filter(|row| row.expires_at > now).ok_or_else(|| refuse(device_expired()))?;
                    let mut batch = Batch::new();
                    batch.accept_device_authorization(row.id, id.grant_id(), now);
                    conclude(context, given, row.expires_at, batch).await?;
                    Ok(respond::device_done(context, request.client_id()))
                }
                (Reply::Device, Asker::Browser) => {
                    Err(refuse(OAuthError::server("a browser's request has no address")))
                }
            }
        }
    }
}

/// What a person is told who was too slow.
pub(crate) fn device_expired() -> OAuthError {
    OAuthError::new(ErrorCode::ExpiredToken, "The code on your device is too old. Start again on the device.")
}

/// The per-flow cookies have done their work; a browser that logs in often must not collect them.
fn forget_flow_cookies(context: &Context, id: FlowId, answer: &mut Answer) {
    for name in [cookies::login_csrf_name(&context.config, id), cookies::consent_csrf_name(&context.config, id)] {
        cookies::delete(context, answer, name);
    }
}

/// Which of the two verifiers a visit shows.
struct Step {
    name: &'static str,
    kind: symbolon_jose::Kind,
}

const LOGIN: Step = Step { name: "login", kind: kinds::LOGIN_VERIFIER };
const CONSENT: Step = Step { name: "consent", kind: kinds::CONSENT_VERIFIER };

impl Step {
    fn used(&self) -> OAuthError {
        OAuthError::new(
            ErrorCode::AccessDenied,
            format!("The {} verifier was used before, was not granted, or is not valid.", self.name),
        )
    }

    fn expired(&self) -> OAuthError {
        OAuthError::new(ErrorCode::RequestUnauthorized, format!("The {} request has expired. Start again.", self.name))
    }
}

/// The flow behind a verifier. Where there is none, the request in the address bar says whom to tell, if it is valid; a
/// device's has nobody to tell.
async fn find(context: &Context, returned: &ReturnVisit<'_>, step: &Step) -> Result<(FlowId, FlowState), Refusal> {
    let error = match context.seal.open_id::<FlowId>(step.kind, returned.verifier) {
        Some(id) if flow::expired(context, id.unix_seconds()) => step.expired(),
        Some(id) => match flow::load(context, id).await.map_err(Refusal::Page)? {
            Some(state) => return Ok((id, state)),
            None => step.used(),
        },
        None => step.used(),
    };
    match returned.endpoint {
        Endpoint::Authorization => {
            let ValidatedRequest { request, .. } =
                validate(context, Asker::Browser, returned.parameters.clone()).await?;
            Err(request.refusal(error))
        }
        Endpoint::DeviceVerification => Err(Refusal::Page(error)),
    }
}

/// The address bar must still name the flow's client, if it names one.
fn same_client(parameters: &Parameters, request: &EffectiveRequest) -> Result<(), Refusal> {
    let named = parameters.get("client_id");
    if named.is_none_or(|client_id| client_id == request.client_id().as_str()) {
        return Ok(());
    }
    Err(Refusal::Page(OAuthError::new(ErrorCode::InvalidClient, "The 'client_id' is not the one of this login.")))
}
