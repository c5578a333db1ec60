//! Guessing passwords is slow: per account whatever the address, per address whatever the account.

use http::header::HeaderName;
use symbolon_server::config::Network;

use super::{Form, LOGIN, PASSWORD, account, built_in, log_in, server, visit};
use crate::fixtures::{Registered, confidential};
use crate::support::{Answer, Call, CodeFlow, TestServer};

/// An attempt from an address that a trusted proxy names.
pub(super) async fn attempt_from(
    flow: &CodeFlow,
    server: &TestServer,
    page: &Answer,
    who: (&str, &str, &str),
) -> Answer {
    let (address, username, password) = who;
    let form = Form::of(page, "login-form").set("username", username).set("password", password).press("accept");
    let cookies = flow.browser.jar().sent("/", server.clock.now());
    let call = Call::post(LOGIN).form_of(&form.fields).cookies(&cookies).navigating();
    server.public(call.header(HeaderName::from_static("x-forwarded-for"), address)).await
}

pub(super) async fn behind_proxy() -> (TestServer, Registered) {
    let server = TestServer::with(|config| {
        built_in(config);
        config.symbolon.trusted_proxies = vec![Network::parse("127.0.0.0/8").unwrap()];
    })
    .await;
    let client = confidential(&server).await;
    account(&server, "alice").await;
    (server, client)
}

#[tokio::test]
async fn after_five_wrong_passwords_an_account_has_to_wait_and_the_page_says_how_long() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    for _ in 0..5 {
        log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    }
    let throttled = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(429);
    assert_eq!(throttled.header("retry-after"), Some("1"));
    assert!(throttled.text().contains("Too many attempts. Try again in 1 second."), "{}", throttled.text());
    server.clock.advance(1);
    log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    let throttled = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(429);
    assert!(throttled.text().contains("Try again in 2 seconds."), "the wait doubles");
    server.clock.advance(2);
    log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_attempt_while_waiting_makes_nothing_worse() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    for _ in 0..5 {
        log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
    }
    for _ in 0..50 {
        log_in(&mut flow, &page, "alice", "wrong-password").await.expect(429);
    }
    server.clock.advance(1);
    log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_case_of_a_name_and_whether_it_exists_make_no_difference() {
    let (server, client) = server().await;
    for names in [["alice", "ALICE", " alice", "Alice "], ["nobody", "NOBODY", " nobody", "Nobody "]] {
        let mut flow = client.flow(&server);
        let page = visit(&mut flow).await;
        for number in 0..5 {
            log_in(&mut flow, &page, names[number % 4], "wrong-password").await.expect(400);
        }
        for name in names {
            log_in(&mut flow, &page, name, "wrong-password").await.expect(429);
        }
    }
}

#[tokio::test]
async fn a_success_forgives_the_account() {
    let (server, client) = server().await;
    for _ in 0..4 {
        let mut flow = client.flow(&server);
        let page = visit(&mut flow).await;
        for _ in 0..4 {
            log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
        }
        log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_account_waits_whatever_address_tries() {
    let (server, client) = behind_proxy().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    for number in 0..5 {
        let from = format!("198.51.100.{number}");
        attempt_from(&flow, &server, &page, (&from, "alice", "wrong-password")).await.expect(400);
    }
    attempt_from(&flow, &server, &page, ("203.0.113.9", "alice", PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn an_address_waits_whatever_account_it_tries() {
    let (server, client) = behind_proxy().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    for number in 0..30 {
        let name = format!("user-{number}");
        attempt_from(&flow, &server, &page, ("198.51.100.7", &name, "wrong-password")).await.expect(400);
    }
    attempt_from(&flow, &server, &page, ("198.51.100.7", "alice", PASSWORD)).await.expect(429);
    attempt_from(&flow, &server, &page, ("198.51.100.8", "alice", PASSWORD)).await.expect(303);
}

#[tokio::test]
async fn a_header_that_no_trusted_proxy_vouches_for_changes_nothing() {
    let (server, client) = server().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    for number in 0..30 {
        let (from, name) = (format!("198.51.100.{number}"), format!("user-{number}"));
        attempt_from(&flow, &server, &page, (&from, &name, "wrong-password")).await.expect(400);
    }
    attempt_from(&flow, &server, &page, ("203.0.113.9", "alice", PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_for_its_own_hop_only() {
    let (server, client) = behind_proxy().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    // The client wrote the first address itself; the last one is what the proxy saw.
    for number in 0..30 {
        let (from, name) = (format!("203.0.113.{number}, 198.51.100.7"), format!("user-{number}"));
        attempt_from(&flow, &server, &page, (&from, &name, "wrong-password")).await.expect(400);
    }
    attempt_from(&flow, &server, &page, ("192.0.2.1, 198.51.100.7", "alice", PASSWORD)).await.expect(429);
}

#[tokio::test]
async fn attempts_are_forgotten_one_by_one() {
    let (server, client) = server().await;
    for (free, then_after) in [(5, 600), (1, 1200), (2, 3000), (5, 0)] {
        let mut flow = client.flow(&server);
        let page = visit(&mut flow).await;
        for _ in 0..free {
            log_in(&mut flow, &page, "alice", "wrong-password").await.expect(400);
        }
        log_in(&mut flow, &page, "alice", "wrong-password").await.expect(429);
        server.clock.advance(then_after);
    }
}

#[tokio::test]
async fn whoever_was_told_to_wait_gets_an_attempt_after_fifteen_minutes_while_others_go_on() {
    let (server, client) = behind_proxy().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    let attack = async |minute: i64| {
        // Other networks each time: none of them has waited for long.
        for network in 0..10 {
            let from = format!("10.{}.{network}.1", minute % 250);
            attempt_from(&flow, &server, &page, (&from, "alice", "wrong-password")).await;
        }
    };
    let mut told = String::new();
    for minute in 0..15 {
        attack(minute).await;
        let owner = attempt_from(&flow, &server, &page, ("192.0.2.1", "alice", PASSWORD)).await.expect(429);
        told = owner.text();
        server.clock.advance(60);
    }
    assert!(told.contains("Try again in 1 minute."), "{told}");
    attack(15).await;
    attempt_from(&flow, &server, &page, ("192.0.2.1", "alice", PASSWORD)).await.expect(303);
}

#[tokio::test]
async fn a_network_of_ipv6_addresses_guesses_as_one() {
    let (server, client) = behind_proxy().await;
    let mut flow = client.flow(&server);
    let page = visit(&mut flow).await;
    for number in 0..30 {
        let (from, name) = (format!("2001:db8:1:2::{number:x}"), format!("user-{number}"));
        attempt_from(&flow, &server, &page, (&from, &name, "wrong-password")).await.expect(400);
    }
    attempt_from(&flow, &server, &page, ("2001:db8:1:2:ffff::9", "alice", PASSWORD)).await.expect(429);
    attempt_from(&flow, &server, &page, ("2001:db8:1:3::9", "alice", PASSWORD)).await.expect(303);
}
