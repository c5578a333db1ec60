//! The pushed authorization request endpoint (RFC 9126 §2): a client that authenticated says what it asks for, before any
//! browser is involved, and gets a `request_uri` for it. The request goes through the checks of every authorization
//! request, and is wrong here or not at all; nothing is redirected.

use std::net::IpAddr;

use http::StatusCode;
use symbolon_types::{ErrorCode, PushedAuthorization};

use crate::client_authentication::{self, AuthenticatedClient, authenticate_with_proof};
use crate::clients;
use crate::context::Context;
use crate::dpop::{self, Proof};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::params::Params;
use crate::request::{Asker, Parameters, Refusal, ValidatedRequest, pushed, validate};

/// Parameters that say who asks, and not what for.
const OF_AUTHENTICATION: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// `POST /oauth2/par`.
pub async fn push(context: &Context, http: Request) -> Answer {
    match respond(context, &http).await {
        Ok(pushed) => exchange::oauth_json(StatusCode::CREATED, &pushed),
        Err(error) => {
            let mut answer = dpop::answer(context, &error);
            // RFC 9126 §2.3: whatever is wrong with the request is the request's fault here.
            if !matches!(answer.status().as_u16(), 401 | 429 | 500..) {
                *answer.status_mut() = StatusCode::BAD_REQUEST;
            }
            answer
        }
    }
}

async fn respond(context: &Context, http: &Request) -> Result<PushedAuthorization, OAuthError> {
    let params = Params::of_form(http)?;
    if let Some(client_id) = client_authentication::claimed(&params) {
        clients::documents::resolve(context, &client_id).await?;
    }
    let (client, proof) = authenticate_with_proof(context, http, &params).await?;
    if params.get("request_uri").is_some() {
        // RFC 9126 §2.1.
        return Err(OAuthError::invalid_request("Parameter 'request_uri' cannot be pushed."));
    }
    let parameters = asked(&client, &params, proof.as_ref())?;
    let validated = validate(context, Asker::Browser, parameters).await.map_err(Refusal::into_error)?;
    let ValidatedRequest { request, .. } = validated;
    limit(context, &client, proof.as_ref(), http.address)?;
    clients::note_used(context, &client).await?;
    if let Some(proof) = &proof {
        proof.use_up_alone(context).await?;
    }
    pushed::push(context, client.registered(), request, http.address).await
}

/// Anybody can push in the name of a public client, and writes nothing by it but that a proof was used: that is counted by
/// network, and takes nothing of the client's own share. A large request is counted where it is stored.
fn limit(
    context: &Context,
    client: &AuthenticatedClient,
    proof: Option<&Proof>,
    address: IpAddr,
) -> Result<(), OAuthError> {
    if !client.is_public() {
        return clients::count_write(context, client);
    }
    if proof.is_none() {
        return Ok(());
    }
    context.requests.proofs.count(address).map_err(|seconds| {
        let hint = format!("Too many pushed requests with a proof from this address. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

/// What is asked for, by the client that authenticated. A proof binds the code to its key (RFC 9449 §10.1).
fn asked(client: &AuthenticatedClient, params: &Params, proof: Option<&Proof>) -> Result<Parameters, OAuthError> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", client.id().as_str());
    form.extend_pairs(params.iter().filter(|(name, _)| !OF_AUTHENTICATION.contains(name)));
    if let Some(key) = dpop::key_to_name(params, proof)? {
        form.append_pair("dpop_jkt", &key);
    }
    Parameters::pushed(form.finish(), proof.map(|proof| proof.key().to_string()))
}
