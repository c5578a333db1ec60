//! RFC 7523 §3, RFC 8725 §3.1: who signed an assertion, and with what. The algorithm is the registered one.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_jose::digest::{base64url, hmac_sha256};

use super::{Signer, signing_client, token_request};
use crate::credentials::Holder;
use crate::fixtures::{part, signing_key, with};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn each_algorithm_works_when_it_is_registered_and_only_then() {
    let server = TestServer::new().await;
    let algorithms = ["RS256", "PS256", "ES256", "ES384", "ES512", "RS512", "PS384"];
    for own in algorithms {
        let (key, jwk) = signing_key(Algorithm::parse(own).unwrap(), "k1");
        let signer = Signer::new(&server, key);
        for registered in [own, "RS256", "ES256"] {
            let id = format!("{own}-{registered}");
            if own != registered || own == "RS256" || own == "ES256" {
                let exists = server.admin(Call::get(format!("/admin/clients/{id}"))).await.status == 200;
                if exists {
                    continue;
                }
            }
            signing_client(&server, &id, &jwk, json!({ "token_endpoint_auth_signing_alg": registered })).await;
            let answer = server.public(token_request(&signer.sign(&signer.claims(&id)))).await;
            let expected = if own == registered { 200 } else { 401 };
            assert_eq!(answer.status, expected, "signed {own}, registered {registered}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn eddsa_can_be_registered_since_discovery_offers_it() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::EdDSA, "k1");
    let signer = Signer::new(&server, key);
    signing_client(&server, "app", &jwk, json!({ "token_endpoint_auth_signing_alg": "EdDSA" })).await;
    server.public(token_request(&signer.sign(&signer.claims("app")))).await.expect(200);
}

/// RFC 9864 §2.2: newer libraries call it so, in their keys and in what they sign.
#[tokio::test]
async fn ed25519_is_another_name_of_eddsa() {
    let server = TestServer::new().await;
    let holder = Holder::new(Algorithm::EdDSA);
    let jwk = with(holder.jwk.clone(), &json!({ "alg": "Ed25519", "use": "sig", "kid": "k1" }));
    for registered in ["EdDSA", "Ed25519"] {
        signing_client(&server, registered, &jwk, json!({ "token_endpoint_auth_signing_alg": registered })).await;
        for alg in ["EdDSA", "Ed25519"] {
            let (spare, _) = signing_key(Algorithm::ES256, "k1");
            let claims = with(Signer::new(&server, spare).claims(registered), &json!({ "jti": alg }));
            let assertion = holder.sign_parts(&json!({ "alg": alg, "kid": "k1", "typ": "JWT" }), &claims);
            server.public(token_request(&assertion)).await.expect(200);
        }
    }
}

#[tokio::test]
async fn without_a_registered_algorithm_it_is_rs256() {
    let server = TestServer::new().await;
    let (rsa, rsa_jwk) = signing_key(Algorithm::RS256, "rsa");
    let (ec, ec_jwk) = signing_key(Algorithm::ES256, "ec");
    signing_client(&server, "app", &rsa_jwk, json!({ "jwks": { "keys": [rsa_jwk, ec_jwk] } })).await;
    for (key, expected) in [(rsa, 200), (ec, 401)] {
        let signer = Signer::new(&server, key);
        let answer = server.public(token_request(&signer.sign(&signer.claims("app")))).await;
        assert_eq!(answer.status, expected, "{}", answer.text());
    }
}

#[tokio::test]
async fn an_assertion_that_the_clients_key_did_not_sign_is_refused() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let (stranger, stranger_jwk) = signing_key(Algorithm::ES256, "k1");
    let (unknown, _) = signing_key(Algorithm::ES256, "k2");
    signing_client(&server, "app", &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
    let signer = Signer::new(&server, key);
    let good = signer.sign(&signer.claims("app"));
    let parts: Vec<&str> = good.split('.').collect();
    let encode = |value: &Value| base64url(value.to_string().as_bytes());
    let with_header = |header: Value| format!("{}.{}.{}", encode(&header), parts[1], parts[2]);
    // The public key as an HMAC secret: the classic confusion.
    let confused = format!("{}.{}", encode(&json!({ "alg": "HS256", "kid": "k1" })), parts[1]);
    let tag = hmac_sha256(jwk.to_string().as_bytes(), confused.as_bytes());
    let mut other = Value::Object(part(&good, 1));
    other["sub"] = json!("another");
    other["iss"] = json!("another");
    let forged = [
        ("unsigned", format!("{}.{}.", encode(&json!({ "alg": "none" })), parts[1])),
        ("unsigned in capitals", format!("{}.{}.", encode(&json!({ "alg": "NONE" })), parts[1])),
        ("without a signature", format!("{}.{}.", parts[0], parts[1])),
        ("symmetric", format!("{confused}.{}", base64url(&tag))),
        ("by a stranger under the client's kid", stranger.sign(Some("JWT"), &signer.claims("app")).unwrap()),
        ("by an unknown kid", unknown.sign(Some("JWT"), &signer.claims("app")).unwrap()),
        ("with its own key inside", {
            let header = encode(&json!({ "alg": "ES256", "jwk": stranger_jwk }));
            format!("{header}.{}.{}", parts[1], parts[2])
        }),
        ("with a link to a key", with_header(json!({ "alg": "ES256", "kid": "k1", "jku": "https://evil.example/k" }))),
        ("critical", with_header(json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"], "exp": 1 }))),
        ("of another client", format!("{}.{}.{}", parts[0], encode(&other), parts[2])),
        ("cut", good[..good.len() - 2].to_owned()),
        ("longer", format!("{good}AA")),
    ];
    for (how, forged) in forged {
        let answer = server.public(token_request(&forged)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{how}");
    }
    server.public(token_request(&good)).await.expect(200);
}

#[tokio::test]
async fn a_client_may_have_several_keys_and_change_them() {
    let server = TestServer::new().await;
    let (old, old_jwk) = signing_key(Algorithm::ES256, "old");
    let (new, new_jwk) = signing_key(Algorithm::ES256, "new");
    let alg = json!({ "token_endpoint_auth_signing_alg": "ES256", "jwks": { "keys": [old_jwk, new_jwk] } });
    signing_client(&server, "app", &old_jwk, alg).await;
    let (old, new) = (Signer::new(&server, old), Signer::new(&server, new));
    server.public(token_request(&old.sign(&old.claims("app")))).await.expect(200);
    server
        .public(token_request(&new.sign(&crate::fixtures::with(new.claims("app"), &json!({ "jti": "n" })))))
        .await
        .expect(200);
    let current = server.admin(Call::get("/admin/clients/app")).await.expect(200).json();
    let body = crate::fixtures::with(current, &json!({ "jwks": { "keys": [new_jwk] } }));
    server.admin(Call::put("/admin/clients/app").json(&body)).await.expect(200);
    server.public(token_request(&old.sign(&old.claims("app")))).await.expect(401);
    server.public(token_request(&new.sign(&new.claims("app")))).await.expect(200);
}

#[tokio::test]
async fn a_key_for_encryption_verifies_nothing() {
    let server = TestServer::new().await;
    let (key, mut jwk) = signing_key(Algorithm::ES256, "k1");
    jwk["use"] = json!("enc");
    signing_client(&server, "app", &jwk, json!({ "token_endpoint_auth_signing_alg": "ES256" })).await;
    let signer = Signer::new(&server, key);
    server.public(token_request(&signer.sign(&signer.claims("app")))).await.expect(401);
}
