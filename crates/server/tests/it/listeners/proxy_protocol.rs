//! Proxies that pass connections on and say whose they are.

use std::time::Duration;

use symbolon_server::config::Network;

use crate::support::get;
use crate::support::{Listener, ListeningServer};

async fn server(from: &str, change: impl FnOnce(&mut symbolon_server::config::Config)) -> ListeningServer {
    ListeningServer::with(|config| {
        config.symbolon.proxy_protocol.public = vec![Network::parse(from).unwrap()];
        change(config);
    })
    .await
}

#[tokio::test]
async fn the_header_is_taken_from_the_proxy_and_from_nobody_else() {
    let behind = server("127.0.0.0/8", |_| {}).await;
    let header = "PROXY TCP4 192.0.2.7 127.0.0.1 5000 443\r\n";
    let answer = behind.ask(Listener::Public, format!("{header}{}", get("/health/alive"))).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let bare = behind.ask(Listener::Public, get("/health/alive")).await;
    assert_eq!(bare, "", "the proxy must send it");
    behind.alive(Listener::Admin).await;
    let elsewhere = server("10.0.0.0/8", |_| {}).await;
    let stranger = elsewhere.ask(Listener::Public, format!("{header}{}", get("/health/alive"))).await;
    assert!(stranger.starts_with("HTTP/1.1 400") || stranger.is_empty(), "{stranger}");
    elsewhere.alive(Listener::Public).await;
}

#[tokio::test]
async fn the_named_sender_is_the_one_that_https_and_limits_are_about() {
    let behind = server("127.0.0.0/8", |config| {
        config.serve.public_tls.enabled = true;
        config.serve.public_tls.allow_termination_from = vec![Network::parse("192.0.2.7").unwrap()];
        config.symbolon.connections.per_network = 1;
    })
    .await;
    let request =
        "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n\r\n";
    let from = |address: &str| format!("PROXY TCP4 {address} 127.0.0.1 5000 443\r\n{request}");
    let answer = behind.ask(Listener::Public, from("192.0.2.7")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = behind.ask(Listener::Public, from("192.0.2.8")).await;
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
}

#[tokio::test]
async fn connections_count_for_the_network_that_the_proxy_names() {
    let behind = server("127.0.0.0/8", |config| config.symbolon.connections.per_network = 8).await;
    let idle = async |address: String| {
        let header = format!("PROXY TCP4 {address} 127.0.0.1 5000 443\r\n");
        let mut connection = behind.say(Listener::Public, format!("{header}{}", get("/health/alive"))).await;
        let answer = connection.answer().await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{address}: {answer}");
        connection
    };
    let (mut others, mut greedy) = (Vec::new(), Vec::new());
    for number in 0..20 {
        others.push(idle(format!("10.0.{number}.1")).await);
    }
    for _ in 0..20 {
        greedy.push(idle("192.0.2.1".to_owned()).await);
    }
    for connection in &mut others {
        assert!(connection.is_quiet().await, "the proxy itself has no bound, and one network does not cost the others");
    }
    let mut open = 0;
    for connection in &mut greedy {
        open += usize::from(connection.is_quiet().await);
    }
    assert!((1..=8).contains(&open), "{open}");
}

#[tokio::test]
async fn a_header_that_never_ends_is_cut_off() {
    let behind = server("127.0.0.0/8", |config| config.symbolon.connections.request_timeout_seconds = 1).await;
    for begin in ["PROXY TCP4 192", "", "\r\n\r\n\0\r\nQUIT\n\u{21}\u{11}\u{f}"] {
        let connection = behind.say(Listener::Public, begin).await;
        let (seconds, bytes) = connection.end().await;
        assert!(seconds < 5.0 && bytes == 0, "{begin:?}: {seconds}");
    }
    let endless = format!("PROXY UNKNOWN {}", "a".repeat(4096));
    let (seconds, bytes) = behind.say(Listener::Public, endless).await.end().await;
    assert!(Duration::from_secs_f64(seconds) < Duration::from_secs(1) && bytes == 0, "{seconds}");
}
