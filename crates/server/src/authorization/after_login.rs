//! The second visit of a browser in a flow: the login page has answered. It begins or keeps the session of the browser and
//! its person, and asks for the consent; each is a statement of one transaction, together with what the login rests on.

use symbolon_store::{Batch, Condition, Persistence, WriteError};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{ClientId, ErrorCode, FlowId, SessionId};

use super::next::{self, AfterLogin, Authenticated};
use super::return_visit::{LOGIN, ReturnVisit, find, same_client};
use crate::at_rest;
use crate::challenge::flow::{
    AcceptedLogin, CONSENT_REQUESTED, ConsentRequested, FlowState, LOGIN_HANDLED, LoginHandled, LoginOutcome, Question,
};
use crate::challenge::{client_ended, client_of, flow};
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::grant::remembered::Remembered;
use crate::logout;
use crate::request::{Refusal, ValidatedRequest};
use crate::seal::kinds;
use crate::session::{self, CurrentSession};

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
            let visit = VisitAfterLogin { id, login, login_challenge };
            establish(context, http, &asked, visit).await
        }
        // The same browser again (a reload, a double click): the same consent page, nothing changes.
        FlowState::ConsentRequested(waiting) => Ok(to_consent(context, id, &waiting)),
        FlowState::ConsentHandled(_) | FlowState::Refused(_) => Err(request.refusal(LOGIN.used())),
    }
}

/// A login that the login page accepted, in its flow.
struct VisitAfterLogin {
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
async fn change(context: &Context, http: &Request, visit: &VisitAfterLogin) -> Result<Change, OAuthError> {
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
    visit: VisitAfterLogin,
) -> Result<Answer, Refusal> {
    let refuse = |fault: OAuthError| asked.request.refusal(fault);
    let change = change(context, http, &visit).await.map_err(refuse)?;
    let VisitAfterLogin { id, login, login_challenge } = visit;
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
    let remembered = Remembered::load(context, login.subject(), &asked.client, &asked.request).await.map_err(refuse)?;
    let authenticated = Authenticated {
        subject: login.subject(),
        at: login.authentication.at,
        session,
        forced_subject: &login.forced_subject,
        acr: &login.authentication.acr,
        skipped: login.skipped(),
    };
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
