//! What the answer says.

use serde_json::{Value, json};

use super::{ask, claims_of, names};
use crate::fixtures::{claims, confidential, register, text, verified_claims};
use crate::support::{Call, START, TestServer};

#[tokio::test]
async fn the_answer_is_the_id_token_of_the_consent_without_what_belongs_to_one_token() {
    let server = TestServer::with(|config| config.symbolon.compatibility.id_token_claims = true).await;
    let client = confidential(&server).await;
    let session = json!({ "id_token": { "email": "alice@a.example", "roles": ["a", "b"], "address": { "country": "DE" }, "nickname": null } });
    let mut flow =
        client.flow(&server).login("acr", json!("urn:gold")).login("amr", json!(["pwd"])).consent("session", session);
    let tokens = flow.tokens().await;
    server.clock.advance(60);
    let answer = ask(&server, text(&tokens, "access_token")).await.expect(200);
    assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-store, must-revalidate"));
    let info = answer.json();
    let expected = json!({
        "iss": server.public_url(), "sub": "alice", "aud": [client.id], "iat": START, "auth_time": START, "acr": "urn:gold",
        "amr": ["pwd"], "email": "alice@a.example", "roles": ["a", "b"], "address": { "country": "DE" }, "nickname": null,
    });
    assert_eq!(info, expected);
    let id_token = claims(text(&tokens, "id_token"));
    for (name, value) in info.as_object().unwrap() {
        assert_eq!(id_token.get(name), Some(value), "{name}");
    }
    for name in ["nonce", "at_hash", "exp", "sid", "jti"] {
        assert!(info.get(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn get_and_post_answer_the_same_and_neither_is_kept() {
    let server = TestServer::new().await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    let token = text(&tokens, "access_token");
    let get = ask(&server, token).await.expect(200);
    let post = server.public(Call::post("/userinfo").bearer(token)).await.expect(200);
    let form = server.public(Call::post("/userinfo").form(&[("access_token", token)])).await.expect(200);
    for answer in [&get, &post, &form] {
        assert_eq!(answer.json(), get.json());
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{:?}", answer.headers);
    }
    server.public(Call::put("/userinfo").bearer(token)).await.expect(405);
    server.public(Call::get("/userinfo/").bearer(token)).await.expect(200);
}

#[tokio::test]
async fn a_session_cannot_set_what_is_the_servers() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let forged = json!({
        "iss": "https://evil.example", "sub": "mallory", "aud": "other", "exp": 1, "iat": 1, "auth_time": 1, "jti": "x", "nonce": "x",
        "at_hash": "x", "sid": "x", "acr": "x", "amr": ["x"], "azp": "x", "good": 1,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} }, "vc": { "type": ["VerifiableCredential"] },
    });
    let tokens = client.flow(&server).consent("session", json!({ "id_token": forged })).tokens().await;
    let info = claims_of(&server, &tokens).await;
    assert_eq!(names(&info), ["aud", "auth_time", "good", "iat", "iss", "sub"]);
    assert_eq!((&info["sub"], &info["iss"]), (&json!("alice"), &json!(server.public_url())));
    let signed = register(&server, "signed", &json!({ "userinfo_signed_response_alg": "ES256" })).await;
    let tokens = signed.flow(&server).consent("session", json!({ "id_token": forged })).tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).text();
    let claims = verified_claims(&server, &info).await;
    let session = json!({ "id_token": {}, "userinfo": forged });
    let tokens = client.flow(&server).consent("session", session).tokens().await;
    assert_eq!(names(&claims_of(&server, &tokens).await), ["aud", "auth_time", "good", "iat", "iss", "sub"]);
    assert!(
        !claims.contains_key("events") && !claims.contains_key("vc"),
        "the same keys sign logout tokens: {claims:?}"
    );
}

#[tokio::test]
async fn claims_stay_those_of_the_consent_after_a_refresh() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).consent("session", json!({ "id_token": { "tier": "gold" } }));
    let tokens = flow.tokens().await;
    let first = claims_of(&server, &tokens).await;
    server.clock.advance(100);
    let refreshed = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    assert_eq!(claims_of(&server, &refreshed).await, first);
}

/// An account of the server's own, and its subject.
async fn account(server: &TestServer, body: &Value) -> String {
    let created = server.admin(Call::post("/admin/accounts").json(body)).await.expect(201);
    created.member("id")
}

