//! Advertised ⇔ works for signing algorithms.

use serde_json::json;
use symbolon_jose::Algorithm;
use symbolon_server::config::Config;

use super::{document, list};
use crate::fixtures::{part, register, signing_key, text, verified_claims};
use crate::rfc7523::shared_secret::mac;
use crate::support::{Call, TestServer};

const ALL: [&str; 16] = [
    "none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
    "ES256K", "EdDSA", "magic",
];

async fn registers(server: &TestServer, member: &str, algorithm: &str) -> bool {
    let mut body = json!({ "redirect_uris": [crate::support::REDIRECT_URI], member: algorithm });
    if member == "token_endpoint_auth_signing_alg" {
        let method = if algorithm.starts_with("HS") { "client_secret_jwt" } else { "private_key_jwt" };
        body["token_endpoint_auth_method"] = json!(method);
        body["jwks"] = json!({ "keys": [] });
    }
    let answer = server.public(Call::post("/oauth2/register").json(&body)).await;
    assert!([201, 400].contains(&answer.status), "{}", answer.text());
    answer.status == 201
}

#[tokio::test]
async fn what_may_be_registered_is_what_is_advertised() {
    let server = TestServer::new().await;
    let document = document(&server).await;
    for (member, list_member) in [
        ("id_token_signed_response_alg", "id_token_signing_alg_values_supported"),
        ("authorization_signed_response_alg", "authorization_signing_alg_values_supported"),
        ("userinfo_signed_response_alg", "userinfo_signing_alg_values_supported"),
        ("token_endpoint_auth_signing_alg", "token_endpoint_auth_signing_alg_values_supported"),
    ] {
        let advertised = list(&document, list_member);
        for algorithm in ALL {
            let expected = advertised.iter().any(|own| own == algorithm);
            assert_eq!(registers(&server, member, algorithm).await, expected, "{member} {algorithm}");
        }
    }
}

#[tokio::test]
async fn what_is_advertised_for_signatures_is_what_signs() {
    for default in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let change = |config: &mut Config| config.symbolon.keys.signing_algorithm = default;
        let server = TestServer::with(change).await;
        let document = document(&server).await;
        assert_eq!(document["id_token_signing_alg_values_supported"][0], default.as_str());
        assert_eq!(document["id_token_signed_response_alg"], json!([default.as_str()]));
        let algorithms = list(&document, "id_token_signing_alg_values_supported");
        assert!(algorithms.iter().any(|own| own == "RS256"), "RS256 is always there (OpenID Connect Discovery §3)");
        for algorithm in algorithms {
            let both = json!({ "id_token_signed_response_alg": algorithm, "userinfo_signed_response_alg": algorithm });
            let client = register(&server, &format!("c-{algorithm}"), &both).await;
            let tokens = client.flow(&server).scope("openid").tokens().await;
            let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
            for token in [text(&tokens, "id_token"), &info.text()] {
                assert_eq!(part(token, 0)["alg"], algorithm);
                verified_claims(&server, token).await;
            }
        }
        let client = register(&server, "plain", &json!({})).await;
        let tokens = client.flow(&server).scope("openid").tokens().await;
        assert_eq!(part(text(&tokens, "id_token"), 0)["alg"], default.as_str());
    }
}

#[tokio::test]
async fn assertions_are_taken_in_each_advertised_algorithm() {
    let server = TestServer::new().await;
    let advertised = list(&document(&server).await, "token_endpoint_auth_signing_alg_values_supported");
    assert!(!advertised.is_empty());
    for name in advertised {
        // Names that are no signature's are those of MACs with the client's secret.
        let signs = Algorithm::parse(&name).map(|algorithm| signing_key(algorithm, "k"));
        let settings = match &signs {
            Some((_, jwk)) => json!({
                "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": name,
                "jwks": { "keys": [jwk] },
            }),
            None => json!({
                "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": name,
            }),
        };
        let client = register(&server, &format!("c-{name}"), &settings).await;
        let now = server.clock.now();
        let claims = json!({ "iss": client.id, "sub": client.id, "aud": server.public_url(), "jti": name, "iat": now, "exp": now + 60 });
        let assertion = match &signs {
            Some((key, _)) => key.sign(Some("JWT"), &claims).unwrap(),
            None => mac(&name, client.secret.as_bytes(), &claims),
        };
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        let answer = server.public(Call::post("/oauth2/token").form(&form)).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_published_key_is_public_complete_and_used() {
    let server = TestServer::new().await;
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let mut ids = std::collections::HashSet::new();
    for key in set["keys"].as_array().unwrap() {
        for member in ["alg", "kid", "kty", "use"] {
            assert!(key[member].is_string(), "the strict SDK needs {member}: {key}");
        }
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{key}");
        }
        assert!(ids.insert(text(key, "kid").to_owned()), "each key has an id of its own");
    }
}
