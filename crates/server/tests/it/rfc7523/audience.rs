//! RFC 7523 §3, rule 3: whom an assertion of a client must be meant for, at every endpoint where clients authenticate.

use http::header::HOST;
use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{ENDPOINTS, Signer, every_grant_type, signing_client};
use crate::fixtures::{signing_key, with};
use crate::support::TestServer;

async fn client_of(server: &TestServer) -> Signer {
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let changes = json!({ "token_endpoint_auth_signing_alg": "ES256", "grant_types": every_grant_type() });
    signing_client(server, "app", &jwk, changes).await;
    Signer::new(server, key)
}

/// What each endpoint says to an assertion with this audience.
async fn expect(server: &TestServer, signer: &Signer, audience: &Value, accepted: bool) {
    for endpoint in ENDPOINTS {
        let audience = match audience {
            Value::Null => json!(format!("{}{}", server.public_url(), endpoint.path)),
            given => given.clone(),
        };
        let claims = with(signer.claims("app"), &json!({ "aud": audience }));
        let answer = server.public(endpoint.show(&signer.sign(&claims))).await;
        let expected = if accepted { (endpoint.success, None) } else { (401, Some("invalid_client".to_owned())) };
        assert_eq!((answer.status, answer.error()), expected, "{} {audience}", endpoint.path);
    }
}

#[tokio::test]
async fn the_audience_is_the_issuer_or_the_token_endpoint_and_nobody_beside_it() {
    let server = TestServer::new().await;
    let signer = client_of(&server).await;
    let issuer = server.public_url().to_owned();
    let token_endpoint = format!("{issuer}/oauth2/token");
    for (audience, accepted) in [
        (json!(issuer), true),
        (json!(token_endpoint), true),
        (json!([issuer]), true),
        (json!([token_endpoint]), true),
        (json!([issuer, token_endpoint]), true),
        (json!([token_endpoint, issuer]), true),
        (json!([issuer, "https://elsewhere.example"]), false),
        (json!(["https://elsewhere.example", token_endpoint]), false),
        (json!([issuer, 7]), false),
        (json!([issuer, null]), false),
        (json!([[issuer]]), false),
        (json!([]), false),
        (json!(""), false),
        (json!([issuer, ""]), false),
        (json!({ "aud": issuer }), false),
        (json!(7), false),
        (json!(true), false),
        (json!("https://elsewhere.example"), false),
        (json!(format!("{issuer}/")), false),
        (json!(format!("{token_endpoint}/")), false),
        (json!(format!("{token_endpoint}?x=1")), false),
        (json!(format!("{issuer}.evil.example")), false),
        (json!(format!("{issuer} https://elsewhere.example")), false),
        (json!(issuer.to_uppercase()), false),
        (json!(format!("{issuer}/oauth2/auth")), false),
        (json!([issuer, format!("{issuer}/oauth2/auth")]), false),
    ] {
        expect(&server, &signer, &audience, accepted).await;
    }
}

#[tokio::test]
async fn another_endpoints_address_counts_only_beside_the_issuer_and_only_where_it_is_called() {
    let server = TestServer::new().await;
    let signer = client_of(&server).await;
    let issuer = server.public_url();
    for called in ENDPOINTS {
        for named in ENDPOINTS {
            let address = format!("{issuer}{}", named.path);
            let is_token_endpoint = named.path == "/oauth2/token";
            for (audience, accepted) in [
                (json!(address), is_token_endpoint),
                (json!([address]), is_token_endpoint),
                (json!([address, address]), is_token_endpoint),
                (json!([issuer, address]), is_token_endpoint || named.path == called.path),
                (json!([address, "https://evil.example"]), false),
            ] {
                let claims = with(signer.claims("app"), &json!({ "aud": audience }));
                let answer = server.public(called.show(&signer.sign(&claims))).await;
                let expected = if accepted { called.success } else { 401 };
                assert_eq!(answer.status, expected, "{} {audience}", called.path);
            }
        }
    }
}

#[tokio::test]
async fn with_the_endpoint_switched_off_the_issuer_is_the_only_audience() {
    let server = TestServer::with(|config| config.symbolon.client_assertions.accept_endpoint_audience = false).await;
    let signer = client_of(&server).await;
    let issuer = server.public_url().to_owned();
    let token_endpoint = format!("{issuer}/oauth2/token");
    for (audience, accepted) in [
        (json!(issuer), true),
        (json!([issuer]), true),
        (json!([issuer, issuer]), false),
        (json!(token_endpoint), false),
        (json!([token_endpoint]), false),
        (json!([issuer, token_endpoint]), false),
        (Value::Null, false),
    ] {
        expect(&server, &signer, &audience, accepted).await;
    }
}

#[tokio::test]
async fn the_host_header_names_no_audience() {
    let server = TestServer::new().await;
    let signer = client_of(&server).await;
    for endpoint in ENDPOINTS {
        for audience in ["https://evil.example", "https://evil.example/oauth2/token", "evil.example"] {
            let claims = with(signer.claims("app"), &json!({ "aud": audience }));
            let call = endpoint.show(&signer.sign(&claims)).header(HOST, "evil.example");
            server.public(call).await.expect(401);
        }
    }
}
