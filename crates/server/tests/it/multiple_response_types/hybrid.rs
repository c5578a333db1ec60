//! The hybrid flow (OpenID Connect Core §3.3): what comes at once and what the code brings later are one grant.

use super::{client, flow, granted};
use crate::fixtures::text;
use crate::support::TestServer;

async fn is_active(server: &TestServer, token: &str) -> bool {
    server.introspect(token).await["active"] == true
}

#[tokio::test]
async fn the_first_access_token_counts_before_and_after_its_code_is_redeemed() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        for kind in ["code token", "code id_token token"] {
            let mut flow = flow(server, &client, kind);
            let told = granted(&mut flow).await;
            assert!(is_active(server, &told["access_token"]).await, "{kind}: before");
            let tokens = server.public(flow.redemption(&told["code"])).await.expect(200).json();
            assert_ne!(text(&tokens, "access_token"), told["access_token"], "{kind}");
            assert!(is_active(server, &told["access_token"]).await, "{kind}: after");
            assert!(is_active(server, text(&tokens, "access_token")).await, "{kind}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_used_twice_ends_the_first_access_token_too() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        let mut flow = flow(server, &client, "code id_token token");
        let told = granted(&mut flow).await;
        let tokens = server.public(flow.redemption(&told["code"])).await.expect(200).json();
        let reused = server.public(flow.redemption(&told["code"])).await.expect(400);
        assert_eq!(reused.error().as_deref(), Some("invalid_grant"));
        for token in [told["access_token"].as_str(), text(&tokens, "access_token"), text(&tokens, "refresh_token")] {
            assert!(!is_active(server, token).await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_redemption_that_fails_ends_it_too() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        let mut flow = flow(server, &client, "code token");
        let told = granted(&mut flow).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", told["code"].as_str()),
            ("redirect_uri", crate::support::REDIRECT_URI),
            ("code_verifier", "another-code-verifier-0123456789-0123456789-012345"),
        ];
        server.public(client.token_request(&form)).await.expect(400);
        assert!(!is_active(server, &told["access_token"]).await);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_follows_the_first_access_token_as_it_follows_the_second() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        let mut flow = flow(server, &client, "code token");
        let told = granted(&mut flow).await;
        let tokens = server.public(flow.redemption(&told["code"])).await.expect(200).json();
        let next = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
        for old in [told["access_token"].as_str(), text(&tokens, "access_token")] {
            assert!(!is_active(server, old).await);
        }
        assert!(is_active(server, text(&next, "access_token")).await);
    })
    .await;
}

#[tokio::test]
async fn a_code_that_nobody_redeems_takes_nothing_with_it_when_it_expires() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        let mut flow = flow(server, &client, "code token");
        let told = granted(&mut flow).await;
        server.clock.advance(601);
        server.server.purge().await.unwrap();
        assert!(is_active(server, &told["access_token"]).await);
        let late = server.public(flow.redemption(&told["code"])).await.expect(400);
        assert_eq!(late.error().as_deref(), Some("invalid_grant"));
    })
    .await;
}
