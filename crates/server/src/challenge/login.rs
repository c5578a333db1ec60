//! The login challenge and its three operations: describe, accept, reject (wire reference §3.2). The challenge is the
//! sealed request itself, so a stranger who starts a login writes nothing; a request too large for that is kept behind
//! a short handle.

use std::net::IpAddr;

use symbolon_store::{Batch, ClientEpoch, Handled, StoredRequest, WriteError};
use symbolon_types::{AcceptLogin, ErrorCode, FlowId, LoginRequest, RedirectTo, RejectRequest, compact_query};

use super::flow::{AcceptedLogin, FlowState, LOGIN_HANDLED, LoginHandled, LoginOutcome, Rejection};
use super::{ChallengeFault, check_time, continue_url, flow, login_again_url, oidc_context, request_url, revalidate};
use crate::at_rest;
use crate::authorization::validate::ValidRequest;
use crate::authorization::{RawRequest, session};
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::seal::kinds;

/// Largest compact request, in bytes, that travels inside the challenge (about 1,400 characters of it).
const LARGEST_SEALED: usize = 1_000;
/// The browser's session asks for nothing; its id follows.
const WITH_SESSION: u8 = 1;
/// The request is in the store.
const STORED: u8 = 2;
/// The request is a device's; the id of its authorization follows.
const DEVICE: u8 = 4;
/// Requests that one address may have stored in a minute.
const STORED_PER_MINUTE: u32 = 30;
/// Longest `remember_for` and `ttl.authentication_session`, in seconds: 180 days.
const LONGEST_SESSION: i64 = 180 * 24 * 3600;

/// A login challenge, opened.
#[derive(Debug)]
pub struct LoginChallenge {
    /// The flow that begins with it; carries the instant of the request.
    pub flow_id: FlowId,
    request: RawRequest,
    session: Option<FlowId>,
}

impl LoginChallenge {
    /// A challenge for a request that was just validated; `session` when the page has nothing to ask.
    pub fn new(context: &Context, request: RawRequest, session: Option<FlowId>) -> Self {
        let millis = u64::try_from(context.clock.now_millis()).unwrap_or(0);
        Self { flow_id: FlowId::from_parts(millis, context.rng.bytes()), request, session }
    }

    /// Seals it: flow id, flags, session id, device authorization's id, compact request.
    pub async fn seal(&self, context: &Context, address: IpAddr) -> Result<String, OAuthError> {
        let compact = compact_query::encode(self.request.as_str());
        let stored = compact.len() > LARGEST_SEALED;
        let mut plaintext = Vec::with_capacity(48 + compact.len());
        plaintext.extend_from_slice(self.flow_id.as_bytes());
        let device = self.request.device();
        let flags = [(self.session.is_some(), WITH_SESSION), (stored, STORED), (device.is_some(), DEVICE)];
        plaintext.push(flags.iter().filter(|(is_set, _)| *is_set).fold(0, |all, (_, flag)| all | flag));
        for id in [self.session, device].into_iter().flatten() {
            plaintext.extend_from_slice(id.as_bytes());
        }
        if stored {
            limit_stored(context, address)?;
            let expires_at = flow::expires_at(context, self.flow_id);
            let body = at_rest::close_bytes(context, &compact);
            let kept = StoredRequest { id: *self.flow_id.as_bytes(), expires_at, body };
            context.store.insert_stored_request(&kept).await?;
        } else {
            plaintext.extend_from_slice(&compact);
        }
        Ok(context.seal.seal(kinds::LOGIN_CHALLENGE, &plaintext))
    }

    /// Opens a challenge; 404 when it is none, 401 when its time is over.
    pub async fn open(context: &Context, sealed: &str) -> Result<Self, ApiError> {
        let plaintext = context.seal.open(kinds::LOGIN_CHALLENGE, sealed).ok_or_else(ApiError::unknown_challenge)?;
        let parts = Parts::split(&plaintext).ok_or_else(ApiError::unknown_challenge)?;
        let Parts { flow_id, flags, session, device, compact } = parts;
        check_time(context, flow_id, "login")?;
        let kept = if flags & STORED == 0 {
            Some(compact.to_vec())
        } else {
            let kept = context.store.stored_request(*flow_id.as_bytes()).await?;
            kept.map(|kept| at_rest::open_bytes(context, &kept.body)).transpose()?
        };
        let text = kept.as_deref().and_then(compact_query::decode).ok_or_else(ApiError::unknown_challenge)?;
        Ok(Self { flow_id, request: RawRequest::restored(text, device), session })
    }

    /// The request inside.
    pub fn request(&self) -> &RawRequest {
        &self.request
    }

    /// Refuses a challenge whose verifier was used: its flow is past the login.
    async fn check_unused(&self, context: &Context) -> Result<(), ChallengeFault> {
        let used = match context.store.handled(*self.flow_id.as_bytes()).await? {
            Handled::Unknown => false,
            Handled::Flow(row) => !matches!(FlowState::from_row(context, &row)?, FlowState::LoginHandled(_)),
            Handled::Granted => true,
        };
        if used {
            return Err(ChallengeFault::Handled(RedirectTo { redirect_to: request_url(context, &self.request) }));
        }
        Ok(())
    }
}

