//! Bodies that do not come to their end: how long they may take, and how much memory they may hold together. Over real
//! sockets, as a body in process is there at once.

use std::time::Duration;

use symbolon_server::config::{Config, Network};

use crate::support::{Connection, Listener, ListeningServer};

const KIB: usize = 1024;

/// How a body says where it ends.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Length,
    Chunks,
}

const BOTH: [Framing; 2] = [Framing::Length, Framing::Chunks];

/// A request whose body lacks its last bytes.
fn unfinished(target: &str, framing: Framing, kibibytes: usize) -> Vec<u8> {
    unfinished_for("192.0.2.1", target, framing, kibibytes)
}

/// The same, brought by a proxy.
fn unfinished_for(user: &str, target: &str, framing: Framing, kibibytes: usize) -> Vec<u8> {
    let bytes = kibibytes * KIB;
    let fields = match framing {
        Framing::Length => format!("Content-Length: {}\r\n\r\n", bytes + 4),
        Framing::Chunks => format!("Transfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n"),
    };
    let head = format!("POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {user}\r\n{fields}");
    [head.into_bytes(), vec![b'a'; bytes]].concat()
}

/// Ends such a body.
async fn finish(connection: &mut Connection, framing: Framing) -> String {
    let end = match framing {
        Framing::Length => "aaaa",
        Framing::Chunks => "\r\n0\r\n\r\n",
    };
    connection.send(end).await.unwrap();
    connection.answer().await
}

/// Time for what was sent to arrive.
async fn arrive() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[track_caller]
fn assert_no_memory(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("\"error\":\"temporarily_unavailable\""), "{answer}");
    let lower = answer.to_ascii_lowercase();
    assert!(lower.contains("retry-after: 5\r\n") && lower.contains("connection: close\r\n"), "{answer}");
    assert!(lower.contains("cache-control: no-store\r\n"), "{answer}");
}

fn with_memory(config: &mut Config, kibibytes: usize) {
    config.symbolon.connections.body_memory_bytes = kibibytes * KIB;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_has_a_quarter_of_the_memory() {
    let server = ListeningServer::with(|config| with_memory(config, 400)).await;
    for framing in BOTH {
        let mut one = server.say(Listener::Public, unfinished("/oauth2/token", framing, 60)).await;
        arrive().await;
        assert!(one.is_quiet().await, "{framing:?}");
        for other in BOTH {
            assert_no_memory(&server.ask(Listener::Public, unfinished("/oauth2/register", other, 60)).await);
        }
        let mut small = server.say(Listener::Public, unfinished("/oauth2/revoke", framing, 30)).await;
        arrive().await;
        assert!(small.is_quiet().await, "{framing:?}: it fits beside the first");
        assert!(finish(&mut one, framing).await.starts_with("HTTP/1.1 4"), "{framing:?}");
        let mut next = server.say(Listener::Public, unfinished("/oauth2/token", framing, 60)).await;
        arrive().await;
        assert!(next.is_quiet().await, "{framing:?}: what a finished body held is free");
        drop((small, next));
        arrive().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_networks_share_the_memory() {
    let server = ListeningServer::with(|config| {
        with_memory(config, 200);
        config.symbolon.trusted_proxies = vec![Network::parse("127.0.0.1").unwrap()];
    })
    .await;
    let mut open = Vec::new();
    for user in 1..=4 {
        let request = unfinished_for(&format!("192.0.2.{user}"), "/oauth2/token", Framing::Chunks, 48);
        open.push(server.say(Listener::Public, request).await);
    }
    arrive().await;
    for connection in &mut open {
        assert!(connection.is_quiet().await);
    }
    let fifth = unfinished_for("192.0.2.5", "/oauth2/token", Framing::Chunks, 48);
    assert_no_memory(&server.ask(Listener::Public, fifth).await);
    // Bodies that come with their head hold nothing, and administrators have memory of their own.
    let whole = "POST /oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 12\r\n\r\ngrant_type=a";
    assert!(server.ask(Listener::Public, whole).await.starts_with("HTTP/1.1 400"));
    let mut admin = server.say(Listener::Admin, unfinished("/admin/clients", Framing::Length, 150)).await;
    arrive().await;
    assert!(admin.is_quiet().await);
    assert_no_memory(&server.ask(Listener::Admin, unfinished("/admin/clients", Framing::Length, 150)).await);
    drop(open);
    arrive().await;
    let mut later = server.say(Listener::Public, unfinished("/oauth2/token", Framing::Length, 48)).await;
    arrive().await;
    assert!(finish(&mut later, Framing::Length).await.starts_with("HTTP/1.1 4"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_408() {
    let server = ListeningServer::with(|config| config.symbolon.connections.body_timeout_seconds = 1).await;
    for (listener, target) in [(Listener::Public, "/oauth2/token"), (Listener::Admin, "/admin/clients")] {
        for framing in BOTH {
            let mut connection = server.say(listener, unfinished(target, framing, 1)).await;
            let answer = connection.answer().await;
            assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("within 1 seconds"), "{answer}");
            let (after, _) = connection.end().await;
            assert!((0.9..=4.0).contains(&after), "after {after} s");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_refused_as_soon_as_it_is_too_large() {
    let server = ListeningServer::with(|_| {}).await;
    for framing in BOTH {
        let answer = server.ask(Listener::Public, unfinished("/oauth2/token", framing, 100)).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("64 KiB"), "{answer}");
    }
}
