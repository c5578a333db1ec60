//! Discovery, registration, userinfo, credentials and logout, on the public port. What is better than in the generated
//! crate is told in [`crate::apis`].

use reqwest::Method;
use serde_json::Value;

use super::Error;
use super::call::{Call, Credentials};
use super::configuration::Configuration;
use super::operations::{operations, refusals};
use super::reply::Reply;
use crate::client::Client;
use crate::models;

operations! {
    /// Registers a client, which is answered with 201.
    ///
    /// The answer has the id, the secret (never to be read again), and what managing it needs:
    /// `registration_access_token` and `registration_client_uri`. An initial access token is sent from
    /// `bearer_access_token`.
    POST "/oauth2/register" for Initial;
    create_oidc_dynamic_client(json o_auth2_client: models::OAuth2Client) -> json(models::OAuth2Client),
    CreateOidcDynamicClientError {
        400 Status400(models::ErrorOAuth2) "a member that cannot be accepted",
        else models::ErrorOAuth2, "401 without the initial access token, 404 where registration is off, 429",
    };

    /// Has a credential issued. Without a proof the answer is status 400 with a nonce; read it with [`Error::priming`]. No
    /// body at all asks for the nonce too.
    ///
    /// [`crate::Client::issue_credential`] makes all steps in one call.
    POST "/credentials" for AccessToken;
    create_verifiable_credential(
        credential create_verifiable_credential_request_body: Option<models::CreateVerifiableCredentialRequestBody>
    ) -> json(models::VerifiableCredentialResponse),
    CreateVerifiableCredentialError {
        400 Status400(models::VerifiableCredentialPrimingResponse)
            "the nonce (see [`Error::priming`]), or a request that cannot be accepted",
        else models::ErrorOAuth2, "401 for a token that is missing, expired or revoked",
    };

    /// Deletes a client, which is answered with 204. Everything it was given dies with it.
    DELETE "/oauth2/register/{id}" for Management;
    delete_oidc_dynamic_client(path id: &str) -> nothing(()),
    DeleteOidcDynamicClientError {
        else models::GenericError, "401 whatever is wrong with client or credentials, 404 where registration is off",
    };

    /// Reads the provider's metadata.
    ///
    /// Whether the document is that of the expected issuer is for the caller to compare; [`crate::Client::metadata`] does
    /// it.
    GET "/.well-known/openid-configuration" for Nobody;
    discover_oidc_configuration() -> json(models::OidcConfiguration),
    DiscoverOidcConfigurationError { else models::ErrorOAuth2, "there is no such document" };

    /// Reads a client. The secret is not in it.
    GET "/oauth2/register/{id}" for Management;
    get_oidc_dynamic_client(path id: &str) -> json(models::OAuth2Client),
    GetOidcDynamicClientError {
        else models::ErrorOAuth2, "401 whatever is wrong with client or credentials, 404 where registration is off",
    };

    /// Asks the end-session endpoint, which is answered with a redirect.
    ///
    /// Without a browser's cookie and an ID token this ends nobody's session: send the browser to the address that
    /// [`crate::Client::end_session_url`] gives. A redirect to an error page is an error here.
    GET "/oauth2/sessions/logout" for Nobody;
    revoke_oidc_session() -> redirect(()),
    RevokeOidcSessionError {};

    /// Replaces a client. What is not in the body is gone, but for the secret.
    ///
    /// The answer has a new `registration_access_token`, and the former one is void: [`crate::RegistrationHandle`] takes
    /// care of that.
    PUT "/oauth2/register/{id}" for Management;
    set_oidc_dynamic_client(path id: &str, json o_auth2_client: models::OAuth2Client) -> json(models::OAuth2Client),
    SetOidcDynamicClientError {
        404 Status404(models::ErrorOAuth2) "registration is off",
        else models::ErrorOAuth2, "400 for a member, 401 for client or credentials, 403 for a chosen secret",
    };
}

refusals! { GetOidcUserInfoError, "get_oidc_user_info", {
    else models::ErrorOAuth2, "401 for a token that is missing, expired or revoked",
} }

/// `GET /userinfo`.
///
/// Reads the claims about the user of the access token. An answer that is signed is verified with the provider's published
/// keys. `sub` must be compared with the ID token's before the claims are believed (`OpenID` Connect Core 1.0 §5.3.2);
/// [`crate::Client::user_info`] does it.
pub async fn get_oidc_user_info(
    configuration: &Configuration,
) -> Result<models::OidcUserInfo, Error<GetOidcUserInfoError>> {
    let call = Call::new(Method::GET, "/userinfo", Credentials::AccessToken);
    let reply = call.transmit(configuration).await?;
    if reply.answer.media_type() != "application/jwt" {
        return reply.json();
    }
    let signed = reply.success()?.answer.body;
    let discovery = Call::new(Method::GET, "/.well-known/openid-configuration", Credentials::Nobody);
    let provider: models::OidcConfiguration = discovery.send(configuration, Reply::json).await?;
    let untrusted = |error: crate::Error| Error::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, error));
    let client = Client::with_connections(&configuration.client, &provider).map_err(untrusted)?;
    let claims = client.signed_user_info(&signed).await.map_err(untrusted)?;
    Ok(serde_json::from_value(Value::Object(claims))?)
}

impl Call {
    /// A request for a credential; where there is none, for the nonce.
    fn credential(&mut self, name: &'static str, body: Option<models::CreateVerifiableCredentialRequestBody>) {
        let format = Some("jwt_vc_json".to_owned());
        let nonce = models::CreateVerifiableCredentialRequestBody { format, ..Default::default() };
        self.json(name, body.unwrap_or(nonce));
    }
}

impl Error<CreateVerifiableCredentialError> {
    /// The answer to a request without a proof, which is the step that was wanted and no failure: it has the nonce that
    /// the proof needs.
    pub fn priming(&self) -> Option<&models::VerifiableCredentialPrimingResponse> {
        match self.entity()? {
            CreateVerifiableCredentialError::Status400(priming) if priming.c_nonce.is_some() => Some(priming),
            _ => None,
        }
    }
}
