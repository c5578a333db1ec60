//! The endpoint (RFC 9126 §2, §5).

use serde_json::json;

use super::{push, pushed, uri};
use crate::fixtures::{confidential, public, register, set, text};
use crate::rfc7523::Signer;
use crate::support::{Call, REDIRECT_URI, TestServer};

#[tokio::test]
async fn a_valid_request_is_created_and_never_kept_by_a_cache() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let answer = server.public(push(&client, &pushed(&client))).await.expect(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("content-type"), Some("application/json;charset=UTF-8"));
    let body = answer.json();
    assert!(text(&body, "request_uri").starts_with("urn:ietf:params:oauth:request_uri:"), "{body}");
    assert_eq!((&body["expires_in"], body.as_object().unwrap().len()), (&json!(60), 2));
    let other = uri(&server, &client, &pushed(&client)).await;
    assert_ne!(text(&body, "request_uri"), other, "each request has its own");
    assert!(!other.contains(REDIRECT_URI) && !other.contains(&client.id), "{other}");
}

#[tokio::test]
async fn it_is_advertised() {
    for required in [false, true] {
        let server = TestServer::with(|config| config.symbolon.par.required = required).await;
        let document = server.public(Call::get("/.well-known/oauth-authorization-server")).await.expect(200).json();
        let endpoint = format!("{}/oauth2/par", server.public_url());
        assert_eq!(document["pushed_authorization_request_endpoint"], endpoint);
        assert_eq!(document["require_pushed_authorization_requests"], required);
    }
}

#[tokio::test]
async fn clients_authenticate_as_at_the_token_endpoint() {
    let server = TestServer::new().await;
    let basic = confidential(&server).await;
    let open = public(&server).await;
    let posting = register(&server, "posting", &json!({ "token_endpoint_auth_method": "client_secret_post" })).await;
    let (key, jwk) = crate::fixtures::signing_key(symbolon_jose::Algorithm::ES256, "key");
    let signing = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [jwk] },
    });
    register(&server, "signing", &signing).await;
    for client in [&basic, &open] {
        uri(&server, client, &pushed(client)).await;
    }
    let pairs = pushed(&posting);
    let mut form: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.push(("client_secret", &posting.secret));
    server.public(Call::post("/oauth2/par").form(&form)).await.expect(201);
    let pairs = crate::fixtures::request("signing");
    let form: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut signer = Signer::new(&server, key);
    let call = signer.call("/oauth2/par", "signing", &form);
    server.public(call.clone()).await.expect(201);
    let again = server.public(call).await;
    assert_eq!((again.status, again.error().is_some()), (401, true), "an assertion counts once: {}", again.text());
    for (name, call) in [
        ("wrong secret", Call::post("/oauth2/par").form(&[("response_type", "code")]).basic(&basic.id, "wrong")),
        ("no secret", Call::post("/oauth2/par").form(&[("client_id", &basic.id), ("response_type", "code")])),
        ("unknown client", Call::post("/oauth2/par").form(&[("client_id", "nobody"), ("response_type", "code")])),
    ] {
        let answer = server.public(call).await.expect(401);
        assert_eq!(answer.error().as_deref(), Some("invalid_client"), "{name}");
    }
}

/// A stranger's request writes nothing while it fits, and a large one of an administrator's client is kept.
#[tokio::test]
async fn small_requests_cost_no_row() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let small = uri(server, &client, &pushed(&client)).await;
        assert!(small.len() < 1_000, "{}", small.len());
        let claims = json!({ "userinfo": (0..40).map(|n| (format!("https://claims.example/{n}"), json!(null))).collect::<serde_json::Map<_, _>>() });
        let large = uri(server, &client, &set(&pushed(&client), "claims", &claims.to_string())).await;
        assert!(large.len() < 300, "a short handle: {}", large.len());
        let answer = super::visit(server, &client.id, &large).await;
        assert_eq!(crate::fixtures::outcome(&answer), "login");
    })
    .await;
}
