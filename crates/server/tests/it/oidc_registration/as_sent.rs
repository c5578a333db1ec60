//! Registrations as the libraries of relying parties send them (RFC 7591 §2: members that a server does not understand
//! are ignored), and what those libraries need back.

use serde_json::{Value, json};

use super::{post, register, replace};
use crate::fixtures::{signing_key, with};
use crate::support::{CodeFlow, TestServer};

/// What a kind of client sends.
fn bodies() -> Vec<(&'static str, Value)> {
    let (_, key) = signing_key(symbolon_jose::Algorithm::RS256, "k");
    let without_kid = with(key, &json!({ "kid": null, "alg": "RS256", "use": "sig" }));
    vec![
        (
            "a certification suite",
            json!({
                "client_name": "suite", "grant_types": ["authorization_code"], "response_types": ["code"],
                "redirect_uris": ["https://suite.test:8443/test/a1/callback"], "contacts": ["a@suite.test"],
                "token_endpoint_auth_method": "client_secret_basic", "jwks": { "keys": [without_kid] },
            }),
        ),
        (
            "a library that writes out every member",
            json!({
                "client_id": "", "client_name": "", "client_secret": null, "redirect_uris": ["https://a.example/cb"],
                "grant_types": [], "response_types": [], "scope": "", "audience": [], "owner": "", "policy_uri": "",
                "allowed_cors_origins": [], "tos_uri": "", "client_uri": "", "logo_uri": "", "contacts": [],
                "client_secret_expires_at": 0, "subject_type": "", "jwks": {}, "created_at": "1970-01-01T00:00:00Z",
                "updated_at": "1970-01-01T00:00:00Z", "skip_consent": false, "skip_logout_consent": null,
                "refresh_token_grant_access_token_lifespan": null, "sector_identifier_uri": "", "jwks_uri": "",
            }),
        ),
        (
            "a library that leaves out nothing that is null",
            json!({
                "redirect_uris": ["https://a.example/cb"], "client_name": null, "scope": null, "jwks": null,
                "contacts": null, "default_max_age": null, "require_auth_time": null, "request_uris": null,
                "token_endpoint_auth_method": null, "application_type": null, "client_name#de": null,
            }),
        ),
        (
            "an editor with a window for the answer",
            json!({
                "client_name": "Editor", "client_uri": "https://editor.example",
                "redirect_uris": [
                    "https://editor.example/redirect", "http://127.0.0.1/", "http://127.0.0.1:33418/",
                    "editor://extension.authentication/callback",
                ],
                "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
                "response_types": ["code"], "token_endpoint_auth_method": "none", "application_type": "native",
            }),
        ),
        (
            "a command line with a web type and a private scheme",
            json!({
                "client_name": "Cli", "redirect_uris": ["cli://oauth/callback", "http://localhost:7777/oauth/callback"],
                "application_type": "web", "token_endpoint_auth_method": "none", "code_challenge_method": "S256",
                "software_id": "5e4c1b7a", "software_version": "1.0.0",
            }),
        ),
    ]
}

/// What the more unusual ones send.
fn further_bodies() -> Vec<(&'static str, Value)> {
    let (_, key) = signing_key(symbolon_jose::Algorithm::RS256, "k");
    let post_quantum = json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "pq" });
    vec![
        (
            "a client with a software statement and extensions",
            json!({
                "redirect_uris": ["https://a.example/cb"], "software_statement": "eyJhbGciOiJub25lIn0..",
                "dpop_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": false,
                "require_pushed_authorization_requests": true, "frontchannel_logout_session_supported": true,
                "client_id_issued_at": 1_700_000_000, "x_extension": { "deep": [1, null, "two"] },
            }),
        ),
        (
            "a client in several languages",
            json!({
                "redirect_uris": ["https://a.example/cb"], "client_name": "Caf\u{e9} \u{1f375}", "client_name#ja-Jpan-JP": "\u{30b5}\u{30f3}\u{30d7}\u{30eb}",
                "tos_uri#de": "https://a.example/agb", "client_name#": "no tag", "contacts#de": "not localizable",
            }),
        ),
        (
            "a client with keys of several kinds",
            json!({
                "redirect_uris": ["https://a.example/cb"], "token_endpoint_auth_method": "private_key_jwt",
                "jwks": { "keys": [with(key, &json!({ "use": null, "key_ops": ["verify"], "x5t": "AA" })), post_quantum] },
            }),
        ),
    ]
}

#[tokio::test]
async fn what_clients_send_is_accepted_and_may_be_sent_again() {
    let server = TestServer::new().await;
    for (who, body) in bodies().into_iter().chain(further_bodies()) {
        let answer = post(&server, &body).await;
        assert_eq!(answer.status, 201, "{who}: {}", answer.text());
        let client = super::Managed::new(answer.json());
        for (name, value) in body.as_object().unwrap() {
            let shown = &client.shown[name];
            let differs = shown != value && !shown.is_null();
            let decided = ["client_id", "created_at", "updated_at", "client_id_issued_at", "client_secret_expires_at"];
            let left_open = value.is_null() || *value == json!("") || *value == json!([]);
            assert!(!differs || left_open || decided.contains(&name.as_str()), "{who}: {name} is {shown}");
        }
        let read = server.public(client.read()).await.expect(200).json();
        let client = replace(&server, &client, &read).await;
        replace(&server, &client, &body).await;
    }
}

#[tokio::test]
async fn a_client_that_was_told_nothing_else_gets_tokens() {
    let server = TestServer::new().await;
    let body = json!({ "redirect_uris": [crate::support::REDIRECT_URI], "client_name": null, "contacts": [] });
    let client = register(&server, &body).await;
    let tokens = CodeFlow::new(&server, &client.id).secret(&client.secret).scope("openid").tokens().await;
    assert!(tokens["id_token"].is_string() && tokens["access_token"].is_string());
}
