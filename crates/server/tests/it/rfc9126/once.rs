//! A request leads to one answer (RFC 9126 §4, §7.3): a page may be loaded again until then, and nothing comes after it.

use serde_json::json;

use super::{brought, flow, pushed, uri, visit};
use crate::fixtures::{RACERS, borrowed, confidential, outcome, race, set};
use crate::support::{Call, Listener, TestServer};

#[tokio::test]
async fn it_is_used_up_by_the_answer_and_not_by_a_visit() {
    TestServer::two_nodes(async |one, other| {
        let client = confidential(one).await;
        let uri = uri(one, &client, &pushed(&client)).await;
        for node in [one, other, one] {
            assert_eq!(outcome(&visit(node, &client.id, &uri).await), "login");
        }
        flow(one, &client, &uri).code().await;
        for node in [one, other] {
            assert_eq!(outcome(&visit(node, &client.id, &uri).await), "page invalid_request_uri");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let uri = uri(&server, &client, &pushed(&client)).await;
    let mut refused = flow(&server, &client, &uri);
    let page = refused.authorize().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let reject = Call::put("/admin/oauth2/auth/requests/login/reject").query(&[("login_challenge", &challenge)]);
    let next = server.admin(reject.json(&json!({}))).await.expect(200).member("redirect_to");
    let answer = refused.browser.get(&next).await.expect(303);
    assert_eq!(answer.error().as_deref(), Some("access_denied"));
    assert_eq!(outcome(&visit(&server, &client.id, &uri).await), "page invalid_request_uri");
}

/// Two browsers with one request: both may get as far as the consent, and one of them gets the answer.
#[tokio::test]
async fn of_two_flows_one_is_answered() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let uri = uri(server, &client, &pushed(&client)).await;
        let mut flows = [flow(server, &client, &uri), flow(server, &client, &uri)];
        let mut verifiers = Vec::new();
        for flow in &mut flows {
            let consent = flow.log_in().await.expect(302).location().to_owned();
            verifiers.push(flow.application.accept_consent(&consent).await);
        }
        let [first, second] = &mut flows;
        assert!(first.browser.get(&verifiers[0]).await.expect(303).location_parameter("code").is_some());
        let answer = second.browser.get(&verifiers[1]).await;
        assert_eq!(outcome(&answer), "page invalid_request_uri");
    })
    .await;
}

/// `prompt=none` is answered at once.
#[tokio::test]
async fn of_many_that_are_answered_at_once_one_is() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let uri = uri(server, &client, &set(&pushed(&client), "prompt", "none")).await;
        let call = Call::get("/oauth2/auth").query(&borrowed(&brought(&client.id, &uri))).navigating();
        let answers = race(server, Listener::Public, vec![call; RACERS]).await;
        let told = answers.iter().filter(|answer| outcome(answer) == "client login_required").count();
        let refused = answers.iter().filter(|answer| outcome(answer) == "page invalid_request_uri").count();
        assert_eq!((told, refused), (1, RACERS - 1));
    })
    .await;
}

/// Many browsers that all come back from the consent page with one request.
#[tokio::test]
async fn of_many_flows_at_once_one_is_answered() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let uri = uri(server, &client, &pushed(&client)).await;
        let mut calls = Vec::new();
        for _ in 0..RACERS / 4 {
            let mut flow = flow(server, &client, &uri);
            let consent = flow.log_in().await.expect(302).location().to_owned();
            let next = flow.application.accept_consent(&consent).await;
            let cookies = flow.browser.jar().sent("/oauth2/auth", server.clock.now());
            calls.push(Call::get(server.public_target(&next).unwrap()).navigating().cookies(&cookies));
        }
        let answers = race(server, Listener::Public, calls).await;
        let outcomes: Vec<String> = answers.iter().map(outcome).collect();
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "code").count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| *outcome == "page invalid_request_uri").count(), RACERS / 4 - 1);
    })
    .await;
}
