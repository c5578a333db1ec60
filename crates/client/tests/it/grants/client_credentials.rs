//! RFC 6749 §4.4, with RFC 8707.

use serde_json::json;
use symbolon_client::{ClientCredentialsRequest, Error, IdTokenFault, TokenTypeHint};

use super::{CREDENTIALS, Issuer, NOW, code, id_token, refusal, tokens};
use crate::server::json;

#[tokio::test]
async fn request_is_that_of_the_standard() {
    let provider = Issuer::always(200, tokens());
    let request = ClientCredentialsRequest::new()
        .scope("orders.read orders.write")
        .resource("https://orders.example")
        .resource("https://stock.example")
        .audience("orders")
        .parameter("tenant", "a&b");
    let tokens = provider.client().client_credentials(&request).await.unwrap();
    assert_eq!((tokens.access_token.as_str(), tokens.expires_at), ("at-1", Some(NOW + 3600)));
    assert_eq!(tokens.scope.to_string(), "orders.read orders.write", "as asked, since the answer does not say");
    let sent = provider.only("/token");
    assert_eq!(
        sent.body,
        "grant_type=client_credentials&scope=orders.read+orders.write&resource=https%3A%2F%2Forders.example\
         &resource=https%3A%2F%2Fstock.example&audience=orders&tenant=a%26b"
    );
    assert_eq!((sent.authorization.as_str(), sent.accept.as_str()), (CREDENTIALS, "application/json"));
}

#[tokio::test]
async fn nothing_is_asked_where_nothing_is_said() {
    let mut answer = tokens();
    answer["scope"] = json!("orders.read");
    let provider = Issuer::always(200, answer);
    let tokens = provider.client().client_credentials(&ClientCredentialsRequest::new()).await.unwrap();
    assert_eq!(provider.only("/token").body, "grant_type=client_credentials");
    assert_eq!(tokens.scope.to_string(), "orders.read");
}

#[tokio::test]
async fn refusals_have_their_code() {
    for refused in ["invalid_client", "unauthorized_client", "invalid_scope", "invalid_target", "invalid_request"] {
        for status in [400, 401, 200] {
            let provider = Issuer::always(status, json!({ "error": refused }));
            let error = provider.client().client_credentials(&ClientCredentialsRequest::new()).await.unwrap_err();
            assert_eq!((code(&error), error.status()), (refused, Some(status)));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_sent() {
    let provider = Issuer::always(200, tokens());
    let request = ClientCredentialsRequest::new;
    for wrong in [
        request().scope("a\"b"),
        request().resource("orders"),
        request().resource("https://orders.example#part"),
        request().parameter("grant_type", "password"),
        request().parameter("client_secret", "x"),
        request().parameter("scope", "x"),
        request().parameter("x", "1").parameter("x", "2"),
    ] {
        let error = provider.client().client_credentials(&wrong).await.unwrap_err();
        assert!(matches!(error, Error::Argument(_)), "{error}");
    }
    assert_eq!(provider.server.count("POST"), 0);
}

#[tokio::test]
async fn id_token_that_comes_along_is_checked() {
    for (audience, outcome) in [("app", None), ("other", Some(Error::IdToken(IdTokenFault::Audience)))] {
        let provider = Issuer::start(move |_, _, url| {
            let mut answer = tokens();
            answer["id_token"] = json!(id_token(url, &json!({ "aud": audience })));
            json(200, &answer)
        });
        let given = provider.client().client_credentials(&ClientCredentialsRequest::new()).await;
        assert_eq!(given.err(), outcome);
    }
}

#[tokio::test]
async fn token_of_an_unknown_type_is_not_used() {
    for token_type in ["mac", "N_A", ""] {
        let provider = Issuer::always(200, json!({ "access_token": "at-1", "token_type": token_type }));
        let error = provider.client().client_credentials(&ClientCredentialsRequest::new()).await.unwrap_err();
        assert_eq!(error, Error::TokenType(token_type.to_owned()));
    }
}

#[tokio::test]
async fn revocation_tells_the_kind() {
    let provider = Issuer::start(|request, _, _| match request.body.as_str() {
        "token=rt-1&token_type_hint=refresh_token" | "token=at-1" => json(200, &json!({})),
        _ => refusal("unsupported_token_type"),
    });
    let client = provider.client();
    client.revoke_as("rt-1", TokenTypeHint::RefreshToken).await.unwrap();
    client.revoke("at-1").await.unwrap();
    let error = client.revoke_as("at-1", TokenTypeHint::AccessToken).await.unwrap_err();
    assert_eq!(code(&error), "unsupported_token_type");
    assert_eq!(provider.bodies("/revoke")[2], "token=at-1&token_type_hint=access_token");
}
