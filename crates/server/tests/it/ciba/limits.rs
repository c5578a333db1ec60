//! How much one person is asked (fatigue): whoever may ask must not be able to wear somebody down.

use serde_json::json;
use symbolon_server::config::Config;

use super::{ALICE, ask, ask_call, asking_client, deny, on};
use crate::fixtures::{RACERS, count, race};
use crate::support::{Listener, TestServer};

fn careful(config: &mut Config) {
    on(config);
    config.symbolon.ciba.pause_seconds = 30;
    config.symbolon.ciba.waiting_per_subject = 3;
}

#[tokio::test]
async fn a_person_is_asked_again_after_a_pause_whoever_asks() {
    TestServer::each_database_with(careful, async |server| {
        let (bank, shop) =
            (asking_client(server, "bank", &json!({})).await, asking_client(server, "shop", &json!({})).await);
        ask(server, &bank).await;
        for client in [&bank, &shop] {
            let refused = server.public(ask_call(client, &[("scope", "openid"), ALICE])).await.expect(429);
            assert_eq!(refused.error().as_deref(), Some("temporarily_unavailable"));
            assert_eq!(refused.header("retry-after"), Some("30"));
        }
        server.public(ask_call(&bank, &[("scope", "openid"), ("login_hint", "bob")])).await.expect(200);
        server.clock.advance(30);
        ask(server, &shop).await;
    })
    .await;
}

#[tokio::test]
async fn few_requests_wait_for_one_person() {
    TestServer::each_database_with(careful, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let mut last = json!(null);
        for _ in 0..3 {
            last = ask(server, &client).await;
            server.clock.advance(30);
        }
        let call = || ask_call(&client, &[("scope", "openid"), ALICE]);
        server.public(call()).await.expect(429);
        deny(server, &last).await;
        server.public(call()).await.expect(200);
        server.clock.advance(30);
        server.public(call()).await.expect(429);
        // The oldest of them has ended by then.
        server.clock.advance(180);
        server.public(call()).await.expect(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_requests_at_once_one_reaches_the_person() {
    TestServer::each_database_with(careful, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let calls = (0..RACERS).map(|_| ask_call(&client, &[("scope", "openid"), ALICE])).collect();
        let answers = race(server, Listener::Public, calls).await;
        assert_eq!((count(&answers, 200), count(&answers, 429)), (1, RACERS - 1));
        assert_eq!(super::waiting(server, "alice").await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_requests_at_once_no_more_wait_than_may() {
    let change = |config: &mut Config| {
        on(config);
        config.symbolon.ciba.waiting_per_subject = 3;
    };
    TestServer::each_database_with(change, async |server| {
        let client = asking_client(server, "bank", &json!({})).await;
        let calls = (0..RACERS).map(|_| ask_call(&client, &[("scope", "openid"), ALICE])).collect();
        let answers = race(server, Listener::Public, calls).await;
        assert_eq!((count(&answers, 200), count(&answers, 429)), (3, RACERS - 3));
    })
    .await;
}
