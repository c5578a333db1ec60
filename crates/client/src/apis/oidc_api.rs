//! The eight operations of the public port. What is better than in the generated crate is told in [`crate::apis`].

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::configuration::Configuration;
use super::exchange::{self, Credentials};
use super::{Error, ResponseContent};
use crate::client::Client;
use crate::error::ApiError;
use crate::logout::refusal_in;
use crate::models;

/// Declares the typed errors of an operation. The serde form is that of the generated crate.
macro_rules! refusals {
    ($name:ident, $operation:literal $(, $variant:ident($kind:ty), $meaning:literal)*) => {
        #[doc = concat!("Refusals of [`", $operation, "`].")]
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum $name {
            $(
                #[doc = $meaning]
                $variant($kind),
            )*
            /// A body of another form.
            UnknownValue(Value),
        }
    };
}

refusals!(
    CreateOidcDynamicClientError,
    "create_oidc_dynamic_client",
    Status400(models::ErrorOAuth2),
    "Status 400: a member that cannot be accepted.",
    DefaultResponse(models::ErrorOAuth2),
    "Any other status: 401 without the initial access token, 404 where registration is off, 429."
);
refusals!(
    CreateVerifiableCredentialError,
    "create_verifiable_credential",
    Status400(models::VerifiableCredentialPrimingResponse),
    "Status 400: the nonce (see [`Error::priming`]), or a request that cannot be accepted.",
    DefaultResponse(models::ErrorOAuth2),
    "Any other status: 401 for a token that is missing, expired or revoked."
);
refusals!(
    DeleteOidcDynamicClientError,
    "delete_oidc_dynamic_client",
    DefaultResponse(models::GenericError),
    "Any status: 401 whatever is wrong with client or credentials, 404 where registration is off."
);
refusals!(
    DiscoverOidcConfigurationError,
    "discover_oidc_configuration",
    DefaultResponse(models::ErrorOAuth2),
    "Any status."
);
refusals!(
    GetOidcDynamicClientError,
    "get_oidc_dynamic_client",
    DefaultResponse(models::ErrorOAuth2),
    "Any status: 401 whatever is wrong with client or credentials, 404 where registration is off."
);
refusals!(
    GetOidcUserInfoError,
    "get_oidc_user_info",
    DefaultResponse(models::ErrorOAuth2),
    "Any status: 401 for a token that is missing, expired or revoked."
);
refusals!(RevokeOidcSessionError, "revoke_oidc_session");
refusals!(
    SetOidcDynamicClientError,
    "set_oidc_dynamic_client",
    Status404(models::ErrorOAuth2),
    "Status 404: registration is off.",
    DefaultResponse(models::ErrorOAuth2),
    "Any other status: 400 for a member, 401 for client or credentials, 403 for a chosen secret."
);

const REGISTER: [&str; 2] = ["oauth2", "register"];

/// Registers a client: `POST /oauth2/register`, answered with 201.
///
/// The answer has the id, the secret (never to be read again), and what managing it needs:
/// `registration_access_token` and `registration_client_uri`.
pub async fn create_oidc_dynamic_client(
    configuration: &Configuration,
    o_auth2_client: models::OAuth2Client,
) -> Result<models::OAuth2Client, Error<CreateOidcDynamicClientError>> {
    let (_, request) = exchange::request(configuration, Method::POST, &REGISTER, Credentials::Initial)?;
    let answer = exchange::send(exchange::with_body(request, &o_auth2_client)).await?;
    exchange::json(&exchange::success(answer)?)
}

/// Has a credential issued: `POST /credentials`. Without a proof the answer is status 400 with a nonce; read it with
/// [`Error::priming`]. No body at all asks for the nonce too.
///
/// [`crate::Client::issue_credential`] makes all steps in one call.
pub async fn create_verifiable_credential(
    configuration: &Configuration,
    create_verifiable_credential_request_body: Option<models::CreateVerifiableCredentialRequestBody>,
) -> Result<models::VerifiableCredentialResponse, Error<CreateVerifiableCredentialError>> {
    let body = create_verifiable_credential_request_body.unwrap_or_else(|| {
        models::CreateVerifiableCredentialRequestBody { format: Some("jwt_vc_json".to_owned()), ..Default::default() }
    });
    let (_, request) = exchange::request(configuration, Method::POST, &["credentials"], Credentials::AccessToken)?;
    let answer = exchange::send(exchange::with_body(request, &body)).await?;
    exchange::json(&exchange::success(answer)?)
}

