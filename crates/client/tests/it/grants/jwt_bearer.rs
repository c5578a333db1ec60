//! RFC 7523 §2.1.

use serde_json::json;
use symbolon_client::{Client, Error, JwtAssertion, JwtBearerRequest, VerifyingKey};
use symbolon_jose::Jws;

use super::{CREDENTIALS, Issuer, NOW, code, key, tokens};

const GRANT: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";

#[tokio::test]
async fn given_assertion_is_sent_as_it_is() {
    let provider = Issuer::always(200, tokens());
    let request = JwtBearerRequest::new("a.b.c").scope("wiki.read");
    assert!(!format!("{request:?}").contains("a.b.c"));
    let granted = provider.client().jwt_bearer(&request).await.unwrap();
    assert_eq!((granted.access_token.as_str(), granted.scope.to_string().as_str()), ("at-1", "wiki.read"));
    let sent = provider.only("/token");
    assert_eq!((sent.body, sent.authorization.as_str()), (format!("{GRANT}a.b.c&scope=wiki.read"), CREDENTIALS));
}

#[tokio::test]
async fn assertion_that_is_signed_here_says_what_the_standard_demands() {
    let provider = Issuer::always(200, tokens());
    let plain = JwtAssertion::new("me", "alice");
    let other = plain.clone().audience("https://as.example/token").without_id().claim("scope", "x").claim("iss", "no");
    for (assertion, audience) in [(plain, provider.server.url.as_str()), (other, "https://as.example/token")] {
        let request = JwtBearerRequest::signed(assertion, key().clone());
        provider.client().jwt_bearer(&request).await.unwrap();
        let bodies = provider.bodies("/token");
        let jwt = bodies.last().unwrap().strip_prefix(GRANT).unwrap();
        let public = VerifyingKey::from_jwk(&key().public_jwk()).unwrap();
        let claims = Jws::parse(jwt).unwrap().verify(&public).unwrap().claims;
        assert_eq!((&claims["iss"], &claims["sub"], &claims["aud"]), (&json!("me"), &json!("alice"), &json!(audience)));
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(NOW), &json!(NOW + 300)));
        assert_ne!(claims.contains_key("jti"), claims.contains_key("scope"));
    }
}

#[tokio::test]
async fn assertion_speaks_for_itself() {
    let provider = Issuer::always(200, tokens());
    let client = provider.prepared(Client::unregistered(&provider.server.url));
    client.jwt_bearer(&JwtBearerRequest::new("a.b.c")).await.unwrap();
    let sent = provider.only("/token");
    assert_eq!((sent.body, sent.authorization.as_str()), (format!("{GRANT}a.b.c"), ""));
    let error = client.client_credentials(&symbolon_client::ClientCredentialsRequest::new()).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error}");
}

#[tokio::test]
async fn refusal_has_its_code() {
    let provider = Issuer::always(400, json!({ "error": "invalid_grant" }));
    let client = provider.client();
    assert_eq!(code(&client.jwt_bearer(&JwtBearerRequest::new("a.b.c")).await.unwrap_err()), "invalid_grant");
    let again = JwtBearerRequest::new("a").parameter("assertion", "b");
    assert!(matches!(client.jwt_bearer(&again).await.unwrap_err(), Error::Argument(_)));
}
