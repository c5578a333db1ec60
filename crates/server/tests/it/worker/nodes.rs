//! Two nodes on one database server: neither keeps anything that the other would have to know.

use serde_json::json;

use crate::fixtures::{RACERS, confidential, count, metadata, outcome, race, text, with};
use crate::support::{Call, Listener, TestServer};

#[tokio::test]
async fn what_one_node_issues_the_other_takes_and_what_one_ends_ends_on_both() {
    TestServer::two_nodes(async |one, other| {
        let client = confidential(one).await;
        let mut flow = client.flow(one).login("remember", json!(true));
        let code = flow.code().await;
        let tokens = other.public(flow.redemption(&code)).await.expect(200).json();
        one.public(flow.redemption(&code)).await.expect(400);
        assert_eq!(other.introspect(text(&tokens, "access_token")).await["active"], false);
        let tokens = flow.tokens().await;
        assert_eq!(other.introspect(text(&tokens, "access_token")).await["active"], true);
        other.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200);
        let keys = async |node: &TestServer| node.public(Call::get("/.well-known/jwks.json")).await.expect(200).body;
        assert_eq!(keys(one).await, keys(other).await);
        let machine = one.public(client.token_request(&[("grant_type", "client_credentials")])).await.expect(200);
        let machine = machine.member("access_token");
        other.public(client.form("/oauth2/revoke", &[("token", &machine)])).await.expect(200);
        assert_eq!(one.introspect(&machine).await["active"], false);
    })
    .await;
}

#[tokio::test]
async fn a_flow_may_change_nodes_at_every_step() {
    TestServer::two_nodes(async |one, other| {
        let client = confidential(one).await;
        let mut flow = client.flow(one).login("remember", json!(true));
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        let elsewhere = client.flow(other).login("remember", json!(true));
        let next = elsewhere.application.accept_login(&login_page).await;
        let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
        let next = elsewhere.application.accept_consent(&consent_page).await;
        let cookies = flow.browser.jar().sent("/", one.clock.now());
        let call = Call::get(other.public_target(&next).unwrap()).navigating().cookies(&cookies);
        assert_eq!(outcome(&other.public(call).await), "code");
    })
    .await;
}

#[tokio::test]
async fn a_changed_client_is_seen_by_every_node_at_once() {
    TestServer::two_nodes(async |one, other| {
        let client = confidential(one).await;
        let ask = async |node: &TestServer| {
            node.public(client.token_request(&[("grant_type", "client_credentials"), ("scope", "email")])).await.status
        };
        assert_eq!((ask(one).await, ask(other).await), (200, 200));
        let narrowed = with(metadata(&client.id), &json!({ "scope": "openid" }));
        one.admin(Call::put(format!("/admin/clients/{}", client.id)).json(&narrowed)).await.expect(200);
        assert_eq!((ask(one).await, ask(other).await), (400, 400));
        let secret = with(metadata(&client.id), &json!({ "client_secret": "a-new-secret-of-this-client" }));
        one.admin(Call::put(format!("/admin/clients/{}", client.id)).json(&secret)).await.expect(200);
        assert_eq!((ask(one).await, ask(other).await), (401, 401));
        other.admin(Call::delete(format!("/admin/clients/{}", client.id))).await.expect(204);
        assert_eq!((ask(one).await, ask(other).await), (401, 401));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_redemptions_on_both_nodes_exactly_one_succeeds() {
    TestServer::two_nodes(async |one, other| {
        let client = confidential(one).await;
        let mut flow = client.flow(one);
        let code = flow.code().await;
        let calls = vec![flow.redemption(&code); RACERS / 2];
        let there = tokio::spawn({
            let (other, calls) = (other.clone(), calls.clone());
            async move { race(&other, Listener::Public, calls).await }
        });
        let here = race(one, Listener::Public, calls).await;
        let there = there.await.unwrap();
        assert_eq!(count(&here, 200) + count(&there, 200), 1);
        assert_eq!(count(&here, 400) + count(&there, 400), RACERS - 1);
    })
    .await;
}