#[tokio::test]
async fn built_in_accounts_have_standard_claims_by_scope() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let full =
        json!({ "username": "Alice", "password": "a good password", "email": "alice@a.example", "name": "Alice A." });
    let full = account(&server, &full).await;
    let bare = account(&server, &json!({ "username": "bob", "password": "a good password" })).await;
    let always = ["aud", "auth_time", "iat", "iss", "sub"];
    let cases: [(&str, &str, &[&str]); 6] = [
        (&full, "openid", &[]),
        (&full, "openid profile", &["name", "preferred_username", "updated_at"]),
        (&full, "openid email", &["email", "email_verified"]),
        (&full, "openid profile email", &["email", "email_verified", "name", "preferred_username", "updated_at"]),
        (&bare, "openid profile email", &["preferred_username", "updated_at"]),
        ("of-another-login-page", "openid profile email", &[]),
    ];
    for (subject, scope, more) in cases {
        let tokens = client.flow(&server).scope(scope).subject(subject).tokens().await;
        let info = claims_of(&server, &tokens).await;
        let mut expected: Vec<&str> = always.iter().chain(more).copied().collect();
        expected.sort_unstable();
        assert_eq!(names(&info), expected, "{subject} {scope}");
        assert_eq!(info["sub"], json!(subject));
        if info.get("name").is_some() {
            assert_eq!(
                (&info["name"], &info["preferred_username"], &info["updated_at"]),
                (&json!("Alice A."), &json!("Alice"), &json!(START))
            );
        }
    }
}

#[tokio::test]
async fn only_granted_scopes_count_and_the_consents_own_claims_stand_above() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let alice =
        json!({ "username": "alice", "password": "a good password", "email": "alice@a.example", "name": "Alice" });
    let alice = account(&server, &alice).await;
    let flow = client.flow(&server).scope("openid profile email").subject(&alice);
    let mut partial = flow.consent("grant_scope", json!(["openid", "email"]));
    let info = claims_of(&server, &partial.tokens().await).await;
    assert!(info.get("email").is_some() && info.get("name").is_none(), "{info}");
    let own = json!({ "id_token": { "name": "Chosen", "email_verified": true } });
    let mut flow = client.flow(&server).scope("openid profile email").subject(&alice).consent("session", own);
    let info = claims_of(&server, &flow.tokens().await).await;
    assert_eq!(
        (&info["name"], &info["email_verified"], &info["email"]),
        (&json!("Chosen"), &json!(true), &json!("alice@a.example"))
    );
}

#[tokio::test]
async fn each_client_sees_itself_as_the_audience_and_its_own_subject() {
    use symbolon_types::SubjectType;
    let server = TestServer::with(|config| {
        config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
    })
    .await;
    let public = register(&server, "public", &json!({})).await;
    let pairwise = register(&server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    for (client, forced, expected) in
        [(&public, true, Some("alice")), (&pairwise, true, Some("forced")), (&pairwise, false, None)]
    {
        let mut flow = client.flow(&server);
        if forced {
            flow = flow.login("force_subject_identifier", json!("forced"));
        }
        let tokens = flow.tokens().await;
        let info = claims_of(&server, &tokens).await;
        assert_eq!(info["aud"], json!([client.id]));
        assert_eq!(info["sub"], claims(text(&tokens, "id_token"))["sub"], "userinfo and ID token name one subject");
        match expected {
            Some(subject) => assert_eq!(info["sub"], subject, "{}", client.id),
            None => assert!(info["sub"] != "alice" && info["sub"] != "forced", "{info}"),
        }
    }
}

#[tokio::test]
async fn the_claim_of_hydra_comes_when_it_is_switched_on() {
    let server = TestServer::with(|config| config.symbolon.compatibility.id_token_rat = true).await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    assert_eq!(claims_of(&server, &tokens).await["rat"], START);
    assert_eq!(claims(text(&tokens, "id_token"))["rat"], START);
}

#[tokio::test]
async fn jwt_access_tokens_work_too() {
    let server =
        TestServer::with(|config| config.strategies.access_token = symbolon_types::AccessTokenStrategy::Jwt).await;
    let tokens = confidential(&server).await.flow(&server).tokens().await;
    assert_eq!(text(&tokens, "access_token").matches('.').count(), 2);
    assert_eq!(claims_of(&server, &tokens).await["sub"], "alice");
}
