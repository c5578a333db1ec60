//! Metadata, as clients look for them (RFC 8414 §3 and OpenID Connect Discovery §4), and what they do not forgive there.

use http::HeaderName;
use serde_json::Value;

use super::{FILES, NOTES, assert_json, assert_nothing_is_empty, assert_url, configured, server};
use crate::support::{Call, TestServer};

const FORMS: [&str; 2] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

fn get(path: &str) -> Call {
    let version = HeaderName::from_static("mcp-protocol-version");
    Call::get(path).header(version, "2026-07-28")
}

async fn document(server: &TestServer, path: &str) -> Value {
    let answer = server.public(get(path)).await.expect(200);
    assert_json(&answer);
    answer.json()
}

fn list(document: &Value, member: &str) -> Vec<String> {
    let values = document[member].as_array().unwrap_or_else(|| panic!("{member}"));
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn both_documents_have_what_clients_require_and_nothing_empty() {
    let server = server().await;
    for path in FORMS {
        let document = document(&server, path).await;
        assert_nothing_is_empty(&document);
        assert_eq!(document["issuer"], "http://127.0.0.1:4444", "{path}");
        for member in
            ["authorization_endpoint", "token_endpoint", "registration_endpoint", "jwks_uri", "revocation_endpoint"]
        {
            assert_url(&document[member]);
        }
        assert!(list(&document, "response_types_supported").contains(&"code".to_owned()), "{path}");
        assert_eq!(list(&document, "code_challenge_methods_supported"), ["S256"], "{path}");
        assert_eq!(document["authorization_response_iss_parameter_supported"], true, "{path}");
        for grant_type in ["authorization_code", "refresh_token", "client_credentials"] {
            assert!(list(&document, "grant_types_supported").contains(&grant_type.to_owned()), "{path}: {grant_type}");
        }
        for method in ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] {
            let methods = list(&document, "token_endpoint_auth_methods_supported");
            assert!(methods.contains(&method.to_owned()), "{path}: {method}");
        }
        let algorithms = list(&document, "token_endpoint_auth_signing_alg_values_supported");
        assert!(algorithms.contains(&"RS256".to_owned()) && algorithms.contains(&"ES256".to_owned()), "{path}");
        // Demanded by the schema of the OpenID document in the SDKs.
        assert_eq!(list(&document, "subject_types_supported"), ["public"], "{path}");
        assert!(!list(&document, "id_token_signing_alg_values_supported").is_empty(), "{path}");
    }
}

/// Some clients ask for every scope that is there, so every scope must be one that they get.
#[tokio::test]
async fn scopes_are_those_that_every_client_may_have() {
    let server = server().await;
    for path in FORMS {
        let mut scopes = list(&document(&server, path).await, "scopes_supported");
        scopes.sort_unstable();
        assert_eq!(scopes, ["files.read", "notes.read", "notes.write", "offline_access", "openid"], "{path}");
    }
}

#[tokio::test]
async fn an_issuer_with_a_path_has_its_metadata_where_clients_look_first() {
    let resources = format!(r#"[{{"identifier": "{NOTES}"}}, {{"identifier": "{FILES}"}}]"#);
    let keys = [("urls.self.issuer", "http://127.0.0.1:4444/tenant"), ("symbolon.mcp.resources", resources.as_str())];
    let server = TestServer::start(configured(&keys)).await;
    for path in FORMS {
        let document = document(&server, &format!("{path}/tenant")).await;
        assert_eq!(document["issuer"], "http://127.0.0.1:4444/tenant");
        server.public(get(&format!("{path}/another"))).await.expect(404);
    }
}

/// Clients try several places in turn. A redirect, a page with status 200 or a 5xx ends the search.
#[tokio::test]
async fn unknown_places_are_404_and_json() {
    let server = server().await;
    let unknown = [
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration/mcp",
        "/.well-known/anything",
    ];
    for path in unknown {
        for accept in ["", "*/*", "application/json"] {
            let call = get(path);
            let call = if accept.is_empty() { call } else { call.header(http::header::ACCEPT, accept) };
            let answer = server.public(call).await.expect(404);
            assert_json(&answer);
        }
    }
}
