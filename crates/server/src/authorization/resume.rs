//! The second and third visit of a browser in one flow: with a login verifier, with a consent verifier. Both are handles
//! to the flow row that the login page's accept created; each is bound to the browser by a cookie, and each transition
//! is one conditional statement. The request is the one that was validated at the first visit, not what the address bar
//! says now; it is validated again, as the client may have changed meanwhile. Devices' flows go the same way and end
//! otherwise: on a page, while the device hears the answer at its next poll (RFC 8628 §3.3, §3.4).

use symbolon_store::WriteError;
use symbolon_types::{ErrorCode, FlowId, redirect_uri::append_query};

use super::next::{self, AfterLogin, Authenticated, Circumstances};
use super::session;
use super::validate::{Refusal, Reply, ValidRequest, validate};
use super::{Endpoint, RawRequest, respond};
use crate::challenge::flow::{
    AcceptedLogin, ConsentHandled, ConsentOutcome, ConsentRequested, FlowState, LoginHandled, LoginOutcome,
};
use crate::challenge::{consent, flow};
use crate::context::Context;
use crate::cookies::{self, NewCookie};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::issue::consent::Consent;
use crate::issue::{authorization_code, device_authorization};
use crate::seal::kinds;

/// What a browser brings when it comes back.
pub(crate) struct Returned<'a> {
    /// The parameters in the address bar.
    pub(crate) raw: &'a RawRequest,
    /// The verifier.
    pub(crate) verifier: &'a str,
    /// Where it came.
    pub(crate) endpoint: Endpoint,
}

/// The second visit.
pub(crate) async fn after_login(context: &Context, http: &Request, returned: &Returned<'_>) -> Result<Answer, Refusal> {
    let (id, state) = find(context, returned, &LOGIN).await?;
    let request = validate(context, state.request()).await?;
    same_client(returned.raw, &request)?;
    cookies::same_login(context, http, id).map_err(|error| request.refusal(error))?;
    match state {
        FlowState::LoginHandled(LoginHandled { outcome: LoginOutcome::Rejected(rejection), request: kept }) => {
            let error = rejection.into_error();
            let refused = flow::refuse(context, id, flow::LOGIN_HANDLED, kept).await;
            refused.map_err(|fault| request.refusal(fault))?;
            Err(request.refusal(error))
        }
        FlowState::LoginHandled(LoginHandled { outcome: LoginOutcome::Accepted(login), request: kept }) => {
            still_counts(context, &login, &request).await.map_err(|error| request.refusal(error))?;
            let waiting = decide(context, id, &request, login, kept).await?;
            establish(context, http, id, &request, waiting).await
        }
        // The same browser again (a reload, a double click): the same consent page, nothing changes.
        FlowState::ConsentRequested(waiting) => Ok(to_consent(context, id, &waiting.login)),
        FlowState::ConsentHandled(_) | FlowState::Refused(_) => Err(request.refusal(LOGIN.used())),
    }
}

/// A login is void when its subject was signed out everywhere or disabled since, when everything of its client was revoked,
/// or when the session that spared it has ended. A flow in progress must not outlive that.
async fn still_counts(context: &Context, login: &AcceptedLogin, request: &ValidRequest) -> Result<(), OAuthError> {
    let ended = || OAuthError::new(ErrorCode::LoginRequired, "The login has ended meanwhile. Please sign in again.");
    let subject = context.store.subject_state(&login.subject).await?;
    if !subject.admits(login.subject_epoch) || login.client_epoch != request.client.record.epoch {
        return Err(ended());
    }
    match login.skipped_session {
        Some(session) if session::by_id(context, session).await?.is_none() => Err(ended()),
        _ => Ok(()),
    }
}

/// What the login page's answer leads to: a consent request, or an error for the client.
async fn decide(
    context: &Context,
    id: FlowId,
    request: &ValidRequest,
    login: AcceptedLogin,
    kept: RawRequest,
) -> Result<ConsentRequested, Refusal> {
    let refuse = |fault: OAuthError| request.refusal(fault);
    let remembered = consent::remembered(context, &login.subject, &request.client.record.id).await.map_err(refuse)?;
    let at = Circumstances { requested_at: id.unix_seconds(), scopes: context.config.strategies.scope };
    let authenticated = Authenticated {
        subject: &login.subject,
        at: login.authenticated_at,
        session: login.session_id(id),
        skipped: login.skipped(),
    };
    let skip = match next::after_login(request, authenticated, &remembered, &at) {
        AfterLogin::Ask => false,
        AfterLogin::Skip => true,
        AfterLogin::Refuse(error) => {
            flow::refuse(context, id, flow::LOGIN_HANDLED, kept).await.map_err(refuse)?;
            return Err(request.refusal(error));
        }
    };
    Ok(ConsentRequested { request: kept, login, skip })
}

