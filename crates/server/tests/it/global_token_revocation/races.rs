//! Many calls at once, and calls beside logins.

use serde_json::json;

use super::{Idp, call, opaque};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{RACERS, confidential, count, race, register};
use crate::support::{Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_of_one_jwt_exactly_one_counts() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            confidential(server).await.flow(server).tokens().await;
            let jwt = idp.jwt(server, &json!({}));
            let calls = (0..RACERS).map(|_| call(&jwt, &opaque("alice"))).collect();
            let answers = race(server, Listener::Public, calls).await;
            assert_eq!(count(&answers, 204), 1);
            assert_eq!(count(&answers, 401) + count(&answers, 429), RACERS - 1);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_calls_about_one_person_all_succeed_and_clients_are_told_once() {
    let idp = Idp::new();
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let settings = json!({ "backchannel_logout_uri": receiver.url });
            let client = register(server, "rp", &settings).await;
            client.flow(server).login("remember", json!(true)).tokens().await;
            let calls = (0..RACERS).map(|_| idp.call(server, &opaque("alice"))).collect();
            let answers = race(server, Listener::Public, calls).await;
            assert_eq!(count(&answers, 204), RACERS);
            assert_eq!(server.server.deliver_logout_tokens().await, 1);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_jwt_counts_once_on_all_nodes() {
    let idp = Idp::new();
    TestServer::two_nodes_with(
        |config| idp.on(config),
        async |one, other| {
            confidential(one).await.flow(one).tokens().await;
            let jwt = idp.jwt(one, &json!({}));
            one.public(call(&jwt, &opaque("alice"))).await.expect(204);
            other.public(call(&jwt, &opaque("alice"))).await.expect(401);
        },
    )
    .await;
}

/// What was begun before the call and comes to its end beside it gives nothing that counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_that_are_redeemed_beside_a_call_give_nothing_that_counts_after_it() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = confidential(server).await;
            let mut calls = Vec::new();
            for _ in 0..16 {
                let mut flow = client.flow(server);
                let code = flow.code().await;
                calls.push(flow.redemption(&code));
            }
            calls.push(idp.call(server, &opaque("alice")));
            for answer in race(server, Listener::Public, calls).await {
                if answer.status == 200 {
                    assert_eq!(server.introspect(&answer.member("access_token")).await["active"], false);
                }
            }
            let mut flow = client.flow(server);
            assert_eq!(server.introspect(flow.tokens().await["access_token"].as_str().unwrap()).await["active"], true);
        },
    )
    .await;
}
