//! A session that ends while flows in it are being finished: whoever got a code is told, and whoever is not told got none.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::back_channel::queued;
use super::{accept, ask, challenge, client, sign_in};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{RACERS, Registered, outcome, verified_claims};
use crate::support::{Answer, Browser, Call, Listener, TestServer};

/// How many flows are finished before the session ends.
const ANSWERED_BEFORE: usize = 8;

/// Which way the session ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Logout,
    Administrator,
    AnotherPerson,
}

/// Clients whose flows race, each with both channels.
async fn clients(server: &TestServer) -> Vec<Registered> {
    let mut clients = Vec::new();
    for number in 0..RACERS {
        let settings = json!({
            "backchannel_logout_uri": format!("http://127.0.0.1:9/{number}"),
            "frontchannel_logout_uri": format!("http://127.0.0.1:5555/front/{number}"),
        });
        clients.push(client(server, &format!("client-{number}"), &settings).await);
    }
    clients
}

/// The last visit of a flow of this client, in one of many tabs of this browser.
async fn last_visit(server: &TestServer, client: &Registered, browser: &Browser) -> Call {
    let mut flow = client.flow(server);
    flow.browser = browser.clone();
    let page = flow.log_in().await.expect(302).location().to_owned();
    let next = flow.application.accept_consent(&page).await;
    visit(server, &flow.browser, &next)
}

fn visit(server: &TestServer, browser: &Browser, url: &str) -> Call {
    let cookies = browser.jar().sent("/", server.clock.now());
    Call::get(server.public_target(url).unwrap()).navigating().cookies(&cookies)
}

/// The visit of this browser with which its session ends.
async fn ending(server: &TestServer, client: &Registered, browser: &Browser, end: End) -> Option<Call> {
    match end {
        End::Logout => {
            let asked = ask(&mut browser.clone(), &[]).await;
            let next = accept(server, &challenge(&asked)).await;
            Some(visit(server, browser, &next))
        }
        End::AnotherPerson => {
            let mut flow = client.flow(server).subject("bob").parameter("prompt", "login");
            flow.browser = browser.clone();
            let page = flow.authorize().await.expect(302).location().to_owned();
            let next = flow.application.accept_login(&page).await;
            Some(visit(server, &flow.browser, &next))
        }
        End::Administrator => None,
    }
}

/// The clients to which logout tokens are on their way.
async fn told(server: &TestServer) -> BTreeSet<String> {
    let due = super::back_channel::due(server, server.clock.now()).await;
    let told: Vec<String> = due.iter().map(|delivery| delivery.client_id.as_str().to_owned()).collect();
    let set: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(set.len(), told.len(), "nobody is told twice");
    set
}

/// The clients that got a code.
fn served(clients: &[Registered], answers: &[Answer]) -> BTreeSet<String> {
    let pairs = clients.iter().zip(answers);
    let served = pairs.filter(|(_, answer)| match outcome(answer).as_str() {
        "code" => true,
        "client login_required" => false,
        other => panic!("a flow came to {other}"),
    });
    served.map(|(client, _)| client.id.clone()).collect()
}

async fn finish_while_it_ends(server: &TestServer, end: End, clients: &[Registered]) -> usize {
    let quiet = crate::fixtures::confidential(server).await;
    let person = sign_in(server, &quiet).await;
    let sid = person.sid();
    let mut calls = Vec::new();
    for client in clients {
        calls.push(last_visit(server, client, &person.browser).await);
    }
    let last = ending(server, &quiet, &person.browser, end).await;
    let last = last.map_or_else(|| (Listener::Admin, delete_session(&sid)), |visit| (Listener::Public, visit));
    let (answers, of_ending) = end_in_the_middle(server, calls, last).await;
    let got_codes = served(clients, &answers);
    assert_eq!(told(server).await, got_codes, "{end:?}");
    if let End::Logout = end {
        let text = of_ending.text();
        let framed: BTreeSet<String> = clients
            .iter()
            .enumerate()
            .filter(|(number, _)| text.contains(&format!("/front/{number}?")))
            .map(|(_, client)| client.id.clone())
            .collect();
        assert_eq!(framed, got_codes, "the frames in the browser");
    }
    forget_deliveries(server).await;
    server.admin(Call::delete(format!("/admin/clients/{}", quiet.id))).await.expect(204);
    got_codes.len()
}

fn delete_session(sid: &str) -> Call {
    Call::delete("/admin/oauth2/auth/sessions/login").query(&[("sid", sid)])
}

/// Makes all the visits at once, and the last call when some of them have been answered.
async fn end_in_the_middle(
    server: &TestServer,
    visits: Vec<Call>,
    (listener, last): (Listener, Call),
) -> (Vec<Answer>, Answer) {
    let answered = Arc::new(Semaphore::new(0));
    let visits: Vec<_> = visits
        .into_iter()
        .map(|call| {
            let (server, answered) = (server.clone(), answered.clone());
            tokio::spawn(async move {
                let answer = server.public(call).await;
                answered.add_permits(1);
                answer
            })
        })
        .collect();
    let server = server.clone();
    let ending = tokio::spawn(async move {
        drop(answered.acquire_many(u32::try_from(ANSWERED_BEFORE).unwrap()).await.unwrap());
        server.call(listener, last).await
    });
    let mut answers = Vec::with_capacity(visits.len());
    for visit in visits {
        answers.push(visit.await.unwrap());
    }
    let last = ending.await.unwrap();
    assert!(last.status < 400, "{}", last.text());
    (answers, last)
}

async fn forget_deliveries(server: &TestServer) {
    server.clock.advance(3 * 3600);
    server.server.purge().await.unwrap();
    assert_eq!(queued(server).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_gets_a_code_while_the_session_ends_is_told() {
    TestServer::each_database(async |server| {
        let clients = clients(server).await;
        for end in [End::Logout, End::Administrator, End::AnotherPerson] {
            let served = finish_while_it_ends(server, end, &clients).await;
            assert!(served >= ANSWERED_BEFORE, "{served}");
            eprintln!("{end:?}: of {RACERS} flows {served} got a code while their session ended");
        }
    })
    .await;
}

#[tokio::test]
async fn a_logout_that_broke_off_in_between_is_finished_by_the_worker() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        let client = super::back_channel::told(server, "rp", &receiver, &json!({})).await;
        let mut person = sign_in(server, &client).await;
        // The process ended behind the first statement of the logout.
        let id = symbolon_types::SessionId::parse(&person.sid()).unwrap();
        assert!(server.server.store().end_login_session(id, server.clock.now()).await.unwrap());
        assert!(!person.stands(server, &client).await, "it has ended all the same");
        assert_eq!(queued(server).await, 0);
        // Another node may be at it: that takes no half minute.
        server.clock.advance(29);
        server.server.keep_house().await;
        assert_eq!(queued(server).await, 0);
        server.clock.advance(1);
        server.server.keep_house().await;
        assert_eq!(server.server.deliver_logout_tokens().await, 1);
        let token = receiver.take()[0].form("logout_token").unwrap();
        assert_eq!(verified_claims(server, &token).await["sid"], Value::from(person.sid()));
        // Once.
        server.clock.advance(60);
        server.server.keep_house().await;
        assert_eq!(queued(server).await, 0);
        server.admin(delete_session(&person.sid())).await.expect(204);
        assert_eq!(queued(server).await, 0);
    })
    .await;
}
