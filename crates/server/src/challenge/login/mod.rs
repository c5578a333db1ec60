//! The login challenge and its three operations: describe, accept, reject. The challenge is the sealed request itself, so
//! a stranger who starts a login writes nothing; a request too large for that is kept behind a short handle. `sealed` is
//! the challenge, here is what a page does with it.

mod sealed;

use std::sync::Arc;

use symbolon_store::{Batch, ClientEpoch, Condition, WriteError};
use symbolon_types::{AcceptLogin, LoginRequest, RedirectTo, RejectRequest, limits, without_repeats};

pub use sealed::{BrowserSession, LoginChallenge};

use super::flow::{AcceptedLogin, LOGIN_HANDLED, LoginHandled, LoginOutcome};
use super::rejection::Rejection;
use super::{ChallengeFault, Page, client_for_page, counted, flow, handled};
use crate::at_rest;
use crate::audit::Event;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::{OAuthError, in_log};
use crate::metrics::{PageOutcome, PageStep};
use crate::request::{EffectiveRequest, KeptRequest};
use crate::seal::kinds;
use crate::session::{Authentication, CurrentSession};
use crate::trail;

/// Longest `remember_for` and `ttl.authentication_session`, in seconds: 180 days.
const LONGEST_SESSION: i64 = 180 * 24 * 3600;

/// What the login page is told, with the values behind it.
pub struct LoginDescription {
    /// As the management API writes it.
    pub wire: LoginRequest,
    /// The request.
    pub request: EffectiveRequest,
    /// Its client.
    pub client: Arc<RegisteredClient>,
}

/// What the login page needs to know.
pub async fn describe(context: &Context, sealed: &str) -> Result<LoginDescription, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    challenge.check_unused(context).await?;
    let client = client_for_page(context, &challenge.request).await?;
    let skipping = challenge.skipping(context).await?;
    let request = challenge.request;
    let session_id = challenge.session.id().unwrap_or_else(|| challenge.flow_id.session_id());
    let wire = LoginRequest {
        challenge: sealed.to_owned(),
        requested_scope: request.scope().clone(),
        requested_access_token_audience: request.audience().to_vec(),
        skip: skipping.is_some(),
        subject: skipping.map(|session| session.authentication.subject).unwrap_or_default(),
        oidc_context: request.oidc_context(&client),
        client: client.metadata().clone(),
        request_url: request.url(context),
        session_id: session_id.to_uuid_string(),
    };
    Ok(LoginDescription { wire, request, client })
}

/// The login page says who logged in. It may be said again until the browser comes back.
pub async fn accept(
    context: &Context,
    page: Page,
    sealed: &str,
    body: AcceptLogin,
) -> Result<RedirectTo, ChallengeFault> {
    accept_since(context, page, sealed, body, None).await
}

/// [`accept`] of a login that was checked in this epoch of the subject, so that what ends everything of the subject
/// meanwhile ends this too. `None`: the page checked it elsewhere, so that it counts from now.
pub async fn accept_since(
    context: &Context,
    page: Page,
    sealed: &str,
    body: AcceptLogin,
    subject_epoch: Option<i64>,
) -> Result<RedirectTo, ChallengeFault> {
    let answering = accept_or_start_again(context, sealed, body, subject_epoch);
    match counted(context, (PageStep::Login, page), PageOutcome::Accepted, answering).await {
        // The page sends the browser on in either case.
        Err(ChallengeFault::StartAgain(again)) => Ok(again),
        outcome => outcome,
    }
}

