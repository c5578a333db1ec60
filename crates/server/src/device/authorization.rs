//! The device authorization endpoint (RFC 8628 §3.1, §3.2): an authenticated client gets a long code for the device and
//! a short one for the person. What it asks for is checked like an authorization request, and kept for both.

use std::net::IpAddr;

use http::StatusCode;
use symbolon_store::{ClientEpoch, DeviceAuthorization as Record, DeviceStage, WriteError};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{DeviceAuthorization, DeviceId, ErrorCode, GrantType, Prompt};

use super::device_code;
use super::user_code::UserCodes;
use crate::at_rest;
use crate::client_authentication::{AuthenticatedClient, authenticate_with_proof};
use crate::clients;
use crate::context::Context;
use crate::dpop::{self, Proof};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::identifiers;
use crate::params::Params;
use crate::request::{
    Asker, EffectiveRequest, KeptRequest, Parameters, Refusal, ValidatedRequest, check_size, validate,
};

/// User codes tried until one is free.
const ATTEMPTS: usize = 5;
/// The parameters that are kept: what is asked for, for whom it is, and how whoever answers is to be authenticated.
const KEPT: [&str; 15] = [
    "scope",
    "audience",
    "resource",
    "authorization_details",
    "claims",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "acr_values",
    "id_token_hint",
    "max_age",
    "prompt",
    "request",
    "request_uri",
    "registration",
];

/// `POST /oauth2/device/auth`.
pub async fn device_authorization(context: &Context, http: Request) -> Answer {
    match respond(context, &http).await {
        Ok(codes) => exchange::oauth_json(StatusCode::OK, &codes),
        Err(error) => dpop::answer(context, &error),
    }
}

async fn respond(context: &Context, http: &Request) -> Result<DeviceAuthorization, OAuthError> {
    let params = Params::of_form(http)?;
    let (client, proof) = authenticate_with_proof(context, http, &params).await?;
    client.admit(GrantType::DeviceCode)?;
    let id: DeviceId = identifiers::now(context);
    let parameters = asked(&client, &params, proof.as_ref())?;
    let ValidatedRequest { request, .. } =
        validate(context, Asker::Device(id), parameters).await.map_err(Refusal::into_error)?;
    if request.prompt().contains(Prompt::None) {
        let hint = "Parameter 'prompt' must not be 'none': somebody enters the user code.";
        return Err(OAuthError::invalid_request(hint));
    }
    if client.is_self_registered() {
        check_size(&KeptRequest::from(&request).to_bytes())?;
    }
    limit(context, &client, http.address)?;
    if let Some(proof) = &proof {
        proof.use_up_alone(context).await?;
    }
    clients::note_used(context, &client).await?;
    remember(context, client.record().epoch, &request, id).await
}

/// The request as it is kept: the client that was authenticated, and nothing that is not checked. A proof binds the device
/// code to its key, as `dpop_jkt` does a code (RFC 9449 §10).
fn asked(client: &AuthenticatedClient, params: &Params, proof: Option<&Proof>) -> Result<Parameters, OAuthError> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(params.iter().filter(|(name, _)| KEPT.contains(name)));
    if let Some(key) = dpop::key_to_name(params, proof)? {
        form.append_pair("dpop_jkt", &key);
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", client.id().as_str());
    Parameters::merge(form.finish(), query.finish())
}

/// A client that proves who it is may ask for all its devices; anybody can ask in the name of a public one.
fn limit(context: &Context, client: &AuthenticatedClient, address: IpAddr) -> Result<(), OAuthError> {
    if !client.is_public() {
        return clients::count_write(context, client);
    }
    let counted = context.device.requests.count(address);
    counted.map_err(|seconds| {
        let hint = format!("Too many devices ask from this address. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

async fn remember(
    context: &Context,
    client_epoch: ClientEpoch,
    request: &EffectiveRequest,
    id: DeviceId,
) -> Result<DeviceAuthorization, OAuthError> {
    let now = context.clock.now();
    let expires_in = context.config.ttl.device_user_code;
    let settings = &context.config.oauth2.device_authorization;
    let mut row = Record {
        id,
        client_id: request.client_id().clone(),
        client_epoch,
        user_code_hash: Vec::new(),
        stage: DeviceStage::Pending,
        interval_seconds: settings.token_polling_interval_seconds,
        expires_at: now.saturating_add(expires_in),
        body: at_rest::close(context, &KeptRequest::from(request))?,
    };
    for _ in 0..ATTEMPTS {
        let user_code = UserCodes::generate(&context.rng, &settings.user_code);
        row.user_code_hash = context.device.codes.hashes(&user_code).next().unwrap_or_default().to_vec();
        match context.store.insert_device_authorization(&row).await {
            Ok(()) => return Ok(answer(context, &row, user_code)),
            // Somebody has this user code.
            Err(WriteError::Conflict(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    Err(OAuthError::bare(ErrorCode::TemporarilyUnavailable).because("no user code is free: use longer ones"))
}

fn answer(context: &Context, row: &Record, user_code: String) -> DeviceAuthorization {
    let now = context.clock.now();
    let verification_uri = context.config.verification_uri();
    DeviceAuthorization {
        device_code: device_code::issue(context, row.id, row.expires_at),
        verification_uri_complete: append_query(&verification_uri, &[("user_code", &user_code)]),
        user_code,
        verification_uri,
        expires_in: row.expires_at.saturating_sub(now),
        interval: row.interval_seconds,
    }
}

/// What a device asked for, from its row.
pub fn asked_for(context: &Context, row: &Record) -> Result<EffectiveRequest, OAuthError> {
    let kept: KeptRequest = at_rest::open(context, &row.body)?;
    kept.restore().ok_or_else(|| OAuthError::server("a stored device request could not be read"))
}
