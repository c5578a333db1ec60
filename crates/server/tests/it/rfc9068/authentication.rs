//! RFC 9068 §2.2.1: how and when somebody was authenticated is the server's to say, and stays as it was when the grant was
//! made. §2.2.2, §2.2.3.1: what a session says stands beside it.

use serde_json::json;

use super::{asked_with, everywhere};
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{confidential, text, verified_claims};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn what_the_login_did_not_say_is_left_out() {
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let began = server.clock.now();
        let claims = verified_claims(&server, &access_token(&server, way, &Asked::default()).await.1).await;
        assert!(!claims.contains_key("acr") && !claims.contains_key("amr") && !claims.contains_key("ext"), "{way:?}");
        assert_eq!(claims.get("auth_time"), way.has_login().then_some(&json!(began)), "{way:?}");
    }
}

#[tokio::test]
async fn every_refresh_repeats_the_login_of_the_grant() {
    TestServer::each_database_with(everywhere, async |server| {
        let client = confidential(server).await;
        let began = server.clock.now();
        let mut flow = client.flow(server).login("acr", json!("gold")).login("amr", json!(["hwk"]));
        let mut tokens = flow.tokens().await;
        for _ in 0..3 {
            server.clock.advance(50);
            // Somebody logs in again meanwhile, in another manner.
            client.flow(server).login("acr", json!("tin")).tokens().await;
            tokens = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
            let claims = verified_claims(server, text(&tokens, "access_token")).await;
            assert_eq!(
                (&claims["auth_time"], &claims["acr"], &claims["amr"]),
                (&json!(began), &json!("gold"), &json!(["hwk"]))
            );
            assert_eq!(claims["iat"], server.clock.now());
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_adds_claims_and_replaces_none() {
    let ours =
        ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "scp", "auth_time", "acr", "amr"];
    let session: serde_json::Map<_, _> = ours
        .iter()
        .map(|name| ((*name).to_owned(), json!("mallory")))
        .chain([("roles".to_owned(), json!(["a"]))])
        .collect();
    // A login that says nothing leaves no room for the session's word either.
    let told = asked_with(json!(session));
    let untold = Asked { session: json!(session), ..Asked::default() };
    for (asked, acr) in [(told, Some(json!("urn:level:2"))), (untold, None)] {
        for mirrored in [true, false] {
            let server = TestServer::with(|config| {
                everywhere(config);
                config.oauth2.allowed_top_level_claims =
                    ours.iter().chain(&["roles"]).map(|name| (*name).to_owned()).collect();
                config.oauth2.mirror_top_level_claims = mirrored;
            })
            .await;
            for way in Way::ALL.into_iter().filter(|way| way.has_login()) {
                let claims = verified_claims(&server, &access_token(&server, way, &asked).await.1).await;
                assert!(claims.values().all(|value| value != "mallory"), "{way:?}: {claims:?}");
                assert_eq!((&claims["roles"], claims.get("acr")), (&json!(["a"]), acr.as_ref()), "{way:?}");
                assert_eq!(claims.contains_key("ext"), mirrored, "{way:?}");
            }
        }
    }
}

#[tokio::test]
async fn in_hydras_form_a_session_may_say_how_somebody_was_authenticated() {
    let server = TestServer::with(|config| {
        config.strategies.access_token = symbolon_types::AccessTokenStrategy::Jwt;
        config.oauth2.allowed_top_level_claims = ["acr", "amr", "auth_time"].map(str::to_owned).to_vec();
    })
    .await;
    let asked = asked_with(json!({ "acr": "of the session", "amr": ["x"], "auth_time": 1 }));
    let claims = verified_claims(&server, &access_token(&server, Way::Code, &asked).await.1).await;
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("of the session"), &json!(["x"])));
    assert!(!claims.contains_key("auth_time"));
}

#[tokio::test]
async fn an_assertion_is_no_login() {
    let server = TestServer::with(everywhere).await;
    let (_, token) = access_token(&server, Way::JwtBearer, &Asked::default()).await;
    let info = server.public(Call::get("/userinfo").bearer(&token)).await.expect(200).json();
    assert_eq!(info["sub"], "alice");
    assert!(info.get("auth_time").is_none(), "{info}");
}
