//! The backchannel authentication endpoint (OpenID Connect CIBA §7): a client that authenticated says for whom it asks, and
//! what for. The scope and everything that other requests have, too, goes through their checks; what only this endpoint
//! knows is read in `parameters`, `hint` and `request_object`. One row is written, and how many may wait for one person is
//! decided in the same batch: whoever may ask must not be able to wear somebody down.

use http::StatusCode;
use symbolon_jose::digest;
use symbolon_store::{AskingLimit, BackchannelRequest, BackchannelStage, Batch, Condition, WriteError};
use symbolon_types::{AuthenticationRequestId, BackchannelAuthentication, ErrorCode, GrantType, Subject};

use super::kept::Kept;
use super::parameters::Asked;
use super::{Demands, auth_req_id, hint, request_object};
use crate::at_rest;
use crate::client_authentication::{AuthenticatedClient, authenticate};
use crate::clients::{self, RegisteredClient};
use crate::context::Context;
use crate::dpop::{self, Proof};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::identifiers;
use crate::params::Params;
use crate::request::{Asker, EffectiveRequest, KeptRequest, Parameters, Refusal, check_size, validate};
use crate::subject_identifier;

/// Parameters that are not kept with the request: they say who the client is, or were read here and lead to a row's columns.
const NOT_KEPT: [&str; 8] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "login_hint",
    "id_token_hint",
    "client_notification_token",
    "requested_expiry",
];

/// `POST /oauth2/backchannel-authentication`.
pub async fn authentication(context: &Context, http: Request) -> Answer {
    match respond(context, &http).await {
        Ok(answer) => exchange::oauth_json(StatusCode::OK, &answer),
        Err(error) => dpop::answer(context, &error),
    }
}

async fn respond(context: &Context, http: &Request) -> Result<BackchannelAuthentication, OAuthError> {
    if !context.config.symbolon.ciba.enabled {
        return Err(OAuthError::new(ErrorCode::NotFound, "Authentication over the back channel is not enabled."));
    }
    let params = Params::of_form(http)?;
    let client = authenticate(context, http, &params).await?;
    client.admit(GrantType::Ciba)?;
    let proof = dpop::read(context, http, None)?;
    let demands = Demands::of(context, &client);
    let params = request_object::effective(context, &client, &params, demands).await?;
    let asked = Asked::read(context, &client, &params, demands)?;
    let subject = hint::subject(context, &client, &params).await?;
    let id: AuthenticationRequestId = identifiers::now(context);
    let parameters = kept_parameters(&client, &params, proof.as_ref())?;
    let validated = validate(context, Asker::Backchannel(id), parameters).await.map_err(Refusal::into_error)?;
    check_openid(&validated.request)?;
    check_subject(context, &client, &validated.request, &subject)?;
    if client.is_self_registered() {
        check_size(&KeptRequest::from(&validated.request).to_bytes())?;
    }
    clients::count_write(context, &client)?;
    clients::note_used(context, &client).await?;
    let wanted = Wanted { id, subject, request: &validated.request, asked: &asked };
    remember(context, &client, &wanted, proof.as_ref()).await
}

/// The claim `sub` may name a person, too (OpenID Connect Core §5.5.1): the one of the hint, or nobody.
fn check_subject(
    context: &Context,
    client: &RegisteredClient,
    request: &EffectiveRequest,
    subject: &Subject,
) -> Result<(), OAuthError> {
    let own = subject_identifier::for_client(&context.config, client, subject, "").map_err(OAuthError::server)?;
    if request.claims().accepts_subject(&own) {
        return Ok(());
    }
    Err(OAuthError::invalid_request("Parameter 'claims' names another person than the hint does."))
}

/// OpenID Connect CIBA §7.1: without it, this is no authentication request.
fn check_openid(request: &EffectiveRequest) -> Result<(), OAuthError> {
    if request.scope().contains("openid") {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::InvalidScope, "Parameter 'scope' must have 'openid' in it."))
}

/// What is kept of the request. A proof binds it to its key, as `dpop_jkt` does a code (RFC 9449 §10).
fn kept_parameters(
    client: &AuthenticatedClient,
    params: &Params,
    proof: Option<&Proof>,
) -> Result<Parameters, OAuthError> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(params.iter().filter(|(name, _)| !NOT_KEPT.contains(name)));
    if let Some(key) = dpop::key_to_name(params, proof)? {
        form.append_pair("dpop_jkt", &key);
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", client.id().as_str());
    Parameters::merge(form.finish(), query.finish())
}

/// A request that passed every check.
struct Wanted<'a> {
    id: AuthenticationRequestId,
    subject: Subject,
    request: &'a EffectiveRequest,
    asked: &'a Asked,
}

async fn remember(
    context: &Context,
    client: &AuthenticatedClient,
    wanted: &Wanted<'_>,
    proof: Option<&Proof>,
) -> Result<BackchannelAuthentication, OAuthError> {
    let now = context.clock.now();
    let settings = &context.config.symbolon.ciba;
    let expires_at = now.saturating_add(wanted.asked.expires_in);
    let auth_req_id = auth_req_id::issue(context, wanted.id, expires_at);
    let row = BackchannelRequest {
        id: wanted.id,
        client_id: client.id().clone(),
        client_epoch: client.record().epoch,
        subject: wanted.subject.clone(),
        stage: BackchannelStage::Pending,
        interval_seconds: settings.polling_interval_seconds,
        ping_attempts: 0,
        expires_at,
        body: at_rest::close(context, &Kept::new(context, client, wanted.request, (wanted.asked, &auth_req_id))?)?,
    };
    let limit = AskingLimit {
        pause_of: &digest::sha256(wanted.subject.as_str().as_bytes()),
        pause_until: now.saturating_add(settings.pause_seconds),
        most_waiting: i64::from(settings.waiting_per_subject),
    };
    let mut batch = Batch::new();
    if let Some(proof) = proof {
        proof.use_up(context, &mut batch)?;
    }
    batch.require_client(client.id(), client.record().epoch).insert_backchannel_request(&row, &limit, now);
    match context.store.write(batch).await {
        Ok(()) => {}
        Err(WriteError::Unmet(Condition::Identifier)) => return Err(asked_before(settings.pause_seconds)),
        Err(WriteError::Unmet(Condition::Backchannel)) => return Err(too_many_wait()),
        Err(WriteError::Unmet(Condition::Client)) => {
            return Err(OAuthError::invalid_client("changed or deleted meanwhile"));
        }
        Err(fault) => return Err(dpop::refusal(fault)),
    }
    Ok(BackchannelAuthentication { auth_req_id, expires_in: wanted.asked.expires_in, interval: row.interval_seconds })
}

fn asked_before(pause_seconds: i64) -> OAuthError {
    OAuthError::too_many(pause_seconds, "The user was asked a moment ago.")
}

/// The oldest of those that wait has ended by then, or somebody has answered before.
fn too_many_wait() -> OAuthError {
    OAuthError::too_many(30, "Other requests wait for the user's answer.")
}
