//! Many at once: no change is lost, one deletion succeeds, and no login with the old password outlives the new one.

use serde_json::{Value, json};

use super::{PASSWORD, create, path};
use crate::fixtures::{RACERS, confidential, count, race, text};
use crate::support::{Call, CodeFlow, Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_different_members_at_once_are_all_kept() {
    TestServer::each_database(async |server| {
        let created = create(server, "alice", &json!({})).await;
        let members = ["name", "given_name", "family_name", "middle_name", "nickname", "gender", "preferred_username"];
        let mut calls = Vec::new();
        for number in 0..RACERS {
            let change = match number % 8 {
                7 => json!({ "address": { "region": "x", "country": "y" } }),
                member => json!({ members[member]: format!("{number}") }),
            };
            calls.push(Call::patch(path(&created)).json(&change));
        }
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!(count(&answers, 200), RACERS);
        let account = server.admin(Call::get(path(&created))).await.expect(200).json();
        for member in members {
            assert!(account[member].is_string(), "{member}: {account}");
        }
        assert_eq!(account["address"], json!({ "region": "x", "country": "y" }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_account_is_deleted_once_and_changes_do_not_bring_it_back() {
    TestServer::each_database(async |server| {
        let created = create(server, "alice", &json!({})).await;
        let mut calls = vec![Call::delete(path(&created)); RACERS / 2];
        calls.extend(vec![Call::patch(path(&created)).json(&json!({ "name": "A" })); RACERS / 2]);
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!(count(&answers, 204), 1);
        assert_eq!(count(&answers, 204) + count(&answers, 200) + count(&answers, 404), RACERS);
        server.admin(Call::get(path(&created))).await.expect(404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_accounts_that_want_one_username_one_gets_it() {
    TestServer::each_database(async |server| {
        let mut calls = Vec::new();
        for number in 0..8 {
            let created = create(server, &format!("user{number}"), &json!({ "id": format!("u{number}") })).await;
            calls.extend(vec![Call::patch(path(&created)).json(&json!({ "username": "Wanted" })); RACERS / 8]);
        }
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (RACERS / 8, RACERS - RACERS / 8));
        let found = Call::get("/admin/accounts").query(&[("username", "wanted")]);
        assert_eq!(server.admin(found).await.expect(200).json().as_array().unwrap().len(), 1);
    })
    .await;
}

/// Logs in at the built-in page and goes on until the tokens, as far as it gets.
async fn log_in(mut flow: CodeFlow, password: String) -> Option<Value> {
    let page = flow.authorize().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    flow.browser.follow(&page).await.expect(200);
    let form = [("login_challenge", challenge.as_str()), ("username", "alice"), ("password", &password)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let answer = flow.browser.post("/oauth2/fallbacks/login", &form).await;
    if answer.status != 303 {
        return None;
    }
    let to = flow.browser.get(answer.location()).await.location().to_owned();
    if !to.contains("consent_challenge=") {
        return None;
    }
    let next = flow.application.accept_consent(&to).await;
    let code = flow.browser.get(&next).await.location_parameter("code")?;
    let answer = flow.server().public(flow.redemption(&code)).await;
    (answer.status == 200).then(|| answer.json())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_login_with_the_old_password_outlives_the_new_one() {
    let pages = |config: &mut symbolon_server::config::Config| {
        config.urls.login = None;
        config.urls.consent = None;
        config.symbolon.ui.enabled = true;
    };
    TestServer::each_database_with(pages, async |server| {
        let created = create(server, "alice", &json!({})).await;
        let client = confidential(server).await;
        let mut old = PASSWORD.to_owned();
        for round in 0..4 {
            let new = format!("{PASSWORD} {round}");
            let logins: Vec<_> = (0..4).map(|_| tokio::spawn(log_in(client.flow(server), old.clone()))).collect();
            let change = Call::put(path(&created) + "/password").json(&json!({ "password": new }));
            server.admin(change).await.expect(204);
            let mut issued = Vec::new();
            for login in logins {
                issued.extend(login.await.unwrap());
            }
            for tokens in &issued {
                assert_eq!(server.introspect(text(tokens, "access_token")).await, json!({ "active": false }));
                assert_eq!(server.introspect(text(tokens, "refresh_token")).await, json!({ "active": false }));
            }
            server.clock.advance(3600);
            assert!(log_in(client.flow(server), old).await.is_none());
            let tokens = log_in(client.flow(server), new.clone()).await.unwrap();
            assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
            old = new;
        }
    })
    .await;
}
