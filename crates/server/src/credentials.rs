//! The credential endpoint (OpenID Connect UserInfo Verifiable Credentials, draft 00): attests that the user of an access
//! token holds a key pair. A request without a proof is answered with a nonce; one with a proof over that nonce gets a
//! credential bound to the proof's key. The nonce is sealed, bound to the access token, and counts until it expires, so
//! that nothing is written here.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use symbolon_jose::{Jwk, Jws, JwsError, VerifyingKey, numeric_date};
use symbolon_types::ErrorCode;

use crate::accounts;
use crate::audit::Event;
use crate::clients::{ClientOfAnswer, RegisteredClient};
use crate::context::Context;
use crate::control_characters;
use crate::dpop;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::issue::id_token::user_claims;
use crate::issue::{credential, credential_nonce};
use crate::resource::{self, ResourceRequest};
use crate::token_state::{ActiveUser, NoUser};
use crate::trail;

/// The only format.
pub const FORMAT: &str = "jwt_vc_json";
/// How far the holder's clock may be ahead, in seconds.
const CLOCK_SKEW: i64 = 60;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    proof: Option<Proof>,
}

#[derive(Deserialize)]
struct Proof {
    #[serde(default)]
    proof_type: String,
    #[serde(default)]
    jwt: String,
}

/// `POST /credentials`.
pub async fn create(context: &Context, request: Request) -> Answer {
    match respond(context, &request).await {
        Ok(answer) => answer,
        Err(error) if error.status() == StatusCode::BAD_REQUEST && !dpop::is_about_proof(&error) => {
            crate::error::ApiError::from(error).answer()
        }
        Err(error) => resource::refuse(context, &request, &error),
    }
}

async fn respond(context: &Context, request: &Request) -> Result<Answer, OAuthError> {
    let ResourceRequest { client, user: active, token } = resource::open(context, request).await.map_err(refusal)?;
    if active.is_exchanged {
        // A credential is for the person's own wallet, not for somebody who acts for them.
        return Err(refusal(NoUser::OtherAudience));
    }
    let mut answer = respond_to(context, request, (&client, &active, &token)).await?;
    answer.extensions_mut().insert(ClientOfAnswer(Some(client)));
    Ok(answer)
}

async fn respond_to(
    context: &Context,
    request: &Request,
    (client, active, token): (&RegisteredClient, &ActiveUser, &str),
) -> Result<Answer, OAuthError> {
    control_characters::check_json(&request.body)?;
    let body: Option<Body> = serde_json::from_slice(&request.body)
        .map_err(|_| OAuthError::invalid_request("The request body is no JSON object of the expected form."))?;
    let body = body.unwrap_or(Body { format: None, proof: None });
    let format = body.format.unwrap_or_default();
    if format != FORMAT {
        return Err(OAuthError::invalid_request(format!("The format '{format}' is not supported.")));
    }
    let Some(proof) = body.proof else { return Ok(priming(context, token)) };
    let key = holder_key(context, token, &proof)?;
    issue(context, client, active, &key).await
}

/// Why a token opens nothing here. Hydra answers a refresh token with 400, unlike at the userinfo endpoint.
fn refusal(fault: NoUser) -> OAuthError {
    match fault {
        NoUser::RefreshToken => OAuthError::invalid_request("The token is not an access token."),
        other => other.into(),
    }
}

/// The step before the proof: 400 with what the proof needs. Hydra's clients read exactly these members.
fn priming(context: &Context, access_token: &str) -> Answer {
    let (c_nonce, c_nonce_expires_in) = credential_nonce::issue(context, access_token);
    let body = json!({
        "format": "jwt_vc",
        "c_nonce": c_nonce,
        "c_nonce_expires_in": c_nonce_expires_in,
        "error": ErrorCode::MissingProof.as_str(),
        "error_description": "A credential needs a proof of possession: sign the nonce and send the request again.",
    });
    exchange::no_store(exchange::json(StatusCode::BAD_REQUEST, &body))
}

/// The public key of a proof whose signature, times and nonce are right.
fn holder_key(context: &Context, access_token: &str, proof: &Proof) -> Result<Jwk, OAuthError> {
    let refused = |hint: &'static str| OAuthError::invalid_request(hint);
    if proof.proof_type != "jwt" {
        return Err(OAuthError::invalid_request(format!("The proof type '{}' is not supported.", proof.proof_type)));
    }
    let jws = Jws::parse(&proof.jwt)
        .map_err(|fault| refused("The JWT in the proof is malformed.").because(fault.to_string()))?;
    let malformed_key = || refused("The JWT header of the proof needs a public key as 'jwk'.");
    let jwk = jws.header().jwk.as_deref().filter(|jwk| !jwk.is_private()).ok_or_else(malformed_key)?;
    let key = VerifyingKey::from_jwk(jwk).map_err(|fault| malformed_key().because(fault.to_string()))?;
    let wrong = |fault: JwsError| {
        refused("The JWT of the proof was not signed with the key in its header.").because(fault.to_string())
    };
    let claims = jws.verify(&key).map_err(wrong)?.claims;
    check_times(context, &claims)?;
    check_audience(context, &claims)?;
    let nonce = claims.get("nonce").and_then(Value::as_str);
    credential_nonce::check(
        context,
        access_token,
        nonce.ok_or_else(|| refused("The JWT of the proof has no claim 'nonce'."))?,
    )?;
    Ok(jwk.to_public())
}

/// Times are not demanded, but one that is there must be right (RFC 7519 §4.1.4 to §4.1.6).
fn check_times(context: &Context, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let now = context.clock.now();
    for name in ["exp", "nbf", "iat"] {
        let Some(value) = claims.get(name) else { continue };
        let Some(at) = numeric_date(value) else {
            return Err(OAuthError::invalid_request(format!("Claim '{name}' of the proof is no time in seconds.")));
        };
        let fault = match name {
            "exp" if at <= now => "Claim 'exp' of the proof has passed.",
            "nbf" if at > now + CLOCK_SKEW => "Claim 'nbf' of the proof is in the future.",
            "iat" if at > now + CLOCK_SKEW => "Claim 'iat' of the proof is in the future.",
            _ => continue,
        };
        return Err(OAuthError::invalid_request(fault));
    }
    Ok(())
}

/// An audience is not demanded, but one that is there must be us.
fn check_audience(context: &Context, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let ours = |value: &Value| {
        value
            .as_str()
            .is_some_and(|value| value == context.config.issuer() || value == context.config.credentials_url())
    };
    let fits = match claims.get("aud") {
        None => true,
        Some(Value::Array(values)) => values.iter().any(ours),
        Some(value) => ours(value),
    };
    if fits { Ok(()) } else { Err(OAuthError::invalid_request("The JWT of the proof is meant for another audience.")) }
}

async fn issue(
    context: &Context,
    client: &RegisteredClient,
    active: &ActiveUser,
    key: &Jwk,
) -> Result<Answer, OAuthError> {
    let mut claims = user_claims(context, client, &active.grant, active.grant.body().claims_of_userinfo())?;
    let released = active.grant.body().released_in_userinfo(&active.scope);
    accounts::claims::add(context, active.grant.subject(), &released, &mut claims).await?;
    let credential = credential::issue(context, client, &active.grant, claims, key)?;
    let body = json!({"format": FORMAT, "credential_draft_00": credential});
    trail::tell(&Event::CredentialIssued { client_id: client.id().as_str(), subject: active.grant.subject().as_str() });
    Ok(exchange::no_store(exchange::json(StatusCode::OK, &body)))
}
