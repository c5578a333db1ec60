//! What clients do depends on the error. `invalid_client` makes them register again, `invalid_grant` makes them ask the person
//! again; at anything else they are stuck.

use serde_json::{Value, json};

use super::{Client, NOTES, assert_json, server};
use crate::support::{Answer, Call, TestServer};

const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

#[track_caller]
fn assert_error(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.error().as_deref(), Some(error), "{}", answer.text());
    assert_json(answer);
    assert!(answer.json()["error_description"].is_string(), "{}", answer.text());
}

async fn public(server: &TestServer) -> Client {
    Client::register(server, &json!({ "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none" })).await
}

async fn confidential(server: &TestServer) -> Client {
    Client::register(server, &json!({ "redirect_uris": [REDIRECT_URI] })).await
}

async fn delete(server: &TestServer, client: &Client) {
    server.admin(Call::delete(format!("/admin/clients/{}", client.id()))).await.expect(204);
}

fn refresh_token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_client_that_is_not_there_any_more_is_invalid_client() {
    let server = server().await;
    for mut client in [public(&server).await, confidential(&server).await] {
        let tokens = client.tokens(REDIRECT_URI, "notes.read").await;
        let code = client.code(REDIRECT_URI, &[("scope", "notes.read"), ("resource", NOTES)]).await;
        delete(&server, &client).await;
        let refresh = client.refresh(refresh_token(&tokens), &[("resource", NOTES)]);
        assert_error(&server.public(refresh).await, 401, "invalid_client");
        assert_error(&server.public(client.redemption(&code, REDIRECT_URI, &[])).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn a_client_that_never_was_is_invalid_client() {
    let server = server().await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", "made-up"), ("client_id", "never-registered")];
    assert_error(&server.public(Call::post("/oauth2/token").form(&form)).await, 401, "invalid_client");
    let call = Call::post("/oauth2/token").form(&form[..2]).basic("never-registered", "secret");
    assert_error(&server.public(call).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_wrong_secret_is_invalid_client() {
    let server = server().await;
    let client = confidential(&server).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", "made-up")];
    let call = Call::post("/oauth2/token").form(&form).basic(client.id(), "wrong");
    assert_error(&server.public(call).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_refresh_token_without_a_future_is_invalid_grant_whatever_the_cause() {
    let server = server().await;
    let mut client = public(&server).await;
    let other = public(&server).await;

    assert_error(&server.public(client.refresh("made-up", &[])).await, 400, "invalid_grant");

    let tokens = client.tokens(REDIRECT_URI, "notes.read").await;
    assert_error(&server.public(other.refresh(refresh_token(&tokens), &[])).await, 400, "invalid_grant");

    let revocation = client.form("/oauth2/revoke", &[("token", refresh_token(&tokens))]);
    server.public(revocation).await.expect(200);
    assert_error(&server.public(client.refresh(refresh_token(&tokens), &[])).await, 400, "invalid_grant");

    let tokens = client.tokens(REDIRECT_URI, "notes.read").await;
    let query = [("subject", "alice"), ("client", client.id())];
    server.admin(Call::delete("/admin/oauth2/auth/sessions/consent").query(&query)).await.expect(204);
    assert_error(&server.public(client.refresh(refresh_token(&tokens), &[])).await, 400, "invalid_grant");

    let tokens = client.tokens(REDIRECT_URI, "notes.read").await;
    server.clock.advance(365 * 24 * 3600);
    assert_error(&server.public(client.refresh(refresh_token(&tokens), &[])).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_code_without_a_future_is_invalid_grant() {
    let server = server().await;
    let mut client = public(&server).await;
    let parameters = [("scope", "notes.read"), ("resource", NOTES)];
    let code = client.code(REDIRECT_URI, &parameters).await;
    server.public(client.redemption(&code, REDIRECT_URI, &[])).await.expect(200);
    assert_error(&server.public(client.redemption(&code, REDIRECT_URI, &[])).await, 400, "invalid_grant");

    let code = client.code(REDIRECT_URI, &parameters).await;
    server.clock.advance(3600);
    assert_error(&server.public(client.redemption(&code, REDIRECT_URI, &[])).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_resource_that_nobody_knows_is_invalid_target_at_both_endpoints() {
    let server = server().await;
    let mut client = public(&server).await;
    let unknown = [("scope", "notes.read"), ("resource", "https://elsewhere.example/mcp")];
    let answer = client.answer(REDIRECT_URI, &unknown).await;
    assert_eq!(answer.location_parameter("error").as_deref(), Some("invalid_target"), "{}", answer.location());

    let code = client.code(REDIRECT_URI, &[("scope", "notes.read"), ("resource", NOTES)]).await;
    let call = client.redemption(&code, REDIRECT_URI, &[("resource", "https://elsewhere.example/mcp")]);
    assert_error(&server.public(call).await, 400, "invalid_target");
    // The application may ask again with what it was given.
    server.public(client.redemption(&code, REDIRECT_URI, &[("resource", NOTES)])).await.expect(200);
}

/// The browser has no way to tell the application: only the person reads it.
#[tokio::test]
async fn an_unknown_client_at_the_authorization_endpoint_is_told_to_the_person() {
    let server = server().await;
    let query = [
        ("response_type", "code"),
        ("client_id", "never-registered"),
        ("redirect_uri", REDIRECT_URI),
        ("code_challenge", crate::support::CODE_CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let answer = server.public(Call::get("/oauth2/auth").query(&query).navigating()).await.expect(302);
    assert!(answer.location().starts_with("http://127.0.0.1:3000/error?"), "{}", answer.location());
    assert_eq!(answer.location_parameter("error").as_deref(), Some("invalid_client"));
    let description = answer.location_parameter("error_description").unwrap();
    assert!(description.contains("client_id"), "{description}");
}
