//! The sealed request itself: what is inside, how large it may be, and opening it.

use std::net::IpAddr;

use symbolon_store::{Handled, StoredRequest};
use symbolon_types::{FlowId, RedirectTo, SessionId};

use crate::at_rest;
use crate::challenge::flow::LOGIN_HANDLED;
use crate::challenge::{ChallengeFault, check_time, flow, handled};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::identifiers;
use crate::request::{EffectiveRequest, KeptRequest, check_size, limit_stored};
use crate::seal::kinds;
use crate::session::{self, CurrentSession};

/// Largest compact request, in bytes, that travels inside the challenge (about 1,400 characters of it).
const LARGEST_SEALED: usize = 1_000;
/// The browser has a session of this id.
const WITH_SESSION: u8 = 1;
/// That session asks for nothing.
const SKIP: u8 = 2;
/// The request is in the store.
const STORED: u8 = 4;
/// A login challenge, opened.
#[derive(Debug)]
pub struct LoginChallenge {
    pub(super) flow_id: FlowId,
    pub(super) request: EffectiveRequest,
    pub(super) session: BrowserSession,
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
    pub(super) fn id(self) -> Option<SessionId> {
        match self {
            Self::None => None,
            Self::Known(id) | Self::Skips(id) => Some(id),
        }
    }
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
    pub(super) async fn check_unused(&self, context: &Context) -> Result<(), ChallengeFault> {
        let used = match context.store.handled(self.flow_id).await? {
            Handled::Unknown => false,
            Handled::Flow(row) => row.stage != LOGIN_HANDLED,
            Handled::Granted => true,
        };
        if used { Err(handled(context, &self.request)) } else { Ok(()) }
    }

    /// The session that spares the question. When it has ended since the challenge was made, nobody can say whether the
    /// page asked anything: the flow starts again, and the next challenge says what is true then.
    pub(super) async fn skipping(&self, context: &Context) -> Result<Option<CurrentSession>, ChallengeFault> {
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
