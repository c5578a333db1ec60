//! ID tokens of the authorization endpoint (OpenID Connect Core §3.2.2.10, §3.2.2.11, §3.3.2.11, §5.4).

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, half_hash};

use super::{client, client_with, flow, granted};
use crate::fixtures::{claims, part, text, verified_claims};
use crate::support::{Call, NONCE, TestServer};

const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];

#[tokio::test]
async fn hashes_bind_code_and_access_token_by_the_algorithm_of_the_id_token() {
    for algorithm in ALGORITHMS {
        let server = TestServer::new().await;
        let client = client_with(&server, &json!({ "id_token_signed_response_alg": algorithm.as_str() })).await;
        for kind in ["id_token", "code id_token", "id_token token", "code id_token token"] {
            let told = granted(&mut flow(&server, &client, kind)).await;
            let id_token = verified_claims(&server, &told["id_token"]).await;
            assert_eq!(part(&told["id_token"], 0)["alg"], algorithm.as_str());
            for (claim, beside) in [("at_hash", "access_token"), ("c_hash", "code")] {
                let expected = told.get(beside).map(|beside| json!(half_hash(algorithm, beside)));
                assert_eq!(id_token.get(claim), expected.as_ref(), "{algorithm} {kind} {claim}");
            }
            assert_eq!((&id_token["nonce"], &id_token["sub"]), (&json!(NONCE), &json!("alice")), "{kind}");
            assert_eq!((&id_token["aud"], &id_token["iss"]), (&json!(["spa"]), &json!(server.public_url())), "{kind}");
            assert!(id_token["sid"].is_string() && id_token["auth_time"].is_i64(), "{kind}");
        }
    }
}

#[tokio::test]
async fn ed25519_goes_with_sha_512() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({ "id_token_signed_response_alg": "EdDSA" })).await;
    let told = granted(&mut flow(&server, &client, "code id_token token")).await;
    let id_token = claims(&told["id_token"]);
    // The left half of 64 bytes.
    assert_eq!((text_of(&id_token["at_hash"]).len(), text_of(&id_token["c_hash"]).len()), (43, 43));
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn both_id_tokens_of_a_hybrid_flow_speak_of_the_same_login_and_code() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for kind in ["code id_token", "code token", "code id_token token"] {
        let mut flow = flow(&server, &client, kind);
        let told = granted(&mut flow).await;
        server.clock.advance(5);
        let tokens = server.public(flow.redemption(&told["code"])).await.expect(200).json();
        let second = verified_claims(&server, text(&tokens, "id_token")).await;
        assert_eq!(second["c_hash"], half_hash(Algorithm::RS256, &told["code"]), "{kind}");
        assert_eq!(second["at_hash"], half_hash(Algorithm::RS256, text(&tokens, "access_token")), "{kind}");
        if let Some(first) = told.get("id_token") {
            let first = claims(first);
            for name in ["iss", "sub", "aud", "nonce", "auth_time", "sid", "c_hash"] {
                assert_eq!(first[name], second[name], "{kind}: {name}");
            }
        }
        let refreshed = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
        assert!(!claims(text(&refreshed, "id_token")).contains_key("c_hash"), "{kind}: no code any more");
    }
    let plain = flow(&server, &client, "code").tokens().await;
    assert!(!claims(text(&plain, "id_token")).contains_key("c_hash"), "as in Hydra");
}

#[tokio::test]
async fn the_hash_is_that_of_the_code_as_it_was_issued() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, "code id_token");
    let told = granted(&mut flow).await;
    // Gateways may have cut the prefix.
    let cut = told["code"].strip_prefix("ory_ac_").unwrap();
    let tokens = server.public(flow.redemption(cut)).await.expect(200).json();
    assert_eq!(claims(text(&tokens, "id_token"))["c_hash"], claims(&told["id_token"])["c_hash"]);
}

#[tokio::test]
async fn claims_about_the_person_are_in_the_id_token_only_where_nothing_else_tells_them() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let session =
        json!({ "id_token": { "email": "alice@a.example", "tier": "gold", "sub": "mallory", "c_hash": "x" } });
    for kind in ["id_token", "code id_token", "id_token token", "code id_token token"] {
        let told = granted(&mut flow(&server, &client, kind).consent("session", session.clone())).await;
        let id_token = claims(&told["id_token"]);
        assert_eq!(id_token.contains_key("email"), kind == "id_token", "{kind}");
        assert_eq!((&id_token["tier"], &id_token["sub"]), (&json!("gold"), &json!("alice")), "{kind}");
        assert!(id_token.get("c_hash") != Some(&json!("x")), "{kind}");
        if let Some(token) = told.get("access_token") {
            let info = server.public(Call::get("/userinfo").bearer(token)).await.expect(200).json();
            assert_eq!((&info["email"], &info["sub"]), (&json!("alice@a.example"), &id_token["sub"]), "{kind}");
        }
        let asked = flow(&server, &client, kind).consent("session", session.clone());
        let told = granted(&mut asked.parameter("claims", r#"{"id_token":{"email":null}}"#)).await;
        assert_eq!(claims(&told["id_token"])["email"], "alice@a.example", "{kind}: asked for by name");
    }
}

#[tokio::test]
async fn claims_of_an_account_follow_the_scope_into_an_id_token_alone() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let account = json!({ "username": "alice", "password": "correct horse battery", "email": "a@example.org", "name": "Alice A." });
    let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    for (kind, scope, name, email) in [
        ("id_token", "openid", false, false),
        ("id_token", "openid email", false, true),
        ("id_token", "openid profile email", true, true),
        ("id_token token", "openid profile email", false, false),
        ("code id_token", "openid profile email", false, false),
    ] {
        let told = granted(&mut flow(&server, &client, kind).scope(scope).subject(&subject)).await;
        let id_token = claims(&told["id_token"]);
        assert_eq!((id_token.contains_key("name"), id_token.contains_key("email")), (name, email), "{kind} {scope}");
        assert_eq!(id_token["sub"], subject.as_str());
    }
}

#[tokio::test]
async fn a_page_that_tells_id_token_and_userinfo_apart_is_not_overruled() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let session = json!({ "id_token": { "email": "for@token.example" }, "userinfo": { "name": "Alice" } });
    let told = granted(&mut flow(&server, &client, "id_token").consent("session", session)).await;
    let id_token = claims(&told["id_token"]);
    assert_eq!((&id_token["email"], id_token.contains_key("name")), (&json!("for@token.example"), false));
}

#[tokio::test]
async fn a_pairwise_client_sees_its_own_subject_everywhere() {
    let server = TestServer::with(|config| {
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let client = client_with(&server, &json!({ "subject_type": "pairwise" })).await;
    let mut flow = flow(&server, &client, "code id_token token");
    let told = granted(&mut flow).await;
    let first = claims(&told["id_token"])["sub"].clone();
    assert_ne!(first, "alice");
    let info = server.public(Call::get("/userinfo").bearer(&told["access_token"])).await.expect(200).json();
    let tokens = server.public(flow.redemption(&told["code"])).await.expect(200).json();
    assert_eq!((&info["sub"], &claims(text(&tokens, "id_token"))["sub"]), (&first, &first));
}
