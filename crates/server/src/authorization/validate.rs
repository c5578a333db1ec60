//! From the text of a request to a [`ValidRequest`], in two parts. Until the client and its redirect URI are verified
//! an error can only be shown on a page: [`Refusal::Page`] has no address to redirect to. From then on errors go to the
//! client: [`Refusal::Redirect`]. A device's request (RFC 8628) has no redirect URI, so all its errors stay on pages.
//! Only this file makes a [`ValidRequest`].

use symbolon_types::redirect_uri::{match_redirect_uri, only_redirect_uri};
use symbolon_types::{
    CodeChallenge, ErrorCode, FlowId, GrantType, PromptSet, RegisteredRedirectUri, ResponseMode, ResponseType, Scope,
};

use super::RawRequest;
use super::checks::{self, HintedSubject};
use crate::clients::{self, ClientRef};
use crate::context::Context;
use crate::error::OAuthError;
use crate::params::Params;

/// Why a request goes no further, and where that may be told.
#[derive(Debug)]
pub enum Refusal {
    /// There is no verified address: only a page.
    Page(OAuthError),
    /// The client is told at its registered address.
    Redirect(Box<RedirectError>),
}

/// An error with the verified address that it goes to.
#[derive(Debug)]
pub struct RedirectError {
    /// What.
    pub error: OAuthError,
    /// Where.
    pub to: ReplyAddress,
}

/// A verified address, and how the client wants to be answered there.
#[derive(Clone, Debug)]
pub struct ReplyAddress {
    /// The registered redirect URI.
    pub redirect_uri: RegisteredRedirectUri,
    /// Query, fragment or form.
    pub mode: ResponseMode,
    /// `state` as sent, returned even when it was too short.
    pub state: Option<String>,
}

/// Who hears the end of a flow.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The client, at its verified address.
    Redirect(ReplyAddress),
    /// A device that asks for it by itself; the browser ends on a page.
    Device(FlowId),
}

impl Reply {
    /// The address, where there is one.
    pub fn address(&self) -> Option<&ReplyAddress> {
        match self {
            Self::Redirect(address) => Some(address),
            Self::Device(_) => None,
        }
    }

    fn refusal(&self, error: OAuthError) -> Refusal {
        match self {
            Self::Redirect(to) => Refusal::Redirect(Box::new(RedirectError { error, to: to.clone() })),
            Self::Device(_) => Refusal::Page(error),
        }
    }
}

/// A request whose client and redirect URI are verified. The checks read it and fill a [`Draft`].
pub(super) struct Addressed<'c> {
    pub(super) context: &'c Context,
    pub(super) client: ClientRef,
    pub(super) params: Params,
    pub(super) reply: Reply,
}

/// What the checks find.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) response_type: Option<ResponseType>,
    pub(super) scope: Scope,
    pub(super) audience: Vec<String>,
    pub(super) nonce: Option<String>,
    pub(super) prompt: PromptSet,
    pub(super) max_age: Option<i64>,
    pub(super) id_token_hint: Option<HintedSubject>,
    pub(super) code_challenge: Option<CodeChallenge>,
}

/// A request that passed every check.
#[derive(Debug)]
pub struct ValidRequest {
    /// The client.
    pub client: ClientRef,
    /// Where the answer goes, and how.
    pub reply: Reply,
    /// The `redirect_uri` parameter as sent; the token request must repeat it (RFC 6749 §4.1.3).
    pub redirect_uri_parameter: Option<String>,
    /// Requested scope.
    pub scope: Scope,
    /// Requested audience.
    pub audience: Vec<String>,
    /// `nonce`.
    pub nonce: Option<String>,
    /// `prompt`.
    pub prompt: PromptSet,
    /// `max_age`, or the client's `default_max_age`, in seconds.
    pub max_age: Option<i64>,
    /// Whom `id_token_hint` names.
    pub id_token_hint: Option<HintedSubject>,
    /// PKCE challenge, always S256.
    pub code_challenge: Option<CodeChallenge>,
    /// All parameters, for those that are only passed on.
    pub params: Params,
    /// The request as sent.
    pub raw: RawRequest,
}

