//! https at the public and the admin listener, with real handshakes, and requests that come without.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use symbolon_server::config::{Config, Network};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::get;
use crate::support::{Listener, ListeningServer};

const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A server with https at its public listener.
struct Listening {
    server: ListeningServer,
    folder: TempDir,
    own: String,
}

fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    (own.pem(), key.serialize_pem())
}

async fn listening(change: impl FnOnce(&mut Config)) -> Listening {
    let folder = tempfile::tempdir().unwrap();
    let (own, key) = pair();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        Some(folder.path().join(name).to_str().unwrap().to_owned())
    };
    let (certificate, key) = (file("tls.crt", &own), file("tls.key", &key));
    let server = ListeningServer::with(|config| {
        config.serve.public_tls.enabled = true;
        (config.serve.public_tls.cert_path, config.serve.public_tls.key_path) = (certificate, key);
        change(config);
    })
    .await;
    Listening { server, folder, own }
}

impl Listening {
    async fn connect(&self, own: &str, protocols: &[&str]) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(own.as_bytes()).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut client = builder.with_root_certificates(roots).with_no_client_auth();
        client.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(self.server.public).await?;
        TlsConnector::from(Arc::new(client)).connect(ServerName::try_from("localhost").unwrap(), stream).await
    }
}

#[tokio::test]
async fn https_is_served_and_http_is_not() {
    let listening = listening(|_| {}).await;
    let mut stream = listening.connect(&listening.own, &["http/1.1"]).await.unwrap();
    stream.write_all(get(DISCOVERY).as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert!(stream.get_ref().1.peer_certificates().is_some());
    let plain = listening.server.ask(Listener::Public, get(DISCOVERY)).await;
    assert!(plain.starts_with("HTTP/1.1 502") && plain.contains("https"), "{plain}");
    let forged = get(DISCOVERY).replace("Host:", "X-Forwarded-Proto: https\r\nHost:");
    assert!(listening.server.ask(Listener::Public, forged).await.starts_with("HTTP/1.1 502"), "nobody may say that");
    listening.server.alive(Listener::Public).await;
    listening.server.alive(Listener::Admin).await;
}

#[tokio::test]
async fn http2_is_spoken_where_the_client_knows_it() {
    let listening = listening(|_| {}).await;
    for (offered, chosen) in [(&["h2", "http/1.1"][..], "h2"), (&["http/1.1"], "http/1.1"), (&["h2"], "h2")] {
        let stream = listening.connect(&listening.own, offered).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(chosen.as_bytes()), "{offered:?}");
    }
    let mut stream = listening.connect(&listening.own, &["h2"]).await.unwrap();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame[3], 4, "the server's SETTINGS come first (RFC 9113 §3.4)");
    assert!(listening.connect(&listening.own, &["spdy/3"]).await.is_err(), "RFC 7301 §3.2");
}

#[tokio::test]
async fn proxies_that_are_named_end_https_if_they_say_so() {
    let listening = listening(|config| {
        config.serve.public_tls.cert_path = None;
        config.serve.public_tls.allow_termination_from = vec![Network::parse("127.0.0.0/8").unwrap()];
    })
    .await;
    for (headers, status) in [
        ("X-Forwarded-Proto: https\r\n", 200),
        ("", 502),
        ("X-Forwarded-Proto: http\r\n", 502),
        ("X-Forwarded-Proto: HTTPS\r\n", 502),
        ("X-Forwarded-Proto: https,http\r\n", 502),
        ("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n", 502),
        ("X-Forwarded-Proto: http\r\nX-Forwarded-Proto: https\r\n", 502),
    ] {
        let request = get(DISCOVERY).replace("Host:", &format!("{headers}Host:"));
        let answer = listening.server.ask(Listener::Public, request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {answer}");
    }
}

#[tokio::test]
async fn who_may_not_end_https_is_not_helped_by_a_header() {
    let listening = listening(|config| {
        config.serve.public_tls.allow_termination_from = vec![Network::parse("10.0.0.0/8").unwrap()];
    })
    .await;
    let headers = "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\nHost:";
    let answer = listening.server.ask(Listener::Public, get(DISCOVERY).replace("Host:", headers)).await;
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
}

#[tokio::test]
async fn a_new_certificate_is_shown_and_a_broken_one_is_not() {
    let listening = listening(|_| {}).await;
    let (new, key) = pair();
    let write = |name: &str, text: &str| std::fs::write(listening.folder.path().join(name), text).unwrap();
    for (certificate, shown) in [("broken", &listening.own), (new.as_str(), &new)] {
        write("tls.crt", certificate);
        write("tls.key", &key);
        listening.server.in_process.server.renew_certificates();
        let begun = std::time::Instant::now();
        loop {
            // The task that reads files has its turn.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            if listening.connect(shown, &[]).await.is_ok() {
                break;
            }
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{certificate}");
        }
    }
    assert!(listening.connect(&listening.own, &[]).await.is_err(), "the old one is gone");
}

#[tokio::test]
async fn half_a_handshake_is_given_up_and_idle_ones_hold_up_nobody() {
    let listening = listening(|config| config.symbolon.connections.request_timeout_seconds = 2).await;
    let mut silent = Vec::new();
    for number in 0..400 {
        let begin: &[u8] = if number % 2 == 0 { &[] } else { &[22, 3, 1, 2, 0, 1] };
        silent.push(listening.server.say(Listener::Public, begin).await);
    }
    let mut stream = listening.connect(&listening.own, &[]).await.unwrap();
    stream.write_all(get("/health/alive").as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    for connection in silent {
        let (seconds, bytes) = connection.end().await;
        assert!(seconds < 15.0 && bytes == 0, "{seconds} {bytes}");
    }
}
