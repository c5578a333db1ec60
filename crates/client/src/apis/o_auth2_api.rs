//! Clients, requests for login, consent and logout, tokens, sessions and trusted issuers, on the admin port; the token,
//! revocation, device and authorization endpoints, on the public one.
//!
//! A list has a function beside it that also tells the way to the next page (`…_page`), and where the generated function
//! has too few parameters, one stands beside it that takes the whole form (`…_with`).

use super::operations::operations;
use super::page::Page;
use super::{Error, configuration::Configuration};
use crate::models;

operations! {
    /// Lets the user's consent be known; the browser goes to `redirect_to` next.
    PUT "/admin/oauth2/auth/requests/consent/accept" for Administration;
    accept_o_auth2_consent_request(
        query consent_challenge: &str,
        json_or_empty accept_o_auth2_consent_request: Option<models::AcceptOAuth2ConsentRequest>
    ) -> json(models::OAuth2RedirectTo),
    AcceptOAuth2ConsentRequestError { else models::ErrorOAuth2, "401 for an expired request, 404 for an unknown one" };

    /// Lets it be known who has logged in; the browser goes to `redirect_to` next.
    PUT "/admin/oauth2/auth/requests/login/accept" for Administration;
    accept_o_auth2_login_request(
        query login_challenge: &str,
        json_or_empty accept_o_auth2_login_request: Option<models::AcceptOAuth2LoginRequest>
    ) -> json(models::OAuth2RedirectTo),
    AcceptOAuth2LoginRequestError {
        else models::ErrorOAuth2, "400 without a subject, 401 for an expired request, 404 for an unknown one",
    };

    /// Lets the logout happen; the browser goes to `redirect_to` next.
    PUT "/admin/oauth2/auth/requests/logout/accept" for Administration;
    accept_o_auth2_logout_request(query logout_challenge: &str) -> json(models::OAuth2RedirectTo),
    AcceptOAuth2LogoutRequestError { else models::ErrorOAuth2, "404 for an unknown request" };

    /// Lets it be known which code the user has typed (RFC 8628 §3.3); the browser goes to `redirect_to` next.
    PUT "/admin/oauth2/auth/requests/device/accept" for Administration;
    accept_user_code_request(
        query device_challenge: &str,
        json_or_empty accept_device_user_code_request: Option<models::AcceptDeviceUserCodeRequest>
    ) -> json(models::OAuth2RedirectTo),
    AcceptUserCodeRequestError { else models::ErrorOAuth2, "400 for a wrong code, 404 for an unknown request" };

    /// Creates a client, which is answered with 201. The secret is never to be read again.
    POST "/admin/clients" for Administration;
    create_o_auth2_client(json o_auth2_client: models::OAuth2Client) -> json(models::OAuth2Client),
    CreateOAuth2ClientError {
        400 Status400(models::ErrorOAuth2) "a member that cannot be accepted",
        else models::ErrorOAuth2, "409 for an id that is taken",
    };

    /// Deletes a client, and everything that it was given.
    DELETE "/admin/clients/{id}" for Administration;
    delete_o_auth2_client(path id: &str) -> nothing(()),
    DeleteOAuth2ClientError { else models::GenericError, "404 for an unknown client" };

    /// Ends all access tokens of a client.
    DELETE "/admin/oauth2/tokens" for Administration;
    delete_o_auth2_token(query client_id: &str) -> nothing(()),
    DeleteOAuth2TokenError { else models::ErrorOAuth2, "404 for an unknown client" };

    /// Ends the former secrets of a client, which go on working after a rotation until then.
    DELETE "/admin/clients/{id}/secrets/rotate" for Administration;
    delete_rotated_o_auth2_client_secrets(path id: &str) -> json(models::OAuth2Client),
    DeleteRotatedOAuth2ClientSecretsError {
        404 Status404(models::ErrorOAuth2) "an unknown client",
        else models::ErrorOAuth2, "the server cannot do it now",
    };

    /// Ends the trust in a key of an issuer.
    DELETE "/admin/trust/grants/jwt-bearer/issuers/{id}" for Administration;
    delete_trusted_o_auth2_jwt_grant_issuer(path id: &str) -> nothing(()),
    DeleteTrustedOAuth2JwtGrantIssuerError { else models::GenericError, "404 for an unknown id" };

    /// Reads a client. The secret is not in it.
    GET "/admin/clients/{id}" for Administration;
    get_o_auth2_client(path id: &str) -> json(models::OAuth2Client),
    GetOAuth2ClientError { else models::ErrorOAuth2, "404 for an unknown client" };

    /// Reads a request for consent: who asks whom for what.
    GET "/admin/oauth2/auth/requests/consent" for Administration;
    get_o_auth2_consent_request(query consent_challenge: &str) -> json(models::OAuth2ConsentRequest),
    GetOAuth2ConsentRequestError {
        410 Status410(models::OAuth2RedirectTo) "the request was answered before; send the browser on",
        else models::ErrorOAuth2, "401 for an expired request, 404 for an unknown one",
    };

    /// Reads a request for login: who asks for it, and whether the user is known already.
    GET "/admin/oauth2/auth/requests/login" for Administration;
    get_o_auth2_login_request(query login_challenge: &str) -> json(models::OAuth2LoginRequest),
    GetOAuth2LoginRequestError {
        410 Status410(models::OAuth2RedirectTo) "the request was answered before; send the browser on",
        else models::ErrorOAuth2, "401 for an expired request, 404 for an unknown one",
    };

    /// Reads a request for logout: whose session would end.
    GET "/admin/oauth2/auth/requests/logout" for Administration;
    get_o_auth2_logout_request(query logout_challenge: &str) -> json(models::OAuth2LogoutRequest),
    GetOAuth2LogoutRequestError { else models::ErrorOAuth2, "404 for an unknown request" };

    /// Reads the trust in a key of an issuer.
    GET "/admin/trust/grants/jwt-bearer/issuers/{id}" for Administration;
    get_trusted_o_auth2_jwt_grant_issuer(path id: &str) -> json(models::TrustedOAuth2JwtGrantIssuer),
    GetTrustedOAuth2JwtGrantIssuerError { else models::GenericError, "404 for an unknown id" };

    /// What a token is worth now (RFC 7662), and whether it has all of `scope`.
    POST "/admin/oauth2/introspect" for Administration;
    introspect_o_auth2_token(form token: &str, form scope: Option<&str>) -> json(models::IntrospectedOAuth2Token),
    IntrospectOAuth2TokenError { else models::ErrorOAuth2, "400 for a malformed request" };

    /// One page of clients. Where it goes on, [`list_o_auth2_clients_page`] tells.
    GET "/admin/clients" for Administration;
    list_o_auth2_clients(
        query page_size: Option<i64>, query page_token: Option<&str>,
        query client_name: Option<&str>, query owner: Option<&str>
    ) -> json(Vec<models::OAuth2Client>),
    ListOAuth2ClientsError { else models::ErrorOAuth2, "400 for a page that there is not" };

    /// As [`list_o_auth2_clients`], with the way to the next page.
    GET "/admin/clients" for Administration;
    list_o_auth2_clients_page(
        query page_size: Option<i64>, query page_token: Option<&str>,
        query client_name: Option<&str>, query owner: Option<&str>
    ) -> page(Page<models::OAuth2Client>),
    ListOAuth2ClientsError;

    /// One page of what a user has agreed to. Where it goes on, [`list_o_auth2_consent_sessions_page`] tells.
    GET "/admin/oauth2/auth/sessions/consent" for Administration;
    list_o_auth2_consent_sessions(
        query subject: &str, query page_size: Option<i64>, query page_token: Option<&str>,
        query login_session_id: Option<&str>
    ) -> json(Vec<models::OAuth2ConsentSession>),
    ListOAuth2ConsentSessionsError { else models::ErrorOAuth2, "400 without a subject" };

    /// As [`list_o_auth2_consent_sessions`], with the way to the next page.
    GET "/admin/oauth2/auth/sessions/consent" for Administration;
    list_o_auth2_consent_sessions_page(
        query subject: &str, query page_size: Option<i64>, query page_token: Option<&str>,
        query login_session_id: Option<&str>
    ) -> page(Page<models::OAuth2ConsentSession>),
    ListOAuth2ConsentSessionsError;

    /// One page of trusted issuers. Where it goes on, [`list_trusted_o_auth2_jwt_grant_issuers_page`] tells.
    GET "/admin/trust/grants/jwt-bearer/issuers" for Administration;
    list_trusted_o_auth2_jwt_grant_issuers(
        query page_size: Option<i64>, query page_token: Option<&str>, query issuer: Option<&str>
    ) -> json(Vec<models::TrustedOAuth2JwtGrantIssuer>),
    ListTrustedOAuth2JwtGrantIssuersError { else models::GenericError, "400 for a page that there is not" };

    /// As [`list_trusted_o_auth2_jwt_grant_issuers`], with the way to the next page.
    GET "/admin/trust/grants/jwt-bearer/issuers" for Administration;
    list_trusted_o_auth2_jwt_grant_issuers_page(
        query page_size: Option<i64>, query page_token: Option<&str>, query issuer: Option<&str>
    ) -> page(Page<models::TrustedOAuth2JwtGrantIssuer>),
    ListTrustedOAuth2JwtGrantIssuersError;

    /// Asks the authorization endpoint, which is meant for browsers. Any page or redirect is a success without content; a
    /// redirect with an error is that error.
    ///
    /// This request names no client, so that no login comes of it: [`crate::Client::authorization_url`] makes the address
    /// for the browser.
    GET "/oauth2/auth" for Nobody;
    o_auth2_authorize(query resource: Option<Vec<String>>) -> redirect(models::ErrorOAuth2),
    OAuth2AuthorizeError { else models::ErrorOAuth2, "what is wrong with the request" };

    /// Starts a device flow with this form (RFC 8628 §3.1): `client_id`, `scope`, `audience` and so on. `basic_auth`
    /// authenticates the client where it has a secret.
    POST "/oauth2/device/auth" for Client;
    o_auth2_device_flow_with(parameters form: &[(&str, &str)]) -> json(models::DeviceAuthorization),
    OAuth2DeviceFlowError { else models::ErrorOAuth2, "400 for a malformed request, 401 for the client" };

    /// Gets tokens (RFC 6749 §3.2). `basic_auth` authenticates the client, which names itself with `client_id` where it
    /// has no secret. A `resource` is sent as often as there are resources (RFC 8707 §2).
    ///
    /// A code that was asked for with PKCE needs a `code_verifier`: [`oauth2_token_exchange_with`] can send it.
    POST "/oauth2/token" for Client;
    oauth2_token_exchange(
        form grant_type: &str, form client_id: Option<&str>, form code: Option<&str>,
        form redirect_uri: Option<&str>, form refresh_token: Option<&str>, form resource: Option<Vec<String>>
    ) -> json(models::OAuth2TokenExchange),
    Oauth2TokenExchangeError { else models::ErrorOAuth2, "400 for a grant that does not hold, 401 for the client" };

    /// Gets tokens with this form, whatever the grant: `code_verifier`, `scope`, `device_code`, `assertion`,
    /// `client_assertion` and all others can be sent, also more than once.
    ///
    /// [`crate::Client`] checks what comes back.
    POST "/oauth2/token" for Client;
    oauth2_token_exchange_with(parameters form: &[(&str, &str)]) -> json(models::OAuth2TokenExchange),
    Oauth2TokenExchangeError;

    /// Changes single members of a client (RFC 6902).
    PATCH "/admin/clients/{id}" for Administration;
    patch_o_auth2_client(path id: &str, json json_patch: Vec<models::JsonPatch>) -> json(models::OAuth2Client),
    PatchOAuth2ClientError {
        404 Status404(models::ErrorOAuth2) "an unknown client",
        else models::ErrorOAuth2, "400 for a member that cannot be accepted",
    };

    /// Asks for the page on which users type the code of a device, which is meant for browsers. Any page or redirect is a
    /// success without content; a redirect with an error is that error.
    GET "/oauth2/device/verify" for Nobody;
    perform_o_auth2_device_verification_flow() -> redirect(models::ErrorOAuth2),
    PerformOAuth2DeviceVerificationFlowError { else models::ErrorOAuth2, "what is wrong with the request" };

    /// Lets it be known that the user does not agree; the browser goes to `redirect_to` next.
    PUT "/admin/oauth2/auth/requests/consent/reject" for Administration;
    reject_o_auth2_consent_request(
        query consent_challenge: &str, json_or_empty reject_o_auth2_request: Option<models::RejectOAuth2Request>
    ) -> json(models::OAuth2RedirectTo),
    RejectOAuth2ConsentRequestError { else models::ErrorOAuth2, "401 for an expired request, 404 for an unknown one" };

    /// Lets it be known that nobody has logged in; the browser goes to `redirect_to` next.
    PUT "/admin/oauth2/auth/requests/login/reject" for Administration;
    reject_o_auth2_login_request(
        query login_challenge: &str, json_or_empty reject_o_auth2_request: Option<models::RejectOAuth2Request>
    ) -> json(models::OAuth2RedirectTo),
    RejectOAuth2LoginRequestError { else models::ErrorOAuth2, "401 for an expired request, 404 for an unknown one" };

    /// Lets it be known that the user stays; nothing comes next.
    PUT "/admin/oauth2/auth/requests/logout/reject" for Administration;
    reject_o_auth2_logout_request(query logout_challenge: &str) -> nothing(()),
    RejectOAuth2LogoutRequestError { else models::ErrorOAuth2, "404 for an unknown request" };

    /// Takes back what a user has agreed to, with all tokens of it: for all clients (`all`), for one, or one consent.
    DELETE "/admin/oauth2/auth/sessions/consent" for Administration;
    revoke_o_auth2_consent_sessions(
        query subject: Option<&str>, query client: Option<&str>, query consent_request_id: Option<&str>,
        query all: Option<bool>
    ) -> nothing(()),
    RevokeOAuth2ConsentSessionsError { else models::ErrorOAuth2, "400 where it is not said which" };

    /// Ends the login sessions of a user, or one session. No tokens end with them.
    DELETE "/admin/oauth2/auth/sessions/login" for Administration;
    revoke_o_auth2_login_sessions(query subject: Option<&str>, query sid: Option<&str>) -> nothing(()),
    RevokeOAuth2LoginSessionsError { else models::ErrorOAuth2, "400 where it is not said which" };

    /// Ends a token (RFC 7009). The client names itself in the form, or authenticates with `basic_auth`.
    POST "/oauth2/revoke" for Client;
    revoke_o_auth2_token(form token: &str, form client_id: Option<&str>, form client_secret: Option<&str>)
        -> nothing(()),
    RevokeOAuth2TokenError { else models::ErrorOAuth2, "400 for a token of another client, 401 for the client" };

    /// Gives a client another secret; the former ones go on working until [`delete_rotated_o_auth2_client_secrets`].
    POST "/admin/clients/{id}/secrets/rotate" for Administration;
    rotate_o_auth2_client_secret(
        path id: &str,
        json_or_empty rotate_o_auth2_client_secret_body: Option<models::RotateOAuth2ClientSecretBody>
    ) -> json(models::OAuth2Client),
    RotateOAuth2ClientSecretError {
        400 Status400(models::ErrorOAuth2) "a secret that cannot be accepted, or a client without secrets",
        404 Status404(models::ErrorOAuth2) "an unknown client",
        else models::ErrorOAuth2, "the server cannot do it now",
    };

    /// Replaces a client. What is not in the body is gone, but for the secret.
    PUT "/admin/clients/{id}" for Administration;
    set_o_auth2_client(path id: &str, json o_auth2_client: models::OAuth2Client) -> json(models::OAuth2Client),
    SetOAuth2ClientError {
        400 Status400(models::ErrorOAuth2) "a member that cannot be accepted",
        404 Status404(models::ErrorOAuth2) "an unknown client",
        else models::ErrorOAuth2, "the server cannot do it now",
    };

    /// Sets how long the tokens of a client are good for; what is absent is the server's setting again.
    PUT "/admin/clients/{id}/lifespans" for Administration;
    set_o_auth2_client_lifespans(
        path id: &str,
        json_or_empty o_auth2_client_token_lifespans: Option<models::OAuth2ClientTokenLifespans>
    ) -> json(models::OAuth2Client),
    SetOAuth2ClientLifespansError { else models::GenericError, "400 for a lifespan, 404 for an unknown client" };

    /// Trusts a key of an issuer, whose assertions can be exchanged for tokens from then on (RFC 7523 §2.1).
    POST "/admin/trust/grants/jwt-bearer/issuers" for Administration;
    trust_o_auth2_jwt_grant_issuer(
        json_or_empty trust_o_auth2_jwt_grant_issuer: Option<models::TrustOAuth2JwtGrantIssuer>
    ) -> json(models::TrustedOAuth2JwtGrantIssuer),
    TrustOAuth2JwtGrantIssuerError { else models::GenericError, "400 for a member, 409 for what is trusted already" };
}

/// `POST /oauth2/device/auth`.
///
/// Starts a device flow (RFC 8628 §3.1) for the client of `basic_auth`, without a scope: the generated function, which has
/// no parameters and sends nothing, is always refused. [`o_auth2_device_flow_with`] takes a scope, and clients without a
/// secret.
pub async fn o_auth2_device_flow(
    configuration: &Configuration,
) -> Result<models::DeviceAuthorization, Error<OAuth2DeviceFlowError>> {
    let client_id = configuration.basic_auth.as_ref().map(|(id, _)| ("client_id", id.as_str()));
    o_auth2_device_flow_with(configuration, client_id.as_slice()).await
}
