//! Ping (OpenID Connect CIBA §10.2): the client is told that there is an answer, and not what it is.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ALICE, accept, ask_call, ask_with, asking_client, deny, on, poll};
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::Registered;
use crate::support::TestServer;

const TOKEN: &str = "notify-8d67dc78.7faa~41+b9/=";

struct Told {
    server: TestServer,
    receiver: ClientServer,
    client: Registered,
    /// Its file is the trust of the server.
    authority: Authority,
}

async fn told() -> Told {
    let authority = Authority::new();
    let receiver = ClientServer::listen_tls(Reply::Status(204), &authority).await;
    let server = TestServer::with(|config| {
        on(config);
        config.symbolon.outbound.ca_file = Some(authority.file());
    })
    .await;
    let endpoint = format!("{}/ping?x=1", receiver.url);
    let changes = json!({
        "backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": endpoint,
    });
    let client = asking_client(&server, "bank", &changes).await;
    Told { server, receiver, client, authority }
}

impl Told {
    async fn ask(&self) -> Value {
        ask_with(&self.server, &self.client, &[("client_notification_token", TOKEN)]).await
    }
}

#[tokio::test]
async fn the_client_is_told_of_the_request_and_not_of_the_answer() {
    let told = told().await;
    for agreed in [true, false] {
        let asked = told.ask().await;
        assert_eq!(told.server.server.send_pings().await, 0);
        if agreed {
            accept(&told.server, &asked).await;
        } else {
            deny(&told.server, &asked).await;
        }
        assert_eq!(told.server.server.send_pings().await, 1);
        assert_eq!(told.server.server.send_pings().await, 0);
        let call = told.receiver.take_one().unwrap();
        assert_eq!((call.method.as_str(), call.target.as_str()), ("POST", "/ping?x=1"));
        assert_eq!(call.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert!(call.header("content-type").unwrap().starts_with("application/json"));
        let body: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body, json!({ "auth_req_id": asked["auth_req_id"] }));
        assert_eq!(poll(&told.server, &told.client, &asked).await.status, if agreed { 200 } else { 400 });
    }
    assert_eq!(told.receiver.count(), 0);
}

#[tokio::test]
async fn a_client_of_pings_may_ask_by_itself() {
    let told = told().await;
    let asked = told.ask().await;
    assert_eq!(asked["interval"], 5);
    super::hears(&told.server, &told.client, &asked, "authorization_pending").await;
    accept(&told.server, &asked).await;
    poll(&told.server, &told.client, &asked).await.expect(200);
    // It has everything; nothing is left to be told.
    assert_eq!(told.server.server.send_pings().await, 0);
    assert_eq!(told.receiver.count(), 0);
}

#[tokio::test]
async fn the_token_of_the_client_is_required_and_one_that_fits_a_header() {
    let told = told().await;
    let long = "x".repeat(1_025);
    let form = [("scope", "openid"), ALICE];
    for token in [None, Some(""), Some("with blank"), Some("="), Some("a=b"), Some("a\"b"), Some(long.as_str())] {
        let more: Vec<_> = token.map(|token| ("client_notification_token", token)).into_iter().collect();
        let answer = told.server.public(ask_call(&told.client, &[&form[..], &more].concat())).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{token:?}");
    }
    let longest = "x".repeat(1_024);
    let fits = [form[0], form[1], ("client_notification_token", &longest)];
    told.server.public(ask_call(&told.client, &fits)).await.expect(200);
}

#[tokio::test]
async fn what_the_client_does_not_take_is_sent_three_times() {
    let replies = [Reply::Status(500), Reply::Status(503), Reply::HangUp];
    for reply in replies {
        let told = told().await;
        told.receiver.set(reply);
        let asked = told.ask().await;
        accept(&told.server, &asked).await;
        let mut sent = Vec::new();
        for _ in 0..8 {
            told.server.server.send_pings().await;
            sent.push(told.receiver.count());
            told.server.clock.advance(15);
        }
        assert_eq!(sent, [1, 2, 2, 3, 3, 3, 3, 3]);
        poll(&told.server, &told.client, &asked).await.expect(200);
    }
}

#[tokio::test]
async fn what_the_client_refuses_is_not_sent_again() {
    let elsewhere = ClientServer::listen(Reply::Status(204)).await;
    let replies = [
        Reply::Status(401),
        Reply::Status(403),
        Reply::Status(404),
        Reply::Answer(400, "{\"error\":\"x\"}".to_owned()),
        Reply::Redirect(elsewhere.url.clone()),
        Reply::Answer(200, "ok".to_owned()),
        Reply::Endless,
    ];
    for reply in replies {
        let told = told().await;
        told.receiver.set(reply.clone());
        let asked = told.ask().await;
        accept(&told.server, &asked).await;
        for _ in 0..4 {
            told.server.server.send_pings().await;
            told.server.clock.advance(30);
        }
        assert_eq!(told.receiver.count(), 1, "{reply:?}");
    }
    assert_eq!(elsewhere.count(), 0, "a redirect is not followed");
}

#[tokio::test]
async fn a_slow_client_holds_up_nobody() {
    let told = told().await;
    let authority = &told.authority;
    let slow = ClientServer::listen_tls(Reply::Slow(Duration::from_secs(60)), authority).await;
    let changes = json!({
        "backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": slow.url,
    });
    let sluggish = asking_client(&told.server, "sluggish", &changes).await;
    for _ in 0..10 {
        let asked = ask_with(&told.server, &sluggish, &[("client_notification_token", TOKEN)]).await;
        accept(&told.server, &asked).await;
    }
    let asked = told.ask().await;
    accept(&told.server, &asked).await;
    let begun = std::time::Instant::now();
    let server = told.server.server.clone();
    let sending = tokio::spawn(async move { server.send_pings().await });
    while told.receiver.count() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(4), "the fast client waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sending.abort();
}

#[tokio::test]
async fn two_nodes_tell_once() {
    let authority = Authority::new();
    let receiver = ClientServer::listen_tls(Reply::Status(204), &authority).await;
    let change = |config: &mut symbolon_server::config::Config| {
        on(config);
        config.symbolon.outbound.ca_file = Some(authority.file());
    };
    TestServer::two_nodes_with(change, async |one, other| {
        let changes = json!({
            "backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": receiver.url,
        });
        let client = asking_client(one, "bank", &changes).await;
        for _ in 0..20 {
            let asked = ask_with(one, &client, &[("client_notification_token", TOKEN)]).await;
            accept(one, &asked).await;
        }
        let (mine, theirs) = tokio::join!(one.server.send_pings(), other.server.send_pings());
        assert_eq!((mine + theirs, receiver.count()), (20, 20));
    })
    .await;
}
