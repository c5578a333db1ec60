//! Access tokens of the authorization endpoint: how long they live, and what ends them (RFC 6749 §4.1.2, §4.2.2, RFC 7009).

use serde_json::json;

use super::{client, client_with, flow, granted};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::claims;
use crate::oidc_logout::log_out;
use crate::support::{Call, TestServer};

async fn is_active(server: &TestServer, token: &str) -> bool {
    server.introspect(token).await["active"] == true
}

#[tokio::test]
async fn lifetimes_are_those_of_the_implicit_grant() {
    TestServer::each_database(async |server| {
        let own = json!({
            "implicit_grant_access_token_lifespan": "20m", "implicit_grant_id_token_lifespan": "30m",
            "authorization_code_grant_access_token_lifespan": "2m", "authorization_code_grant_id_token_lifespan": "3m",
        });
        let client = client_with(server, &own).await;
        for kind in ["token", "id_token token", "code token", "code id_token token"] {
            let told = granted(&mut flow(server, &client, kind)).await;
            let token = told["access_token"].as_str();
            assert_eq!(told["expires_in"], "1200", "{kind}");
            let seen = server.introspect(token).await;
            assert_eq!((&seen["active"], &seen["token_use"]), (&json!(true), &json!("access_token")), "{kind}");
            assert_eq!(seen["exp"].as_i64().unwrap() - seen["iat"].as_i64().unwrap(), 1200, "{kind}");
            if let Some(id_token) = told.get("id_token") {
                let claims = claims(id_token);
                assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 1800, "{kind}");
            }
            server.clock.advance(1199);
            server.server.purge().await.unwrap();
            assert!(is_active(server, token).await, "{kind}: to the last second");
            server.clock.advance(1);
            assert!(!is_active(server, token).await, "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_outlives_its_code_and_those_redeemed_is_kept() {
    TestServer::each_database(async |server| {
        let own = json!({
            "implicit_grant_access_token_lifespan": "5h", "authorization_code_grant_access_token_lifespan": "2m",
        });
        let client = client_with(server, &own).await;
        let mut flow = flow(server, &client, "code token").scope("openid");
        let told = granted(&mut flow).await;
        server.public(flow.redemption(&told["code"])).await.expect(200);
        server.clock.advance(5 * 3600 - 1);
        server.server.purge().await.unwrap();
        assert!(is_active(server, &told["access_token"]).await);
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_finished_implicit_flow_stays() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        for kind in ["token", "id_token", "id_token token", "none"] {
            flow(server, &client, kind).answer().await.expect(303);
        }
        server.clock.advance(3600 + 600 + 1);
        server.server.purge().await.unwrap();
        let rows = symbolon_store::raw::read(server.server.store(), "SELECT id FROM grants", Vec::new()).await.unwrap();
        assert_eq!(rows.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn it_works_where_access_tokens_do() {
    let server = TestServer::new().await;
    for strategy in ["opaque", "jwt"] {
        let client = client_with(&server, &json!({ "client_id": strategy, "access_token_strategy": strategy })).await;
        let client = crate::fixtures::Registered { id: strategy.to_owned(), ..client };
        let told = granted(&mut flow(&server, &client, "id_token token")).await;
        let token = told["access_token"].as_str();
        assert_eq!(token.starts_with("ey"), strategy == "jwt");
        let info = server.public(Call::get("/userinfo").bearer(token)).await.expect(200).json();
        assert_eq!(info["sub"], "alice", "{strategy}");
        // It is no token of another kind.
        for form in [
            [("grant_type", "refresh_token"), ("refresh_token", token)],
            [("grant_type", "authorization_code"), ("code", token)],
        ] {
            server.public(client.token_request(&form)).await.expect(400);
        }
        server.public(client.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
        assert!(!is_active(&server, token).await, "{strategy}");
    }
}

#[tokio::test]
async fn an_access_token_alone_has_no_refresh_token_beside_it() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let told = granted(&mut flow(&server, &client, "token").scope("openid offline_access")).await;
    assert!(told.keys().all(|name| name != "refresh_token"), "RFC 6749 §4.2.2");
}

#[tokio::test]
async fn what_ends_a_grant_ends_it() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        for path in [
            "/admin/oauth2/auth/sessions/consent?subject=alice&client=spa",
            "/admin/oauth2/auth/sessions/consent?subject=alice&all=true",
            "/admin/clients/spa",
        ] {
            let told = granted(&mut flow(server, &client, "id_token token")).await;
            assert!(is_active(server, &told["access_token"]).await, "{path}");
            server.admin(Call::delete(path)).await.expect(204);
            assert!(!is_active(server, &told["access_token"]).await, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_without_a_code_is_told_of_the_logout_too() {
    for kind in ["id_token", "token", "code id_token"] {
        let server = TestServer::new().await;
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let client =
            client_with(&server, &json!({ "backchannel_logout_uri": format!("{}/logout", receiver.url) })).await;
        let mut flow = flow(&server, &client, kind).scope("openid").login("remember", json!(true));
        granted(&mut flow).await;
        server.clock.advance(20 * 24 * 3600);
        server.server.purge().await.unwrap();
        log_out(&server, &mut flow.browser, &[]).await.expect(302);
        assert_eq!(server.server.deliver_logout_tokens().await, 1, "{kind}");
    }
}
