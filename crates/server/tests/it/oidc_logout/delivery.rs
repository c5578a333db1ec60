//! Delivering logout tokens to clients that are down, slow or unwilling, over a restart, and not for ever.

use std::time::{Duration, Instant};

use serde_json::json;
use symbolon_server::config::Network;
use tokio::sync::oneshot;

use super::back_channel::{due, queued, told};
use super::{log_out, sign_in};
use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, part, verified_claims, with};
use crate::oidc_registration::{minimal, register};
use crate::support::{Browser, Call, Profile, TestServer};

/// Somebody signs in at a client of this receiver and out again; a token is queued.
async fn ended_session(server: &TestServer, receiver: &ClientServer) {
    let client = told(server, "rp", receiver, &json!({})).await;
    let mut person = sign_in(server, &client).await;
    log_out(server, &mut person.browser, &[]).await.expect(302);
    assert_eq!(queued(server).await, 1);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_at_growing_distances_until_it_arrives() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(500)).await;
    ended_session(&server, &receiver).await;
    assert_eq!(server.server.deliver_logout_tokens().await, 0);
    assert_eq!(receiver.take().len(), 1);
    for distance in [10, 30, 120, 300, 900] {
        server.clock.advance(distance - 1);
        server.server.deliver_logout_tokens().await;
        assert_eq!(receiver.count(), 0, "not before {distance} seconds");
        server.clock.advance(1);
        server.server.deliver_logout_tokens().await;
        assert_eq!(receiver.take().len(), 1, "after {distance} seconds");
    }
    receiver.set(Reply::Status(200));
    server.clock.advance(1800);
    assert_eq!(server.server.deliver_logout_tokens().await, 1);
    // A late token is a fresh one: the client checks its age.
    let token = receiver.take()[0].form("logout_token").unwrap();
    assert_eq!(verified_claims(&server, &token).await["iat"], json!(server.clock.now()));
    assert_eq!(queued(&server).await, 0);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_was_understood_is_not() {
    let statuses = [
        (200, false),
        (204, false),
        (400, false),
        (401, false),
        (404, false),
        (408, true),
        (429, true),
        (500, true),
        (503, true),
    ];
    for (status, again) in statuses {
        let server = TestServer::new().await;
        let receiver = ClientServer::listen(Reply::Status(status)).await;
        ended_session(&server, &receiver).await;
        let arrived = server.server.deliver_logout_tokens().await;
        assert_eq!(arrived, usize::from(status < 300), "{status}");
        server.clock.advance(60);
        server.server.deliver_logout_tokens().await;
        assert_eq!(receiver.count(), 1 + usize::from(again), "{status}");
    }
    let elsewhere = ClientServer::listen(Reply::Status(200)).await;
    for reply in [Reply::HangUp, Reply::Redirect(elsewhere.url.clone())] {
        let server = TestServer::new().await;
        let receiver = ClientServer::listen(reply).await;
        ended_session(&server, &receiver).await;
        assert_eq!(server.server.deliver_logout_tokens().await, 0);
    }
    assert_eq!(elsewhere.count(), 0, "a redirect is not followed with a token");
}

#[tokio::test]
async fn a_delivery_is_given_up_after_a_while() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(500)).await;
    ended_session(&server, &receiver).await;
    for _ in 0..200 {
        server.server.deliver_logout_tokens().await;
        server.clock.advance(300);
    }
    assert!(receiver.take().len() < 20);
    server.server.purge().await.unwrap();
    assert_eq!(queued(&server).await, 0);
}

#[tokio::test]
async fn a_client_that_is_down_or_slow_holds_up_no_other() {
    let server = TestServer::new().await;
    let slow = ClientServer::listen(Reply::Slow(Duration::from_secs(60))).await;
    let quick = ClientServer::listen(Reply::Status(200)).await;
    let down = ClientServer::listen(Reply::Status(200)).await;
    let (one, two) = (told(&server, "slow", &slow, &json!({})).await, told(&server, "quick", &quick, &json!({})).await);
    let three = told(&server, "down", &down, &json!({})).await;
    drop(down);
    let mut person = sign_in(&server, &one).await;
    for client in [&two, &three] {
        person = super::sign_in_with(&server, client, person.browser.clone()).await;
    }
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    let begin = Instant::now();
    let delivering = tokio::spawn({
        let server = server.server.clone();
        async move { server.deliver_logout_tokens().await }
    });
    while quick.count() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(begin.elapsed() < Duration::from_secs(5), "one slow client holds up another");
    }
    assert_eq!(delivering.await.unwrap(), 1);
    assert!(begin.elapsed() < Duration::from_secs(20), "a slow client is not waited for without end");
    assert_eq!(queued(&server).await, 2);
}

