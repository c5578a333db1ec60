//! RFC 6749 §4.5.

use serde_json::json;
use symbolon_client::{Error, ExtensionGrantRequest, IdTokenFault};

use super::{CREDENTIALS, Issuer, code, id_token, tokens};
use crate::server::json;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:saml2-bearer";

#[tokio::test]
async fn request_is_that_of_the_standard() {
    let provider = Issuer::always(200, tokens());
    let request = ExtensionGrantRequest::new(GRANT).parameter("assertion", "PHNhbWw-").scope("orders.read");
    let tokens = provider.client().extension_grant(&request).await.unwrap();
    assert_eq!((tokens.access_token.as_str(), tokens.scope.to_string().as_str()), ("at-1", "orders.read"));
    let sent = provider.only("/token");
    let expected =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&scope=orders.read&assertion=PHNhbWw-";
    assert_eq!((sent.body.as_str(), sent.authorization.as_str()), (expected, CREDENTIALS));
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_sent() {
    let provider = Issuer::always(200, tokens());
    for wrong in [
        ExtensionGrantRequest::new(""),
        ExtensionGrantRequest::new("password").parameter("username", "alice").parameter("password", "x"),
        ExtensionGrantRequest::new(GRANT).parameter("grant_type", "password"),
        ExtensionGrantRequest::new(GRANT).parameter("client_id", "x"),
        ExtensionGrantRequest::new(GRANT).parameter("x", "1").parameter("x", "2"),
        ExtensionGrantRequest::new(GRANT).resource("orders"),
    ] {
        let error = provider.client().extension_grant(&wrong).await.unwrap_err();
        assert!(matches!(error, Error::Argument(_)), "{error}");
    }
    assert_eq!(provider.server.count("POST"), 0);
}

#[tokio::test]
async fn refusals_have_their_code_and_id_tokens_are_checked() {
    let provider = Issuer::always(400, json!({ "error": "unsupported_grant_type" }));
    let error = provider.client().extension_grant(&ExtensionGrantRequest::new(GRANT)).await.unwrap_err();
    assert_eq!(code(&error), "unsupported_grant_type");

    let provider = Issuer::start(|_, _, url| {
        let mut answer = tokens();
        answer["id_token"] = json!(id_token(url, &json!({ "aud": "other" })));
        json(200, &answer)
    });
    let error = provider.client().extension_grant(&ExtensionGrantRequest::new(GRANT)).await.unwrap_err();
    assert_eq!(error, Error::IdToken(IdTokenFault::Audience));
}

#[test]
fn debug_shows_no_value() {
    let text = format!("{:?}", ExtensionGrantRequest::new(GRANT).parameter("assertion", "top-secret"));
    assert!(text.contains("assertion") && !text.contains("top-secret"), "{text}");
}
