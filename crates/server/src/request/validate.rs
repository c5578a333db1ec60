//! From parameters to an [`EffectiveRequest`], in two parts. Until the client and its redirect URI are verified an error
//! can only be shown on a page; from then on errors go to the client. A device's request (RFC 8628) has no redirect URI,
//! so all its errors stay on pages.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use symbolon_jose::digest::base64url_decode;
use symbolon_types::client::EncryptedContent;
use symbolon_types::redirect_uri::only_redirect_uri;
use symbolon_types::{
    AuthorizationDetails, ClaimsRequest, ClientId, CodeChallenge, ErrorCode, GrantType, Prompt, PromptSet,
    RegisteredRedirectUri, ResponseCarrier, ResponseMode, ResponseType, Scope,
};

use super::loopback::CodeIs;
use super::{Asker, EffectiveRequest, Hint, Parameters, Refusal, Reply, ReplyAddress, checks, loopback, object};
use crate::clients::{self, RegisteredClient};
use crate::config::Config;
use crate::context::Context;
use crate::error::OAuthError;
use crate::security_profile::Rule;
use crate::trail;

/// A request whose client and redirect URI are verified. The checks read it and fill a [`Draft`].
pub(super) struct AddressedRequest<'c> {
    pub(super) context: &'c Context,
    pub(super) asker: Asker,
    pub(super) client: Arc<RegisteredClient>,
    pub(super) parameters: Parameters,
    pub(super) reply: Reply,
}

/// What the checks find.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) response_type: Option<ResponseType>,
    pub(super) scope: Scope,
    pub(super) audience: Vec<String>,
    pub(super) authorization_details: AuthorizationDetails,
    pub(super) nonce: Option<String>,
    pub(super) prompt: PromptSet,
    pub(super) max_age: Option<i64>,
    pub(super) id_token_hint: Option<Hint>,
    pub(super) code_challenge: Option<CodeChallenge>,
    pub(super) claims: ClaimsRequest,
}

/// A request and its client.
#[derive(Debug)]
pub struct ValidatedRequest {
    /// The request.
    pub request: EffectiveRequest,
    /// The client that it was compared with.
    pub client: Arc<RegisteredClient>,
}

/// Validates a request: once in its life.
pub async fn validate(context: &Context, asker: Asker, parameters: Parameters) -> Result<ValidatedRequest, Refusal> {
    context.requests.validations.fetch_add(1, Ordering::Relaxed);
    let addressed = address(context, asker, parameters).await?;
    let mut draft = Draft::default();
    for check in checks::of(asker) {
        check.run(&addressed, &mut draft).await.map_err(|error| addressed.reply.refusal(error))?;
    }
    Ok(finish(addressed, draft))
}

/// Part one: who asks, and where the answer may go (RFC 6749 §3.1.2, §4.1.2.1).
async fn address(context: &Context, asker: Asker, parameters: Parameters) -> Result<AddressedRequest<'_>, Refusal> {
    let unknown = OAuthError::unknown_application;
    let client_id = parameters.get("client_id").ok_or_else(|| Refusal::Page(unknown()))?;
    let client_id = ClientId::from(client_id);
    // Of those who ask here only a browser's client can have a document; the other grants are not for such clients.
    let found = match asker {
        Asker::Browser => clients::documents::resolve(context, &client_id).await,
        Asker::Device(_) | Asker::Backchannel(_) => clients::find(context, &client_id).await.map_err(OAuthError::from),
    };
    let client = found.map_err(Refusal::Page)?.ok_or_else(|| Refusal::Page(unknown()))?;
    trail::note_client(client.id().as_str());
    let reply = |parameters: &Parameters| match asker {
        Asker::Browser => reply_address(context, &client, parameters),
        Asker::Device(_) => polling(&client, GrantType::DeviceCode),
        Asker::Backchannel(_) => polling(&client, GrantType::Ciba),
    };
    let object = object::read(context, asker, &client, &parameters).await;
    let counting = object.and_then(|object| object.map(|object| parameters.clone().replaced(object)).transpose());
    let parameters = match counting {
        Ok(counting) => counting.unwrap_or(parameters),
        // What the object says about addresses does not count; what stands outside may be registered.
        Err(error) => {
            return Err(match reply(&parameters) {
                Ok(to) => to.refusal(error),
                Err(_) => Refusal::Page(error),
            });
        }
    };
    let reply = reply(&parameters).map_err(Refusal::Page)?;
    Ok(AddressedRequest { context, asker, client, parameters, reply })
}

/// Who polls is answered when it asks; what has to fit is its grant type.
fn polling(client: &RegisteredClient, grant_type: GrantType) -> Result<Reply, OAuthError> {
    if client.allows_grant(grant_type) {
        return Ok(Reply::Device);
    }
    let hint = format!("The client is not registered for the grant_type '{}'.", grant_type.as_str());
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, hint))
}

fn reply_address(context: &Context, client: &RegisteredClient, parameters: &Parameters) -> Result<Reply, OAuthError> {
    if parameters.get("redirect_uri").is_none() && client.is_held_to(&context.config, Rule::RedirectUriStated) {
        return Err(OAuthError::invalid_request("Parameter 'redirect_uri' is required by the security profile."));
    }
    let redirect_uri = redirect_uri(&context.config, client, parameters)?;
    let in_object = UnsignedObject::of(parameters);
    let stated = |name: &str| parameters.get(name).map(str::to_owned).or_else(|| in_object.get(name));
    let mode = response_mode(stated("response_mode").as_deref(), parameters, TokensInQuery::of(client));
    let silent = is_silent(parameters);
    Ok(Reply::Redirect(ReplyAddress {
        client_id: client.id().clone(),
        silent,
        redirect_uri,
        mode,
        state: stated("state"),
    }))
}

