//! Userinfo of Symbolon, plain and signed.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use symbolon_client::{AccessToken, Error};

use crate::browser::Browser;
use crate::symbolon::Symbolon;

#[tokio::test]
async fn claims_of_the_session_are_typed_and_ones_own() {
    #[derive(Deserialize)]
    struct Claims {
        department: String,
    }
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let claims = json!({ "email": "a@b.c", "department": "sales", "address": { "country": "France" } });
    let mut browser = Browser { claims: Some(claims), ..Browser::default() };
    let tokens = browser.log_in(&server.admin, &client, "openid email").await;
    let user = client.user_info(&tokens).await.unwrap();
    assert_eq!((user.subject.as_str(), user.standard.email.as_deref()), ("alice", Some("a@b.c")));
    assert_eq!(user.claims::<Claims>().unwrap().department, "sales");
    assert_eq!(user.standard.address.unwrap().country.as_deref(), Some("France"));
}

#[tokio::test]
async fn signed_answers_are_verified() {
    let server = Symbolon::start().await;
    let client = server.client(|client| client.userinfo_signed_response_alg = "RS256".into()).await;
    let tokens = server.log_in(&client, "openid").await;
    assert_eq!(client.user_info(&tokens).await.unwrap().standard.email.as_deref(), Some("alice@example.com"));
    // Whoever was handed the token alone can read it too, and may compare the subject.
    let bearer = server.unregistered();
    assert_eq!(bearer.user_info_for(&tokens.access_token, None).await.unwrap().subject, "alice");
    let other = bearer.user_info_for(&tokens.access_token, Some("bob")).await.unwrap_err();
    assert_eq!(other, Error::SubjectMismatch);
}

#[tokio::test]
async fn dead_tokens_are_refused_with_a_code() {
    let server = Symbolon::start().await;
    let client = server.client(|_| {}).await;
    let tokens = server.log_in(&client, "openid").await;
    client.revoke(tokens.access_token.as_str()).await.unwrap();
    for token in [tokens.access_token.as_str(), "x", ""] {
        let refused = client.user_info_for(&AccessToken::from(token), None).await.unwrap_err();
        assert_eq!(refused.status(), Some(401), "{refused}");
        assert!(refused.code().is_some(), "{refused:?}");
    }
    let fresh = server.log_in(&client, "openid").await;
    server.provider.advance(Duration::from_secs(3601));
    assert_eq!(client.user_info(&fresh).await.unwrap_err().status(), Some(401));
}
