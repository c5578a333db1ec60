//! What a resource server compares (RFC 9470 §6): `acr` and `auth_time`, in JWTs and at introspection, as the login was from
//! which the grant came.

use serde_json::json;

use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{confidential, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn introspection_says_how_and_when_somebody_was_authenticated() {
    let login = json!({ "subject": "alice", "acr": "urn:level:2" });
    let server = TestServer::new().await;
    for way in Way::ALL {
        let began = server.clock.now();
        let asked = Asked { login: login.clone(), ..Asked::default() };
        let shown = server.introspect(&access_token(&server, way, &asked).await.1).await;
        assert_eq!(shown["active"], true, "{way:?}");
        assert_eq!(shown.get("acr"), way.has_login().then_some(&json!("urn:level:2")), "{way:?}");
        assert_eq!(shown.get("auth_time"), way.has_login().then_some(&json!(began)), "{way:?}");
        server.clock.advance(10);
    }
}

#[tokio::test]
async fn what_the_login_did_not_say_is_left_out() {
    let server = TestServer::new().await;
    let (_, token) = access_token(&server, Way::Code, &Asked::default()).await;
    let shown = server.introspect(&token).await;
    assert!(shown.get("acr").is_none() && shown["auth_time"].is_i64(), "{shown}");
}

#[tokio::test]
async fn a_key_leaves_both_out_for_strict_decoders() {
    let server = TestServer::with(|config| config.symbolon.compatibility.strict_sdk_introspection = true).await;
    let asked = Asked { login: json!({ "subject": "alice", "acr": "gold" }), ..Asked::default() };
    let shown = server.introspect(&access_token(&server, Way::Code, &asked).await.1).await;
    assert!(shown.get("acr").is_none() && shown.get("auth_time").is_none(), "{shown}");
}

/// A refresh is no login: it raises nothing, whoever logged in meanwhile.
#[tokio::test]
async fn a_refresh_never_raises_them() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let began = server.clock.now();
        let mut flow = client.flow(server).login("acr", json!("silver"));
        let mut tokens = flow.tokens().await;
        for _ in 0..3 {
            server.clock.advance(100);
            client.flow(server).login("acr", json!("gold")).tokens().await;
            tokens = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
            let shown = server.introspect(text(&tokens, "access_token")).await;
            assert_eq!((&shown["acr"], &shown["auth_time"]), (&json!("silver"), &json!(began)));
        }
    })
    .await;
}

/// Userinfo is no resource that asks for more.
#[tokio::test]
async fn userinfo_takes_an_old_and_weak_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("acr", json!("bronze"));
    let tokens = flow.tokens().await;
    server.clock.advance(600);
    server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
}
