//! An id that is used again, within the second in which it became free: nothing that the former owner had counts for the
//! new one. Clients are deleted and registered again, accounts are deleted and created again with the same subject.

use serde_json::{Value, json};

use super::epochs::{Everything, STAGES, everything, interrupted};
use crate::fixtures::{CONFIDENTIAL, Registered, confidential, metadata, race, text, with};
use crate::rfc8628::{DeviceFlow, GRANT_TYPE};
use crate::support::{Call, Listener, TestServer};

const PATH: &str = "/admin/clients/confidential";

/// Registers the client again, with the secret it had.
async fn again(server: &TestServer, client: &Registered, changes: &Value) {
    let body = with(metadata(&client.id), &json!({ "client_secret": client.secret }));
    server.create_client(&with(body, changes)).await;
}

#[tokio::test]
async fn a_client_registered_again_gets_no_token_code_session_or_consent_of_the_former_one() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut former: Vec<Everything> = Vec::new();
        // Several lives within one second.
        for _ in 0..3 {
            former.push(everything(server, client.clone(), "alice").await);
            server.admin(Call::delete(PATH)).await.expect(204);
            for everything in &former {
                everything.assert_user_is_out(server).await;
            }
            again(server, &client, &json!({})).await;
            for everything in &former {
                everything.assert_user_is_out(server).await;
                assert!(!everything.is_machine_in(server).await);
                assert!(!everything.consent_after_login(server).await, "the user agreed to another client");
            }
        }
        everything(server, client, "alice").await.assert_user_is_in(server).await;
    })
    .await;
}

#[tokio::test]
async fn a_registration_access_token_manages_one_client_and_no_later_one() {
    TestServer::each_database(async |server| {
        let created = server.create_client(&metadata(CONFIDENTIAL)).await;
        let token = text(&created, "registration_access_token");
        let read = || Call::get(format!("/oauth2/register/{CONFIDENTIAL}")).bearer(token);
        server.public(read()).await.expect(200);
        server.admin(Call::delete(PATH)).await.expect(204);
        server.public(read()).await.expect(401);
        let later = server.create_client(&metadata(CONFIDENTIAL)).await;
        server.public(read()).await.expect(401);
        let current = read().bearer(text(&later, "registration_access_token"));
        let shown = server.public(current).await.expect(200).json();
        assert_eq!(shown["client_id"], CONFIDENTIAL);
    })
    .await;
}

#[tokio::test]
async fn a_flow_of_the_former_client_leads_nowhere() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for stage in STAGES {
            let mut flow = client.flow(server);
            let replace = async || {
                server.admin(Call::delete(PATH)).await.expect(204);
                again(server, &client, &json!({})).await;
            };
            assert_eq!(interrupted(&mut flow, stage, replace).await, "client login_required", "{stage:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_device_of_the_former_client_waits_for_nothing() {
    TestServer::each_database(async |server| {
        let grants = json!({ "grant_types": [GRANT_TYPE, "refresh_token"] });
        let client = confidential(server).await;
        server.admin(Call::delete(PATH)).await.expect(204);
        again(server, &client, &grants).await;
        let mut flow = DeviceFlow::new(server, &client);
        let waiting = flow.ask().await;
        let connected = flow.ask().await;
        flow.connect(&connected).await.expect(302);
        server.admin(Call::delete(PATH)).await.expect(204);
        again(server, &client, &grants).await;
        for codes in [&waiting, &connected] {
            assert_eq!(flow.hears(codes).await, "invalid_grant");
        }
        let challenge = flow.challenge().await;
        let accept = Call::put("/admin/oauth2/auth/requests/device/accept")
            .query(&[("device_challenge", &challenge)])
            .json(&json!({ "user_code": text(&waiting, "user_code") }));
        server.admin(accept).await.expect(400);
        let own = flow.ask().await;
        flow.connect(&own).await.expect(302);
        flow.poll(&own).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_device_waits_for_nothing_once_the_tokens_of_its_client_were_revoked() {
    TestServer::each_database(async |server| {
        let client = crate::rfc8628::device_client(server).await;
        let mut flow = DeviceFlow::new(server, &client);
        let (waiting, connected) = (flow.ask().await, flow.ask().await);
        flow.connect(&connected).await.expect(302);
        server.admin(Call::delete("/admin/oauth2/tokens").query(&[("client_id", "tv")])).await.expect(204);
        for codes in [&waiting, &connected] {
            assert_eq!(flow.hears(codes).await, "invalid_grant");
        }
        let own = flow.ask().await;
        flow.connect(&own).await.expect(302);
        flow.poll(&own).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn an_account_created_again_with_the_same_subject_gets_nothing_of_the_former_one() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let create = || {
            let account = json!({ "id": "u-1", "username": "alice", "password": "correct horse battery" });
            Call::post("/admin/accounts").json(&account)
        };
        let mut former: Vec<Everything> = Vec::new();
        for _ in 0..3 {
            server.admin(create()).await.expect(201);
            server.admin(create()).await.expect(409);
            let own = everything(server, client.clone(), "u-1").await;
            own.assert_user_is_in(server).await;
            former.push(own);
            server.admin(Call::delete("/admin/accounts/u-1")).await.expect(204);
            for everything in &former {
                everything.assert_user_is_out(server).await;
                assert_eq!(everything.silent_visit().await, "client login_required");
            }
        }
        server.admin(create()).await.expect(201);
        for everything in &former {
            everything.assert_user_is_out(server).await;
            assert_eq!(everything.silent_visit().await, "client login_required");
        }
        assert!(!former[0].consent_after_login(server).await, "another person agreed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tokens_that_are_issued_while_the_client_is_replaced_belong_to_one_of_the_two() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        for _ in 0..4 {
            let form = [("grant_type", "client_credentials")];
            let mut calls = vec![(Listener::Public, client.token_request(&form)); 62];
            calls.insert(20, (Listener::Admin, Call::delete(PATH)));
            let tasks: Vec<_> = calls
                .into_iter()
                .map(|(listener, call)| {
                    let server = server.clone();
                    tokio::spawn(async move { server.call(listener, call).await })
                })
                .collect();
            let mut tokens = Vec::new();
            for task in tasks {
                let answer = task.await.unwrap();
                assert!(answer.status < 500, "{}", answer.text());
                tokens.extend((answer.status == 200).then(|| answer.member("access_token")));
            }
            again(server, &client, &json!({})).await;
            for token in &tokens {
                assert_eq!(server.introspect(token).await, json!({ "active": false }));
            }
        }
        let deletions = race(server, Listener::Admin, vec![Call::delete(PATH); 64]).await;
        assert_eq!(crate::fixtures::count(&deletions, 204), 1);
        assert_eq!(crate::fixtures::count(&deletions, 404), 63);
    })
    .await;
}

/// A login that began for the former client does not end at its address.
#[tokio::test]
async fn a_flow_of_the_former_client_goes_nowhere() {
    let server = TestServer::new().await;
    let client = crate::fixtures::register(&server, "again", &json!({})).await;
    let mut flow = client.flow(&server);
    let page = flow.authorize().await.expect(302).location().to_owned();
    server.admin(Call::delete("/admin/clients/again")).await.expect(204);
    crate::fixtures::register(&server, "again", &json!({ "redirect_uris": ["https://other.example/cb"] })).await;
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let call = Call::put("/admin/oauth2/auth/requests/login/accept").query(&[("login_challenge", &challenge)]);
    let answer = server.admin(call.json(&json!({ "subject": "alice" }))).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
}
