//! Scopes that a client asks for: more than it registered, ones that nobody knows, none, and more later (step-up).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Client, FILES, NOTES, server};
use crate::fixtures::claims;
use crate::support::TestServer;

const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

async fn client(server: &TestServer, scope: Option<&str>) -> Client {
    let mut metadata = json!({ "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none" });
    if let Some(scope) = scope {
        metadata["scope"] = scope.into();
    }
    Client::register(server, &metadata).await
}

fn scopes(tokens: &Value) -> BTreeSet<&str> {
    tokens["scope"].as_str().unwrap_or_default().split(' ').collect()
}

#[tokio::test]
async fn a_registration_without_a_scope_or_with_another_one_may_ask_for_all() {
    let server = server().await;
    for registered in [None, Some("openid"), Some("notes.read")] {
        let mut client = client(&server, registered).await;
        let tokens = client.tokens(REDIRECT_URI, "openid notes.read notes.write offline_access").await;
        let expected = ["openid", "notes.read", "notes.write", "offline_access"];
        assert_eq!(scopes(&tokens), BTreeSet::from(expected), "{registered:?}");
    }
}

#[tokio::test]
async fn scopes_that_nobody_knows_are_left_out_and_the_answer_says_so() {
    let server = server().await;
    let mut client = client(&server, None).await;
    let tokens = client.tokens(REDIRECT_URI, "notes.read mcp:tools made-up").await;
    assert_eq!(scopes(&tokens), BTreeSet::from(["notes.read"]));
    let claims = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["scope"], "notes.read");
}

/// Those who are told of no scope ask for all that the metadata have; what is of no use at the resource stays out.
#[tokio::test]
async fn all_scopes_of_the_metadata_at_once_are_granted() {
    let server = server().await;
    let mut client = client(&server, None).await;
    let tokens = client.tokens(REDIRECT_URI, "openid offline_access notes.read notes.write files.read").await;
    let claims = claims(tokens["access_token"].as_str().unwrap());
    let scope = claims["scope"].as_str().unwrap();
    assert!(scope.contains("notes.read") && scope.contains("notes.write"), "{scope}");
    assert!(!scope.contains("files.read"), "{scope}");
    assert_eq!(claims["aud"], json!([NOTES]));
}

#[tokio::test]
async fn a_request_without_a_scope_has_an_answer() {
    let server = server().await;
    let mut client = client(&server, None).await;
    let code = client.code(REDIRECT_URI, &[("resource", NOTES)]).await;
    let tokens = server.public(client.redemption(&code, REDIRECT_URI, &[("resource", NOTES)])).await.expect(200).json();
    assert!(tokens["access_token"].is_string(), "{tokens}");
}

#[tokio::test]
async fn a_step_up_asks_for_the_union_and_the_old_connection_goes_on() {
    let server = server().await;
    let mut client = client(&server, Some("notes.read")).await;
    let first = client.tokens(REDIRECT_URI, "notes.read").await;
    assert_eq!(scopes(&first), BTreeSet::from(["notes.read"]));
    let second = client.tokens(REDIRECT_URI, "notes.read notes.write").await;
    assert_eq!(scopes(&second), BTreeSet::from(["notes.read", "notes.write"]));
    let token = first["refresh_token"].as_str().unwrap();
    let refreshed = server.public(client.refresh(token, &[("resource", NOTES)])).await.expect(200).json();
    assert_eq!(scopes(&refreshed), BTreeSet::from(["notes.read"]));
}

#[tokio::test]
async fn a_token_is_for_the_named_resource_and_no_other() {
    let server = server().await;
    let mut client = client(&server, None).await;
    for (resource, scope) in [(NOTES, "notes.read"), (FILES, "files.read"), ("https://files.example/", "files.read")] {
        let code = client.code(REDIRECT_URI, &[("scope", scope), ("resource", resource)]).await;
        let call = client.redemption(&code, REDIRECT_URI, &[("resource", resource)]);
        let tokens = server.public(call).await.expect(200).json();
        let claims = claims(tokens["access_token"].as_str().unwrap());
        assert_eq!(claims["aud"], json!([resource.trim_end_matches('/')]));
    }
}
