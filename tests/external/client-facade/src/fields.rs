//! Every model of the five modules with the type of each member, its constructor and its two paths. What differs between
//! the two crates does not compile. Nothing here runs.

use std::collections::HashMap;

use serde_json::Value;

use super::sdk;

use sdk::models;

macro_rules! fields {
    ($($module:ident::$name:ident { $($member:ident: $kind:ty),* } new($($mandatory:ty),*);)+) => {
        $(
            const _: fn($($mandatory),*) -> models::$name = models::$module::$name::new;
            const _: fn(models::$name) -> ($($kind,)*) = |model| ($(model.$member,)*);
        )+
    };
}

fields! {
    accept_device_user_code_request::AcceptDeviceUserCodeRequest { user_code: Option<String> } new();
    accept_o_auth2_consent_request::AcceptOAuth2ConsentRequest {
        context: Option<Value>, grant_access_token_audience: Option<Vec<String>>, grant_scope: Option<Vec<String>>,
        remember: Option<bool>, remember_for: Option<i64>,
        session: Option<Box<models::AcceptOAuth2ConsentRequestSession>>
    } new();
    accept_o_auth2_consent_request_session::AcceptOAuth2ConsentRequestSession {
        access_token: Option<Option<Value>>, id_token: Option<Option<Value>>
    } new();
    accept_o_auth2_login_request::AcceptOAuth2LoginRequest {
        acr: Option<String>, amr: Option<Vec<String>>, context: Option<Value>, extend_session_lifespan: Option<bool>,
        force_subject_identifier: Option<String>, identity_provider_session_id: Option<String>,
        remember: Option<bool>, remember_for: Option<i64>, subject: String
    } new(String);
    create_verifiable_credential_request_body::CreateVerifiableCredentialRequestBody {
        format: Option<String>, proof: Option<Box<models::VerifiableCredentialProof>>, types: Option<Vec<String>>
    } new();
    credential_supported_draft00::CredentialSupportedDraft00 {
        cryptographic_binding_methods_supported: Option<Vec<String>>,
        cryptographic_suites_supported: Option<Vec<String>>, format: Option<String>, types: Option<Vec<String>>
    } new();
    device_authorization::DeviceAuthorization {
        device_code: Option<String>, expires_in: Option<i64>, interval: Option<i64>, user_code: Option<String>,
        verification_uri: Option<String>, verification_uri_complete: Option<String>
    } new();
    error_o_auth2::ErrorOAuth2 {
        error: Option<String>, error_debug: Option<String>, error_description: Option<String>,
        error_hint: Option<String>, status_code: Option<i64>
    } new();
    generic_error::GenericError {
        code: Option<i64>, debug: Option<String>, details: Option<Option<Value>>,
        error: Option<Box<models::GenericErrorContent>>, id: Option<String>, message: String, reason: Option<String>,
        request: Option<String>, status: Option<String>
    } new(String);
    generic_error_content::GenericErrorContent {
        debug: Option<String>, error: Option<String>, error_description: Option<String>,
        id: Option<models::generic_error_content::IdEnum>, message: Option<String>, status_code: Option<i64>
    } new();
    get_version_200_response::GetVersion200Response { version: String } new(String);
    introspected_o_auth2_token::IntrospectedOAuth2Token {
        active: bool, aud: Option<Vec<String>>, client_id: Option<String>, exp: Option<i64>,
        ext: Option<HashMap<String, Value>>, iat: Option<i64>, iss: Option<String>, nbf: Option<i64>,
        obfuscated_subject: Option<String>, scope: Option<String>, sub: Option<String>, token_type: Option<String>,
        token_use: Option<String>, username: Option<String>
    } new(bool);
    json_patch::JsonPatch {
        from: Option<String>, op: models::json_patch::OpEnum, path: String, value: Option<Option<Value>>
    } new(models::json_patch::OpEnum, String);
    json_web_key::JsonWebKey {
        alg: String, crv: Option<String>, d: Option<String>, dp: Option<String>, dq: Option<String>,
        e: Option<String>, k: Option<String>, kid: String, kty: String, n: Option<String>, p: Option<String>,
        q: Option<String>, qi: Option<String>, r#use: String, x: Option<String>, x5c: Option<Vec<String>>,
        y: Option<String>
    } new(String, String, String, String);
    json_web_key_set::JsonWebKeySet { keys: Option<Vec<models::JsonWebKey>> } new();
    o_auth2_client::OAuth2Client {
        access_token_strategy: Option<String>, allowed_cors_origins: Option<Vec<String>>,
        audience: Option<Vec<String>>, authorization_code_grant_access_token_lifespan: Option<Option<String>>,
        authorization_code_grant_id_token_lifespan: Option<Option<String>>,
        authorization_code_grant_refresh_token_lifespan: Option<Option<String>>,
        backchannel_logout_session_required: Option<bool>, backchannel_logout_uri: Option<String>,
        client_credentials_grant_access_token_lifespan: Option<Option<String>>, client_id: Option<String>,
        client_name: Option<String>, client_secret: Option<String>, client_secret_expires_at: Option<i64>,
        client_uri: Option<String>, contacts: Option<Vec<String>>, created_at: Option<String>,
        device_authorization_grant_access_token_lifespan: Option<Option<String>>,
        device_authorization_grant_id_token_lifespan: Option<Option<String>>,
        device_authorization_grant_refresh_token_lifespan: Option<Option<String>>,
        frontchannel_logout_session_required: Option<bool>, frontchannel_logout_uri: Option<String>,
        grant_types: Option<Vec<String>>, implicit_grant_access_token_lifespan: Option<Option<String>>,
        implicit_grant_id_token_lifespan: Option<Option<String>>, jwks: Option<Box<models::JsonWebKeySet>>,
        jwks_uri: Option<String>, jwt_bearer_grant_access_token_lifespan: Option<Option<String>>,
        logo_uri: Option<String>, metadata: Option<Value>, owner: Option<String>, policy_uri: Option<String>,
        post_logout_redirect_uris: Option<Vec<String>>, redirect_uris: Option<Vec<String>>,
        refresh_token_grant_access_token_lifespan: Option<Option<String>>,
        refresh_token_grant_id_token_lifespan: Option<Option<String>>,
        refresh_token_grant_refresh_token_lifespan: Option<Option<String>>,
        registration_access_token: Option<String>, registration_client_uri: Option<String>,
        request_object_signing_alg: Option<String>, request_uris: Option<Vec<String>>,
        response_types: Option<Vec<String>>, scope: Option<String>, sector_identifier_uri: Option<String>,
        skip_consent: Option<bool>, skip_logout_consent: Option<bool>, subject_type: Option<String>,
        token_endpoint_auth_method: Option<String>, token_endpoint_auth_signing_alg: Option<String>,
        tos_uri: Option<String>, updated_at: Option<String>, userinfo_signed_response_alg: Option<String>
    } new();
    o_auth2_client_token_lifespans::OAuth2ClientTokenLifespans {
        authorization_code_grant_access_token_lifespan: Option<Option<String>>,
        authorization_code_grant_id_token_lifespan: Option<Option<String>>,
        authorization_code_grant_refresh_token_lifespan: Option<Option<String>>,
        client_credentials_grant_access_token_lifespan: Option<Option<String>>,
        device_authorization_grant_access_token_lifespan: Option<Option<String>>,
        device_authorization_grant_id_token_lifespan: Option<Option<String>>,
        device_authorization_grant_refresh_token_lifespan: Option<Option<String>>,
        implicit_grant_access_token_lifespan: Option<Option<String>>,
        implicit_grant_id_token_lifespan: Option<Option<String>>,
        jwt_bearer_grant_access_token_lifespan: Option<Option<String>>,
        refresh_token_grant_access_token_lifespan: Option<Option<String>>,
        refresh_token_grant_id_token_lifespan: Option<Option<String>>,
        refresh_token_grant_refresh_token_lifespan: Option<Option<String>>
    } new();
    o_auth2_consent_request::OAuth2ConsentRequest {
        acr: Option<String>, amr: Option<Vec<String>>, challenge: String, client: Option<Box<models::OAuth2Client>>,
        consent_request_id: Option<String>, context: Option<Value>, login_challenge: Option<String>,
        login_session_id: Option<String>,
        oidc_context: Option<Box<models::OAuth2ConsentRequestOpenIdConnectContext>>, request_url: Option<String>,
        requested_access_token_audience: Option<Vec<String>>, requested_resources: Option<Vec<String>>,
        requested_scope: Option<Vec<String>>, skip: Option<bool>, subject: Option<String>
    } new(String);
    o_auth2_consent_request_open_id_connect_context::OAuth2ConsentRequestOpenIdConnectContext {
        acr_values: Option<Vec<String>>, display: Option<String>,
        id_token_hint_claims: Option<HashMap<String, Value>>, login_hint: Option<String>,
        ui_locales: Option<Vec<String>>
    } new();
    o_auth2_consent_session::OAuth2ConsentSession {
        consent_request: Option<Box<models::OAuth2ConsentRequest>>, consent_request_id: Option<String>,
        context: Option<Value>, grant_access_token_audience: Option<Vec<String>>, grant_scope: Option<Vec<String>>,
        handled_at: Option<String>, remember: Option<bool>, remember_for: Option<i64>,
        session: Option<Box<models::AcceptOAuth2ConsentRequestSession>>
    } new();
    o_auth2_login_request::OAuth2LoginRequest {
        challenge: String, client: Box<models::OAuth2Client>,
        oidc_context: Option<Box<models::OAuth2ConsentRequestOpenIdConnectContext>>, request_url: String,
        requested_access_token_audience: Option<Vec<String>>, requested_resources: Option<Vec<String>>,
        requested_scope: Option<Vec<String>>, session_id: Option<String>, skip: bool, subject: String
    } new(String, models::OAuth2Client, String, bool, String);
    o_auth2_logout_request::OAuth2LogoutRequest {
        challenge: Option<String>, client: Option<Box<models::OAuth2Client>>, expires_at: Option<String>,
        request_url: Option<String>, requested_at: Option<String>, rp_initiated: Option<bool>, sid: Option<String>,
        subject: Option<String>
    } new();
    o_auth2_redirect_to::OAuth2RedirectTo { redirect_to: String } new(String);
    o_auth2_token_exchange::OAuth2TokenExchange {
        access_token: Option<String>, expires_in: Option<i64>, id_token: Option<String>,
        refresh_token: Option<String>, scope: Option<String>, token_type: Option<String>
    } new();
    oidc_configuration::OidcConfiguration {
        authorization_endpoint: String, backchannel_logout_session_supported: Option<bool>,
        backchannel_logout_supported: Option<bool>, claims_parameter_supported: Option<bool>,
        claims_supported: Option<Vec<String>>, code_challenge_methods_supported: Option<Vec<String>>,
        credentials_endpoint_draft_00: Option<String>,
        credentials_supported_draft_00: Option<Vec<models::CredentialSupportedDraft00>>,
        device_authorization_endpoint: String, end_session_endpoint: Option<String>,
        frontchannel_logout_session_supported: Option<bool>, frontchannel_logout_supported: Option<bool>,
        grant_types_supported: Option<Vec<String>>, id_token_signed_response_alg: Vec<String>,
        id_token_signing_alg_values_supported: Vec<String>, issuer: String, jwks_uri: String,
        registration_endpoint: Option<String>, request_object_signing_alg_values_supported: Option<Vec<String>>,
        request_parameter_supported: Option<bool>, request_uri_parameter_supported: Option<bool>,
        require_request_uri_registration: Option<bool>, response_modes_supported: Option<Vec<String>>,
        response_types_supported: Vec<String>, revocation_endpoint: Option<String>,
        scopes_supported: Option<Vec<String>>, subject_types_supported: Vec<String>, token_endpoint: String,
        token_endpoint_auth_methods_supported: Option<Vec<String>>, userinfo_endpoint: Option<String>,
        userinfo_signed_response_alg: Vec<String>, userinfo_signing_alg_values_supported: Option<Vec<String>>
    } new(String, String, Vec<String>, Vec<String>, String, String, Vec<String>, Vec<String>, String, Vec<String>);
    oidc_user_info::OidcUserInfo {
        birthdate: Option<String>, email: Option<String>, email_verified: Option<bool>, family_name: Option<String>,
        gender: Option<String>, given_name: Option<String>, locale: Option<String>, middle_name: Option<String>,
        name: Option<String>, nickname: Option<String>, phone_number: Option<String>,
        phone_number_verified: Option<bool>, picture: Option<String>, preferred_username: Option<String>,
        profile: Option<String>, sub: Option<String>, updated_at: Option<i64>, website: Option<String>,
        zoneinfo: Option<String>
    } new();
    reject_o_auth2_request::RejectOAuth2Request {
        error: Option<String>, error_debug: Option<String>, error_description: Option<String>,
        error_hint: Option<String>, status_code: Option<i64>
    } new();
    rotate_o_auth2_client_secret_body::RotateOAuth2ClientSecretBody { client_secret: Option<String> } new();
    trust_o_auth2_jwt_grant_issuer::TrustOAuth2JwtGrantIssuer {
        allow_any_subject: Option<bool>, expires_at: String, issuer: String, jwk: Box<models::JsonWebKey>,
        scope: Vec<String>, subject: Option<String>
    } new(String, String, models::JsonWebKey, Vec<String>);
    trusted_o_auth2_jwt_grant_issuer::TrustedOAuth2JwtGrantIssuer {
        allow_any_subject: Option<bool>, created_at: Option<String>, expires_at: Option<String>, id: Option<String>,
        issuer: Option<String>, public_key: Option<Box<models::TrustedOAuth2JwtGrantJsonWebKey>>,
        scope: Option<Vec<String>>, subject: Option<String>
    } new();
    trusted_o_auth2_jwt_grant_json_web_key::TrustedOAuth2JwtGrantJsonWebKey {
        kid: Option<String>, set: Option<String>
    } new();
    verifiable_credential_priming_response::VerifiableCredentialPrimingResponse {
        c_nonce: Option<String>, c_nonce_expires_in: Option<i64>, error: Option<String>, error_debug: Option<String>,
        error_description: Option<String>, error_hint: Option<String>, format: Option<String>,
        status_code: Option<i64>
    } new();
    verifiable_credential_proof::VerifiableCredentialProof { jwt: Option<String>, proof_type: Option<String> } new();
    verifiable_credential_response::VerifiableCredentialResponse {
        credential_draft_00: Option<String>, format: Option<String>
    } new();
}