/// Deletes a client: `DELETE /oauth2/register/{id}`, answered with 204. Everything it was given dies with it.
pub async fn delete_oidc_dynamic_client(
    configuration: &Configuration,
    id: &str,
) -> Result<(), Error<DeleteOidcDynamicClientError>> {
    let segments = [&REGISTER[..], &[id]].concat();
    let (_, request) = exchange::request(configuration, Method::DELETE, &segments, Credentials::Management)?;
    exchange::success(exchange::send(request).await?).map(|_| ())
}

/// Reads the provider's metadata: `GET /.well-known/openid-configuration`.
///
/// Whether the document is that of the expected issuer is for the caller to compare; [`crate::Client::metadata`] does it.
pub async fn discover_oidc_configuration(
    configuration: &Configuration,
) -> Result<models::OidcConfiguration, Error<DiscoverOidcConfigurationError>> {
    let segments = [".well-known", "openid-configuration"];
    let (_, request) = exchange::request(configuration, Method::GET, &segments, Credentials::None)?;
    exchange::json(&exchange::success(exchange::send(request).await?)?)
}

/// Reads a client: `GET /oauth2/register/{id}`. The secret is not in it.
pub async fn get_oidc_dynamic_client(
    configuration: &Configuration,
    id: &str,
) -> Result<models::OAuth2Client, Error<GetOidcDynamicClientError>> {
    let segments = [&REGISTER[..], &[id]].concat();
    let (_, request) = exchange::request(configuration, Method::GET, &segments, Credentials::Management)?;
    exchange::json(&exchange::success(exchange::send(request).await?)?)
}

/// Reads the claims about the user of the access token: `GET /userinfo`.
///
/// An answer that is signed is verified with the provider's published keys. `sub` must be compared with the ID token's
/// before the claims are believed (`OpenID` Connect Core 1.0 §5.3.2); [`crate::Client::user_info`] does it.
pub async fn get_oidc_user_info(
    configuration: &Configuration,
) -> Result<models::OidcUserInfo, Error<GetOidcUserInfoError>> {
    let (_, request) = exchange::request(configuration, Method::GET, &["userinfo"], Credentials::AccessToken)?;
    let answer = exchange::success(exchange::send(request).await?)?;
    if answer.media_type() != "application/jwt" {
        return exchange::json(&answer);
    }
    let untrusted = |error: crate::Error| Error::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, error));
    let issuer = discover_oidc_configuration(configuration).await.map_err(|error| match error {
        Error::Reqwest(error) => Error::Reqwest(error),
        Error::Serde(error) => Error::Serde(error),
        Error::Io(error) => Error::Io(error),
        Error::ResponseError(refusal) => {
            Error::ResponseError(ResponseContent { status: refusal.status, content: refusal.content, entity: None })
        }
    })?;
    let client = Client::with_connections(&configuration.client, &issuer).map_err(untrusted)?;
    let claims = client.signed_user_info(&answer.body).await.map_err(untrusted)?;
    Ok(serde_json::from_value(Value::Object(claims))?)
}

/// Asks the end-session endpoint: `GET /oauth2/sessions/logout`, answered with a redirect.
///
/// Without a browser's cookie and an ID token this ends nobody's session: send the browser to the address that
/// [`crate::Client::end_session_url`] gives. A redirect to an error page is an error here.
pub async fn revoke_oidc_session(configuration: &Configuration) -> Result<(), Error<RevokeOidcSessionError>> {
    let segments = ["oauth2", "sessions", "logout"];
    let (url, request) = exchange::request(configuration, Method::GET, &segments, Credentials::None)?;
    let answer = exchange::send(request).await?;
    if !answer.status.is_redirection() {
        return exchange::success(answer).map(|_| ());
    }
    let refusal = answer.location(&url).and_then(|target| refusal_in(&target, answer.status.as_u16()));
    let Some(ApiError { code, description, .. }) = refusal else { return Ok(()) };
    let body = json!({ "error": code, "error_description": description });
    Err(Error::ResponseError(ResponseContent {
        status: answer.status,
        content: body.to_string(),
        entity: Some(RevokeOidcSessionError::UnknownValue(body)),
    }))
}

/// Replaces a client: `PUT /oauth2/register/{id}`. What is not in the body is gone, but for the secret.
///
/// The answer has a new `registration_access_token`, and the former one is void: [`crate::RegistrationHandle`] takes care
/// of that.
pub async fn set_oidc_dynamic_client(
    configuration: &Configuration,
    id: &str,
    o_auth2_client: models::OAuth2Client,
) -> Result<models::OAuth2Client, Error<SetOidcDynamicClientError>> {
    let segments = [&REGISTER[..], &[id]].concat();
    let (_, request) = exchange::request(configuration, Method::PUT, &segments, Credentials::Management)?;
    let answer = exchange::send(exchange::with_body(request, &o_auth2_client)).await?;
    exchange::json(&exchange::success(answer)?)
}
