//! The requests and answers of [`crate::apis`], under the names of the crate `ory-client` and with its fields.
//!
//! Three things are different, each so that more can be read: discovery documents, keys, clients and tokens do not fail for
//! want of members that the standards leave out, or for their type; members without a field are kept in `extra` of clients,
//! discovery documents and userinfo; and `Debug` hides secrets. Struct literals of the three types with `extra` end with
//! `..Default::default()`. Whoever starts afresh finds typed forms of the same things at the root of the crate:
//! [`ClientMetadata`](crate::ClientMetadata), [`ProviderMetadata`](crate::ProviderMetadata),
//! [`UserInfo`](crate::UserInfo), [`Credential`](crate::Credential), [`TokenSet`](crate::TokenSet).

mod challenge;
mod client_change;
mod consent;
mod device;
#[doc(hidden)]
pub mod get_version_200_response;
#[doc(hidden)]
pub mod json_web_key;
mod login_request;
mod mandatory;
#[doc(hidden)]
pub mod o_auth2_client;
#[doc(hidden)]
pub mod oidc_configuration;
#[doc(hidden)]
pub mod oidc_user_info;
mod present;
mod refusal;
mod secrets;
mod token;
mod trusted_issuer;
mod verifiable_credential;

pub use challenge::{
    OAuth2ConsentRequestOpenIdConnectContext, OAuth2LogoutRequest, OAuth2RedirectTo, RejectOAuth2Request,
};
pub use client_change::{JsonPatch, OAuth2ClientTokenLifespans, RotateOAuth2ClientSecretBody, json_patch};
pub use consent::{
    AcceptOAuth2ConsentRequest, AcceptOAuth2ConsentRequestSession, OAuth2ConsentRequest, OAuth2ConsentSession,
};
pub use device::{AcceptDeviceUserCodeRequest, DeviceAuthorization};
pub use get_version_200_response::GetVersion200Response;
pub use json_web_key::{CreateJsonWebKeySet, JsonWebKey, JsonWebKeySet};
pub use login_request::{AcceptOAuth2LoginRequest, OAuth2LoginRequest};
pub use o_auth2_client::OAuth2Client;
pub use oidc_configuration::OidcConfiguration;
pub use oidc_user_info::OidcUserInfo;
pub use refusal::{ErrorOAuth2, GenericError, GenericErrorContent, generic_error_content};
pub use token::{IntrospectedOAuth2Token, OAuth2TokenExchange};
pub use trusted_issuer::{TrustOAuth2JwtGrantIssuer, TrustedOAuth2JwtGrantIssuer, TrustedOAuth2JwtGrantJsonWebKey};
pub use verifiable_credential::{
    CreateVerifiableCredentialRequestBody, CredentialSupportedDraft00, VerifiableCredentialPrimingResponse,
    VerifiableCredentialProof, VerifiableCredentialResponse,
};

/// Each model also has the long path that it has in the generated crate, such as `models::json_web_key_set::JsonWebKeySet`.
macro_rules! long_paths {
    ($($module:ident: $name:ident),+ $(,)?) => {
        $(
            #[doc(hidden)]
            pub mod $module {
                pub use super::$name;
            }
        )+
    };
}

