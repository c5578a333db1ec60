//! The login challenge and its three operations: describe, accept, reject. The challenge is the sealed request itself, so
//! a stranger who starts a login writes nothing; a request too large for that is kept behind a short handle.

use std::net::IpAddr;
use std::sync::Arc;

use symbolon_store::{Batch, ClientEpoch, Condition, Handled, StoredRequest, WriteError};
use symbolon_types::{AcceptLogin, ErrorCode, FlowId, LoginRequest, RedirectTo, RejectRequest, SessionId};

use super::flow::{AcceptedLogin, LOGIN_HANDLED, LoginHandled, LoginOutcome};
use super::rejection::Rejection;
use super::{ChallengeFault, Page, check_time, client_for_page, count, flow, handled};
use crate::at_rest;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::identifiers;
use crate::metrics::{PageOutcome, PageStep};
use crate::request::{EffectiveRequest, KeptRequest};
use crate::seal::kinds;
use crate::session::{self, Authentication, CurrentSession};

/// Largest compact request, in bytes, that travels inside the challenge (about 1,400 characters of it).
const LARGEST_SEALED: usize = 1_000;
/// The same for a client that registered itself (about 4,100 characters). Nothing is kept for it before somebody has
/// logged in, so that its larger requests make long addresses, and still larger ones are refused.
const LARGEST_OF_SELF_REGISTERED: usize = 3_000;
/// The browser has a session of this id.
const WITH_SESSION: u8 = 1;
/// That session asks for nothing.
const SKIP: u8 = 2;
/// The request is in the store.
const STORED: u8 = 4;
/// Longest `remember_for` and `ttl.authentication_session`, in seconds: 180 days.
const LONGEST_SESSION: i64 = 180 * 24 * 3600;

/// A login challenge, opened.
#[derive(Debug)]
pub struct LoginChallenge {
    flow_id: FlowId,
    request: EffectiveRequest,
    session: BrowserSession,
}

/// What the browser had when it was sent to the login page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserSession {
    /// There is no login session.
    None,
    /// A session; the page asks all the same.
    Known(SessionId),
    /// A session that is good enough: the page has nothing to ask.
    Skips(SessionId),
}

impl BrowserSession {
    fn id(self) -> Option<SessionId> {
        match self {
            Self::None => None,
            Self::Known(id) | Self::Skips(id) => Some(id),
        }
    }
}

/// What the login page is told, with the values behind it.
pub struct LoginDescription {
    /// As the management API writes it.
    pub wire: LoginRequest,
    /// The request.
    pub request: EffectiveRequest,
    /// Its client.
    pub client: Arc<RegisteredClient>,
}

impl LoginChallenge {
    /// A challenge for a request that was just validated.
    pub fn new(context: &Context, request: EffectiveRequest, session: BrowserSession) -> Self {
        Self { flow_id: identifiers::now(context), request, session }
    }

    /// The flow that begins with it; carries the instant of the request.
    pub fn flow_id(&self) -> FlowId {
        self.flow_id
    }

    /// Seals it: flow id, flags, session id, compact request.
    pub async fn seal(
        &self,
        context: &Context,
        client: &RegisteredClient,
        address: IpAddr,
    ) -> Result<String, OAuthError> {
        let compact = KeptRequest::from(&self.request).to_bytes();
        if client.is_self_registered() {
            check_size(&compact)?;
        }
        let stored = compact.len() > LARGEST_SEALED && !client.is_self_registered();
        let mut flags = if stored { STORED } else { 0 };
        flags |= match self.session {
            BrowserSession::None => 0,
            BrowserSession::Known(_) => WITH_SESSION,
            BrowserSession::Skips(_) => WITH_SESSION | SKIP,
        };
        let mut plaintext = Vec::with_capacity(40 + compact.len());
        plaintext.extend_from_slice(self.flow_id.as_bytes());
        plaintext.push(flags);
        if let Some(session) = self.session.id() {
            plaintext.extend_from_slice(session.as_bytes());
        }
        if stored {
            limit_stored(context, address)?;
            let expires_at = flow::expires_at(context, self.flow_id);
            let body = at_rest::close_bytes(context, &compact);
            let kept = StoredRequest { id: self.flow_id.request_id(), expires_at, body };
            context.store.insert_stored_request(&kept).await?;
        } else {
            plaintext.extend_from_slice(&compact);
        }
        Ok(context.seal.seal(kinds::LOGIN_CHALLENGE, &plaintext))
    }

