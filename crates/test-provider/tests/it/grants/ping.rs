//! CIBA by ping (§10.2): the provider calls the client over TLS, and the client asks at once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use symbolon_client::{BackchannelAuthenticationRequest, BackchannelNotification, Error, NotificationFault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Setting;
use super::authentication::ways;
use super::authority::Authority;

/// The client's notification endpoint.
struct Endpoint {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Endpoint {
    async fn new(authority: &Authority) -> Self {
        let certificate = CertificateDer::from_pem_file(authority.file("server.crt")).unwrap();
        let key = PrivateKeyDer::from_pem_file(authority.file("server.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/ciba", self.listener.local_addr().unwrap().port())
    }

    /// The next notification, answered with 204.
    async fn notified(&self) -> BackchannelNotification {
        let taken = tokio::time::timeout(Duration::from_secs(20), self.taken()).await.unwrap();
        let (head, body) = taken.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /ciba "), "{head}");
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("authorization").then(|| value.to_owned())
        };
        BackchannelNotification::parse(&head.lines().find_map(header).unwrap(), body.as_bytes()).unwrap()
    }

    async fn taken(&self) -> String {
        let (stream, _) = self.listener.accept().await.unwrap();
        let mut stream = self.acceptor.accept(stream).await.unwrap();
        let mut received = Vec::new();
        // The body is one JSON object, and the last thing that is sent.
        while !received.ends_with(b"}") {
            assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
        stream.shutdown().await.unwrap();
        String::from_utf8(received).unwrap()
    }
}

#[tokio::test]
async fn after_a_ping_the_client_asks_at_once_however_it_proves_itself() {
    let setting = Setting::start().await;
    let endpoint = Endpoint::new(&setting.authority).await;
    for way in ways(&setting) {
        let mut members = way.members.clone();
        members["backchannel_token_delivery_mode"] = "ping".into();
        members["backchannel_client_notification_endpoint"] = endpoint.url().into();
        let client = way.client(&setting, &setting.register(&members).await);
        let request = BackchannelAuthenticationRequest::for_login_hint("alice").notified();
        let mut pending = client.authenticate_backchannel(&request).await.unwrap();
        let mut other = client.authenticate_backchannel(&request).await.unwrap();
        let (agreed, notification) = tokio::join!(setting.provider.agree_on_device("alice"), endpoint.notified());
        let second = endpoint.notified().await;
        assert_eq!(agreed, 2);
        // Which of the two is told of first is the provider's choice.
        let (first, second) =
            if notification.id() == pending.id() { (notification, second) } else { (second, notification) };
        assert_eq!(pending.take_ping(&second).unwrap_err(), Error::Notification(NotificationFault::Token));
        pending.take_ping(&first).unwrap();
        other.take_ping(&second).unwrap();
        let before = setting.pauses().len();
        for pending in [&mut pending, &mut other] {
            let tokens = client.backchannel_tokens(pending).await;
            let tokens = tokens.unwrap_or_else(|error| panic!("{}: {error}", way.name));
            assert_eq!(tokens.id_token.unwrap().claims.subject, "alice");
        }
        assert_eq!(setting.pauses().len(), before, "nobody waited");
    }
}

#[tokio::test]
async fn a_client_of_pings_must_say_with_what_the_provider_proves_itself() {
    let setting = Setting::start().await;
    let client = setting
        .client(&json!({
            "backchannel_token_delivery_mode": "ping",
            "backchannel_client_notification_endpoint": "https://app.example/ciba",
        }))
        .await;
    let request = BackchannelAuthenticationRequest::for_login_hint("alice");
    let error = client.authenticate_backchannel(&request).await.unwrap_err();
    assert_eq!(error.code(), Some("invalid_request"), "{error}");
}
