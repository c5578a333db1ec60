//! What the API says about itself (RFC 9728).

use serde_json::json;
use symbolon_client::ResourceServer;

use super::api::Api;
use super::stub::{Issuer, RESOURCE};

const PATH: &str = "/.well-known/oauth-protected-resource/notes";

#[tokio::test]
async fn the_document_says_who_issues_tokens_and_how_they_come() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), RESOURCE)
        .metadata(|metadata| {
            metadata.resource_name = Some("Notes".to_owned());
            metadata.scopes_supported = vec!["notes.read".to_owned()];
            metadata.bearer_methods_supported = vec!["query".to_owned()];
            metadata.extra.insert("own".to_owned(), json!({ "a": 1 }));
        })
        .build()
        .unwrap();
    assert_eq!(server.metadata_path(), PATH);
    let api = Api::start(&server).await;
    let answer = api.send("GET", PATH, &[("origin", "https://app.example")]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let expected = json!({
        "resource": RESOURCE, "authorization_servers": [issuer.server.url], "resource_name": "Notes",
        "scopes_supported": ["notes.read"], "bearer_methods_supported": ["header"], "own": { "a": 1 },
        "dpop_signing_alg_values_supported": ["ES256", "EdDSA", "Ed25519", "PS256", "RS256"],
    });
    assert_eq!(answer.json(), expected);

    let head = api.send("HEAD", PATH, &[]).await;
    let length = answer.body.len().to_string();
    assert_eq!((head.status, head.body.as_str(), head.header("content-length")), (200, "", Some(length.as_str())));
    assert_eq!(head.header("content-type"), Some("application/json"));
    let preflight = api.send("OPTIONS", PATH, &[("origin", "https://app.example")]).await;
    let allowed = preflight.header("access-control-allow-methods");
    assert_eq!((preflight.status, allowed), (204, Some("GET, HEAD, OPTIONS")));
    for method in ["POST", "PUT", "DELETE"] {
        let refused = api.send(method, PATH, &[]).await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
    }
}

#[tokio::test]
async fn what_is_required_is_said() {
    let issuer = Issuer::start();
    let server = ResourceServer::builder(issuer.unregistered(), "https://api.example/").require_dpop().build().unwrap();
    assert_eq!(server.metadata_path(), "/.well-known/oauth-protected-resource");
    assert_eq!(server.metadata().dpop_bound_access_tokens_required, Some(true));
    assert_eq!(server.metadata().tls_client_certificate_bound_access_tokens, None);
    assert_eq!(server.metadata().resource, "https://api.example/");
}
