//! Documents in the shape in which well-known applications publish them, at a host of the test, each with the authorization
//! request that follows.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{Described, asks_at, is_admitted};
use crate::fixtures::{signing_key, text};
use crate::rfc7523::{JWT_BEARER, Signer};

/// A document and where its application is answered.
async fn admits(changes: &Value, redirect_uri: &str) {
    let described = Described::new(changes).await;
    assert!(is_admitted(&asks_at(&described.server, &described.id, redirect_uri).await), "{changes} {redirect_uri}");
    let mut flow = described.flow().parameter("redirect_uri", redirect_uri).scope("openid offline_access");
    assert!(flow.tokens().await["refresh_token"].is_string(), "{changes}");
}

#[tokio::test]
async fn programs_on_the_persons_computer() {
    // A port that is free at the moment, where the document names none, and in both spellings of the host.
    let document = json!({
        "client_name": "Code Assistant", "client_uri": "https://assistant.example",
        "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    for redirect_uri in ["http://localhost:54545/callback", "http://127.0.0.1:54545/callback"] {
        admits(&document, redirect_uri).await;
    }
    // An editor with a web site, a port of its own, and no word about its method.
    let document = json!({
        "client_name": "Editor", "grant_types": ["authorization_code", "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code"],
        "response_types": ["code"], "token_endpoint_auth_method": "none", "application_type": "native",
        "redirect_uris": ["http://127.0.0.1:33418/", "http://127.0.0.1/", "https://editor.example/redirect"],
    });
    for redirect_uri in ["http://127.0.0.1:33418/", "http://127.0.0.1:50001/", "https://editor.example/redirect"] {
        admits(&document, redirect_uri).await;
    }
}

#[tokio::test]
async fn hosted_applications() {
    let callback = "https://assistant.example/api/mcp/auth_callback";
    let document = json!({
        "client_name": "Assistant", "client_uri": "https://assistant.example", "redirect_uris": [callback],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none", "logo_uri": "https://assistant.example/logo.png",
    });
    admits(&document, callback).await;
}

#[tokio::test]
async fn an_application_that_names_a_key_and_lists_none_as_well_signs_for_the_token_endpoint() {
    let callback = "https://chat.example/connector/oauth/x1";
    let (key, jwk) = signing_key(Algorithm::RS256, "chat-1");
    let described = Described::new(&json!({
        "client_name": "Chat", "redirect_uris": [callback], "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg": "RS256", "jwks": { "keys": [jwk] },
    }))
    .await;
    let signer = Signer::new(&described.server, key);
    let mut flow = described.flow().parameter("redirect_uri", callback);
    let signed = || {
        let mut claims = signer.claims(&described.id);
        claims["aud"] = json!(format!("{}/oauth2/token", described.server.public_url()));
        signer.sign(&claims)
    };
    let code = flow.code().await;
    let assertion = signed();
    let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
    let tokens = described.server.public(flow.redemption_with(&code, &more)).await.expect(200).json();
    let assertion = signed();
    let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
    described.server.public(flow.refresh_with(text(&tokens, "refresh_token"), &more)).await.expect(200);
    // Or it comes without, as its document says that it may.
    let code = flow.code().await;
    let tokens = described.server.public(flow.redemption(&code)).await.expect(200).json();
    described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200);
}

#[tokio::test]
async fn keys_at_the_host_of_the_document_are_fetched_when_they_are_needed() {
    let (key, jwk) = signing_key(Algorithm::ES256, "k");
    let described = Described::new(&json!({})).await;
    let keys = crate::client_side::ClientServer::listen_tls(
        crate::client_side::Reply::Json(json!({ "keys": [jwk] })),
        &described.authority,
    )
    .await;
    let jwks_uri = format!("{}/jwks.json", keys.url);
    described.publish(&json!({ "jwks_uri": jwks_uri, "token_endpoint_auth_method": "private_key_jwt" }));
    let signer = Signer::new(&described.server, key);
    let mut flow = described.flow();
    let code = flow.code().await;
    assert_eq!(keys.count(), 0);
    let assertion = signer.sign(&signer.claims(&described.id));
    let more = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion.as_str())];
    described.server.public(flow.redemption_with(&code, &more)).await.expect(200);
    assert_eq!(keys.count(), 1, "another port of the same host");
}
