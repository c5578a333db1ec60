//! What may be registered, and what is advertised (OpenID Connect Dynamic Client Registration §2, Discovery §3).

use serde_json::{Value, json};
use symbolon_jose::jwe::KeyManagement;

use super::client_key;
use crate::fixtures::{metadata, signing_key, with};
use crate::support::{Call, TestServer};

const ANSWERS: [&str; 3] =
    ["id_token_encrypted_response", "userinfo_encrypted_response", "authorization_encrypted_response"];

async fn registers(server: &TestServer, settings: &Value) -> (u16, Value) {
    let body = with(json!({ "redirect_uris": ["https://app.example/cb"] }), settings);
    let answer = server.public(Call::post("/oauth2/register").json(&body)).await;
    let by_admin = with(metadata(""), settings);
    let by_admin = server.admin(Call::post("/admin/clients").json(&by_admin)).await;
    assert_eq!(by_admin.status, answer.status, "{settings}: {}", by_admin.text());
    (answer.status, answer.json())
}

#[tokio::test]
async fn only_what_can_be_encrypted_is_registered() {
    let server = TestServer::new().await;
    let (_, ec) = client_key(KeyManagement::EcdhEs, "ec");
    let bare = with(ec.clone(), &json!({ "alg": null }));
    let (_, rsa) = client_key(KeyManagement::RsaOaep256, "rsa");
    let (_, signing) = signing_key(symbolon_jose::Algorithm::ES256, "signs");
    let set = |key: &Value| json!({ "keys": [key] });
    for name in ANSWERS {
        let (alg, enc) = (format!("{name}_alg"), format!("{name}_enc"));
        for (settings, status) in [
            (json!({ &alg: "ECDH-ES", "jwks": set(&ec) }), 201),
            (json!({ &alg: "RSA-OAEP-256", &enc: "A256GCM", "jwks": set(&rsa) }), 201),
            (json!({ &alg: "ECDH-ES+A256KW", &enc: "A256CBC-HS512", "jwks": set(&bare) }), 201),
            (json!({ &alg: "ECDH-ES", "jwks_uri": "https://app.example/jwks" }), 201),
            (json!({ &enc: "A128GCM", "jwks": set(&ec) }), 400),
            (json!({ &alg: "RSA-OAEP-256", "jwks": set(&ec) }), 400),
            (json!({ &alg: "ECDH-ES", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "ECDH-ES+A256KW", "jwks": set(&ec) }), 400),
            (json!({ &alg: "ECDH-ES", "jwks": set(&signing) }), 400),
            (json!({ &alg: "ECDH-ES", "jwks": { "keys": [] } }), 400),
            (json!({ &alg: "ECDH-ES" }), 400),
            (json!({ &alg: "RSA1_5", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "RSA-OAEP", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "dir", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "A128KW", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "PBES2-HS256+A128KW", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "none", "jwks": set(&rsa) }), 400),
            (json!({ &alg: "ecdh-es", "jwks": set(&ec) }), 400),
            (json!({ &alg: "ECDH-ES", &enc: "A192GCM", "jwks": set(&ec) }), 400),
            (json!({ &alg: "ECDH-ES", &enc: "none", "jwks": set(&ec) }), 400),
        ] {
            let (got, answer) = registers(&server, &settings).await;
            assert_eq!(got, status, "{settings}: {answer}");
            if status == 400 {
                assert_eq!(answer["error"], "invalid_client_metadata", "{settings}");
            } else {
                let expected = settings.get(&enc).cloned().unwrap_or_else(|| json!("A128CBC-HS256"));
                assert_eq!(answer[&enc], expected, "{settings}: what is used is told");
            }
        }
    }
}

#[tokio::test]
async fn what_is_advertised_is_what_may_be_registered() {
    let on = |config: &mut symbolon_server::config::Config| {
        config.symbolon.keys.encryption = vec![KeyManagement::RsaOaep256, KeyManagement::EcdhEs];
    };
    let only_curves = |config: &mut symbolon_server::config::Config| {
        config.symbolon.keys.encryption = vec![KeyManagement::EcdhEs];
    };
    let all = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"];
    for (server, objects) in [
        (TestServer::new().await, &all[..0]),
        (TestServer::with(on).await, &all[..]),
        (TestServer::with(only_curves).await, &all[1..]),
    ] {
        let document = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
        for member in ["id_token", "userinfo", "authorization"] {
            assert_eq!(document[format!("{member}_encryption_alg_values_supported")], json!(all), "{member}");
            let contents = json!(["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]);
            assert_eq!(document[format!("{member}_encryption_enc_values_supported")], contents, "{member}");
        }
        let advertised = document.get("request_object_encryption_alg_values_supported");
        assert_eq!(advertised.cloned(), (!objects.is_empty()).then(|| json!(objects)));
        assert_eq!(document.get("request_object_encryption_enc_values_supported").is_some(), !objects.is_empty());
        for alg in all {
            let (status, answer) = registers(&server, &json!({ "request_object_encryption_alg": alg })).await;
            assert_eq!(status == 201, objects.contains(&alg), "{alg}: {answer}");
        }
    }
    let strict = TestServer::with(|config| config.symbolon.compatibility.strict_sdk_discovery = true).await;
    let document = strict.public(Call::get("/.well-known/openid-configuration")).await.json();
    assert!(document.as_object().unwrap().keys().all(|name| !name.contains("_encryption_")));
}
