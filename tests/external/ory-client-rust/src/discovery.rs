//! `discover_oidc_configuration`, and the keys that it leads to.

use ory_client::apis::oidc_api::discover_oidc_configuration;
use ory_client::apis::wellknown_api::discover_json_web_keys;

use crate::server::public;

#[tokio::test]
async fn configuration_is_decoded() {
    let public = public();
    let base = &public.base_path;
    let document = discover_oidc_configuration(&public).await.unwrap();
    assert_eq!(&document.issuer, base);
    assert_eq!(document.authorization_endpoint, format!("{base}/oauth2/auth"));
    assert_eq!(document.token_endpoint, format!("{base}/oauth2/token"));
    assert_eq!(document.jwks_uri, format!("{base}/.well-known/jwks.json"));
    assert_eq!(document.device_authorization_endpoint, format!("{base}/oauth2/device/auth"));
    assert_eq!(document.userinfo_endpoint, Some(format!("{base}/userinfo")));
    assert_eq!(document.registration_endpoint, Some(format!("{base}/oauth2/register")));
    assert_eq!(document.revocation_endpoint, Some(format!("{base}/oauth2/revoke")));
    assert_eq!(document.end_session_endpoint, Some(format!("{base}/oauth2/sessions/logout")));
    assert_eq!(document.credentials_endpoint_draft_00, Some(format!("{base}/credentials")));
    assert!(document.subject_types_supported.contains(&"public".to_owned()));
    assert!(document.response_types_supported.contains(&"code".to_owned()));
    assert!(document.id_token_signing_alg_values_supported.contains(&"RS256".to_owned()));
    assert_eq!(document.id_token_signed_response_alg, ["RS256"]);
    assert_eq!(document.userinfo_signed_response_alg, ["RS256"]);
    assert!(document.code_challenge_methods_supported.unwrap().contains(&"S256".to_owned()));
    assert_eq!(document.backchannel_logout_supported, Some(true));
    assert_eq!(document.request_parameter_supported, Some(true));
    assert_eq!(document.claims_parameter_supported, Some(true));
    let credentials = document.credentials_supported_draft_00.unwrap();
    assert_eq!(credentials[0].format.as_deref(), Some("jwt_vc_json"));
    assert_eq!(credentials[0].types.as_ref().unwrap(), &["VerifiableCredential", "UserInfoCredential"]);
}

#[tokio::test]
async fn published_keys_are_public_and_complete() {
    let keys = discover_json_web_keys(&public()).await.unwrap().keys.unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        assert_eq!(key.r#use, "sig");
        assert!(!key.kid.is_empty() && !key.alg.is_empty() && !key.kty.is_empty());
        assert_eq!((key.d, key.p, key.q, key.k), (None, None, None, None));
    }
}