long_paths! {
    accept_device_user_code_request: AcceptDeviceUserCodeRequest,
    accept_o_auth2_consent_request: AcceptOAuth2ConsentRequest,
    accept_o_auth2_consent_request_session: AcceptOAuth2ConsentRequestSession,
    accept_o_auth2_login_request: AcceptOAuth2LoginRequest,
    create_json_web_key_set: CreateJsonWebKeySet,
    create_verifiable_credential_request_body: CreateVerifiableCredentialRequestBody,
    credential_supported_draft00: CredentialSupportedDraft00,
    device_authorization: DeviceAuthorization,
    error_o_auth2: ErrorOAuth2,
    generic_error: GenericError,
    introspected_o_auth2_token: IntrospectedOAuth2Token,
    json_web_key_set: JsonWebKeySet,
    o_auth2_client_token_lifespans: OAuth2ClientTokenLifespans,
    o_auth2_consent_request: OAuth2ConsentRequest,
    o_auth2_consent_request_open_id_connect_context: OAuth2ConsentRequestOpenIdConnectContext,
    o_auth2_consent_session: OAuth2ConsentSession,
    o_auth2_login_request: OAuth2LoginRequest,
    o_auth2_logout_request: OAuth2LogoutRequest,
    o_auth2_redirect_to: OAuth2RedirectTo,
    o_auth2_token_exchange: OAuth2TokenExchange,
    reject_o_auth2_request: RejectOAuth2Request,
    rotate_o_auth2_client_secret_body: RotateOAuth2ClientSecretBody,
    trust_o_auth2_jwt_grant_issuer: TrustOAuth2JwtGrantIssuer,
    trusted_o_auth2_jwt_grant_issuer: TrustedOAuth2JwtGrantIssuer,
    trusted_o_auth2_jwt_grant_json_web_key: TrustedOAuth2JwtGrantJsonWebKey,
    verifiable_credential_priming_response: VerifiableCredentialPrimingResponse,
    verifiable_credential_proof: VerifiableCredentialProof,
    verifiable_credential_response: VerifiableCredentialResponse,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lifespans_tell_null_from_absent() {
        let name = "jwt_bearer_grant_access_token_lifespan";
        let read = |value: serde_json::Value| serde_json::from_value::<OAuth2Client>(value).unwrap();
        assert_eq!(read(json!({})).jwt_bearer_grant_access_token_lifespan, None);
        assert_eq!(read(json!({ name: null })).jwt_bearer_grant_access_token_lifespan, Some(None));
        let set = read(json!({ name: "1h0m0s" }));
        assert_eq!(set.jwt_bearer_grant_access_token_lifespan, Some(Some("1h0m0s".to_owned())));
        for value in [json!({}), json!({ name: null }), json!({ name: "1h" })] {
            assert_eq!(serde_json::to_value(read(value.clone())).unwrap(), value);
        }
    }

    #[test]
    fn members_without_a_field_are_kept() {
        let client = json!({ "client_name": "App", "client_name#de": "Anwendung", "default_max_age": 60 });
        let read: OAuth2Client = serde_json::from_value(client.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), client);
        let user: OidcUserInfo =
            serde_json::from_value(json!({ "sub": "a", "email_verified": "true", "updated_at": 1.7e9, "x": 1 }))
                .unwrap();
        assert_eq!(
            (user.email_verified, user.updated_at, &user.extra["x"]),
            (Some(true), Some(1_700_000_000), &json!(1))
        );
    }

    #[test]
    fn plain_providers_and_keys_are_read() {
        let document = json!({
            "issuer": "https://as.example", "authorization_endpoint": "https://as.example/a",
            "token_endpoint": "https://as.example/t", "jwks_uri": "https://as.example/j", "acr_values_supported": ["1"],
        });
        let read: OidcConfiguration = serde_json::from_value(document).unwrap();
        assert!(read.device_authorization_endpoint.is_empty() && read.id_token_signed_response_alg.is_empty());
        assert_eq!(read.extra["acr_values_supported"], json!(["1"]));
        let key = json!({ "kty": "RSA", "n": "AQ", "e": "AQAB" });
        let read: JsonWebKey = serde_json::from_value(key.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), key);
    }

    #[test]
    fn debug_hides_secrets() {
        let client = OAuth2Client {
            client_name: Some("App".to_owned()),
            client_secret: Some("hush".to_owned()),
            registration_access_token: Some("hush".to_owned()),
            ..OAuth2Client::new()
        };
        let key = JsonWebKey { d: Some("hush".to_owned()), ..JsonWebKey::default() };
        let text = format!("{client:?} {key:?}");
        assert!(text.contains("App") && text.contains("[secret]") && !text.contains("hush"), "{text}");
    }

    #[test]
    fn debug_hides_tokens_wherever_they_are() {
        let tokens = OAuth2TokenExchange { access_token: Some("hush".into()), ..OAuth2TokenExchange::new() };
        let device = DeviceAuthorization { device_code: Some("hush".into()), ..DeviceAuthorization::new() };
        let secret = RotateOAuth2ClientSecretBody { client_secret: Some("hush".into()) };
        let patch = JsonPatch {
            value: Some(Some("hush".into())),
            ..JsonPatch::new(json_patch::OpEnum::Replace, "/client_secret".into())
        };
        let key = JsonWebKey { d: Some("hush".into()), ..JsonWebKey::default() };
        let keys = JsonWebKeySet { keys: Some(vec![key.clone()]) };
        let client = OAuth2Client { client_secret: Some("hush".into()), jwks: Some(keys.into()), ..Default::default() };
        let login = OAuth2LoginRequest::new("c".into(), client, "u".into(), false, String::new());
        let trust = TrustOAuth2JwtGrantIssuer::new("e".into(), "i".into(), key, vec![]);
        let text = format!("{tokens:?} {device:?} {secret:?} {patch:?} {login:?} {trust:?}");
        assert!(!text.contains("hush") && text.matches("[secret]").count() == 6, "{text}");
    }

    #[test]
    fn answers_of_other_servers_are_read() {
        let read = |value| serde_json::from_value::<OAuth2TokenExchange>(value).unwrap();
        let tokens = read(json!({ "expires_in": "3600", "scope": ["a", "b"], "unknown": 1 }));
        assert_eq!((tokens.expires_in, tokens.scope.as_deref()), (Some(3600), Some("a b")));
        assert_eq!(read(json!({ "scope": null, "expires_in": null })), OAuth2TokenExchange::new());
        let read = |value| serde_json::from_value::<IntrospectedOAuth2Token>(value).unwrap();
        let token = read(json!({ "active": true, "aud": "api", "exp": 1.7e9 }));
        assert_eq!((token.aud, token.exp), (Some(vec!["api".to_owned()]), Some(1_700_000_000)));
        assert_eq!(read(json!({ "active": false, "aud": ["a"] })).aud, Some(vec!["a".to_owned()]));
        assert!(serde_json::from_value::<IntrospectedOAuth2Token>(json!({})).is_err(), "RFC 7662 §2.2: mandatory");
        let consent: OAuth2ConsentSession = serde_json::from_value(json!({ "consent_request": {} })).unwrap();
        assert_eq!(consent.consent_request, Some(OAuth2ConsentRequest::default().into()));
    }

    #[test]
    fn patches_are_those_of_the_standard() {
        use json_patch::OpEnum::{Add, Copy, Move, Remove, Replace, Test};
        let names = [Add, Remove, Replace, Move, Copy, Test].map(|op| serde_json::to_value(op).unwrap());
        assert_eq!(names, ["add", "remove", "replace", "move", "copy", "test"]);
        let patch = JsonPatch { value: Some(None), ..JsonPatch::new(Add, "/a".into()) };
        assert_eq!(serde_json::to_value(&patch).unwrap(), json!({ "op": "add", "path": "/a", "value": null }));
    }
}
