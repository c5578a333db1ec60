//! The token endpoint (RFC 6749 §3.2) as one visible pipeline: parse, authenticate the client, ask the gate, let the
//! grant type decide, issue, answer. A grant type returns an [`Authorization`] and never makes a token or authenticates
//! a client itself.

mod authorization_code;
mod client_credentials;
mod code_verifier;
mod device_code;
mod refresh_token;

use http::StatusCode;
use symbolon_types::{ErrorCode, GrantType, TokenResponse};

use crate::client_authentication::authenticate;
use crate::clients::{self, ClientRef};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::issue::{self, Authorization};
use crate::params::Params;

/// `POST /oauth2/token`.
pub async fn token(context: &Context, request: Request) -> Answer {
    match respond(context, &request).await {
        Ok(response) => exchange::oauth_json(StatusCode::OK, &response),
        Err(error) => {
            let mut answer = error.answer(&context.config);
            // RFC 8628 §3.5, RFC 6749 §5.2: here a refusal of the user is no different from other errors.
            if error.code == ErrorCode::AccessDenied {
                *answer.status_mut() = StatusCode::BAD_REQUEST;
            }
            answer
        }
    }
}

async fn respond(context: &Context, request: &Request) -> Result<TokenResponse, OAuthError> {
    let (params, grant_type) = parse(request)?;
    let client = authenticate(context, request, &params).await?;
    admit(&client, grant_type)?;
    clients::note_used(context, &client).await?;
    let authorization = authorize(context, client, grant_type, &params).await?;
    issue::issue(context, &authorization).await
}

fn parse(request: &Request) -> Result<(Params, GrantType), OAuthError> {
    let params = form(request)?;
    let name = params.require("grant_type")?;
    let unsupported =
        || OAuthError::new(ErrorCode::UnsupportedGrantType, format!("The grant_type '{name}' is not supported."));
    let grant_type = GrantType::parse(name).ok_or_else(unsupported)?;
    match grant_type {
        GrantType::AuthorizationCode
        | GrantType::RefreshToken
        | GrantType::ClientCredentials
        | GrantType::DeviceCode => {}
        GrantType::Implicit | GrantType::JwtBearer => return Err(unsupported()),
    }
    Ok((params, grant_type))
}

/// The parameters of a POST; they count in the body only (RFC 6749 §3.2).
pub(crate) fn form(request: &Request) -> Result<Params, OAuthError> {
    if request.body.is_empty() {
        return Err(OAuthError::invalid_request("The POST body must not be empty."));
    }
    if !request.is_form() {
        return Err(OAuthError::invalid_request(
            "The body must be a form; send the header 'Content-Type: application/x-www-form-urlencoded'.",
        ));
    }
    let params = Params::parse(&request.body)?;
    if params.is_empty() {
        return Err(OAuthError::invalid_request("The POST body must not be empty."));
    }
    Ok(params)
}

/// The one gate: is this grant type registered for the client, and may a client of its kind use it.
pub(crate) fn admit(client: &ClientRef, grant_type: GrantType) -> Result<(), OAuthError> {
    let metadata = &client.parsed.metadata;
    if grant_type == GrantType::ClientCredentials && metadata.is_public() {
        return Err(OAuthError::invalid_grant("A public client must not use the grant_type 'client_credentials'."));
    }
    if metadata.allows_grant(grant_type) {
        return Ok(());
    }
    Err(OAuthError::new(
        ErrorCode::UnauthorizedClient,
        format!("The client is not registered for the grant_type '{}'.", grant_type.as_str()),
    ))
}

async fn authorize(
    context: &Context,
    client: ClientRef,
    grant_type: GrantType,
    params: &Params,
) -> Result<Authorization, OAuthError> {
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::redeem(context, client, params).await,
        GrantType::RefreshToken => refresh_token::rotate(context, client, params).await,
        GrantType::ClientCredentials => client_credentials::grant(context, client, params),
        GrantType::DeviceCode => device_code::redeem(context, client, params).await,
        GrantType::Implicit | GrantType::JwtBearer => Err(OAuthError::bare(ErrorCode::UnsupportedGrantType)),
    }
}
