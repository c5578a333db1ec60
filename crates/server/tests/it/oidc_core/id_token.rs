//! OpenID Connect Core §2, §3.1.3.6: what an ID token says, and who signs it.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;
use symbolon_jose::digest::{base64url, sha256, sha512};

use crate::fixtures::{confidential, part, register, text, verified_claims};
use crate::support::{NONCE, TestServer};

#[tokio::test]
async fn an_id_token_says_who_logged_in_when_and_how_for_whom() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut flow = client.flow(server).login("acr", json!("urn:acr:2")).login("amr", json!(["pwd", "otp"]));
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        let login_at = server.clock.now();
        let next = flow.application.accept_login(&login_page).await;
        server.clock.advance(20);
        let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = flow.application.accept_consent(&consent_page).await;
        let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
        server.clock.advance(20);
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        let mut claims = verified_claims(server, text(&tokens, "id_token")).await;
        let (jti, sid) = (claims.remove("jti").unwrap(), claims.remove("sid").unwrap());
        assert!(is_uuid(&jti) && is_uuid(&sid), "{jti} {sid}");
        let now = server.clock.now();
        let half = &sha256(text(&tokens, "access_token").as_bytes())[..16];
        let expected = json!({
            "iss": "http://127.0.0.1:4444",
            "sub": "alice",
            "aud": [client.id],
            "exp": now + 3600,
            "iat": now,
            "auth_time": login_at,
            "nonce": NONCE,
            "acr": "urn:acr:2",
            "amr": ["pwd", "otp"],
            "at_hash": base64url(half),
        });
        assert_eq!(Value::Object(claims), expected);
    })
    .await;
}

fn is_uuid(value: &Value) -> bool {
    let text = value.as_str().unwrap();
    text.len() == 36 && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

#[tokio::test]
async fn without_a_nonce_there_is_none_and_without_openid_no_id_token() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).parameter("nonce", "");
    let tokens = flow.tokens().await;
    assert!(!verified_claims(&server, text(&tokens, "id_token")).await.contains_key("nonce"));
    let tokens = client.flow(&server).scope("offline").tokens().await;
    assert!(tokens.get("id_token").is_none());
}

#[tokio::test]
async fn claims_of_the_consent_page_stand_beside_those_of_the_specification_and_never_above() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let evil = json!({
        "iss": "https://evil.example", "sub": "mallory", "aud": ["everybody"], "exp": 1, "iat": 1, "nbf": 9e9, "jti": "x",
        "auth_time": 1, "nonce": "x", "at_hash": "x", "sid": "x", "azp": "x", "c_hash": "x", "acr": "x", "amr": ["x"],
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} }, "vc": { "type": ["VerifiableCredential"] },
        "tier": "gold", "department": { "number": 7 },
    });
    let mut flow = client.flow(&server).consent("session", json!({ "id_token": evil }));
    let tokens = flow.tokens().await;
    let claims = verified_claims(&server, text(&tokens, "id_token")).await;
    for (name, value) in evil.as_object().unwrap() {
        if name == "tier" || name == "department" {
            assert_eq!(claims[name], *value);
        } else {
            assert_ne!(claims.get(name), Some(value), "{name}");
        }
    }
    assert!(!claims.contains_key("events"), "an ID token never looks like a logout token");
    assert!(!claims.contains_key("vc"), "nor like a credential");
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("alice"), &json!([client.id])));
    let mut again = client.flow(&server).parameter("id_token_hint", text(&tokens, "id_token"));
    assert!(again.authorize().await.expect(302).location().contains("login_challenge="), "it counts as a hint");
}

#[tokio::test]
async fn the_configured_algorithm_signs_and_at_hash_follows_it() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let server = TestServer::with(|config| config.symbolon.keys.signing_algorithm = algorithm).await;
        let client = register(&server, "app", &json!({ "access_token_strategy": "jwt" })).await;
        let tokens = client.flow(&server).tokens().await;
        let (id_token, access_token) = (text(&tokens, "id_token"), text(&tokens, "access_token"));
        assert_eq!(part(id_token, 0)["alg"], algorithm.as_str());
        assert_eq!(part(access_token, 0)["alg"], algorithm.as_str());
        verified_claims(&server, access_token).await;
        let expected = match algorithm {
            // OpenID Connect Core §3.1.3.6: the hash is that of the algorithm; Ed25519 hashes with SHA-512.
            Algorithm::EdDSA => base64url(&sha512(access_token.as_bytes())[..32]),
            _ => base64url(&sha256(access_token.as_bytes())[..16]),
        };
        assert_eq!(verified_claims(&server, id_token).await["at_hash"], expected, "{algorithm}");
    }
}

#[tokio::test]
async fn a_client_chooses_the_algorithm_of_its_id_tokens() {
    let server = TestServer::new().await;
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let own = json!({ "id_token_signed_response_alg": algorithm });
        let client = register(&server, algorithm, &own).await;
        let mut flow = client.flow(&server);
        let tokens = flow.tokens().await;
        assert_eq!(part(text(&tokens, "id_token"), 0)["alg"], algorithm);
        verified_claims(&server, text(&tokens, "id_token")).await;
        let again = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
        assert_eq!(part(text(&again, "id_token"), 0)["alg"], algorithm);
    }
}

#[tokio::test]
async fn an_algorithm_that_no_key_has_cannot_be_registered() {
    let server = TestServer::new().await;
    for algorithm in ["none", "HS256", "rs256", "bogus", "ES384"] {
        let mut body = crate::fixtures::metadata("app");
        body["id_token_signed_response_alg"] = json!(algorithm);
        let answer = server.admin(crate::support::Call::post("/admin/clients").json(&body)).await;
        assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_client_metadata")), "{algorithm}");
    }
}

#[tokio::test]
async fn hydras_claim_rat_is_there_only_where_it_is_switched_on() {
    let plain = TestServer::new().await;
    let switched = TestServer::with(|config| config.symbolon.compatibility.id_token_rat = true).await;
    for (server, expected) in [(&plain, false), (&switched, true)] {
        let client = confidential(server).await;
        let tokens = client.flow(server).tokens().await;
        assert_eq!(crate::fixtures::claims(text(&tokens, "id_token")).contains_key("rat"), expected);
    }
}
