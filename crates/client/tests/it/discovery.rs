//! Reading discovery documents of providers, and caching.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use symbolon_client::{Client, Clock};

use crate::server::{Server, answer, json};

/// A document of the shape that Google publishes: few members, none of Ory's.
pub(crate) fn google(url: &str) -> Value {
    json!({
        "issuer": url, "authorization_endpoint": format!("{url}/o/oauth2/v2/auth"),
        "device_authorization_endpoint": format!("{url}/device/code"), "token_endpoint": format!("{url}/token"),
        "userinfo_endpoint": format!("{url}/v1/userinfo"), "revocation_endpoint": format!("{url}/revoke"),
        "jwks_uri": format!("{url}/oauth2/v3/certs"), "response_types_supported": ["code", "token", "none"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"], "claims_supported": ["aud", "email", "sub"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
    })
}

/// A document of the shape that Keycloak publishes: members within members, and many that nobody else has.
pub(crate) fn keycloak(url: &str) -> Value {
    let realm = format!("{url}/protocol/openid-connect");
    json!({
        "issuer": url, "authorization_endpoint": format!("{realm}/auth"), "token_endpoint": format!("{realm}/token"),
        "introspection_endpoint": format!("{realm}/token/introspect"), "userinfo_endpoint": format!("{realm}/userinfo"),
        "end_session_endpoint": format!("{realm}/logout"), "jwks_uri": format!("{realm}/certs"),
        "frontchannel_logout_session_supported": true, "frontchannel_logout_supported": true,
        "check_session_iframe": format!("{realm}/login-status-iframe.html"),
        "grant_types_supported": ["authorization_code", "urn:openid:params:grant-type:ciba"],
        "acr_values_supported": ["0", "1"], "userinfo_encryption_alg_values_supported": ["RSA-OAEP"],
        "mtls_endpoint_aliases": {"token_endpoint": format!("{realm}/token")},
        "tls_client_certificate_bound_access_tokens": true, "claim_types_supported": ["normal"],
        "require_pushed_authorization_requests": false, "authorization_encryption_enc_values_supported": ["A128GCM"],
        "dpop_signing_alg_values_supported": ["PS384"], "vendor": {"nested": [1, {"deep": null}]},
    })
}

#[tokio::test]
async fn documents_of_other_providers_are_read_whole() {
    for document in [google, keycloak] {
        let server = Server::start(move |_, url| json(200, &document(url)));
        let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
        let metadata = client.metadata().await.unwrap();
        let written = serde_json::to_value(&*metadata).unwrap();
        for (name, value) in document(&server.url).as_object().unwrap() {
            assert_eq!(written.get(name), Some(value), "{name}");
        }
    }
}

#[tokio::test]
async fn document_is_kept_for_its_time_and_through_an_outage() {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = Server::start(move |_, url| match counted.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => json(200, &google(url)),
        2 => answer(500, "", ""),
        _ => json(200, &keycloak(url)),
    });
    let now = Arc::new(AtomicI64::new(1_000));
    let reading = Arc::clone(&now);
    let client = Client::unregistered(&server.url)
        .without_proxy()
        .metadata_lifetime(Duration::from_secs(60))
        .clock(Clock::custom(move || reading.load(Ordering::SeqCst)))
        .build()
        .unwrap();
    // What is old is handed out at once, and a newer document fetched beside it.
    for (seconds, expected) in [(0, 1), (59, 1), (1, 2), (60, 3), (29, 3), (1, 4), (59, 4)] {
        now.fetch_add(seconds, Ordering::SeqCst);
        client.metadata().await.unwrap();
        crate::eventually(|| requests.load(Ordering::SeqCst) >= expected).await;
        // Long enough for a fetch that should not be there.
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(requests.load(Ordering::SeqCst), expected, "after {seconds} more seconds");
        let metadata = client.metadata().await.unwrap();
        assert_eq!(metadata.end_session_endpoint.is_some(), expected == 4);
    }
}
