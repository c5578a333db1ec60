//! Ending everything of a client or a subject: what the two operations take, and the grants of a client that is gone. What
//! ends is tested beside RFC 9700.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use crate::fixtures::{CONFIDENTIAL, RACERS, confidential, count, race, register, text};
use crate::support::{Call, Listener, TestServer};

const TOKENS: &str = "/admin/oauth2/tokens";

#[tokio::test]
async fn tokens_are_deleted_of_exactly_one_client() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let tokens = client.flow(server).tokens().await;
        for target in [
            TOKENS.to_owned(),
            format!("{TOKENS}?"),
            format!("{TOKENS}?client_id="),
            format!("{TOKENS}?client_id"),
            format!("{TOKENS}?client_id=%00"),
            format!("{TOKENS}?client_id={CONFIDENTIAL}&client_id=other"),
            format!("{TOKENS}?client_id={CONFIDENTIAL}&client_id={CONFIDENTIAL}"),
            format!("{TOKENS}?client={CONFIDENTIAL}"),
            format!("{TOKENS}?subject=alice"),
        ] {
            let answer = server.admin(Call::delete(&target)).await;
            assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_request")), "{target}");
            assert!(answer.text().contains("'client_id'"), "{}", answer.text());
        }
        for id in ["no-such-client", "confidentia", "CONFIDENTIAL", "%25", &"x".repeat(2_000)] {
            server.admin(Call::delete(TOKENS).query(&[("client_id", id)])).await.expect(204);
        }
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        let revoke = Call::delete(TOKENS).query(&[("client_id", CONFIDENTIAL)]);
        let answer = server.admin(revoke.clone()).await.expect(204);
        assert_eq!(answer.text(), "");
        assert_eq!(server.introspect(text(&tokens, "access_token")).await, json!({ "active": false }));
        server.admin(revoke).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_client_with_any_characters_in_its_id_loses_its_tokens() {
    let server = TestServer::new().await;
    for id in ["cli:ent/ä+%20 &=?#", "..", "https://client.example/metadata?x=y"] {
        let client = register(&server, id, &json!({})).await;
        let form = [("grant_type", "client_credentials")];
        let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
        server.admin(Call::delete(TOKENS).query(&[("client_id", id)])).await.expect(204);
        assert_eq!(server.introspect(&token).await, json!({ "active": false }), "{id}");
        let token = server.public(client.token_request(&form)).await.expect(200).member("access_token");
        assert_eq!(server.introspect(&token).await["active"], true, "{id}");
    }
}

