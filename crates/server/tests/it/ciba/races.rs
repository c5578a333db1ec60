//! Many at once, on each database and on two nodes of one: one answer, one redemption.

use serde_json::{Value, json};

use super::{accept, answer_call, ask, asking_client, on, poll, poll_call, waiting};
use crate::fixtures::{RACERS, count, race};
use crate::support::{Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_gives_tokens_once() {
    TestServer::each_database_with(on, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let asked = ask(server, &client).await;
        accept(server, &asked).await;
        let calls = (0..RACERS).map(|_| poll_call(&client, &asked)).collect();
        let answers = race(server, Listener::Public, calls).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, RACERS - 1));
        for answer in answers.iter().filter(|answer| answer.status == 400) {
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"));
        }
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
        assert_eq!(server.introspect(&winner.member("access_token")).await["active"], true, "a lost race is no theft");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_at_once_one_counts() {
    TestServer::each_database_with(on, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let asked = ask(server, &client).await;
        let call = |number: usize| {
            let verb = if number.is_multiple_of(2) { "accept" } else { "reject" };
            answer_call(verb, &asked, &json!({ "subject": "alice" }))
        };
        let answers = race(server, Listener::Admin, (0..RACERS).map(call).collect()).await;
        assert_eq!((count(&answers, 204), count(&answers, 410)), (1, RACERS - 1));
        let accepted = answers.iter().position(|answer| answer.status == 204).unwrap().is_multiple_of(2);
        let heard = poll(server, &client, &asked).await;
        assert_eq!(heard.status, if accepted { 200 } else { 400 });
        assert_eq!(heard.error().as_deref(), if accepted { None } else { Some("access_denied") });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_polls_at_once_one_is_in_time() {
    TestServer::each_database_with(on, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let asked = ask(server, &client).await;
        let calls = (0..RACERS).map(|_| poll_call(&client, &asked)).collect();
        let answers = race(server, Listener::Public, calls).await;
        let heard = |error: &str| answers.iter().filter(|answer| answer.error().as_deref() == Some(error)).count();
        assert_eq!((heard("authorization_pending"), heard("slow_down")), (1, RACERS - 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_know_of_each_other() {
    TestServer::two_nodes_with(on, async |one, other| {
        let client = asking_client(one, "bank", &json!({})).await;
        let asked: Value = ask(one, &client).await;
        assert_eq!(waiting(other, "alice").await.len(), 1);
        accept(other, &asked).await;
        let (mine, theirs) = tokio::join!(poll(one, &client, &asked), poll(other, &client, &asked));
        let mut statuses = [mine.status, theirs.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    })
    .await;
}