async fn accept_or_start_again(
    context: &Context,
    sealed: &str,
    body: AcceptLogin,
    subject_epoch: Option<i64>,
) -> Result<RedirectTo, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    if body.subject.is_empty() {
        return Err(OAuthError::invalid_request("Field 'subject' must not be empty.").into());
    }
    let body = AcceptLogin { amr: without_repeats(body.amr), ..body };
    limits::check_accepted_login(&body).map_err(OAuthError::from)?;
    let skipping = challenge.skipping(context).await?;
    if skipping.as_ref().is_some_and(|session| session.authentication.subject != body.subject) {
        // Somebody else than the browser's session says: the flow starts again with a real login.
        let again = challenge.request.login_again_url(context, challenge.flow_id);
        return Err(ChallengeFault::StartAgain(RedirectTo { redirect_to: again }));
    }
    let subject_epoch = match (&skipping, subject_epoch) {
        (Some(session), _) => session.subject_epoch,
        (None, Some(epoch)) => epoch,
        (None, None) => context.store.subject_state(&body.subject).await?.epoch,
    };
    let client = client_for_page(context, &challenge.request).await?;
    clients::count_login(context, &client, &body.subject)?;
    // Somebody trusted has spoken: from here on the flow rests on a row.
    let client = Box::pin(clients::documents::keep(context, client, &body.subject)).await?;
    let epochs = (subject_epoch, client.record().epoch);
    let accepted = accepted_login(context, body, skipping, epochs);
    let subject = accepted.authentication.subject.clone();
    let to = answer(context, sealed, challenge, LoginOutcome::Accepted(accepted)).await?;
    trail::tell(&Event::LoginAccepted { client_id: client.id().as_str(), subject: subject.as_str() });
    Ok(to)
}

/// What the page said; where it asked nothing, the session says what the page leaves open.
fn accepted_login(
    context: &Context,
    body: AcceptLogin,
    skipping: Option<CurrentSession>,
    (subject_epoch, client_epoch): (i64, ClientEpoch),
) -> AcceptedLogin {
    let default = context.config.ttl.authentication_session;
    let seconds = if body.remember_for > 0 { body.remember_for } else { default }.min(LONGEST_SESSION);
    let said = Authentication { subject: body.subject, acr: body.acr, amr: body.amr, at: context.clock.now() };
    let (authentication, remember, skipped_session) = match skipping {
        None => (said, body.remember, None),
        Some(session) => {
            let known = session.authentication;
            let authentication = Authentication {
                acr: if said.acr.is_empty() { known.acr } else { said.acr },
                amr: if said.amr.is_empty() { known.amr } else { said.amr },
                ..known
            };
            let remembered = session.persistence == symbolon_store::Persistence::Remembered;
            (authentication, body.remember || remembered, Some(session.id))
        }
    };
    AcceptedLogin {
        authentication,
        subject_epoch,
        client_epoch,
        skipped_session,
        remember_for: remember.then_some(seconds),
        extend: body.extend_session_lifespan,
        context: body.context.unwrap_or_default(),
        forced_subject: body.force_subject_identifier,
        identity_provider_session_id: body.identity_provider_session_id,
    }
}

/// The login page refuses; the client will hear its error.
pub async fn reject(
    context: &Context,
    page: Page,
    sealed: &str,
    body: RejectRequest,
) -> Result<RedirectTo, ChallengeFault> {
    counted(context, (PageStep::Login, page), PageOutcome::Rejected, refuse(context, sealed, body)).await
}

async fn refuse(context: &Context, sealed: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    let rejection = Rejection::new(body, "The login page refused the request.")?;
    let client = client_for_page(context, &challenge.request).await?;
    let error = rejection.error().to_owned();
    let to = answer(context, sealed, challenge, LoginOutcome::Rejected(rejection)).await?;
    trail::tell(&Event::LoginRejected { client_id: client.id().as_str(), error: &in_log(&error) });
    Ok(to)
}

async fn answer(
    context: &Context,
    sealed: &str,
    challenge: LoginChallenge,
    outcome: LoginOutcome,
) -> Result<RedirectTo, ChallengeFault> {
    let LoginChallenge { flow_id: id, request, .. } = challenge;
    let state = LoginHandled { request: KeptRequest::from(&request), login_challenge: sealed.to_owned(), outcome };
    let row = symbolon_store::Flow {
        id,
        stage: LOGIN_HANDLED,
        client_id: request.client_id().clone(),
        expires_at: flow::expires_at(context, id),
        body: at_rest::close(context, &state)?,
    };
    let mut batch = Batch::new();
    batch.accept_flow(&row);
    match context.store.write(batch).await {
        Ok(()) => {
            let verifier = context.seal.seal_id(kinds::LOGIN_VERIFIER, id.as_bytes());
            Ok(RedirectTo { redirect_to: request.continue_url(context, "login_verifier", &verifier) })
        }
        Err(WriteError::Unmet(Condition::Flow)) => Err(handled(context, &request)),
        Err(fault) => Err(fault.into()),
    }
}