/// Writes the session and the consent request in one transaction, and goes on to the consent page.
async fn establish(
    context: &Context,
    http: &Request,
    id: FlowId,
    request: &ValidRequest,
    waiting: ConsentRequested,
) -> Result<Answer, Refusal> {
    let old = session::cookie_session(context, http);
    let sessions = waiting.login.session_statements(context, id, old);
    let batch = flow::request_consent(context, sessions, id, &waiting).map_err(|error| request.refusal(error))?;
    match context.store.write(batch).await {
        Ok(_) => Ok(to_consent(context, id, &waiting.login)),
        // Another request of the same browser was faster; it led to the same page.
        Err(WriteError::Unmet(_)) => match flow::load(context, id).await {
            Ok(Some(FlowState::ConsentRequested(other))) => Ok(to_consent(context, id, &other.login)),
            Ok(_) => Err(request.refusal(LOGIN.used())),
            Err(fault) => Err(request.refusal(fault)),
        },
        Err(fault) => Err(request.refusal(fault.into())),
    }
}

fn to_consent(context: &Context, id: FlowId, login: &AcceptedLogin) -> Answer {
    let challenge = context.seal.seal_flow(kinds::CONSENT_CHALLENGE, id);
    let mut answer =
        exchange::found(&append_query(&context.config.consent_url(), &[("consent_challenge", &challenge)]));
    match login.session_cookie(id) {
        Some((session, max_age)) => session::set_cookie(context, &mut answer, session, max_age),
        None if !login.skipped() => session::clear_cookie(context, &mut answer),
        None => {}
    }
    cookies::set(
        context,
        &mut answer,
        &NewCookie {
            name: cookies::consent_csrf_name(&context.config, id),
            value: context.seal.seal_flow(kinds::CONSENT_COOKIE, id),
            path: "/".to_owned(),
            max_age_seconds: context.config.ttl.login_consent_request,
        },
    );
    answer
}

/// The third visit.
pub(crate) async fn after_consent(
    context: &Context,
    http: &Request,
    returned: &Returned<'_>,
) -> Result<Answer, Refusal> {
    let (id, state) = find(context, returned, &CONSENT).await?;
    let request = validate(context, state.request()).await?;
    same_client(returned.raw, &request)?;
    // The cookie comes first: a verifier shown by another browser is not used up by that.
    cookies::same_consent(context, http, id).map_err(|error| request.refusal(error))?;
    let FlowState::ConsentHandled(handled) = state else { return Err(request.refusal(CONSENT.used())) };
    still_counts(context, &handled.login, &request).await.map_err(|error| request.refusal(error))?;
    let mut answer = match conclude(context, id, &request, handled).await {
        Ok(answer) => answer,
        Err(refusal) => super::refuse(context, http, &refusal),
    };
    forget_flow_cookies(context, id, &mut answer);
    Ok(answer)
}

async fn conclude(
    context: &Context,
    id: FlowId,
    request: &ValidRequest,
    handled: ConsentHandled,
) -> Result<Answer, Refusal> {
    match handled.outcome {
        ConsentOutcome::Rejected(rejection) => {
            let error = rejection.into_error();
            let refused = flow::refuse(context, id, flow::CONSENT_HANDLED, handled.request).await;
            refused.map_err(|fault| request.refusal(fault))?;
            Err(request.refusal(error))
        }
        ConsentOutcome::Accepted(accepted) => {
            let refuse = |error| request.refusal(error);
            let consent = Consent { flow: id, request, login: &handled.login, given: accepted };
            match &request.reply {
                Reply::Redirect(address) => {
                    let (code, scope) = authorization_code::issue(context, consent).await.map_err(refuse)?;
                    Ok(respond::code(address, &code, &scope))
                }
                Reply::Device(device) => {
                    device_authorization::accept(context, consent, *device).await.map_err(refuse)?;
                    Ok(respond::device_done(context, &request.client.record.id))
                }
            }
        }
    }
}

/// The per-flow cookies have done their work; a browser that logs in often must not collect them.
fn forget_flow_cookies(context: &Context, id: FlowId, answer: &mut Answer) {
    for name in [cookies::login_csrf_name(&context.config, id), cookies::consent_csrf_name(&context.config, id)] {
        let cookie = NewCookie { name, value: String::new(), path: "/".to_owned(), max_age_seconds: 0 };
        cookies::set(context, answer, &cookie);
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
async fn find(context: &Context, returned: &Returned<'_>, step: &Step) -> Result<(FlowId, FlowState), Refusal> {
    let error = match context.seal.open_flow(step.kind, returned.verifier) {
        Some(id) if flow::expired(context, id) => step.expired(),
        Some(id) => match flow::load(context, id).await.map_err(Refusal::Page)? {
            Some(state) => return Ok((id, state)),
            None => step.used(),
        },
        None => step.used(),
    };
    match returned.endpoint {
        Endpoint::Authorization => Err(validate(context, returned.raw).await?.refusal(error)),
        Endpoint::DeviceVerification => Err(Refusal::Page(error)),
    }
}

/// The address bar must still name the flow's client, if it names one.
fn same_client(raw: &RawRequest, request: &ValidRequest) -> Result<(), Refusal> {
    let named = form_urlencoded::parse(raw.as_str().as_bytes()).find(|(name, _)| name == "client_id");
    if named.is_none_or(|(_, client_id)| client_id == request.client.record.id) {
        return Ok(());
    }
    Err(Refusal::Page(OAuthError::new(ErrorCode::InvalidClient, "The 'client_id' is not the one of this login.")))
}