impl ValidRequest {
    /// An error about this request, to be told to its client if that has an address.
    pub fn refusal(&self, error: OAuthError) -> Refusal {
        self.reply.refusal(error)
    }
}

/// Validates a request.
pub async fn validate(context: &Context, raw: &RawRequest) -> Result<ValidRequest, Refusal> {
    let addressed = address(context, raw).await?;
    let mut draft = Draft::default();
    for check in checks::of(&addressed.reply) {
        check(&addressed, &mut draft).map_err(|error| addressed.reply.refusal(error))?;
    }
    Ok(finish(addressed, draft, raw.clone()))
}

/// Part one: who asks, and where the answer may go (RFC 6749 §3.1.2, §4.1.2.1).
async fn address<'c>(context: &'c Context, raw: &RawRequest) -> Result<Addressed<'c>, Refusal> {
    let params = Params::parse(raw.as_str().as_bytes()).map_err(Refusal::Page)?;
    let unknown = OAuthError::unknown_application;
    let client_id = params.get("client_id").ok_or_else(|| Refusal::Page(unknown()))?;
    let client = clients::find(context, client_id)
        .await
        .map_err(|fault| Refusal::Page(fault.into()))?
        .ok_or_else(|| Refusal::Page(unknown()))?;
    let reply = match raw.device() {
        Some(device) => self::device(&client, device),
        None => reply_address(&client, &params),
    };
    Ok(Addressed { context, client, params, reply: reply.map_err(Refusal::Page)? })
}

/// A device is answered when it asks; what has to fit is its grant type.
fn device(client: &ClientRef, device: FlowId) -> Result<Reply, OAuthError> {
    if client.parsed.metadata.allows_grant(GrantType::DeviceCode) {
        return Ok(Reply::Device(device));
    }
    let hint = format!("The client is not registered for the grant_type '{}'.", GrantType::DeviceCode.as_str());
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint))
}

fn reply_address(client: &ClientRef, params: &Params) -> Result<Reply, OAuthError> {
    let redirect_uri = redirect_uri(client, params)?;
    let response_type = params.get("response_type").and_then(ResponseType::parse);
    // An unknown mode is an error of its own, told in the mode that the response type implies.
    let asked = params.get("response_mode").and_then(ResponseMode::parse);
    let mode = asked.unwrap_or_else(|| response_type.map_or(ResponseMode::Query, ResponseType::default_mode));
    let state = params.get("state").map(str::to_owned);
    Ok(Reply::Redirect(ReplyAddress { redirect_uri, mode, state }))
}

/// The redirect URI: byte-equal to a registered one, only a loopback port may differ (RFC 8252 §7.3). It may be left out
/// when exactly one is registered and OpenID Connect is not asked for (OpenID Connect Core §3.1.2.1).
fn redirect_uri(client: &ClientRef, params: &Params) -> Result<RegisteredRedirectUri, OAuthError> {
    let registered = &client.parsed.metadata.redirect_uris;
    if let Some(requested) = params.get("redirect_uri") {
        return match_redirect_uri(registered, requested).map_err(|_| {
            OAuthError::invalid_request("Parameter 'redirect_uri' is none of the client's registered redirect URIs.")
        });
    }
    let openid = params.get("scope").is_some_and(|scope| scope.split(' ').any(|token| token == "openid"));
    if openid {
        return Err(OAuthError::invalid_request("Parameter 'redirect_uri' is required with the scope 'openid'."));
    }
    only_redirect_uri(registered).ok_or_else(|| {
        OAuthError::invalid_request(
            "Parameter 'redirect_uri' is required, as the client has not exactly one registered redirect URI.",
        )
    })
}

fn finish(addressed: Addressed<'_>, draft: Draft, raw: RawRequest) -> ValidRequest {
    let redirect_uri_parameter = addressed.params.get("redirect_uri").map(str::to_owned);
    ValidRequest {
        client: addressed.client,
        reply: addressed.reply,
        redirect_uri_parameter,
        scope: draft.scope,
        audience: draft.audience,
        nonce: draft.nonce,
        prompt: draft.prompt,
        max_age: draft.max_age,
        id_token_hint: draft.id_token_hint,
        code_challenge: draft.code_challenge,
        params: addressed.params,
        raw,
    }
}
