//! The credential itself: who signed it, about whom, for which key.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_jose::digest::base64url;

use super::{Holder, client, issue, key_of, post, primed, tokens, verified, with_proof};
use crate::fixtures::{claims, part, register, text};
use crate::support::{START, TestServer};

#[tokio::test]
async fn a_credential_names_the_user_and_the_key_and_is_verifiable() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let session = json!({ "id_token": { "email": "alice@a.example", "roles": ["a"] } });
    let flow = client.flow(&server).scope(&format!("openid {}", super::SCOPE)).consent("session", session);
    let tokens = flow.login("acr", json!("urn:gold")).tokens().await;
    server.clock.advance(100);
    let holder = Holder::new(Algorithm::ES256);
    let answer = issue(&server, &tokens, &holder).await.expect(200);
    assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(body["format"], "jwt_vc_json");
    assert_eq!(body.as_object().unwrap().len(), 2);
    let header = part(text(&body, "credential_draft_00"), 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!("RS256")));
    let credential = verified(&server, &answer).await;
    let now = START + 100;
    assert_eq!(credential["iss"], json!(server.public_url()));
    assert_eq!(
        (&credential["iat"], &credential["nbf"], &credential["exp"]),
        (&json!(now), &json!(now), &json!(now + 3600))
    );
    assert!(credential["jti"].is_string() && credential.get("aud").is_none());
    let did = credential["sub"].as_str().unwrap();
    let vc = &credential["vc"];
    assert_eq!(vc["@context"], json!(["https://www.w3.org/2018/credentials/v1"]));
    assert_eq!(vc["type"], json!(["VerifiableCredential", "UserInfoCredential"]));
    let about = vc["credentialSubject"].as_object().unwrap();
    assert_eq!(about["id"], did);
    assert_eq!(
        (&about["sub"], &about["email"], &about["roles"]),
        (&json!("alice"), &json!("alice@a.example"), &json!(["a"]))
    );
    assert_eq!(about.get("sid"), claims(text(&tokens, "id_token")).get("sid"));
    for name in ["iss", "aud", "nonce", "at_hash", "acr", "auth_time"] {
        assert!(!about.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn the_times_are_whole_numbers() {
    let server = TestServer::new().await;
    let tokens = tokens(&server, &client(&server).await).await;
    let answer = issue(&server, &tokens, &Holder::new(Algorithm::ES256)).await.expect(200);
    let payload = answer.member("credential_draft_00").split('.').nth(1).map(symbolon_jose::digest::base64url_decode);
    let payload = String::from_utf8(payload.unwrap().unwrap()).unwrap();
    for name in ["iat", "nbf", "exp"] {
        let value = payload.split(&format!("\"{name}\":")).nth(1).unwrap();
        let digits: String = value.chars().take_while(|letter| !matches!(letter, ',' | '}')).collect();
        assert!(digits.parse::<i64>().is_ok(), "{name}: {digits}");
    }
}

#[tokio::test]
async fn the_subject_is_the_key_of_the_proof_as_did_jwk() {
    let server = TestServer::new().await;
    let tokens = tokens(&server, &client(&server).await).await;
    for algorithm in
        [Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA]
    {
        let holder = Holder::new(algorithm);
        let answer = issue(&server, &tokens, &holder).await.expect(200);
        let credential = verified(&server, &answer).await;
        let did = credential["sub"].as_str().unwrap().to_owned();
        assert_eq!(key_of(&did), holder.jwk, "{algorithm:?}: the whole public key and nothing else");
        // base64url of JSON, without padding, so that it is a DID (did:jwk §2).
        assert!(did.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-_".contains(&byte)), "{did}");
    }
}

#[tokio::test]
async fn members_that_are_no_part_of_the_key_do_not_get_into_the_did() {
    let server = TestServer::new().await;
    let tokens = tokens(&server, &client(&server).await).await;
    let access_token = text(&tokens, "access_token");
    let holder = Holder::new(Algorithm::ES256);
    let nonce = primed(&server, access_token).await;
    let mut decorated = holder.jwk.clone();
    decorated["evil"] = json!("<script>");
    decorated["kid"] = json!("my-key");
    let jwt = holder.sign(&decorated, &json!({ "nonce": nonce }));
    let answer = post(&server, access_token, &with_proof(&jwt)).await.expect(200);
    let did = verified(&server, &answer).await["sub"].as_str().unwrap().to_owned();
    assert_eq!(key_of(&did).get("evil"), None);
    assert_eq!(key_of(&did)["kid"], "my-key");
    assert!(!did.contains(&base64url(b"<script>")));
}

#[tokio::test]
async fn the_client_chooses_who_signs_and_who_the_user_is() {
    use symbolon_types::SubjectType;
    let server = TestServer::with(|config| {
        config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let settings = json!({ "scope": format!("openid {}", super::SCOPE), "id_token_signed_response_alg": "ES256", "subject_type": "pairwise" });
    let client = register(&server, "pairwise", &settings).await;
    let tokens = client.flow(&server).scope(&format!("openid {}", super::SCOPE)).tokens().await;
    let answer = issue(&server, &tokens, &Holder::new(Algorithm::EdDSA)).await.expect(200);
    assert_eq!(part(&answer.member("credential_draft_00"), 0)["alg"], "ES256");
    let credential = verified(&server, &answer).await;
    let about: &Value = &credential["vc"]["credentialSubject"];
    assert_eq!(about["sub"], claims(text(&tokens, "id_token"))["sub"]);
    assert!(!answer.text().contains("alice") && about["sub"] != "alice", "the pairwise subject stays private");
}
