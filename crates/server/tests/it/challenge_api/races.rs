//! Each step of a flow under many requests at once, on both databases: one session, one consent request, one code.

use serde_json::json;
use symbolon_store::raw;

use super::{AtPage, at_consent, at_login};
use crate::fixtures::{RACERS, confidential, count, outcome, parameter, race, text};
use crate::support::{Answer, Call, Listener, TestServer};

/// What a browser would send to that address, as a call that can be repeated.
fn visit(server: &TestServer, at: &AtPage, url: &str) -> Call {
    let cookies = at.flow.browser.jar().sent("/", server.clock.now());
    Call::get(server.public_target(url).unwrap()).navigating().cookies(&cookies)
}

async fn consent_ids(server: &TestServer, answers: &[Answer]) -> Vec<String> {
    let mut ids = Vec::new();
    for answer in answers {
        let challenge = parameter(answer.location(), "consent_challenge");
        let call = Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
        ids.push(server.admin(call).await.expect(200).member("consent_request_id"));
    }
    ids.sort();
    ids.dedup();
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn login_verifier_shown_many_times_makes_one_session_and_one_consent_request() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_login(server, &client).await;
        let to =
            at.accept(server, &json!({ "subject": "alice", "remember": true })).await.expect(200).member("redirect_to");
        let answers = race(server, Listener::Public, vec![visit(server, &at, &to); RACERS]).await;
        assert!(answers.iter().all(|answer| outcome(answer) == "consent"));
        assert_eq!(consent_ids(server, &answers).await.len(), 1);
        let sessions = raw::read(server.server.store(), "SELECT id FROM login_sessions", Vec::new()).await.unwrap();
        assert_eq!(sessions.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn consent_verifier_shown_many_times_gives_exactly_one_code() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_consent(server, &client).await;
        let to = at.accept(server, &at.yes()).await.expect(200).member("redirect_to");
        let answers = race(server, Listener::Public, vec![visit(server, &at, &to); RACERS]).await;
        let codes: Vec<String> = answers.iter().filter_map(|answer| answer.location_parameter("code")).collect();
        assert_eq!(codes.len(), 1);
        assert!(
            answers
                .iter()
                .filter(|answer| answer.error().is_some())
                .all(|answer| outcome(answer) == "client access_denied")
        );
        let tokens = server.public(at.flow.redemption(&codes[0])).await.expect(200).json();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn login_accepts_at_once_agree_on_one_subject() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut at = at_login(server, &client).await;
        let calls =
            (0..RACERS).map(|number| at.call("PUT", "/accept").json(&json!({ "subject": format!("user-{number}") })));
        let answers = race(server, Listener::Admin, calls.collect()).await;
        assert_eq!(count(&answers, 200), RACERS);
        let to = answers[0].member("redirect_to");
        let page = at.flow.browser.get(&to).await.expect(302).location().to_owned();
        let consent = AtPage { flow: at.flow, page, step: "consent" };
        let subject = consent.get(server).await.expect(200).member("subject");
        assert!(subject.starts_with("user-"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn login_accepts_against_the_verifier_never_change_a_login_that_was_used() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_login(server, &client).await;
        let to = at.accept(server, &json!({ "subject": "first" })).await.expect(200).member("redirect_to");
        let mut calls = vec![visit(server, &at, &to); RACERS / 2];
        let accepts = (0..RACERS / 2)
            .map(|number| at.call("PUT", "/accept").json(&json!({ "subject": format!("late-{number}") })));
        let (server_of_accepts, accepts) = (server.clone(), accepts.collect());
        let racing = tokio::spawn(async move { race(&server_of_accepts, Listener::Admin, accepts).await });
        let visits = race(server, Listener::Public, std::mem::take(&mut calls)).await;
        let accepts = racing.await.unwrap();
        assert!(accepts.iter().all(|answer| matches!(answer.status, 200 | 410)));
        assert!(visits.iter().all(|answer| outcome(answer) == "consent"));
        assert_eq!(consent_ids(server, &visits).await.len(), 1);
        let challenge = parameter(visits[0].location(), "consent_challenge");
        let call = || Call::get("/admin/oauth2/auth/requests/consent").query(&[("consent_challenge", &challenge)]);
        let subject = server.admin(call()).await.expect(200).member("subject");
        // Whatever it is, it stays: nobody changes it any more.
        at.accept(server, &json!({ "subject": "too-late" })).await.expect(410);
        assert_eq!(server.admin(call()).await.expect(200).member("subject"), subject);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn consent_accepts_at_once_all_succeed_and_one_of_them_counts() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let mut at = at_consent(server, &client).await;
        let calls = (0..RACERS).map(|number| {
            let scope = if number % 2 == 0 { json!(["openid"]) } else { json!(["openid", "offline"]) };
            at.call("PUT", "/accept").json(&json!({ "grant_scope": scope }))
        });
        let answers = race(server, Listener::Admin, calls.collect()).await;
        assert_eq!(count(&answers, 200), RACERS, "a double click is no fault");
        let answer = at.flow.browser.get(&answers[0].member("redirect_to")).await.expect(303);
        let scope = answer.location_parameter("scope").unwrap();
        assert!(matches!(scope.as_str(), "openid" | "openid offline"), "{scope}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flow_that_is_accepted_and_rejected_at_once_ends_one_way() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let at = at_consent(server, &client).await;
        let calls = (0..RACERS).map(|number| match number % 2 {
            0 => at.call("PUT", "/accept").json(&at.yes()),
            _ => at.call("PUT", "/reject").json(&json!({ "error": "access_denied" })),
        });
        let answers = race(server, Listener::Admin, calls.collect()).await;
        assert_eq!(count(&answers, 200), RACERS);
        let visits =
            race(server, Listener::Public, vec![visit(server, &at, &answers[0].member("redirect_to")); RACERS]).await;
        let codes = visits.iter().filter(|answer| outcome(answer) == "code").count();
        assert!(codes <= 1);
        assert_eq!(codes + visits.iter().filter(|answer| outcome(answer) == "client access_denied").count(), RACERS);
    })
    .await;
}
