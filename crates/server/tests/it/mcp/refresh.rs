//! Refresh tokens of clients whose person should not log in every hour, and which have several windows.

use serde_json::{Value, json};

use super::{Client, NOTES, server};
use crate::support::{Call, LoginApplication, TestServer};

const REDIRECT_URI: &str = "http://127.0.0.1:33418/callback";

async fn client(server: &TestServer) -> Client {
    Client::register(server, &json!({ "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none" })).await
}

fn refresh_token(tokens: &Value) -> String {
    tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("no refresh token: {tokens}")).to_owned()
}

async fn refreshed(server: &TestServer, client: &Client, token: &str) -> Value {
    server.public(client.refresh(token, &[("resource", NOTES)])).await.expect(200).json()
}

#[tokio::test]
async fn no_scope_for_it_is_needed() {
    let server = server().await;
    let mut client = client(&server).await;
    for scope in ["notes.read", "notes.read offline_access"] {
        let tokens = client.tokens(REDIRECT_URI, scope).await;
        let token = refresh_token(&tokens);
        assert_ne!(refresh_token(&refreshed(&server, &client, &token).await), token, "rotated");
    }
}

/// Who is asked whether the client stays connected has the last word.
#[tokio::test]
async fn none_where_the_person_leaves_out_the_scope_that_asks_for_it() {
    let server = server().await;
    let mut client = client(&server).await;
    let mut person = LoginApplication::new(&server, "alice");
    person.consent = json!({ "grant_scope": ["notes.read"] });
    let target = client.request(REDIRECT_URI, &[("scope", "notes.read offline_access"), ("resource", NOTES)]).target;
    let answer = client.answer_of(&person, &target).await;
    let code = answer.location_parameter("code").unwrap();
    let tokens = server.public(client.redemption(&code, REDIRECT_URI, &[])).await.expect(200).json();
    assert_eq!(tokens["scope"], "notes.read");
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
}

#[tokio::test]
async fn a_client_without_the_grant_type_has_none() {
    let server = server().await;
    let metadata = json!({
        "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"],
    });
    let mut client = Client::register(&server, &metadata).await;
    let tokens = client.tokens(REDIRECT_URI, "notes.read").await;
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
}

#[tokio::test]
async fn two_windows_refresh_with_the_same_token_and_both_go_on() {
    let server = server().await;
    let mut client = client(&server).await;
    let token = refresh_token(&client.tokens(REDIRECT_URI, "notes.read").await);
    let first = refreshed(&server, &client, &token).await;
    server.clock.advance(50);
    let second = refreshed(&server, &client, &token).await;
    for window in [first, second] {
        let next = refresh_token(&refreshed(&server, &client, &refresh_token(&window)).await);
        refreshed(&server, &client, &next).await;
    }
}

#[tokio::test]
async fn a_stolen_token_ends_everything_later() {
    let server = server().await;
    let mut client = client(&server).await;
    let token = refresh_token(&client.tokens(REDIRECT_URI, "notes.read").await);
    let first = refresh_token(&refreshed(&server, &client, &token).await);
    let second = refresh_token(&refreshed(&server, &client, &first).await);
    server.clock.advance(120);
    for dead in [&token, &second] {
        let answer = server.public(client.refresh(dead, &[])).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
    }
}

#[tokio::test]
async fn a_refresh_may_name_the_scope_again_and_never_gets_more() {
    let server = server().await;
    let mut client = client(&server).await;
    let tokens = client.tokens(REDIRECT_URI, "notes.read notes.write").await;
    let again = [("resource", NOTES), ("scope", "notes.read notes.write")];
    let tokens = server.public(client.refresh(&refresh_token(&tokens), &again)).await.expect(200).json();
    let more = [("resource", NOTES), ("scope", "notes.read files.read")];
    let tokens = server.public(client.refresh(&refresh_token(&tokens), &more)).await.expect(200).json();
    assert_eq!(tokens["scope"], "notes.read");
}

/// Clients keep what they registered for months.
#[tokio::test]
async fn a_client_with_a_living_grant_is_not_deleted_for_being_old() {
    let server = server().await;
    let mut client = client(&server).await;
    let mut token = refresh_token(&client.tokens(REDIRECT_URI, "notes.read").await);
    for _ in 0..6 {
        server.clock.advance(20 * 24 * 3600);
        server.server.purge().await.unwrap();
        token = refresh_token(&refreshed(&server, &client, &token).await);
    }
    server.admin(Call::get(format!("/admin/clients/{}", client.id()))).await.expect(200);
}
