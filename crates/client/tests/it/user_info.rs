//! Userinfo of Symbolon, plain and signed, and answers that must not be believed.

use serde::Deserialize;
use serde_json::{Value, json};
use symbolon_client::{AccessToken, Algorithm, Client, Error, IdTokenFault, SigningKey};

use crate::browser::Browser;
use crate::server::{Received, Server, answer, json};
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
    server.clock.advance(3601);
    assert_eq!(client.user_info(&fresh).await.unwrap_err().status(), Some(401));
}

pub(crate) fn signing(claims: Value, typ: &'static str, media_type: &'static str) -> Server {
    let key = SigningKey::generate(Algorithm::ES256, "k".into()).unwrap();
    Server::start(move |request: &Received, url: &str| match request.line.as_str() {
        "GET /keys" => json(200, &json!({ "keys": [key.public_jwk()] })),
        "GET /userinfo" => {
            let mut all = json!({ "iss": url, "aud": "app", "sub": "alice" });
            for (name, value) in claims.as_object().unwrap() {
                all[name] = value.clone();
            }
            let token = key.sign(Some(typ), &all).unwrap();
            answer(200, &format!("content-type: {media_type}\r\n"), &token)
        }
        _ => json(
            200,
            &json!({
                "issuer": url, "authorization_endpoint": url, "token_endpoint": url, "jwks_uri": format!("{url}/keys"),
                "userinfo_endpoint": format!("{url}/userinfo"),
            }),
        ),
    })
}

#[tokio::test]
async fn signed_answers_that_do_not_fit_are_refused() {
    let cases = [
        (json!({ "iss": "https://evil.example" }), "JWT", IdTokenFault::Issuer("https://evil.example".into())),
        (json!({ "aud": "other" }), "JWT", IdTokenFault::Audience),
        (json!({ "exp": 1 }), "JWT", IdTokenFault::Expired),
        (json!({}), "logout+jwt", IdTokenFault::Type("logout+jwt".into())),
        (json!({ "events": {} }), "JWT", IdTokenFault::Type("secevent+jwt".into())),
    ];
    for (claims, typ, fault) in cases {
        let server = signing(claims.clone(), typ, "application/jwt");
        let client = Client::builder(&server.url, "app").without_proxy().build().unwrap();
        let error = client.user_info_for(&AccessToken::from("at"), None).await.unwrap_err();
        assert_eq!(error, Error::UserInfo(fault), "{claims}");
    }
    let server = signing(json!({}), "JWT", "text/html");
    let client = Client::builder(&server.url, "app").without_proxy().build().unwrap();
    let error = client.user_info_for(&AccessToken::from("at"), None).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error}");
}

#[tokio::test]
async fn signature_of_somebody_else_is_refused() {
    let stranger = SigningKey::generate(Algorithm::ES256, "k".into()).unwrap();
    let key = SigningKey::generate(Algorithm::ES256, "k".into()).unwrap();
    let server = Server::start(move |request: &Received, url: &str| match request.line.as_str() {
        "GET /keys" => json(200, &json!({ "keys": [key.public_jwk()] })),
        "GET /userinfo" => {
            let token = stranger.sign(Some("JWT"), &json!({ "iss": url, "sub": "alice" })).unwrap();
            answer(200, "content-type: application/jwt\r\n", &token)
        }
        _ => json(
            200,
            &json!({
                "issuer": url, "authorization_endpoint": url, "token_endpoint": url, "jwks_uri": format!("{url}/keys"),
                "userinfo_endpoint": format!("{url}/userinfo"),
            }),
        ),
    });
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    let error = client.user_info_for(&AccessToken::from("at"), None).await.unwrap_err();
    assert!(matches!(error, Error::UserInfo(IdTokenFault::Signature(_))), "{error}");
}