    /// Opens a challenge; 404 when it is none, 401 when its time is over.
    pub async fn open(context: &Context, sealed: &str) -> Result<Self, ApiError> {
        let plaintext = context.seal.open(kinds::LOGIN_CHALLENGE, sealed).ok_or_else(ApiError::unknown_challenge)?;
        let Parts { flow_id, stored, session, compact } =
            Parts::split(&plaintext).ok_or_else(ApiError::unknown_challenge)?;
        check_time(context, flow_id.unix_seconds(), "login")?;
        let request = if stored {
            let kept = context.store.stored_request(flow_id.request_id()).await?;
            let bytes = kept.map(|kept| at_rest::open_bytes(context, &kept.body)).transpose()?;
            bytes.as_deref().and_then(KeptRequest::from_bytes)
        } else {
            KeptRequest::from_bytes(compact)
        };
        let request = request.and_then(KeptRequest::restore).ok_or_else(ApiError::unknown_challenge)?;
        Ok(Self { flow_id, request, session })
    }

    /// Refuses a challenge whose verifier was used: its flow is past the login.
    async fn check_unused(&self, context: &Context) -> Result<(), ChallengeFault> {
        let used = match context.store.handled(self.flow_id).await? {
            Handled::Unknown => false,
            Handled::Flow(row) => row.stage != LOGIN_HANDLED,
            Handled::Granted => true,
        };
        if used { Err(handled(context, &self.request)) } else { Ok(()) }
    }

    /// The session that spares the question. When it has ended since the challenge was made, nobody can say whether the
    /// page asked anything: the flow starts again, and the next challenge says what is true then.
    async fn skipping(&self, context: &Context) -> Result<Option<CurrentSession>, ChallengeFault> {
        let BrowserSession::Skips(id) = self.session else { return Ok(None) };
        if let Some(session) = session::by_id(context, id).await? {
            return Ok(Some(session));
        }
        let redirect_to = match self.request.device() {
            None => self.request.url(context),
            Some(_) => self.request.login_again_url(context, self.flow_id),
        };
        Err(ChallengeFault::StartAgain(RedirectTo { redirect_to }))
    }
}

/// Refuses the request of a client that registered itself when it is too large to be carried instead of kept.
pub fn check_size(compact: &[u8]) -> Result<(), OAuthError> {
    if compact.len() <= LARGEST_OF_SELF_REGISTERED {
        return Ok(());
    }
    Err(OAuthError::invalid_request(format!(
        "The parameters have more than {LARGEST_OF_SELF_REGISTERED} bytes, which only a client of an administrator may send."
    )))
}

/// A stranger's large request is the one thing that is written before anybody trusted has spoken.
fn limit_stored(context: &Context, address: IpAddr) -> Result<(), OAuthError> {
    let counted = context.requests.stored.count(address);
    counted.map_err(|seconds| {
        let hint = format!("Too many large requests from this address. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

/// What is inside of a sealed challenge.
struct Parts<'c> {
    flow_id: FlowId,
    stored: bool,
    session: BrowserSession,
    compact: &'c [u8],
}

impl<'c> Parts<'c> {
    fn split(content: &'c [u8]) -> Option<Self> {
        let (flow_id, rest) = content.split_first_chunk::<16>()?;
        let (flags, rest) = rest.split_first()?;
        let (session, compact) = if flags & WITH_SESSION == 0 {
            (BrowserSession::None, rest)
        } else {
            let (id, after) = rest.split_first_chunk::<16>()?;
            let id = SessionId::from(*id);
            (if flags & SKIP == 0 { BrowserSession::Known(id) } else { BrowserSession::Skips(id) }, after)
        };
        Some(Self { flow_id: FlowId::from(*flow_id), stored: flags & STORED != 0, session, compact })
    }
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
    let outcome = accept_or_start_again(context, sealed, body, subject_epoch).await;
    count(context, (PageStep::Login, page), PageOutcome::Accepted, &outcome);
    match outcome {
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
    let epochs = (subject_epoch, client.record().epoch);
    let accepted = accepted_login(context, body, skipping, epochs);
    answer(context, sealed, challenge, LoginOutcome::Accepted(accepted)).await
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
    let outcome = refuse(context, sealed, body).await;
    count(context, (PageStep::Login, page), PageOutcome::Rejected, &outcome);
    outcome
}

async fn refuse(context: &Context, sealed: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    let rejection = Rejection::new(body, "The login page refused the request.")?;
    client_for_page(context, &challenge.request).await?;
    answer(context, sealed, challenge, LoginOutcome::Rejected(rejection)).await
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
