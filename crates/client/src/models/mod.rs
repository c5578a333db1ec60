//! The requests and answers of [`crate::apis::oidc_api`], under the names of the crate `ory-client` and with its fields.
//!
//! Three things are different, each so that more can be read: discovery documents, keys and clients do not fail for want
//! of members that the standards leave out; members without a field are kept in `extra`; and `Debug` hides secrets.
//! Struct literals of the three types with `extra` end with `..Default::default()`. Whoever starts afresh finds typed
//! forms of the same things at the root of the crate: [`ClientMetadata`](crate::ClientMetadata),
//! [`ProviderMetadata`](crate::ProviderMetadata), [`UserInfo`](crate::UserInfo), [`Credential`](crate::Credential).

mod json_web_key;
mod mandatory;
mod o_auth2_client;
mod oidc_configuration;
mod oidc_user_info;
mod present;
mod refusal;
mod verifiable_credential;

pub use json_web_key::{JsonWebKey, JsonWebKeySet};
pub use o_auth2_client::OAuth2Client;
pub use oidc_configuration::OidcConfiguration;
pub use oidc_user_info::OidcUserInfo;
pub use refusal::{ErrorOAuth2, GenericError, GenericErrorContent, generic_error_content};
pub use verifiable_credential::{
    CreateVerifiableCredentialRequestBody, CredentialSupportedDraft00, VerifiableCredentialPrimingResponse,
    VerifiableCredentialProof, VerifiableCredentialResponse,
};

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
}
