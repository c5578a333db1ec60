//! Many at once, on each database: one redemption, one answer, one poll in time.

use super::{DeviceFlow, device_client};
use crate::fixtures::{RACERS, count, race};
use crate::support::{Call, Listener, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_device_code_gives_tokens_once() {
    TestServer::each_database(async |server| {
        let mut flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        flow.connect(&codes).await.expect(302);
        let answers = race(server, Listener::Public, (0..RACERS).map(|_| flow.poll_call(&codes)).collect()).await;
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
async fn of_many_polls_at_once_one_is_in_time() {
    TestServer::each_database(async |server| {
        let flow = DeviceFlow::new(server, &device_client(server).await);
        let codes = flow.ask().await;
        let answers = race(server, Listener::Public, (0..RACERS).map(|_| flow.poll_call(&codes)).collect()).await;
        let hears = |error: &str| answers.iter().filter(|answer| answer.error().as_deref() == Some(error)).count();
        assert_eq!((hears("authorization_pending"), hears("slow_down")), (1, RACERS - 1));
    })
    .await;
}

/// The verifiers of many browsers in which the same code was entered, and who may use each.
async fn ready(server: &TestServer, how_many: usize) -> (DeviceFlow, serde_json::Value, Vec<Call>) {
    let first = DeviceFlow::new(server, &device_client(server).await);
    let codes = first.ask().await;
    let mut calls = Vec::new();
    for _ in 0..how_many {
        // A browser each, from networks of their own as far as the limits are concerned.
        server.clock.advance(if calls.len() % 20 == 19 { 60 } else { 0 });
        let mut flow = DeviceFlow::new(server, &first.client);
        let next = flow.to_verifier(&codes).await;
        let cookies = flow.browser.jar().sent("/oauth2/device/verify", server.clock.now());
        calls.push(Call::get(server.public_target(&next).unwrap()).navigating().cookies(&cookies));
    }
    (first, codes, calls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_browsers_with_the_same_code_one_connects_the_device() {
    TestServer::each_database(async |server| {
        let (flow, codes, calls) = ready(server, RACERS).await;
        let answers = race(server, Listener::Public, calls).await;
        let done = answers.iter().filter(|answer| answer.location().contains("/device/done")).count();
        assert_eq!(done, 1);
        for answer in answers.iter().filter(|answer| !answer.location().contains("/device/done")) {
            assert_eq!(answer.error().as_deref(), Some("access_denied"));
        }
        let tokens = flow.poll(&codes).await.expect(200);
        assert_eq!(server.introspect(&tokens.member("access_token")).await["active"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_consent_verifier_is_used_once() {
    TestServer::each_database(async |server| {
        let (flow, codes, calls) = ready(server, 1).await;
        let answers = race(server, Listener::Public, vec![calls[0].clone(); RACERS]).await;
        let done = answers.iter().filter(|answer| answer.location().contains("/device/done")).count();
        assert_eq!(done, 1);
        flow.poll(&codes).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_yes_and_a_no_at_once_leave_one_answer() {
    TestServer::each_database(async |server| {
        for round in 0..8 {
            let client = crate::fixtures::register(
                server,
                &format!("tv-{round}"),
                &serde_json::json!({ "grant_types": [super::GRANT_TYPE] }),
            )
            .await;
            let (mut yes, mut no) = (DeviceFlow::new(server, &client), DeviceFlow::new(server, &client));
            let codes = yes.ask().await;
            let agree = yes.to_verifier(&codes).await;
            let page = no.to_consent(&codes).await;
            let refuse = no.reject("consent", &page).await;
            let call = |flow: &DeviceFlow, next: &str| {
                let cookies = flow.browser.jar().sent("/oauth2/device/verify", server.clock.now());
                Call::get(server.public_target(next).unwrap()).navigating().cookies(&cookies)
            };
            let answers = race(server, Listener::Public, vec![call(&yes, &agree), call(&no, &refuse)]).await;
            let connected = answers[0].location().contains("/device/done");
            let heard = yes.poll(&codes).await;
            assert_eq!(heard.status, if connected { 200 } else { 400 });
            assert_eq!(heard.error().as_deref(), if connected { None } else { Some("access_denied") });
        }
    })
    .await;
}
