//! Nobody keeps a connection without making use of it, and nobody's connections keep others out. Over real sockets and in
//! real time, with limits of seconds.

use std::time::Duration;

use symbolon_server::config::Connections;

use crate::support::{Listener, ListeningServer, get};

const BOTH: [Listener; 2] = [Listener::Public, Listener::Admin];

/// The client's part of the beginning of HTTP/2: the preface and SETTINGS, with an initial window of this size.
fn http2(window: u32) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4]);
    bytes.extend(window.to_be_bytes());
    bytes
}

/// HEADERS of a request without a body (RFC 7541: indexed `:method` and `:scheme`, literal `:path` and `:authority`).
fn http2_get(stream: u8, path: &str) -> Vec<u8> {
    let mut block = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
    block.extend(path.as_bytes());
    block.extend([0x01, 9]);
    block.extend(b"127.0.0.1");
    let mut frame = vec![0, 0, u8::try_from(block.len()).unwrap(), 1, 0x05, 0, 0, 0, stream];
    frame.extend(block);
    frame
}

/// Limits of a minute, and a change to one of them.
fn seconds(limits: &mut Connections, change: impl FnOnce(&mut Connections)) {
    limits.request_timeout_seconds = 60;
    limits.idle_timeout_seconds = 60;
    limits.stalled_timeout_seconds = 60;
    limits.body_timeout_seconds = 60;
    change(limits);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_a_request_ends() {
    let server = ListeningServer::with(|config| {
        seconds(&mut config.symbolon.connections, |limits| limits.request_timeout_seconds = 1);
    })
    .await;
    let preface = http2(65_535);
    let cases: [(&str, &[u8]); 7] = [
        ("silence", b""),
        ("an empty line", b"\r\n"),
        ("half a request line", b"GET /health/alive HT"),
        ("half a head", b"GET /health/alive HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Pad: a"),
        ("half an HTTP/2 preface", b"PRI * HTTP/2"),
        ("HTTP/2 without a request", &preface),
        ("half a TLS handshake", b"\x16\x03\x01\x02\x00\x01"),
    ];
    for listener in BOTH {
        let mut open = Vec::new();
        for (case, bytes) in cases {
            open.push((case, server.say(listener, bytes).await));
        }
        for (case, connection) in open {
            let (after, _) = connection.end().await;
            // What is no HTTP at all is refused at once.
            assert!(after <= 4.0, "{case}: after {after} s");
        }
        assert!(server.alive(listener).await < Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_comes_drop_by_drop_ends_its_connection() {
    let server = ListeningServer::with(|config| {
        seconds(&mut config.symbolon.connections, |limits| limits.request_timeout_seconds = 1);
    })
    .await;
    let mut first = server.say(Listener::Public, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n").await;
    let mut second = server.say(Listener::Public, get("/health/alive")).await;
    assert!(second.answer().await.starts_with("HTTP/1.1 200"));
    tokio::time::sleep(Duration::from_millis(1_800)).await;
    assert!(second.is_quiet().await, "an idle connection has another limit");
    let mut drops = 0;
    let drop = b"X-Drop: a\r\n";
    while first.send(drop).await.is_ok() | second.send(drop).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        drops += 1;
        assert!(drops < 60, "both have ended long ago");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_ends() {
    let server = ListeningServer::with(|config| {
        seconds(&mut config.symbolon.connections, |limits| limits.idle_timeout_seconds = 1);
    })
    .await;
    for listener in BOTH {
        let mut http1 = server.say(listener, get("/health/alive")).await;
        assert!(http1.answer().await.starts_with("HTTP/1.1 200"));
        let http2 = server.say(listener, [http2(65_535), http2_get(1, "/health/alive")].concat()).await;
        let (after, _) = http1.end().await;
        assert!((0.4..=4.0).contains(&after), "HTTP/1.1: after {after} s");
        // Five seconds more are for the client's last frames (RFC 9113 §6.8), of which there are none.
        let (after, _) = http2.end().await;
        assert!((5.0..=10.0).contains(&after), "HTTP/2: after {after} s");
    }
    let mut used = server.say(Listener::Public, get("/health/alive")).await;
    for _ in 0..8 {
        assert!(used.answer().await.starts_with("HTTP/1.1 200"), "what is used stays open");
        tokio::time::sleep(Duration::from_millis(400)).await;
        used.send(get("/health/alive")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_who_takes_nothing_is_cut() {
    const REQUESTS: usize = 8_000;
    let server = ListeningServer::with(|config| {
        seconds(&mut config.symbolon.connections, |limits| limits.stalled_timeout_seconds = 1);
    })
    .await;
    let request = get("/.well-known/openid-configuration");
    let length = server.ask(Listener::Public, &request).await.len();
    let mut connection = server.say(Listener::Public, "").await;
    // More answers than the buffers of both sides hold, and then more requests: they stop being read some time, until
    // the connection is cut.
    let requests = request.repeat(REQUESTS);
    let until_cut = async {
        let mut sent = 0;
        while connection.send(&requests).await.is_ok() {
            sent += REQUESTS;
        }
        sent + REQUESTS
    };
    let sent = tokio::time::timeout(Duration::from_secs(20), until_cut).await.expect("the connection is cut");
    let (_, bytes) = connection.end().await;
    assert!(bytes < length * sent, "{bytes} bytes of {sent} answers of {length}");
    assert!(server.alive(Listener::Public).await < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_stays_shut_ends_its_connection_however_busy_it_is() {
    let server = ListeningServer::with(|config| {
        seconds(&mut config.symbolon.connections, |limits| limits.stalled_timeout_seconds = 1);
    })
    .await;
    let begin = [http2(0), http2_get(1, "/.well-known/openid-configuration")].concat();
    let mut connection = server.say(Listener::Public, begin).await;
    let mut stream = 3;
    // Answers without a body need no window.
    while connection.send(http2_get(stream, "/oauth2/auth")).await.is_ok() {
        stream += 2;
        assert!(stream < 99, "the connection ended long ago");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_of_one_network_keep_nobody_out() {
    let server = ListeningServer::with(|config| {
        let limits = &mut config.symbolon.connections;
        seconds(limits, |_| {});
        limits.per_network = 32;
        limits.admin = Some(32);
    })
    .await;
    let (window, shut) = (http2(65_535), [http2(0), http2_get(1, "/health/alive")].concat());
    let idle = get("/health/alive");
    let body = "Host: 127.0.0.1\r\nContent-Length: 1000\r\n\r\ngrant";
    let chunked = "Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{";
    let post = |fields: &str| {
        [(Listener::Public, "/oauth2/token"), (Listener::Admin, "/admin/clients")]
            .map(|(listener, target)| (listener, format!("POST {target} HTTP/1.1\r\n{fields}").into_bytes()))
    };
    let same = |bytes: &[u8]| BOTH.map(|listener| (listener, bytes.to_vec()));
    for (case, openings) in [
        ("silence", same(b"")),
        ("half a head", same(b"GET / HT")),
        ("idle", same(idle.as_bytes())),
        ("a body under way", post(body)),
        ("chunks under way", post(chunked)),
        ("HTTP/2 without a request", same(&window)),
        ("HTTP/2 with an answer that is left", same(&shut)),
    ] {
        for (listener, bytes) in openings {
            let mut open = Vec::new();
            for _ in 0..200 {
                open.push(server.say(listener, &bytes).await);
            }
            for asked in BOTH {
                let took = server.alive(asked).await;
                assert!(took < Duration::from_secs(1), "{case} at {listener:?}, {asked:?} took {took:?}");
            }
            let mut alive = 0;
            for connection in &mut open {
                // What was answered is read first.
                while !matches!(connection.stream.try_read(&mut [0; 4096]), Ok(0) | Err(_)) {}
                alive += usize::from(connection.is_open());
            }
            assert!((16..=32).contains(&alive), "{case} at {listener:?}: {alive} connections are open");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_is_bounded() {
    let server = ListeningServer::with(|_| {}).await;
    let with_pad =
        |bytes: usize| format!("GET /health/alive HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Pad: {}\r\n\r\n", "a".repeat(bytes));
    assert!(server.ask(Listener::Public, with_pad(32 * 1024)).await.starts_with("HTTP/1.1 200"));
    assert!(server.ask(Listener::Public, with_pad(128 * 1024)).await.starts_with("HTTP/1.1 431"));
}
