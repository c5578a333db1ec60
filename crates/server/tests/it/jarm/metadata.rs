//! What a client registers and what the server says of itself (§3, §4).

use serde_json::json;

use crate::fixtures::metadata;
use crate::support::{Call, TestServer};

#[tokio::test]
async fn an_answer_is_never_unsigned() {
    let server = TestServer::new().await;
    for algorithm in ["none", "HS256", "magic", "es256", " "] {
        let body =
            json!({ "redirect_uris": ["https://app.example/cb"], "authorization_signed_response_alg": algorithm });
        let answer = server.public(Call::post("/oauth2/register").json(&body)).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_client_metadata"), "{algorithm}");
        let body = crate::fixtures::with(metadata("c"), &json!({ "authorization_signed_response_alg": algorithm }));
        server.admin(Call::post("/admin/clients").json(&body)).await.expect(400);
    }
    let body = json!({ "redirect_uris": ["https://app.example/cb"], "authorization_signed_response_alg": "ES256" });
    let created = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201);
    assert_eq!(created.member("authorization_signed_response_alg"), "ES256");
}

#[tokio::test]
async fn modes_and_algorithms_are_advertised() {
    let server = TestServer::new().await;
    let document = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    let modes = ["query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt"];
    assert_eq!(document["response_modes_supported"], json!(modes));
    let algorithms = &document["authorization_signing_alg_values_supported"];
    assert_eq!(algorithms, &document["id_token_signing_alg_values_supported"]);
    let strict = TestServer::with(|config| config.symbolon.compatibility.strict_sdk_discovery = true).await;
    let document = strict.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
    assert!(document.get("authorization_signing_alg_values_supported").is_none());
}
