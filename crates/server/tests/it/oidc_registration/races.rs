//! Requests at the same moment: one wins, and nothing is half done.

use serde_json::json;

use super::{Managed, minimal, register};
use crate::fixtures::{count, race, with};
use crate::support::{Call, CodeFlow, Listener, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_replacements_with_one_token_one_wins() {
    TestServer::each_database(async |server| {
        for _ in 0..5 {
            let client = register(server, &minimal()).await;
            let calls = (0..8)
                .map(|number| client.replace(&with(minimal(), &json!({ "client_name": format!("name {number}") }))));
            let answers = race(server, Listener::Public, calls.collect()).await;
            assert_eq!(count(&answers, 200), 1);
            assert_eq!(count(&answers, 401) + count(&answers, 409), 7);
            let winner = answers.iter().find(|answer| answer.status == 200).unwrap().json();
            let now = Managed::new(winner.clone());
            let read = server.public(now.read()).await.expect(200).json();
            assert_eq!(read["client_name"], winner["client_name"]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_deletions_one_wins() {
    TestServer::each_database(async |server| {
        let client = register(server, &minimal()).await;
        let answers = race(server, Listener::Public, vec![client.delete(); 64]).await;
        assert_eq!((count(&answers, 204), count(&answers, 401)), (1, 63));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_and_its_administrator_lose_no_setting_to_each_other() {
    TestServer::each_database(async |server| {
        for _ in 0..5 {
            let client = register(server, &minimal()).await;
            let path = format!("/admin/clients/{}", client.id);
            let notes = with(minimal(), &json!({ "metadata": { "tier": "gold" } }));
            let own = client.replace(&with(minimal(), &json!({ "client_name": "Mine" })));
            let (admin, own) = tokio::join!(server.admin(Call::put(&path).json(&notes)), server.public(own));
            assert!(
                [200, 409].contains(&admin.status) && [200, 409].contains(&own.status),
                "{} {}",
                admin.status,
                own.status
            );
            let stored = server.admin(Call::get(&path)).await.expect(200).json();
            assert_eq!(stored["metadata"]["tier"] == "gold", admin.status == 200, "what was answered is so: {stored}");
            assert!(admin.status == 200 || own.status == 200, "one of the two wins");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_deleted_while_tokens_are_issued_leaves_none_alive() {
    TestServer::each_database(async |server| {
        for _ in 0..5 {
            let client = register(server, &with(minimal(), &json!({ "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "scope": "openid offline a" }))).await;
            let mut flow = CodeFlow::new(server, &client.id).secret(&client.secret);
            let tokens = flow.tokens().await;
            let code = flow.code().await;
            let own = [("grant_type", "client_credentials"), ("scope", "a")];
            let calls = vec![
                flow.redemption(&code),
                flow.refresh(tokens["refresh_token"].as_str().unwrap()),
                Call::post("/oauth2/token").form(&own).basic(&client.id, &client.secret),
                client.delete(),
                Call::post("/oauth2/token").form(&own).basic(&client.id, &client.secret),
            ];
            let answers = race(server, Listener::Public, calls).await;
            assert_eq!(count(&answers, 204), 1);
            for answer in answers.iter().filter(|answer| answer.status == 200) {
                assert_eq!(server.introspect(&answer.member("access_token")).await, json!({ "active": false }));
            }
        }
    })
    .await;
}
