//! RFC 6749 §2.3.1: an endpoint that takes a client's secret is protected against guessing. Checking a secret that a person
//! chose is slow work on purpose, so that whoever guesses must not keep others from it either.

use http::header::HeaderName;
use serde_json::json;
use symbolon_server::config::{Config, Network};

use crate::fixtures::{Registered, metadata, register, with};
use crate::support::{Answer, Call, TestServer};

const CHOSEN: &str = "chosen-by-a-person";
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// How many at once: as many as there are places for slow hashes of client secrets.
const CROWD: usize = 64;

fn behind_a_proxy(config: &mut Config) {
    config.symbolon.limits.client_secret_attempts_per_minute = 3;
    config.symbolon.trusted_proxies = vec![Network::parse("127.0.0.0/8").unwrap()];
}

async fn guarded() -> TestServer {
    TestServer::with(behind_a_proxy).await
}

async fn chosen(server: &TestServer, id: &str) -> Registered {
    register(server, id, &json!({ "client_secret": CHOSEN })).await
}

fn attempt(target: &str, from: &str, id: &str, secret: &str) -> Call {
    let form = [("grant_type", "client_credentials"), ("token", "nothing")];
    Call::post(target).form(&form).basic(id, secret).header(FORWARDED_FOR, from)
}

/// Tries a secret at the token endpoint; gives the status.
async fn tried(server: &TestServer, from: &str, id: &str, secret: &str) -> u16 {
    server.public(attempt("/oauth2/token", from, id, secret)).await.status
}

/// Uses up what a network may try for a client.
async fn exhaust(server: &TestServer, from: &str, id: &str) {
    for number in 0..3 {
        assert_eq!(tried(server, from, id, &format!("wrong-{number}")).await, 401);
    }
}

fn assert_throttled(answer: &Answer, seconds: &str) {
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some(seconds)), "{}", answer.text());
    assert_eq!(answer.error().as_deref(), Some("temporarily_unavailable"));
    assert!(answer.member("error_description").contains(&format!("Try again in {seconds} seconds.")));
    assert!(answer.header("cache-control").unwrap().contains("no-store"));
}

#[tokio::test]
async fn a_network_tries_only_so_many_secrets_of_a_client_a_minute() {
    let server = guarded().await;
    chosen(&server, "one").await;
    chosen(&server, "other").await;
    exhaust(&server, "192.0.2.1", "one").await;
    for target in ["/oauth2/token", "/oauth2/revoke", "/oauth2/device/auth"] {
        for secret in ["wrong-again", CHOSEN] {
            assert_throttled(&server.public(attempt(target, "192.0.2.1", "one", secret)).await, "20");
        }
    }
    // Another client, and another network, have counts of their own.
    assert_eq!(tried(&server, "192.0.2.1", "other", CHOSEN).await, 200);
    assert_eq!(tried(&server, "192.0.2.2", "one", CHOSEN).await, 200);
    server.clock.advance(20);
    assert_eq!(tried(&server, "192.0.2.1", "one", "wrong-later").await, 401);
    assert_eq!(tried(&server, "192.0.2.1", "one", "wrong-at-last").await, 429);
}

#[tokio::test]
async fn who_has_a_network_of_addresses_guesses_as_one() {
    let server = guarded().await;
    chosen(&server, "one").await;
    for number in 0..3 {
        assert_eq!(tried(&server, &format!("2001:db8:1:2::{number:x}"), "one", &format!("wrong-{number}")).await, 401);
    }
    assert_eq!(tried(&server, "2001:db8:1:2:ffff::9", "one", "wrong").await, 429);
    assert_eq!(tried(&server, "2001:db8:1:3::1", "one", "wrong").await, 401);
}

#[tokio::test]
async fn a_secret_that_was_right_before_goes_on_beside_a_neighbour_who_guesses() {
    let server = guarded().await;
    chosen(&server, "one").await;
    assert_eq!(tried(&server, "192.0.2.1", "one", CHOSEN).await, 200);
    for number in 0..5 {
        tried(&server, "192.0.2.1", "one", &format!("wrong-{number}")).await;
    }
    assert_eq!(tried(&server, "192.0.2.1", "one", "wrong").await, 429);
    for _ in 0..20 {
        assert_eq!(tried(&server, "192.0.2.1", "one", CHOSEN).await, 200);
    }
}

#[tokio::test]
async fn a_forgotten_machine_that_repeats_an_old_secret_uses_nothing_up() {
    let server = guarded().await;
    chosen(&server, "one").await;
    for _ in 0..20 {
        assert_eq!(tried(&server, "192.0.2.1", "one", "the-old-secret").await, 401);
    }
    assert_eq!(tried(&server, "192.0.2.1", "one", CHOSEN).await, 200);
}

#[tokio::test]
async fn another_method_costs_and_counts_like_a_wrong_secret() {
    let server = guarded().await;
    chosen(&server, "one").await;
    let by_post = async |secret: &str| {
        let form = [("grant_type", "client_credentials"), ("client_id", "one"), ("client_secret", secret)];
        let call = Call::post("/oauth2/token").form(&form).header(FORWARDED_FOR, "192.0.2.1");
        server.public(call).await.status
    };
    for secret in [CHOSEN, "wrong-1", "wrong-2", "wrong-3"] {
        assert_eq!(by_post(secret).await, if secret == "wrong-3" { 429 } else { 401 }, "{secret}");
    }
    assert_eq!(by_post(CHOSEN).await, 401, "it is the client's secret, and not its method");
}

