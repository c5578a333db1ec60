//! The device authorization endpoint (RFC 8628 §3.1, §3.2): an authenticated client gets a long code for the device and
//! a short one for the person. What it asks for is checked like an authorization request, and kept for both.

use std::net::IpAddr;

use http::StatusCode;
use symbolon_store::{DeviceAuthorization as Record, DeviceStage, WriteError};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{DeviceAuthorization, ErrorCode, FlowId, GrantType};

use super::user_code::UserCodes;
use crate::accounts::throttle::network;
use crate::at_rest;
use crate::authorization::RawRequest;
use crate::authorization::validate::{Refusal, validate};
use crate::client_authentication::authenticate;
use crate::clients::{self, ClientRef};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::params::Params;
use crate::seal::{GrantPointer, kinds, prefix};
use crate::token;

/// Requests of public clients that one address may make in a minute: each is written down.
const PER_MINUTE: u32 = 60;
/// User codes tried until one is free.
const ATTEMPTS: usize = 5;
/// The parameters that are kept.
const KEPT: [&str; 7] =
    ["scope", "audience", "code_challenge", "code_challenge_method", "request", "request_uri", "registration"];

/// `POST /oauth2/device/auth`.
pub async fn device_authorization(context: &Context, http: Request) -> Answer {
    match respond(context, &http).await {
        Ok(codes) => exchange::oauth_json(StatusCode::OK, &codes),
        Err(error) => error.answer(&context.config),
    }
}

async fn respond(context: &Context, http: &Request) -> Result<DeviceAuthorization, OAuthError> {
    let params = token::form(http)?;
    let client = authenticate(context, http, &params).await?;
    token::admit(&client, GrantType::DeviceCode)?;
    let id = FlowId::from_parts(u64::try_from(context.clock.now_millis()).unwrap_or(0), context.rng.bytes());
    let asked = asked(&client, &params, id);
    validate(context, &asked).await.map_err(|refusal| match refusal {
        Refusal::Page(error) => error,
        Refusal::Redirect(redirect) => redirect.error,
    })?;
    limit(context, &client, http.address)?;
    clients::note_used(context, &client).await?;
    remember(context, &client, &asked, id).await
}

/// The request as it is kept: the client that was authenticated, and nothing that is not checked.
fn asked(client: &ClientRef, params: &Params, id: FlowId) -> RawRequest {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.append_pair("client_id", &client.record.id);
    text.extend_pairs(params.iter().filter(|(name, _)| KEPT.contains(name)));
    RawRequest::of_device(text.finish(), id)
}

/// A client that proves who it is may ask for all its devices; anybody can ask in the name of a public one.
fn limit(context: &Context, client: &ClientRef, address: IpAddr) -> Result<(), OAuthError> {
    if !client.parsed.metadata.is_public() {
        return Ok(());
    }
    let counted = context.device.requests.count(network(address), PER_MINUTE, context.clock.now());
    counted.map_err(|seconds| {
        let hint = format!("Too many devices ask from this address. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

async fn remember(
    context: &Context,
    client: &ClientRef,
    asked: &RawRequest,
    id: FlowId,
) -> Result<DeviceAuthorization, OAuthError> {
    let now = context.clock.now();
    let expires_in = context.config.ttl.device_user_code;
    let settings = &context.config.oauth2.device_authorization;
    let mut row = Record {
        id: *id.as_bytes(),
        client_id: client.record.id.clone(),
        client_epoch: client.record.epoch,
        user_code_hash: Vec::new(),
        stage: DeviceStage::Pending,
        interval_seconds: settings.token_polling_interval_seconds,
        expires_at: now.saturating_add(expires_in),
        body: at_rest::close_bytes(context, asked.as_str().as_bytes()),
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
    let pointer =
        GrantPointer { grant_id: FlowId::from(row.id), generation: 0, issued_at: now, expires_at: row.expires_at };
    let verification_uri = context.config.verification_uri();
    DeviceAuthorization {
        device_code: context.seal.seal_pointer(kinds::DEVICE_CODE, prefix::DEVICE, pointer),
        verification_uri_complete: append_query(&verification_uri, &[("user_code", &user_code)]),
        user_code,
        verification_uri,
        expires_in: row.expires_at.saturating_sub(now),
        interval: row.interval_seconds,
    }
}

/// What a device asked for, from its row.
pub fn asked_for(context: &Context, row: &Record) -> Result<RawRequest, OAuthError> {
    let text = String::from_utf8(at_rest::open_bytes(context, &row.body)?)
        .map_err(|_| OAuthError::server("a stored device request is not text"))?;
    Ok(RawRequest::of_device(text, FlowId::from(row.id)))
}