/// Hydra's rule: access tokens of whatever form end, and nothing else does.
#[tokio::test]
async fn where_the_operator_says_so_access_tokens_end_and_refresh_tokens_go_on() {
    let hydras = |config: &mut Config| config.symbolon.compatibility.only_access_tokens_deleted = true;
    TestServer::each_database_with(hydras, async |server| {
        let scope = (0..60).map(|number| format!("scope-number-{number}")).collect::<Vec<_>>().join(" ");
        let other = register(server, "other", &json!({})).await.flow(server).tokens().await;
        for strategy in ["opaque", "jwt"] {
            let settings = json!({ "access_token_strategy": strategy, "scope": format!("openid offline {scope}") });
            let client = register(server, strategy, &settings).await;
            let active = async |token: &str| server.introspect(token).await["active"] == true;
            let machine = async |scope: &str| {
                let form = [("grant_type", "client_credentials"), ("scope", scope)];
                server.public(client.token_request(&form)).await.expect(200).member("access_token")
            };
            let (mut flow, mut waiting) = (client.flow(server), client.flow(server));
            let (mut tokens, code) = (flow.tokens().await, waiting.code().await);
            // Twice: what was issued after the first time ends with the second one.
            for _ in 0..2 {
                let user = text(&tokens, "access_token").to_owned();
                // The last one is kept as a row.
                let access = [user.clone(), machine("scope-number-1").await, machine(&scope).await];
                for token in &access {
                    assert!(active(token).await, "{strategy}");
                }
                let revoke = Call::delete(TOKENS).query(&[("client_id", &client.id)]);
                server.admin(revoke).await.expect(204);
                for token in &access {
                    assert!(!active(token).await, "{strategy}");
                }
                server.public(Call::get("/userinfo").bearer(&user)).await.expect(401);
                let refresh_token = text(&tokens, "refresh_token").to_owned();
                assert!(active(&refresh_token).await, "{strategy}");
                tokens = server.public(flow.refresh(&refresh_token)).await.expect(200).json();
                assert!(active(text(&tokens, "access_token")).await, "within the same second, {strategy}");
            }
            let redeemed = server.public(waiting.redemption(&code)).await.expect(200);
            assert!(active(&redeemed.member("access_token")).await, "{strategy}");
        }
        assert_eq!(server.introspect(text(&other, "access_token")).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn a_sign_out_names_a_subject() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let tokens = client.flow(server).tokens().await;
        for target in [
            "/admin/subjects",
            "/admin/subjects/",
            "/admin/subjects/alice",
            "/admin/subjects//sign-out",
            "/admin/subjects/%ff/sign-out",
            "/admin/subjects/alice/sign-out/now",
            "/admin/subjects/alice/signout",
        ] {
            let answer = server.admin(Call::post(target)).await;
            assert_eq!(answer.status, 404, "{target}: {}", answer.text());
        }
        for other in ["bob", "Alice", "alice%20", "%20alice"] {
            server.admin(Call::post(format!("/admin/subjects/{other}/sign-out"))).await.expect(204);
        }
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
        // Without the prefix of the admin listener, as for every other path.
        server.admin(Call::post("/subjects/alice/sign-out/")).await.expect(204);
        assert_eq!(server.introspect(text(&tokens, "access_token")).await, json!({ "active": false }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_are_as_good_as_one() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let tokens = client.flow(server).tokens().await;
        let mut calls = vec![Call::post("/admin/subjects/alice/sign-out"); RACERS / 2];
        calls.extend(vec![Call::delete(TOKENS).query(&[("client_id", CONFIDENTIAL)]); RACERS / 2]);
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!(count(&answers, 204), RACERS);
        assert_eq!(server.introspect(text(&tokens, "access_token")).await, json!({ "active": false }));
        let tokens = client.flow(server).tokens().await;
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
    })
    .await;
}

async fn purged_grants(server: &TestServer) -> u64 {
    let report = server.server.store().purge(server.clock.now(), 1_000).await.unwrap();
    report.rows.get("grants").copied().unwrap_or(0)
}

async fn consents_of_alice(server: &TestServer) -> Value {
    let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
    server.admin(list).await.expect(200).json()
}

#[tokio::test]
async fn grants_of_a_client_that_is_gone_are_purged_and_those_of_its_successor_stay() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for scope in ["openid offline email", "openid offline profile", "openid offline photos.read"] {
            client.flow(server).scope(scope).consent("remember", json!(true)).tokens().await;
        }
        assert_eq!(consents_of_alice(server).await.as_array().unwrap().len(), 3);
        server.admin(Call::delete("/admin/clients/confidential")).await.expect(204);
        assert_eq!(consents_of_alice(server).await, json!([]));
        assert_eq!(purged_grants(server).await, 0, "used codes and flows are still recognised");
        let successor = confidential(server).await;
        let tokens = successor.flow(server).consent("remember", json!(true)).tokens().await;
        server.clock.advance(24 * 3600);
        assert_eq!(purged_grants(server).await, 3);
        assert_eq!(server.introspect(text(&tokens, "refresh_token")).await["active"], true);
        assert_eq!(consents_of_alice(server).await.as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn consents_that_were_revoked_all_at_once_are_purged_a_day_later() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for scope in ["openid offline email", "openid offline profile", "openid offline photos.read"] {
            client.flow(server).scope(scope).consent("remember", json!(true)).tokens().await;
        }
        let query = [("subject", "alice"), ("all", "true")];
        server.admin(Call::delete("/admin/oauth2/auth/sessions/consent").query(&query)).await.expect(204);
        assert_eq!(consents_of_alice(server).await, json!([]));
        client.flow(server).consent("remember", json!(true)).tokens().await;
        server.clock.advance(24 * 3600 - 1);
        assert_eq!(purged_grants(server).await, 0, "used codes and flows are still recognised");
        server.clock.advance(1);
        assert_eq!(purged_grants(server).await, 3);
        assert_eq!(consents_of_alice(server).await.as_array().unwrap().len(), 1);
    })
    .await;
}