/// A stranger's large request is the one thing that is written before anybody trusted has spoken.
fn limit_stored(context: &Context, address: IpAddr) -> Result<(), OAuthError> {
    let counted = context.stored_requests.count(address, STORED_PER_MINUTE, context.clock.now());
    counted.map_err(|seconds| {
        let hint = format!("Too many large requests from this address. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

/// What is inside of a sealed challenge.
struct Parts<'c> {
    flow_id: FlowId,
    flags: u8,
    session: Option<FlowId>,
    device: Option<FlowId>,
    compact: &'c [u8],
}

impl<'c> Parts<'c> {
    fn split(content: &'c [u8]) -> Option<Self> {
        let (flow_id, rest) = content.split_first_chunk::<16>()?;
        let (flags, mut rest) = rest.split_first()?;
        let mut next = |flag: u8| {
            if flags & flag == 0 {
                return Some(None);
            }
            let (id, after) = rest.split_first_chunk::<16>()?;
            rest = after;
            Some(Some(FlowId::from(*id)))
        };
        let (session, device) = (next(WITH_SESSION)?, next(DEVICE)?);
        Some(Self { flow_id: FlowId::from(*flow_id), flags: *flags, session, device, compact: rest })
    }
}

/// What the login page needs to know.
pub async fn describe(context: &Context, sealed: &str) -> Result<LoginRequest, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    challenge.check_unused(context).await?;
    let request = revalidate(context, challenge.request()).await?;
    // A session that ended since the challenge was made asks for a real login.
    let session = match challenge.session {
        Some(id) => session::by_id(context, id).await?,
        None => None,
    };
    Ok(LoginRequest {
        challenge: sealed.to_owned(),
        requested_scope: request.scope.clone(),
        requested_access_token_audience: request.audience.clone(),
        skip: session.is_some(),
        subject: session.as_ref().map(|session| session.subject.as_str().into()).unwrap_or_default(),
        oidc_context: oidc_context(&request),
        client: request.client.parsed.metadata.clone(),
        request_url: request_url(context, challenge.request()),
        session_id: session.map_or(challenge.flow_id, |session| session.id).to_uuid_string(),
    })
}

/// The login page says who logged in. It may be said again until the browser comes back.
pub async fn accept(context: &Context, sealed: &str, body: AcceptLogin) -> Result<RedirectTo, ChallengeFault> {
    accept_since(context, sealed, body, None).await
}

/// [`accept`] for somebody whose password was checked; `since` is the subject's epoch at the beginning of the check. What
/// ended the subject's logins meanwhile ends this one, too.
pub async fn accept_since(
    context: &Context,
    sealed: &str,
    body: AcceptLogin,
    since: Option<i64>,
) -> Result<RedirectTo, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    if body.subject.as_str().is_empty() || body.subject.as_str().contains('\0') {
        return Err(OAuthError::invalid_request("Field 'subject' must not be empty, nor have a NUL character.").into());
    }
    let session = match challenge.session {
        Some(id) => session::by_id(context, id).await?,
        None => None,
    };
    if session.as_ref().is_some_and(|session| session.subject != body.subject.as_str()) {
        // Somebody else than the browser's session says: the flow starts again with a real login.
        let again = login_again_url(context, challenge.request(), challenge.flow_id);
        return Ok(RedirectTo { redirect_to: again });
    }
    let subject_epoch = match (&session, since) {
        (Some(session), _) => session.subject_epoch,
        (None, Some(epoch)) => epoch,
        (None, None) => context.store.subject_state(body.subject.as_str()).await?.epoch,
    };
    let request = revalidate(context, challenge.request()).await?;
    let epochs = (subject_epoch, request.client.record.epoch);
    let accepted = accepted_login(context, body, session, epochs);
    answer(context, challenge, &request, LoginOutcome::Accepted(accepted)).await
}

fn accepted_login(
    context: &Context,
    body: AcceptLogin,
    session: Option<session::CurrentSession>,
    (subject_epoch, client_epoch): (i64, ClientEpoch),
) -> AcceptedLogin {
    let default = context.config.ttl.authentication_session;
    let seconds = if body.remember_for > 0 { body.remember_for } else { default }.min(LONGEST_SESSION);
    AcceptedLogin {
        authenticated_at: session.as_ref().map_or_else(|| context.clock.now(), |session| session.authenticated_at),
        // A login that asked for nothing stays remembered.
        remember_for: (body.remember || session.is_some()).then_some(seconds),
        skipped_session: session.map(|session| session.id),
        extend: body.extend_session_lifespan,
        subject: body.subject.into_string(),
        subject_epoch,
        client_epoch,
        acr: body.acr,
        amr: body.amr,
        context: body.context.unwrap_or_default(),
        forced_subject: body.force_subject_identifier,
        identity_provider_session_id: body.identity_provider_session_id,
    }
}

/// The login page refuses; the client will hear its error.
pub async fn reject(context: &Context, sealed: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeFault> {
    let challenge = LoginChallenge::open(context, sealed).await?;
    let rejection = Rejection::new(body, "login request denied");
    let request = revalidate(context, challenge.request()).await?;
    answer(context, challenge, &request, LoginOutcome::Rejected(rejection)).await
}

async fn answer(
    context: &Context,
    challenge: LoginChallenge,
    request: &ValidRequest,
    outcome: LoginOutcome,
) -> Result<RedirectTo, ChallengeFault> {
    let id = challenge.flow_id;
    let state = LoginHandled { request: challenge.request.clone(), outcome };
    let row = symbolon_store::Flow {
        id: *id.as_bytes(),
        stage: LOGIN_HANDLED,
        client_id: request.client.record.id.clone(),
        expires_at: flow::expires_at(context, id),
        body: at_rest::close(context, &state)?,
    };
    let mut batch = Batch::new();
    batch.accept_flow(&row);
    match context.store.write(batch).await {
        Ok(_) => {
            let verifier = context.seal.seal_flow(kinds::LOGIN_VERIFIER, id);
            Ok(RedirectTo { redirect_to: continue_url(context, &state.request, "login_verifier", &verifier) })
        }
        Err(WriteError::Unmet(_)) => {
            Err(ChallengeFault::Handled(RedirectTo { redirect_to: request_url(context, &state.request) }))
        }
        Err(fault) => Err(fault.into()),
    }
}