#[tokio::test]
async fn a_rotated_secret_and_the_new_one_pass_while_others_guess() {
    let server = guarded().await;
    let first = register(&server, "one", &json!({})).await;
    let body = with(metadata("one"), &json!({ "client_secret": CHOSEN }));
    server.admin(Call::put("/admin/clients/one").json(&body)).await.expect(200);
    exhaust(&server, "192.0.2.1", "one").await;
    assert_eq!(tried(&server, "192.0.2.2", "one", CHOSEN).await, 200);
    assert_eq!(tried(&server, "192.0.2.2", "one", &first.secret).await, 401, "it has ended");
}

#[tokio::test]
async fn counts_tell_nothing_about_a_client_and_a_generated_secret_always_passes() {
    let server = guarded().await;
    let generated = register(&server, "generated", &json!({})).await;
    chosen(&server, "chosen").await;
    for id in ["generated", "chosen", "nobody"] {
        exhaust(&server, "192.0.2.1", id).await;
        assert_throttled(&server.public(attempt("/oauth2/token", "192.0.2.1", id, "wrong")).await, "20");
        assert_eq!(tried(&server, "192.0.2.1", id, "wrong-1").await, 401, "{id}: one that was tried before");
    }
    assert_eq!(tried(&server, "192.0.2.1", "generated", &generated.secret).await, 200);
}

#[tokio::test]
async fn refusals_take_as_long_for_a_client_that_there_is_not() {
    let server = TestServer::new().await;
    register(&server, "generated", &json!({})).await;
    chosen(&server, "chosen").await;
    // The quickest of some: a busy machine makes others longer.
    let quickest = async |id: &str| {
        let mut quickest = std::time::Duration::MAX;
        for number in 0..5 {
            let begun = std::time::Instant::now();
            assert_eq!(tried(&server, "192.0.2.1", id, &format!("wrong-{number}")).await, 401);
            quickest = quickest.min(begun.elapsed());
        }
        quickest
    };
    let slow = quickest("chosen").await;
    for id in ["generated", "nobody"] {
        // Without the wait it would be less than a hundredth.
        assert!(quickest(id).await * 4 > slow, "{id}");
    }
}

#[tokio::test]
async fn with_zero_nothing_is_counted() {
    let server = TestServer::with(|config| {
        behind_a_proxy(config);
        config.symbolon.limits.client_secret_attempts_per_minute = 0;
    })
    .await;
    chosen(&server, "one").await;
    for number in 0..12 {
        assert_eq!(tried(&server, "192.0.2.1", "one", &format!("wrong-{number}")).await, 401);
    }
}

#[tokio::test]
async fn managing_a_client_with_its_secret_is_counted_too() {
    let server = guarded().await;
    chosen(&server, "one").await;
    let read = async |secret: &str| {
        let call = Call::get("/oauth2/register/one").basic("one", secret).header(FORWARDED_FOR, "192.0.2.1");
        server.public(call).await
    };
    exhaust(&server, "192.0.2.1", "one").await;
    assert_throttled(&read(CHOSEN).await, "20");
    server.clock.advance(60);
    for secret in ["wrong-a", "wrong-b", CHOSEN] {
        assert_eq!(read(secret).await.status, if secret == CHOSEN { 200 } else { 401 }, "{secret}");
    }
    assert_throttled(&read("wrong-c").await, "20");
    read(CHOSEN).await.expect(200);
}

/// Many networks that try secrets of these clients at once.
fn crowd(server: &TestServer, ids: &[&str]) -> Vec<tokio::task::JoinHandle<u16>> {
    let calls = (0..CROWD).flat_map(|number| ids.iter().map(move |id| (number, (*id).to_owned())));
    calls
        .map(|(number, id)| {
            let server = server.clone();
            tokio::spawn(async move {
                let from = format!("198.51.100.{number}");
                tried(&server, &from, &id, &format!("wrong-{number}")).await
            })
        })
        .collect()
}

/// Waits for a crowd. Everybody heard that the secret is wrong or, where all places were taken, to come back later.
async fn gone(crowd: Vec<tokio::task::JoinHandle<u16>>) -> usize {
    let mut wrong = 0;
    for task in crowd {
        match task.await.unwrap() {
            401 => wrong += 1,
            status => assert_eq!(status, 503),
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_many_networks_is_answered_alike_for_a_client_that_there_is_not() {
    let server = guarded().await;
    register(&server, "generated", &json!({})).await;
    chosen(&server, "chosen").await;
    for id in ["generated", "chosen", "nobody"] {
        let wrong = gone(crowd(&server, &[id])).await;
        assert!((16..CROWD).contains(&wrong), "{id}: a share is checked and the rest turned away, {wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_that_many_networks_attack_leaves_places_for_others() {
    let server = guarded().await;
    chosen(&server, "attacked").await;
    chosen(&server, "other").await;
    let attack = crowd(&server, &["attacked"]);
    assert_eq!(tried(&server, "192.0.2.1", "other", CHOSEN).await, 200, "its first, which has to be checked");
    assert!(gone(attack).await >= 16, "the attacked client has a share as well");
    assert_eq!(tried(&server, "192.0.2.1", "attacked", CHOSEN).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_chooses_secrets_while_all_places_of_clients_are_taken() {
    let server = guarded().await;
    let attacked = ["a", "b", "c", "d", "e"];
    for id in attacked {
        chosen(&server, id).await;
    }
    let attack = crowd(&server, &attacked);
    let created = chosen(&server, "new").await;
    let body = with(metadata("new"), &json!({ "client_secret": "another-that-a-person-chose" }));
    server.admin(Call::put("/admin/clients/new").json(&body)).await.expect(200);
    assert_eq!(created.secret, CHOSEN);
    gone(attack).await;
    assert_eq!(tried(&server, "192.0.2.1", "new", "another-that-a-person-chose").await, 200);
}
