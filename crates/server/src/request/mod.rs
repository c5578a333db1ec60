//! What a client asks for in the name of a user. [`validate`] reads the parameters once and makes an
//! [`EffectiveRequest`]; the login challenge seals it, flows and grants keep it, pages get it as a value. Later steps do
//! not validate again: [`recheck`](EffectiveRequest::recheck) looks only at what may have changed since.
//!
//! An error knows where it may go: until the client and its redirect URI are verified it is a [`Refusal::Page`], which
//! has no address to redirect to. Nothing here asks a user anything, and nothing is written.

mod addresses;
mod checks;
mod hint;
mod kept;
mod loopback;
pub(crate) mod object;
mod parameters;
pub(crate) mod pushed;
mod recheck;
mod reply;
mod validate;

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;

use symbolon_types::{
    AuthenticationRequestId, AuthorizationDetails, ClaimsRequest, ClientId, CodeChallenge, DeviceId, PromptSet,
    RequestId, RequestedClaim, ResponseType, Scope,
};

use crate::accounts::claims::scope_of;
use crate::clock::Clock;
use crate::confirmation::KeyThumbprint;
use crate::minute_limit::MinuteLimit;

pub use addresses::{DeviceVerifier, MASKED};
pub use hint::Hint;
pub use kept::{KeptRequest, check_size, limit_stored};
use object::FetchedObjects;
pub use parameters::{Parameters, Source};
pub use reply::{RedirectError, Refusal, Reply, ReplyAddress};
pub use validate::{ValidatedRequest, validate};

/// What is kept in memory about requests.
pub struct RequestState {
    /// Large requests that were stored, by address.
    pub stored: MinuteLimit,
    /// Proofs that came with requests pushed in the name of public clients, by address.
    pub proofs: MinuteLimit,
    /// Logins that were cancelled at the built-in page, by address.
    pub cancelled: MinuteLimit,
    /// Request objects that were fetched.
    pub objects: FetchedObjects,
    /// How many were validated since the start.
    pub validations: AtomicU64,
}

/// Large requests that one address may have stored in a minute.
const STORED_PER_MINUTE: u32 = 30;
/// Requests with a proof that one address may push in a minute in the name of public clients.
const PROOFS_PER_MINUTE: u32 = 600;
/// Logins that one address may cancel in a minute.
const CANCELLED_PER_MINUTE: u32 = 60;

impl RequestState {
    /// No request yet.
    pub fn new(clock: &Clock) -> Self {
        Self {
            stored: MinuteLimit::new(STORED_PER_MINUTE, clock),
            proofs: MinuteLimit::new(PROOFS_PER_MINUTE, clock),
            cancelled: MinuteLimit::new(CANCELLED_PER_MINUTE, clock),
            objects: object::nothing_fetched(clock),
            validations: AtomicU64::new(0),
        }
    }
}

/// A request that passed every check. Only this module can make one.
#[derive(Clone, Debug)]
pub struct EffectiveRequest {
    parameters: Parameters,
    /// By which it is known if the client pushed it (RFC 9126).
    pushed: Option<RequestId>,
    asker: Asker,
    client_id: ClientId,
    client_revision: i64,
    reply: Reply,
    response_type: Option<ResponseType>,
    scope: Scope,
    audience: Vec<String>,
    authorization_details: AuthorizationDetails,
    nonce: Option<String>,
    prompt: PromptSet,
    max_age: Option<i64>,
    id_token_hint: Option<Hint>,
    code_challenge: Option<CodeChallenge>,
    claims: ClaimsRequest,
}

/// From where an authorization request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A browser that a client sent (RFC 6749 §4.1.1).
    Browser,
    /// A device (RFC 8628 §3.1), and a browser in which its user code was entered.
    Device(DeviceId),
    /// A client, for a person who is somewhere else (OpenID Connect CIBA §7.1). No browser takes part.
    Backchannel(AuthenticationRequestId),
}

impl EffectiveRequest {
    /// All parameters, merged, each with where it came from.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Who asks.
    pub fn asker(&self) -> Asker {
        self.asker
    }

    /// The device, if one asks.
    pub fn device(&self) -> Option<DeviceId> {
        match self.asker {
            Asker::Browser | Asker::Backchannel(_) => None,
            Asker::Device(device) => Some(device),
        }
    }

    /// The request of the back channel, if it is one.
    pub fn backchannel(&self) -> Option<AuthenticationRequestId> {
        match self.asker {
            Asker::Browser | Asker::Device(_) => None,
            Asker::Backchannel(id) => Some(id),
        }
    }

    /// The revision of the client that the request was compared with.
    pub fn client_revision(&self) -> i64 {
        self.client_revision
    }

    /// The client for which it was validated.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Where the result goes: to the client, or to the device that polls.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// What the client wants to be answered with; a device's request has none.
    pub fn response_type(&self) -> Option<ResponseType> {
        self.response_type
    }

    /// Requested scope.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Requested audience: values of `audience` and resources (RFC 8707), or the default resource.
    pub fn audience(&self) -> &[String] {
        &self.audience
    }

    /// What is asked for in detail (RFC 9396).
    pub fn authorization_details(&self) -> &AuthorizationDetails {
        &self.authorization_details
    }

    /// As sent, for the ID token.
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// What `prompt` asks for; empty when it was not sent.
    pub fn prompt(&self) -> &PromptSet {
        &self.prompt
    }

    /// `max_age`, or the client's `default_max_age`, in seconds.
    pub fn max_age(&self) -> Option<i64> {
        self.max_age
    }

    /// Whom `id_token_hint` names.
    pub fn id_token_hint(&self) -> Option<&Hint> {
        self.id_token_hint.as_ref()
    }

    /// PKCE challenge, always S256.
    pub fn code_challenge(&self) -> Option<&CodeChallenge> {
        self.code_challenge.as_ref()
    }

    /// The key to which the code is bound (RFC 9449 §10); that `dpop_jkt` is a thumbprint was checked.
    pub fn dpop_key(&self) -> Option<KeyThumbprint> {
        self.parameters.get("dpop_jkt").and_then(KeyThumbprint::parse)
    }

    /// Claims that are asked for by name.
    pub fn claims(&self) -> &ClaimsRequest {
        &self.claims
    }

    /// Claims of a built-in account that are asked for by name and that the requested scope does not cover, each once.
    pub fn single_claims(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let beyond = |name: &&str| scope_of(name).is_some_and(|scope| !self.scope.contains(scope));
        let names = self.claims.all().map(RequestedClaim::name).filter(beyond);
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// The `redirect_uri` parameter as sent; the token request must repeat it (RFC 6749 §4.1.3).
    pub fn redirect_uri_parameter(&self) -> Option<&str> {
        self.parameters.get("redirect_uri")
    }

    /// An error about this request, to be told to its client if that has an address.
    pub fn refusal(&self, error: crate::error::OAuthError) -> Refusal {
        self.reply.refusal(error)
    }
}
