//! RFC 9068 §4, §5: a token in this form is worth what another is, at every endpoint, and is no token of another kind.

use serde_json::json;

use super::everywhere;
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::altered;
use crate::rfc7523::JWT_BEARER as ASSERTION_TYPE;
use crate::rfc7523::grants::GRANT_TYPE as JWT_BEARER;
use crate::support::{Call, TestServer};

#[tokio::test]
async fn it_is_introspected_used_and_revoked_like_an_opaque_one() {
    TestServer::each_database_with(everywhere, async |server| {
        for way in Way::ALL {
            let (client, token) = access_token(server, way, &Asked::default()).await;
            let described = server.introspect(&token).await;
            assert_eq!((&described["active"], &described["token_use"]), (&json!(true), &json!("access_token")));
            assert_eq!(described["scope"], "openid offline photos.read", "{way:?}");
            let user = way != Way::ClientCredentials;
            let info = server.public(Call::get("/userinfo").bearer(&token)).await;
            assert_eq!(info.status, if user { 200 } else { 403 }, "{way:?}: {}", info.text());
            server.public(client.form("/oauth2/revoke", &[("token", &token)])).await.expect(200);
            assert_eq!(server.introspect(&token).await, json!({ "active": false }), "{way:?}");
            server.public(Call::get("/userinfo").bearer(&token)).await.expect(401);
        }
    })
    .await;
}

#[tokio::test]
async fn it_ends_with_its_time() {
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let (_, token) = access_token(&server, way, &Asked::default()).await;
        server.clock.advance(3599);
        assert_eq!(server.introspect(&token).await["active"], true, "{way:?}");
        server.clock.advance(1);
        assert_eq!(server.introspect(&token).await["active"], false, "{way:?}");
    }
}

#[tokio::test]
async fn it_ends_with_its_client() {
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let (client, token) = access_token(&server, way, &Asked::default()).await;
        assert_eq!(server.introspect(&token).await["active"], true, "{way:?}");
        server.admin(Call::delete(format!("/admin/clients/{}", client.id))).await.expect(204);
        assert_eq!(server.introspect(&token).await["active"], false, "{way:?}");
    }
}

#[tokio::test]
async fn altered_it_counts_for_nothing() {
    let server = TestServer::with(everywhere).await;
    let (_, token) = access_token(&server, Way::Code, &Asked::default()).await;
    for (how, changed) in altered(&token) {
        assert_eq!(server.introspect(&changed).await, json!({ "active": false }), "{how}");
    }
    assert_eq!(server.introspect(&token).await["active"], true);
}

/// Without an audience it names this server, as an assertion to it does.
#[tokio::test]
async fn it_is_no_assertion_and_no_id_token() {
    let server = TestServer::with(everywhere).await;
    for way in Way::ALL {
        let asked = Asked { audience: None, ..Asked::default() };
        let (client, token) = access_token(&server, way, &asked).await;
        let grant = client.token_request(&[("grant_type", JWT_BEARER), ("assertion", &token)]);
        assert_eq!(server.public(grant).await.expect(400).error().as_deref(), Some("invalid_grant"), "{way:?}");
        let authentication = Call::post("/oauth2/token").form(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &token),
        ]);
        let refused = server.public(authentication).await.expect(401);
        assert_eq!(refused.error().as_deref(), Some("invalid_client"), "{way:?}");
        let hint = client.flow(&server).parameter("id_token_hint", &token).authorize().await;
        assert_eq!(hint.error().as_deref(), Some("invalid_request"), "{way:?}: {}", hint.location());
        let logout = Call::get("/oauth2/sessions/logout").query(&[("id_token_hint", &token)]).navigating();
        let logout = server.public(logout).await;
        assert!(logout.location().contains("error="), "{way:?}: {}", logout.location());
    }
}
