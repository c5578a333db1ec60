//! `oidcc-config-certification-test-plan`: the discovery document and the keys.

use serde_json::Value;

use super::relying_party::{ISSUER, contains, discovery, provider};
use crate::fixtures::text;
use crate::support::{Call, TestServer};

/// What a document may have (OpenID Connect Discovery §3, the registry of RFC 8414 §7.1.2, and the specifications that
/// added to it); every other name would be a warning.
const REGISTERED: &[&str] = &[
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "registration_endpoint",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "service_documentation",
    "ui_locales_supported",
    "op_policy_uri",
    "op_tos_uri",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "signed_metadata",
    "device_authorization_endpoint",
    "tls_client_certificate_bound_access_tokens",
    "mtls_endpoint_aliases",
    "userinfo_endpoint",
    "acr_values_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "userinfo_signing_alg_values_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
    "request_object_signing_alg_values_supported",
    "request_object_encryption_alg_values_supported",
    "request_object_encryption_enc_values_supported",
    "display_values_supported",
    "claim_types_supported",
    "claims_supported",
    "claims_locales_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "require_signed_request_object",
    "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "authorization_response_iss_parameter_supported",
    "check_session_iframe",
    "end_session_endpoint",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "backchannel_authentication_endpoint",
    "backchannel_token_delivery_modes_supported",
    "authorization_details_types_supported",
    "dpop_signing_alg_values_supported",
    "authorization_signing_alg_values_supported",
    "authorization_encryption_alg_values_supported",
    "authorization_encryption_enc_values_supported",
    "introspection_signing_alg_values_supported",
    "introspection_encryption_alg_values_supported",
    "introspection_encryption_enc_values_supported",
    "backchannel_authentication_request_signing_alg_values_supported",
    "backchannel_user_code_parameter_supported",
    "prompt_values_supported",
];

/// Fails unless every endpoint is reached by `https`.
#[track_caller]
pub(super) fn assert_https(document: &Value) {
    let endpoints: Vec<_> =
        document.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint")).collect();
    assert!(endpoints.len() > 5);
    assert!(endpoints.iter().all(|(_, url)| url.as_str().unwrap().starts_with("https://")), "{endpoints:?}");
}

/// Fails where a name is not registered.
#[track_caller]
pub(super) fn assert_registered(document: &Value) {
    let names = document.as_object().unwrap().keys();
    let other: Vec<_> = names.filter(|name| !REGISTERED.contains(&name.as_str())).collect();
    assert!(other.is_empty(), "{other:?}");
}

/// The checks of the document, which the dynamic plan makes, too.
pub(super) async fn verify(server: &TestServer) {
    let document = discovery(server).await;
    assert_registered(&document);
    assert_eq!(document["issuer"], ISSUER);
    assert_https(&document);
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "registration_endpoint", "jwks_uri"] {
        assert!(text(&document, name).starts_with(ISSUER), "{name}");
    }
    for (name, values) in [
        ("response_types_supported", &["code", "id_token", "id_token token"][..]),
        ("subject_types_supported", &["public", "pairwise"]),
        ("id_token_signing_alg_values_supported", &["RS256"]),
        ("userinfo_signing_alg_values_supported", &["RS256"]),
        ("request_object_signing_alg_values_supported", &["none", "RS256"]),
        ("grant_types_supported", &["authorization_code", "implicit", "refresh_token"]),
        ("scopes_supported", &["openid", "offline_access", "profile", "email", "address", "phone"]),
        ("claims_supported", &["sub"]),
        ("code_challenge_methods_supported", &["S256"]),
    ] {
        assert!(values.iter().all(|value| contains(&document[name], value)), "{name}: {}", document[name]);
    }
}

/// The published keys: each with an id of its own, public, and of a kind that the suite can use.
async fn assert_keys(server: &TestServer) {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let keys = set["keys"].as_array().unwrap();
    let mut ids: Vec<&str> = keys.iter().map(|key| text(key, "kid")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), keys.is_empty()), (keys.len(), false));
    for key in keys {
        assert!(["RSA", "EC", "OKP"].contains(&text(key, "kty")), "{key}");
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert_eq!(key.get(private), None, "{key}");
        }
    }
}

#[tokio::test]
async fn discovery_endpoint_verification() {
    let server = provider().await;
    verify(&server).await;
    assert_keys(&server).await;
}
