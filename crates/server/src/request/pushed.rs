//! Pushed authorization requests (RFC 9126), between the client that pushed one and the browser that comes with it. The
//! `request_uri` is the validated request itself, sealed; one that is too large for an address is kept behind a short
//! handle. Its lifetime bounds the first visit and not the login. A request leads to one answer, whoever comes with it and
//! however often: the batch that gives the answer uses its id up.

use std::net::IpAddr;

use symbolon_store::{Batch, StoredRequest};
use symbolon_types::{ErrorCode, PromptSet, PushedAuthorization, RequestId};

use super::kept::LARGEST_OF_SELF_REGISTERED;
use super::{EffectiveRequest, KeptRequest, Parameters, Refusal, ValidatedRequest, check_size, limit_stored};
use crate::at_rest;
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::error::OAuthError;
use crate::identifiers;
use crate::seal::kinds;

/// What every `request_uri` of ours begins with (RFC 9126 §2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// Largest request, in bytes, that travels inside the `request_uri` (about 1,400 characters of it).
const LARGEST_SEALED: usize = 1_000;
/// The kind of its id among identifiers that are used once.
const KIND: &str = "pushed_request";

/// Seals a request that was just validated.
pub async fn push(
    context: &Context,
    client: &RegisteredClient,
    request: EffectiveRequest,
    address: IpAddr,
) -> Result<PushedAuthorization, OAuthError> {
    let id: RequestId = identifiers::now(context);
    // What counts, and nothing of how it was said.
    let parameters = Parameters::merge(request.parameters.counting(), String::new())?;
    let request = EffectiveRequest { parameters, pushed: Some(id), ..request };
    let compact = KeptRequest::from(&request).to_bytes();
    let expires_in = context.config.symbolon.par.lifetime_seconds;
    if client.is_self_registered() {
        check_size(&compact)?;
    }
    let stored = compact.len() > LARGEST_SEALED && !client.is_self_registered();
    if stored {
        // Anybody can push in the name of a public client.
        if client.is_public() {
            limit_stored(context, address)?;
        }
        let body = at_rest::close_bytes(context, &compact);
        let kept = StoredRequest { id, expires_at: flow_ends(context, id).saturating_add(60), body };
        context.store.insert_stored_request(&kept).await?;
    }
    let until = id.unix_seconds().saturating_add(expires_in);
    let carried = if stored { &[][..] } else { &compact };
    Ok(PushedAuthorization { request_uri: seal(context, id, until, carried), expires_in })
}

/// Id, until when it may be shown, and the request unless that is stored.
fn seal(context: &Context, id: RequestId, until: i64, carried: &[u8]) -> String {
    let inside = [&id.as_bytes()[..], &until.to_be_bytes(), carried].concat();
    format!("{PREFIX}{}", context.seal.seal(kinds::PUSHED_REQUEST, &inside))
}

/// When the flow of a request must be over, in Unix seconds.
fn flow_ends(context: &Context, id: RequestId) -> i64 {
    id.unix_seconds().saturating_add(context.config.ttl.login_consent_request)
}

/// The query that leads back to a request whose flow is under way.
pub(super) fn address_of(context: &Context, request: &EffectiveRequest, id: RequestId) -> String {
    let compact = KeptRequest::from(request).to_bytes();
    let carried = if compact.len() > LARGEST_OF_SELF_REGISTERED { &[][..] } else { &compact[..] };
    let uri = seal(context, id, flow_ends(context, id), carried);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", request.client_id().as_str()).append_pair("request_uri", &uri).finish()
}

/// The `request_uri` of a request that was pushed; others are addresses of request objects.
pub fn named(parameters: &Parameters) -> Option<&str> {
    parameters.get("request_uri").filter(|uri| uri.starts_with(PREFIX))
}

/// Opens what a client pushed. Parameters beside `client_id` do not count (RFC 9126 §4), but for a real login, which
/// addresses of this server ask for. All that can be wrong with it is told on a page, as nothing of it is known to be the
/// client's.
pub async fn open(context: &Context, uri: &str, beside: &Parameters) -> Result<ValidatedRequest, Refusal> {
    let request = opened(context, uri).await.map_err(Refusal::Page)?;
    let named = beside.get("client_id");
    if named != Some(request.client_id().as_str()) {
        return Err(Refusal::Page(unknown().because("pushed by another client than 'client_id' names")));
    }
    let client = clients::documents::find_in_flow(context, request.client_id()).await.map_err(Refusal::Page)?;
    let client = client.ok_or_else(|| Refusal::Page(OAuthError::unknown_application()))?;
    request.recheck(&context.config, &client)?;
    let request =
        if beside.get("prompt") == Some("login") { with_login(request).map_err(Refusal::Page)? } else { request };
    Ok(ValidatedRequest { request, client })
}

async fn opened(context: &Context, uri: &str) -> Result<EffectiveRequest, OAuthError> {
    let sealed = uri.strip_prefix(PREFIX).ok_or_else(unknown)?;
    let inside = context.seal.open(kinds::PUSHED_REQUEST, sealed).ok_or_else(unknown)?;
    let (id, rest) = inside.split_first_chunk::<16>().ok_or_else(unknown)?;
    let (until, carried) = rest.split_first_chunk::<8>().ok_or_else(unknown)?;
    let id = RequestId::from(*id);
    if context.clock.now() >= i64::from_be_bytes(*until) {
        return Err(OAuthError::new(ErrorCode::InvalidRequestUri, "The pushed request has expired: push it again."));
    }
    if context.store.is_used(KIND, id.as_bytes()).await? {
        return Err(used_before());
    }
    let kept = if carried.is_empty() {
        let stored = context.store.stored_request(id).await?.ok_or_else(unknown)?;
        KeptRequest::from_bytes(&at_rest::open_bytes(context, &stored.body)?)
    } else {
        KeptRequest::from_bytes(carried)
    };
    kept.and_then(KeptRequest::restore).ok_or_else(unknown)
}

/// The same request, which no session answers.
fn with_login(request: EffectiveRequest) -> Result<EffectiveRequest, OAuthError> {
    let others = request.parameters.words("prompt").into_iter().filter(|word| word != "none" && word != "login");
    let prompt = others.fold("login".to_owned(), |all, word| all + " " + &word);
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(request.parameters.iter().filter(|(name, _)| *name != "prompt")).append_pair("prompt", &prompt);
    let parameters = Parameters::merge(form.finish(), String::new())?;
    let prompt = PromptSet::parse(&prompt).map_err(|_| OAuthError::server("a prompt that cannot be read again"))?;
    Ok(EffectiveRequest { parameters, prompt, ..request })
}

fn unknown() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestUri, "The 'request_uri' is none that was given to this client.")
}

/// The error for a request that was answered before.
pub fn used_before() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestUri, "The pushed request was used before: push another one.")
}

impl EffectiveRequest {
    /// Uses a pushed request up, in the batch of its answer. Unmet `Condition::Identifier` where it was answered before.
    pub fn answer_once(&self, context: &Context, batch: &mut Batch) {
        if let Some(id) = self.pushed {
            // A flow that begins in the last moment goes on for as long again.
            let last_answer = flow_ends(context, id).saturating_add(context.config.ttl.login_consent_request);
            batch.use_once(KIND, id.as_bytes(), last_answer.saturating_add(60));
        }
    }
}
