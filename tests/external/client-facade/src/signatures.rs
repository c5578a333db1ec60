//! Every function of five modules with its arguments, its result, and all variants of its error. What differs between the
//! two crates does not compile. Nothing here runs.

use super::sdk;

use sdk::apis::configuration::Configuration;
use sdk::apis::{Error, jwk_api, metadata_api, o_auth2_api, oidc_api, wellknown_api};
use sdk::models;

macro_rules! signatures {
    ($(
        $api:ident::$name:ident($($argument:ident: $kind:ty),*)
            -> $result:ty, $error:ident { $($variant:ident($content:ident))* };
    )+) => {
        $(
            #[allow(dead_code, clippy::too_many_arguments)]
            pub async fn $name(configuration: &Configuration, $($argument: $kind),*) -> Option<$result> {
                let result: Result<$result, Error<$api::$error>> =
                    $api::$name(configuration, $($argument),*).await;
                match result {
                    Ok(value) => return Some(value),
                    Err(Error::Reqwest(_) | Error::Serde(_) | Error::Io(_)) => {}
                    Err(Error::ResponseError(refusal)) => match refusal.entity {
                        $(Some($api::$error::$variant(content)) => drop::<models::$content>(content),)*
                        Some($api::$error::UnknownValue(value)) => drop(value.to_string()),
                        None => drop::<String>(refusal.content),
                    },
                }
                None
            }
        )+
    };
}