#[tokio::test]
async fn the_queue_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Profile::Base.config();
    config.dsn = format!("sqlite://{}/logout.db", folder.path().display());
    let receiver = ClientServer::listen(Reply::Status(503)).await;
    let before = TestServer::start(config.clone()).await;
    ended_session(&before, &receiver).await;
    before.server.deliver_logout_tokens().await;
    before.server.store().close().await;
    receiver.take();
    receiver.set(Reply::Status(200));
    let after = TestServer::start_at(config, before.clock.clone(), 2).await;
    assert_eq!(queued(&after).await, 1);
    assert_eq!(after.server.deliver_logout_tokens().await, 0, "the distance to the next attempt survives too");
    after.clock.advance(10);
    assert_eq!(after.server.deliver_logout_tokens().await, 1);
    let token = receiver.take()[0].form("logout_token").unwrap();
    assert_eq!(part(&token, 1)["aud"], json!(["rp"]));
    verified_claims(&after, &token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_once_send_one_token() {
    TestServer::each_database(async |server| {
        let receiver = ClientServer::listen(Reply::Status(200)).await;
        ended_session(server, &receiver).await;
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let server = server.server.clone();
                tokio::spawn(async move { server.deliver_logout_tokens().await })
            })
            .collect();
        let mut arrived = 0;
        for worker in workers {
            arrived += worker.await.unwrap();
        }
        assert_eq!((arrived, receiver.count()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_is_gone_is_not_told() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    ended_session(&server, &receiver).await;
    server.admin(Call::delete("/admin/clients/rp")).await.expect(204);
    assert_eq!(server.server.deliver_logout_tokens().await, 0);
    server.clock.advance(3600);
    assert_eq!((server.server.deliver_logout_tokens().await, receiver.count()), (0, 0));
}

#[tokio::test]
async fn a_receiver_inside_is_not_called() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Profile::Base.config();
    config.dsn = format!("sqlite://{}/guard.db", folder.path().display());
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let open = TestServer::start(config.clone()).await;
    ended_session(&open, &receiver).await;
    open.server.store().close().await;
    config.clients.http.disallow_private_ip_ranges = true;
    let guarded = TestServer::start_at(config, open.clock.clone(), 2).await;
    assert_eq!(guarded.server.deliver_logout_tokens().await, 0);
    assert_eq!(receiver.count(), 0);
}

/// A client that registered itself, to be told by this receiver.
async fn stranger(server: &TestServer, receiver: &ClientServer) -> Registered {
    let uri = format!("{}/stranger", receiver.url);
    let body = with(minimal(), &json!({ "scope": "openid", "backchannel_logout_uri": uri }));
    let client = register(server, &body).await;
    Registered { id: client.id, secret: client.secret }
}

/// Signs in at a client that may ask for nothing but `openid`.
async fn visit(server: &TestServer, client: &Registered, browser: Browser) -> Browser {
    let mut flow = client.flow(server).scope("openid").login("remember", json!(true));
    flow.browser = browser;
    flow.tokens().await;
    flow.browser
}

#[tokio::test]
async fn a_receiver_inside_is_called_for_an_administrators_client_and_for_no_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Profile::Base.config();
    config.dsn = format!("sqlite://{}/named.db", folder.path().display());
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let open = TestServer::start(config.clone()).await;
    let known = told(&open, "known", &receiver, &json!({})).await;
    let person = sign_in(&open, &known).await;
    let mut browser = visit(&open, &stranger(&open, &receiver).await, person.browser).await;
    log_out(&open, &mut browser, &[]).await.expect(302);
    assert_eq!(queued(&open).await, 2);
    open.server.store().close().await;
    config.dev = false;
    let strict = TestServer::start_at(config.clone(), open.clock.clone(), 2).await;
    assert_eq!(strict.server.deliver_logout_tokens().await, 1);
    let targets: Vec<String> = receiver.take().into_iter().map(|call| call.target).collect();
    assert_eq!(targets, ["/known?x=1"]);
    strict.server.store().close().await;
    config.symbolon.outbound.allowed_networks = vec![Network::parse("127.0.0.1").unwrap()];
    let opened = TestServer::start_at(config, open.clock.clone(), 3).await;
    opened.clock.advance(10);
    assert_eq!(opened.server.deliver_logout_tokens().await, 1);
    assert_eq!(receiver.take().len(), 1);
}

/// Lets the server's own worker deliver, until this is dropped.
async fn worker(server: &TestServer) -> oneshot::Sender<()> {
    let mut config = Profile::Base.config();
    for listener in [&mut config.serve.public, &mut config.serve.admin] {
        "127.0.0.1".clone_into(&mut listener.host);
        listener.port = 0;
    }
    let listeners = symbolon_server::bind(&config).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = server.server.clone();
    tokio::spawn(async move { server.run(listeners, async { stopped.await.unwrap_or(()) }).await });
    stop
}

/// Waits until a receiver got so many; fails when that takes too long.
async fn has_got(receiver: &ClientServer, count: usize) {
    let begin = Instant::now();
    while receiver.count() < count {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(begin.elapsed() < Duration::from_secs(3), "{} of {count}", receiver.count());
    }
}

#[tokio::test]
async fn a_client_that_never_answers_holds_up_no_other_however_many_wait_for_it() {
    let server = TestServer::new().await;
    let tarpit = ClientServer::listen(Reply::Slow(Duration::from_secs(60))).await;
    let quick = ClientServer::listen(Reply::Status(200)).await;
    let hostile = told(&server, "hostile", &tarpit, &json!({})).await;
    let honest = told(&server, "honest", &quick, &json!({})).await;
    for _ in 0..40 {
        let mut person = sign_in(&server, &hostile).await;
        log_out(&server, &mut person.browser, &[]).await.expect(302);
    }
    let mut people = [sign_in(&server, &honest).await, sign_in(&server, &honest).await];
    let _worker = worker(&server).await;
    has_got(&tarpit, 2).await;
    for (number, person) in people.iter_mut().enumerate() {
        log_out(&server, &mut person.browser, &[]).await.expect(302);
        has_got(&quick, number + 1).await;
    }
    assert_eq!(tarpit.count(), 2, "a client has two at once");
    assert_eq!(due(&server, server.clock.now()).await.len(), 38, "and the rest waits");
}

#[tokio::test]
async fn strangers_that_never_answer_hold_up_no_client_of_an_administrator() {
    let server = TestServer::new().await;
    let tarpit = ClientServer::listen(Reply::Slow(Duration::from_secs(60))).await;
    let quick = ClientServer::listen(Reply::Status(200)).await;
    let honest = told(&server, "honest", &quick, &json!({})).await;
    let mut browser = Browser::new(&server);
    for _ in 0..40 {
        browser = visit(&server, &stranger(&server, &tarpit).await, browser).await;
    }
    log_out(&server, &mut browser, &[]).await.expect(302);
    let mut person = sign_in(&server, &honest).await;
    let _worker = worker(&server).await;
    has_got(&tarpit, 32).await;
    log_out(&server, &mut person.browser, &[]).await.expect(302);
    has_got(&quick, 1).await;
    assert_eq!(tarpit.count(), 32);
}

#[tokio::test]
async fn many_tokens_for_one_client_all_arrive_once() {
    let server = TestServer::new().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let client = told(&server, "rp", &receiver, &json!({})).await;
    for _ in 0..40 {
        let mut person = sign_in(&server, &client).await;
        log_out(&server, &mut person.browser, &[]).await.expect(302);
    }
    assert_eq!(server.server.deliver_logout_tokens().await, 40);
    let mut sessions: Vec<String> = receiver
        .take()
        .iter()
        .map(|call| part(&call.form("logout_token").unwrap(), 1)["sid"].as_str().unwrap().to_owned())
        .collect();
    sessions.sort();
    sessions.dedup();
    assert_eq!((sessions.len(), queued(&server).await), (40, 0));
}
