//! From the text of a request to a [`ValidRequest`], in two parts. Until the client and its redirect URI are verified
//! an error can only be shown on a page: [`Refusal::Page`] has no address to redirect to. From then on errors go to the
//! client: [`Refusal::Redirect`]. Only this file makes a [`ValidRequest`].

use symbolon_types::redirect_uri::{match_redirect_uri, only_redirect_uri};
use symbolon_types::{CodeChallenge, ErrorCode, PromptSet, RegisteredRedirectUri, ResponseMode, ResponseType, Scope};

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

/// A request whose client and redirect URI are verified. The checks read it and fill a [`Draft`].
pub(super) struct Addressed<'c> {
    pub(super) context: &'c Context,
    pub(super) client: ClientRef,
    pub(super) params: Params,
    pub(super) reply: ReplyAddress,
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
    /// Where the answer goes.
    pub redirect_uri: RegisteredRedirectUri,
    /// The `redirect_uri` parameter as sent; the token request must repeat it (RFC 6749 §4.1.3).
    pub redirect_uri_parameter: Option<String>,
    /// What is asked for.
    #[expect(dead_code, reason = "only `code` is answered today; the others will read it")]
    pub response_type: ResponseType,
    /// How it is answered.
    pub response_mode: ResponseMode,
    /// Requested scope.
    pub scope: Scope,
    /// Requested audience.
    pub audience: Vec<String>,
    /// `state`.
    pub state: Option<String>,
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
    /// The address for answers and errors.
    pub fn reply(&self) -> ReplyAddress {
        ReplyAddress { redirect_uri: self.redirect_uri.clone(), mode: self.response_mode, state: self.state.clone() }
    }

    /// An error about this request, to be told to its client.
    pub fn refusal(&self, error: OAuthError) -> Refusal {
        Refusal::Redirect(Box::new(RedirectError { error, to: self.reply() }))
    }
}

/// Validates a request.
pub async fn validate(context: &Context, raw: &RawRequest) -> Result<ValidRequest, Refusal> {
    let addressed = address(context, raw).await?;
    let mut draft = Draft::default();
    for check in checks::CHECKS {
        check(&addressed, &mut draft)
            .map_err(|error| Refusal::Redirect(Box::new(RedirectError { error, to: addressed.reply.clone() })))?;
    }
    Ok(finish(addressed, draft, raw.clone()))
}

/// Part one: who asks, and where the answer may go (RFC 6749 §3.1.2, §4.1.2.1).
async fn address<'c>(context: &'c Context, raw: &RawRequest) -> Result<Addressed<'c>, Refusal> {
    let params = Params::parse(raw.as_str().as_bytes()).map_err(Refusal::Page)?;
    let unknown = || OAuthError::new(ErrorCode::InvalidClient, "The 'client_id' names no registered client.");
    let client_id = params.get("client_id").ok_or_else(|| Refusal::Page(unknown()))?;
    let client = clients::find(context, client_id)
        .await
        .map_err(|fault| Refusal::Page(fault.into()))?
        .ok_or_else(|| Refusal::Page(unknown()))?;
    let redirect_uri = redirect_uri(&client, &params).map_err(Refusal::Page)?;
    let response_type = params.get("response_type").and_then(ResponseType::parse);
    // An unknown mode is an error of its own, told in the mode that the response type implies.
    let asked = params.get("response_mode").and_then(ResponseMode::parse);
    let mode = asked.unwrap_or_else(|| response_type.map_or(ResponseMode::Query, ResponseType::default_mode));
    let state = params.get("state").map(str::to_owned);
    Ok(Addressed { context, client, params, reply: ReplyAddress { redirect_uri, mode, state } })
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
        redirect_uri: addressed.reply.redirect_uri,
        redirect_uri_parameter,
        response_type: draft.response_type.unwrap_or(ResponseType::CODE),
        response_mode: addressed.reply.mode,
        scope: draft.scope,
        audience: draft.audience,
        state: addressed.reply.state,
        nonce: draft.nonce,
        prompt: draft.prompt,
        max_age: draft.max_age,
        id_token_hint: draft.id_token_hint,
        code_challenge: draft.code_challenge,
        params: addressed.params,
        raw,
    }
}