signatures! {
    oidc_api::create_oidc_dynamic_client(o_auth2_client: models::OAuth2Client)
        -> models::OAuth2Client, CreateOidcDynamicClientError { Status400(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    oidc_api::create_verifiable_credential(
        create_verifiable_credential_request_body: Option<models::CreateVerifiableCredentialRequestBody>
    )
        -> models::VerifiableCredentialResponse, CreateVerifiableCredentialError { Status400(VerifiableCredentialPrimingResponse) DefaultResponse(ErrorOAuth2) };
    oidc_api::delete_oidc_dynamic_client(id: &str)
        -> (), DeleteOidcDynamicClientError { DefaultResponse(GenericError) };
    oidc_api::discover_oidc_configuration()
        -> models::OidcConfiguration, DiscoverOidcConfigurationError { DefaultResponse(ErrorOAuth2) };
    oidc_api::get_oidc_dynamic_client(id: &str)
        -> models::OAuth2Client, GetOidcDynamicClientError { DefaultResponse(ErrorOAuth2) };
    oidc_api::get_oidc_user_info()
        -> models::OidcUserInfo, GetOidcUserInfoError { DefaultResponse(ErrorOAuth2) };
    oidc_api::revoke_oidc_session()
        -> (), RevokeOidcSessionError {};
    oidc_api::set_oidc_dynamic_client(id: &str, o_auth2_client: models::OAuth2Client)
        -> models::OAuth2Client, SetOidcDynamicClientError { Status404(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    wellknown_api::discover_json_web_keys()
        -> models::JsonWebKeySet, DiscoverJsonWebKeysError { DefaultResponse(ErrorOAuth2) };
    metadata_api::get_version()
        -> models::GetVersion200Response, GetVersionError {};
    jwk_api::create_json_web_key_set(set: &str, create_json_web_key_set: models::CreateJsonWebKeySet)
        -> models::JsonWebKeySet, CreateJsonWebKeySetError { DefaultResponse(ErrorOAuth2) };
    jwk_api::delete_json_web_key(set: &str, kid: &str)
        -> (), DeleteJsonWebKeyError { DefaultResponse(ErrorOAuth2) };
    jwk_api::delete_json_web_key_set(set: &str)
        -> (), DeleteJsonWebKeySetError { DefaultResponse(ErrorOAuth2) };
    jwk_api::get_json_web_key(set: &str, kid: &str)
        -> models::JsonWebKeySet, GetJsonWebKeyError { DefaultResponse(ErrorOAuth2) };
    jwk_api::get_json_web_key_set(set: &str)
        -> models::JsonWebKeySet, GetJsonWebKeySetError { DefaultResponse(ErrorOAuth2) };
    jwk_api::set_json_web_key(set: &str, kid: &str, json_web_key: Option<models::JsonWebKey>)
        -> models::JsonWebKey, SetJsonWebKeyError { Status400(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    jwk_api::set_json_web_key_set(set: &str, json_web_key_set: Option<models::JsonWebKeySet>)
        -> models::JsonWebKeySet, SetJsonWebKeySetError { Status400(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::accept_o_auth2_consent_request(
        consent_challenge: &str, accept_o_auth2_consent_request: Option<models::AcceptOAuth2ConsentRequest>
    )
        -> models::OAuth2RedirectTo, AcceptOAuth2ConsentRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::accept_o_auth2_login_request(
        login_challenge: &str, accept_o_auth2_login_request: Option<models::AcceptOAuth2LoginRequest>
    )
        -> models::OAuth2RedirectTo, AcceptOAuth2LoginRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::accept_o_auth2_logout_request(logout_challenge: &str)
        -> models::OAuth2RedirectTo, AcceptOAuth2LogoutRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::accept_user_code_request(
        device_challenge: &str, accept_device_user_code_request: Option<models::AcceptDeviceUserCodeRequest>
    )
        -> models::OAuth2RedirectTo, AcceptUserCodeRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::create_o_auth2_client(o_auth2_client: models::OAuth2Client)
        -> models::OAuth2Client, CreateOAuth2ClientError { Status400(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::delete_o_auth2_client(id: &str)
        -> (), DeleteOAuth2ClientError { DefaultResponse(GenericError) };
    o_auth2_api::delete_o_auth2_token(client_id: &str)
        -> (), DeleteOAuth2TokenError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::delete_rotated_o_auth2_client_secrets(id: &str)
        -> models::OAuth2Client, DeleteRotatedOAuth2ClientSecretsError { Status404(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::delete_trusted_o_auth2_jwt_grant_issuer(id: &str)
        -> (), DeleteTrustedOAuth2JwtGrantIssuerError { DefaultResponse(GenericError) };
    o_auth2_api::get_o_auth2_client(id: &str)
        -> models::OAuth2Client, GetOAuth2ClientError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::get_o_auth2_consent_request(consent_challenge: &str)
        -> models::OAuth2ConsentRequest, GetOAuth2ConsentRequestError { Status410(OAuth2RedirectTo) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::get_o_auth2_login_request(login_challenge: &str)
        -> models::OAuth2LoginRequest, GetOAuth2LoginRequestError { Status410(OAuth2RedirectTo) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::get_o_auth2_logout_request(logout_challenge: &str)
        -> models::OAuth2LogoutRequest, GetOAuth2LogoutRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::get_trusted_o_auth2_jwt_grant_issuer(id: &str)
        -> models::TrustedOAuth2JwtGrantIssuer, GetTrustedOAuth2JwtGrantIssuerError { DefaultResponse(GenericError) };
    o_auth2_api::introspect_o_auth2_token(token: &str, scope: Option<&str>)
        -> models::IntrospectedOAuth2Token, IntrospectOAuth2TokenError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::list_o_auth2_clients(
        page_size: Option<i64>, page_token: Option<&str>, client_name: Option<&str>, owner: Option<&str>
    )
        -> Vec<models::OAuth2Client>, ListOAuth2ClientsError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::list_o_auth2_consent_sessions(
        subject: &str, page_size: Option<i64>, page_token: Option<&str>, login_session_id: Option<&str>
    )
        -> Vec<models::OAuth2ConsentSession>, ListOAuth2ConsentSessionsError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::list_trusted_o_auth2_jwt_grant_issuers(
        page_size: Option<i64>, page_token: Option<&str>, issuer: Option<&str>
    )
        -> Vec<models::TrustedOAuth2JwtGrantIssuer>, ListTrustedOAuth2JwtGrantIssuersError { DefaultResponse(GenericError) };
    o_auth2_api::o_auth2_authorize(resource: Option<Vec<String>>)
        -> models::ErrorOAuth2, OAuth2AuthorizeError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::o_auth2_device_flow()
        -> models::DeviceAuthorization, OAuth2DeviceFlowError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::oauth2_token_exchange(
        grant_type: &str, client_id: Option<&str>, code: Option<&str>, redirect_uri: Option<&str>,
        refresh_token: Option<&str>, resource: Option<Vec<String>>
    )
        -> models::OAuth2TokenExchange, Oauth2TokenExchangeError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::patch_o_auth2_client(id: &str, json_patch: Vec<models::JsonPatch>)
        -> models::OAuth2Client, PatchOAuth2ClientError { Status404(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::perform_o_auth2_device_verification_flow()
        -> models::ErrorOAuth2, PerformOAuth2DeviceVerificationFlowError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::reject_o_auth2_consent_request(
        consent_challenge: &str, reject_o_auth2_request: Option<models::RejectOAuth2Request>
    )
        -> models::OAuth2RedirectTo, RejectOAuth2ConsentRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::reject_o_auth2_login_request(
        login_challenge: &str, reject_o_auth2_request: Option<models::RejectOAuth2Request>
    )
        -> models::OAuth2RedirectTo, RejectOAuth2LoginRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::reject_o_auth2_logout_request(logout_challenge: &str)
        -> (), RejectOAuth2LogoutRequestError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::revoke_o_auth2_consent_sessions(
        subject: Option<&str>, client: Option<&str>, consent_request_id: Option<&str>, all: Option<bool>
    )
        -> (), RevokeOAuth2ConsentSessionsError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::revoke_o_auth2_login_sessions(subject: Option<&str>, sid: Option<&str>)
        -> (), RevokeOAuth2LoginSessionsError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::revoke_o_auth2_token(token: &str, client_id: Option<&str>, client_secret: Option<&str>)
        -> (), RevokeOAuth2TokenError { DefaultResponse(ErrorOAuth2) };
    o_auth2_api::rotate_o_auth2_client_secret(
        id: &str, rotate_o_auth2_client_secret_body: Option<models::RotateOAuth2ClientSecretBody>
    )
        -> models::OAuth2Client, RotateOAuth2ClientSecretError { Status400(ErrorOAuth2) Status404(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::set_o_auth2_client(id: &str, o_auth2_client: models::OAuth2Client)
        -> models::OAuth2Client, SetOAuth2ClientError { Status400(ErrorOAuth2) Status404(ErrorOAuth2) DefaultResponse(ErrorOAuth2) };
    o_auth2_api::set_o_auth2_client_lifespans(
        id: &str, o_auth2_client_token_lifespans: Option<models::OAuth2ClientTokenLifespans>
    )
        -> models::OAuth2Client, SetOAuth2ClientLifespansError { DefaultResponse(GenericError) };
    o_auth2_api::trust_o_auth2_jwt_grant_issuer(
        trust_o_auth2_jwt_grant_issuer: Option<models::TrustOAuth2JwtGrantIssuer>
    )
        -> models::TrustedOAuth2JwtGrantIssuer, TrustOAuth2JwtGrantIssuerError { DefaultResponse(GenericError) };
}
