//! Which members there are.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{document, list};
use crate::support::{Profile, TestServer};

/// Members in every mode, as the base profile has them. The strict SDK knows these.
const ALWAYS: [&str; 32] = [
    "authorization_endpoint",
    "backchannel_logout_session_supported",
    "backchannel_logout_supported",
    "claims_parameter_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "device_authorization_endpoint",
    "end_session_endpoint",
    "frontchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "grant_types_supported",
    "id_token_signing_alg_values_supported",
    "issuer",
    "jwks_uri",
    "registration_endpoint",
    "request_object_signing_alg_values_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "response_modes_supported",
    "response_types_supported",
    "revocation_endpoint",
    "scopes_supported",
    "subject_types_supported",
    "token_endpoint",
    "token_endpoint_auth_methods_supported",
    "userinfo_endpoint",
    "userinfo_signing_alg_values_supported",
    // The four that are no standard's, and that Ory's SDKs need.
    "credentials_endpoint_draft_00",
    "credentials_supported_draft_00",
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
];

/// Standard members that Ory's strict SDK does not know.
const STANDARD: [&str; 13] = [
    "authorization_encryption_alg_values_supported",
    "authorization_encryption_enc_values_supported",
    "authorization_response_iss_parameter_supported",
    "authorization_signing_alg_values_supported",
    "dpop_signing_alg_values_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "prompt_values_supported",
    "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "token_endpoint_auth_signing_alg_values_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
];

fn sorted<'t>(names: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    names.sort();
    names
}

fn names(document: &Value) -> Vec<String> {
    sorted(document.as_object().unwrap().keys().map(String::as_str))
}

async fn with(change: impl FnOnce(&mut Config)) -> Value {
    document(&TestServer::with(change).await).await
}

#[tokio::test]
async fn by_default_there_are_the_standard_members_and_four_of_orys() {
    let server = TestServer::new().await;
    assert_eq!(names(&document(&server).await), sorted(ALWAYS.into_iter().chain(STANDARD)));
}

#[tokio::test]
async fn without_extra_members_only_standard_ones_remain() {
    let document = with(|config| config.symbolon.compatibility.discovery_extra_members = false).await;
    assert_eq!(names(&document), sorted(ALWAYS[..28].iter().copied().chain(STANDARD)));
}

#[tokio::test]
async fn for_the_strict_sdk_there_is_nothing_that_it_does_not_know() {
    for extra in [true, false] {
        let document = with(|config| {
            config.symbolon.compatibility.strict_sdk_discovery = true;
            config.symbolon.compatibility.discovery_extra_members = extra;
        })
        .await;
        assert_eq!(names(&document), sorted(ALWAYS));
        for name in ["id_token_signed_response_alg", "userinfo_signed_response_alg"] {
            assert_eq!(document[name], json!(["RS256"]), "an array, unlike the registered member of that name");
        }
    }
}

#[tokio::test]
async fn members_are_never_null_or_empty_lists() {
    for change in [|_: &mut Config| {}, |config: &mut Config| config.symbolon.compatibility.strict_sdk_discovery = true]
    {
        let document = with(change).await;
        for (name, value) in document.as_object().unwrap() {
            assert!(!value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()), "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn registration_is_advertised_when_it_is_on() {
    let document = with(|config| config.oidc.dynamic_client_registration.enabled = false).await;
    assert_eq!(document.get("registration_endpoint"), None);
    let document = with(|_| {}).await;
    assert_eq!(document["registration_endpoint"], "http://127.0.0.1:4444/oauth2/register");
}

#[tokio::test]
async fn what_the_pages_can_do_is_advertised_where_the_built_in_ones_serve() {
    let document = with(|config| config.symbolon.ui.enabled = true).await;
    assert_eq!(
        document["acr_values_supported"],
        json!(["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"])
    );
    // What becomes of them: `ui::display` and `ui::languages`.
    assert_eq!(list(&document, "display_values_supported"), ["page", "popup", "touch", "wap"]);
    assert_eq!(list(&document, "ui_locales_supported"), ["en", "de"]);
    let strict = with(|config| {
        config.symbolon.ui.enabled = true;
        config.symbolon.compatibility.strict_sdk_discovery = true;
    })
    .await;
    for document in [with(|_| {}).await, strict] {
        for member in ["acr_values_supported", "display_values_supported", "ui_locales_supported"] {
            assert_eq!(document.get(member), None, "{member}");
        }
    }
}

#[tokio::test]
async fn the_operator_may_name_other_addresses_claims_and_scopes() {
    let document = with(|config| {
        let own = &mut config.webfinger.oidc_discovery;
        own.auth_url = Some("https://front.example/auth".to_owned());
        own.token_url = Some("https://front.example/token".to_owned());
        own.userinfo_url = Some("https://front.example/me".to_owned());
        own.jwks_url = Some("https://front.example/keys".to_owned());
        own.client_registration_url = Some("https://front.example/register".to_owned());
        own.verifiable_credentials_url = Some("https://front.example/vc".to_owned());
        own.supported_claims = vec!["email".to_owned(), "sub".to_owned()];
        own.supported_scope = vec!["email".to_owned(), "openid".to_owned()];
    })
    .await;
    assert_eq!(document["authorization_endpoint"], "https://front.example/auth");
    assert_eq!(document["token_endpoint"], "https://front.example/token");
    assert_eq!(document["userinfo_endpoint"], "https://front.example/me");
    assert_eq!(document["jwks_uri"], "https://front.example/keys");
    assert_eq!(document["registration_endpoint"], "https://front.example/register");
    assert_eq!(document["credentials_endpoint_draft_00"], "https://front.example/vc");
    assert_eq!(list(&document, "claims_supported"), ["sub", "email"]);
    assert_eq!(list(&document, "scopes_supported"), ["offline_access", "offline", "openid", "email"]);
}

#[tokio::test]
async fn addresses_come_from_the_configuration_and_never_from_headers() {
    let server = TestServer::start(Profile::Base.config()).await;
    let call = crate::support::Call::get("/.well-known/openid-configuration");
    let hostile = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-forwarded-proto", "https"),
    ];
    let call = hostile.iter().fold(call, |call, (name, value)| call.header(name.parse().unwrap(), value));
    let answer = server.public(call).await.expect(200);
    assert!(!answer.text().contains("evil"), "{}", answer.text());
    assert_eq!(answer.json(), document(&server).await);
}
