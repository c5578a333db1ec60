//! Userinfo that must not be believed.

use serde_json::{Value, json};
use symbolon_client::{AccessToken, Algorithm, Client, Error, IdTokenFault, SigningKey};

use crate::server::{Received, Server, answer, json};

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
