//! RFC 8693.

use serde_json::json;
use symbolon_client::{Error, TokenExchangeRequest, token_type};

use super::{Issuer, NOW, code, merge, tokens};

fn request() -> TokenExchangeRequest {
    TokenExchangeRequest::new("st", token_type::ACCESS_TOKEN)
}

#[tokio::test]
async fn request_is_that_of_the_standard() {
    let mut answer = tokens();
    answer["issued_token_type"] = json!(token_type::JWT);
    let provider = Issuer::always(200, answer);
    let request = request()
        .actor_token("act", token_type::ID_TOKEN)
        .requested_token_type(token_type::JWT)
        .scope("orders.read")
        .resource("https://orders.example")
        .audience("orders")
        .audience("stock");
    let shown = format!("{request:?}");
    assert!(!shown.contains("\"st\"") && !shown.contains("\"act\""), "{shown}");
    let exchanged = provider.client().exchange_token(&request).await.unwrap();
    let urn = "urn%3Aietf%3Aparams%3Aoauth%3A";
    assert_eq!(
        provider.only("/token").body,
        format!(
            "grant_type={urn}grant-type%3Atoken-exchange&subject_token=st&subject_token_type={urn}token-type%3Aaccess_token\
             &actor_token=act&actor_token_type={urn}token-type%3Aid_token\
             &requested_token_type={urn}token-type%3Ajwt&scope=orders.read&resource=https%3A%2F%2Forders.example\
             &audience=orders&audience=stock"
        )
    );
    assert_eq!((exchanged.issued_token_type.as_str(), exchanged.expires_at), (token_type::JWT, Some(NOW + 3600)));
    assert!(!format!("{exchanged:?}").contains("at-1"));
    let set = exchanged.into_token_set().unwrap();
    assert_eq!((set.access_token.as_str(), set.scope.to_string().as_str()), ("at-1", "orders.read"));
}

#[tokio::test]
async fn token_that_opens_nothing_is_no_access_token() {
    for written in ["N_A", "n_a"] {
        let body = json!({ "access_token": "jag", "token_type": written, "issued_token_type": token_type::ID_JAG });
        let exchanged = Issuer::always(200, body).client().exchange_token(&request()).await.unwrap();
        assert_eq!((exchanged.token.expose().as_str(), exchanged.token_type.as_str()), ("jag", "N_A"));
        assert_eq!(exchanged.into_token_set().unwrap_err(), Error::TokenType("N_A".to_owned()));
    }
}

#[tokio::test]
async fn kind_that_is_left_out_is_an_access_token_or_nothing() {
    let exchange = |changes: serde_json::Value| async move {
        let mut body = tokens();
        merge(&mut body, &changes);
        Issuer::always(200, body).client().exchange_token(&request()).await
    };
    assert_eq!(exchange(json!({})).await.unwrap().issued_token_type, token_type::ACCESS_TOKEN);
    for changes in
        [json!({ "token_type": "N_A" }), json!({ "issued_token_type": 7 }), json!({ "issued_token_type": "" })]
    {
        let error = exchange(changes.clone()).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{changes}: {error}");
    }
    let error = exchange(json!({ "token_type": "mac" })).await.unwrap_err();
    assert_eq!(error, Error::TokenType("mac".to_owned()));
}

#[tokio::test]
async fn refusals_have_their_code() {
    for refused in ["invalid_request", "invalid_target", "invalid_grant", "unauthorized_client"] {
        let provider = Issuer::always(400, json!({ "error": refused }));
        assert_eq!(code(&provider.client().exchange_token(&request()).await.unwrap_err()), refused);
    }
    let provider = Issuer::always(200, tokens());
    let twice = request().parameter("subject_token", "x");
    assert!(matches!(provider.client().exchange_token(&twice).await.unwrap_err(), Error::Argument(_)));
    assert_eq!(provider.server.count("POST"), 0);
}