/// Whether tokens may stand in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokensInQuery {
    /// Whoever sees the address would have them.
    No,
    /// Nobody but the client can read them (JWT Secured Authorization Response Mode §2.3.1).
    InEncryptedJwt,
}

impl TokensInQuery {
    /// As the client is registered.
    pub(super) fn of(client: &RegisteredClient) -> Self {
        let encrypted = !client.metadata().encryption(EncryptedContent::Authorization).are_empty();
        if encrypted { Self::InEncryptedJwt } else { Self::No }
    }

    /// Whether an answer that would by itself go elsewhere may go this way.
    pub(super) fn allow(self, mode: ResponseMode, implied: ResponseMode) -> bool {
        let to_query = mode.carrier == ResponseCarrier::Query && implied.carrier != ResponseCarrier::Query;
        !to_query || (mode.is_jwt() && self == Self::InEncryptedJwt)
    }
}

/// How the client wants to be answered: as it says, or as its response type implies. An unknown mode is an error of its
/// own, told in the mode that the response type implies. A query is none for tokens, and whoever asks for it is told so in
/// the fragment, where its answer would be (OAuth 2.0 Multiple Response Types §3, §5).
pub(super) fn response_mode(asked: Option<&str>, parameters: &Parameters, tokens: TokensInQuery) -> ResponseMode {
    let implied = implied_mode(parameters.get("response_type").and_then(ResponseType::parse));
    let asked = asked.and_then(|asked| ResponseMode::parse(asked, implied)).unwrap_or(implied);
    if tokens.allow(asked, implied) { asked } else { ResponseMode { carrier: implied.carrier, ..asked } }
}

/// The mode of a request that names none.
pub(super) fn implied_mode(response_type: Option<ResponseType>) -> ResponseMode {
    response_type.map_or(ResponseMode::QUERY, ResponseType::default_mode)
}

/// Whether the request says that nobody may be shown anything (OpenID Connect Core §3.1.2.1).
pub(super) fn is_silent(parameters: &Parameters) -> bool {
    let prompt = PromptSet::parse(parameters.get("prompt").unwrap_or_default());
    prompt.is_ok_and(|prompt| prompt.contains(Prompt::None))
}

/// A request object without a signature (OpenID Connect Core §6.1) of a client that did not register `none`. It is refused; but the error is answered as it asks,
/// where its `state` and `response_mode` stand nowhere else.
struct UnsignedObject(serde_json::Map<String, serde_json::Value>);

impl UnsignedObject {
    fn of(parameters: &Parameters) -> Self {
        let claims = || -> Option<serde_json::Map<String, serde_json::Value>> {
            let (header, rest) = parameters.get("request")?.split_once('.')?;
            let header: serde_json::Value = serde_json::from_slice(&base64url_decode(header)?).ok()?;
            let payload = rest.strip_suffix('.').filter(|_| header["alg"] == "none")?;
            serde_json::from_slice(&base64url_decode(payload)?).ok()
        };
        Self(claims().unwrap_or_default())
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty() && !text.contains(char::is_control))
            .map(str::to_owned)
    }
}

/// The redirect URI: byte-equal to a registered one, only a loopback port may differ (RFC 8252 §7.3). It may be left out
/// when exactly one is registered and OpenID Connect is not asked for (OpenID Connect Core §3.1.2.1).
fn redirect_uri(
    config: &Config,
    client: &RegisteredClient,
    parameters: &Parameters,
) -> Result<RegisteredRedirectUri, OAuthError> {
    let registered = &client.metadata().redirect_uris;
    if let Some(requested) = parameters.get("redirect_uri") {
        let free_port = loopback::free_port(config, client, CodeIs::by(parameters.get("code_challenge")));
        return client.own_redirect_uri(requested, free_port).map_err(|_| loopback::not_registered(client, requested));
    }
    let openid = parameters.get("scope").is_some_and(|scope| scope.split(' ').any(|token| token == "openid"));
    if openid {
        return Err(OAuthError::invalid_request("Parameter 'redirect_uri' is required with the scope 'openid'."));
    }
    only_redirect_uri(registered).ok_or_else(|| {
        OAuthError::invalid_request(
            "Parameter 'redirect_uri' is required, as the client has not exactly one registered redirect URI.",
        )
    })
}

fn finish(addressed: AddressedRequest<'_>, draft: Draft) -> ValidatedRequest {
    let AddressedRequest { asker, client, parameters, reply, .. } = addressed;
    let request = EffectiveRequest {
        parameters,
        pushed: None,
        asker,
        client_id: client.id().clone(),
        client_revision: client.revision(),
        reply,
        response_type: draft.response_type,
        scope: draft.scope,
        audience: draft.audience,
        authorization_details: draft.authorization_details,
        nonce: draft.nonce,
        prompt: draft.prompt,
        max_age: draft.max_age,
        id_token_hint: draft.id_token_hint,
        code_challenge: draft.code_challenge,
        claims: draft.claims,
    };
    ValidatedRequest { request, client }
}
