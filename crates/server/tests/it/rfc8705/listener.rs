//! The listener that asks for certificates (RFC 8705 §5), with real handshakes.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use symbolon_server::config::Config;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{
    CipherSuite, ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion, version,
};

use super::{Authority, Certificate, behind_proxy, params, token_request};
use crate::fixtures::register;
use crate::support::ListeningServer;

/// A server with such a listener, and what its clients need to trust it.
struct Listening {
    server: ListeningServer,
    own: CertificateDer<'static>,
}

async fn listening(change: impl FnOnce(&mut Config)) -> Listening {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let files = [own.pem(), key.serialize_pem()].map(|text| {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    });
    let server = ListeningServer::with(|config| {
        let [certificate, key] = files.each_ref().map(|file| Some(file.path().to_str().unwrap().to_owned()));
        config.symbolon.mtls.listen = Some("127.0.0.1:0".to_owned());
        config.symbolon.mtls.url = Some("https://localhost:4446".to_owned());
        (config.symbolon.mtls.certificate_file, config.symbolon.mtls.key_file) = (certificate, key);
        change(config);
    })
    .await;
    Listening { server, own: own.der().clone() }
}

impl Listening {
    /// A client of this version of TLS, with a certificate or without.
    fn client(
        &self,
        certificate: Option<&Certificate>,
        version: &'static SupportedProtocolVersion,
    ) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.own.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match certificate {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let key = PrivateKeyDer::try_from(own.key.serialize_der()).unwrap();
                let key = any_supported_type(&key).unwrap();
                // Unlike other ways this one does not look whether the two belong together.
                let shown = CertifiedKey::new(vec![CertificateDer::from(own.der.clone())], key);
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(shown)))
            }
        })
    }

    async fn connect(&self, client: &Arc<ClientConfig>) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.server.mutual_tls.unwrap()).await?;
        TlsConnector::from(client.clone()).connect(ServerName::try_from("localhost").unwrap(), stream).await
    }

    /// The answer to a token request over a connection of its own, and how its handshake went.
    async fn ask(&self, client: &Arc<ClientConfig>, headers: &str) -> (String, Option<HandshakeKind>) {
        let mut stream = self.connect(client).await.unwrap();
        let body = token_request().body;
        let head = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
        let mut answer = Vec::new();
        // The end of the connection may come without the end of TLS.
        let _ = stream.read_to_end(&mut answer).await;
        (String::from_utf8(answer).unwrap(), stream.get_ref().1.handshake_kind())
    }

    async fn register(&self, certificate: &Certificate) {
        let metadata = json!({
            "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "jwks": { "keys": [certificate.jwk()] },
            "tls_client_certificate_bound_access_tokens": true,
        });
        register(&self.server.in_process, "app", &metadata).await;
    }
}

fn token(answer: &str) -> String {
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_certificate_of_the_handshake_is_the_clients_and_binds_its_tokens() {
    let listening = listening(|_| {}).await;
    let (own, other) = (Certificate::self_signed(&params()), Certificate::self_signed(&params()));
    listening.register(&own).await;
    for version in [&version::TLS12, &version::TLS13] {
        let (answer, _) = listening.ask(&listening.client(Some(&own), version), "").await;
        let introspected = listening.server.in_process.introspect(&token(&answer)).await;
        assert_eq!(introspected["cnf"], json!({ "x5t#S256": own.thumbprint() }));
        for certificate in [None, Some(&other)] {
            let (answer, _) = listening.ask(&listening.client(certificate, version), "").await;
            assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        }
    }
}

#[tokio::test]
async fn tls_1_2_has_the_recommended_suites_alone() {
    let listening = listening(|_| {}).await;
    let all = default_provider().cipher_suites;
    for (suite, taken) in [
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, false),
        (CipherSuite::TLS13_AES_128_GCM_SHA256, true),
        (CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, true),
    ] {
        let cipher_suites: Vec<_> = all.iter().copied().filter(|own| own.suite() == suite).collect();
        let version = cipher_suites[0].version();
        let mut roots = RootCertStore::empty();
        roots.add(listening.own.clone()).unwrap();
        let provider = CryptoProvider { cipher_suites, ..default_provider() };
        let client =
            ClientConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(&[version]).unwrap();
        let client = Arc::new(client.with_root_certificates(roots).with_no_client_auth());
        assert_eq!(listening.connect(&client).await.is_ok(), taken, "{suite:?}");
    }
}

#[tokio::test]
async fn a_resumed_session_keeps_the_certificate() {
    let listening = listening(|_| {}).await;
    let own = Certificate::self_signed(&params());
    listening.register(&own).await;
    for version in [&version::TLS12, &version::TLS13] {
        let client = listening.client(Some(&own), version);
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let (answer, kind) = listening.ask(&client, "").await;
            assert_eq!(kind, Some(expected), "{version:?}");
            let introspected = listening.server.in_process.introspect(&token(&answer)).await;
            assert_eq!(introspected["cnf"], json!({ "x5t#S256": own.thumbprint() }), "{version:?}");
        }
        // A session without a certificate has none when it is resumed.
        let client = listening.client(None, version);
        for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let (answer, kind) = listening.ask(&client, "").await;
            assert_eq!(kind, Some(expected), "{version:?}");
            assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        }
    }
}

#[tokio::test]
async fn no_header_counts_on_this_listener() {
    let listening = listening(behind_proxy).await;
    let own = Certificate::self_signed(&params());
    listening.register(&own).await;
    let header = format!("Client-Cert: :{}:\r\n", own.base64());
    let client = listening.client(None, &version::TLS13);
    let (answer, _) = listening.ask(&client, &header).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[tokio::test]
async fn an_authority_vouches_for_the_certificate_of_a_handshake() {
    let authority = Authority::new();
    let listening = listening(|config| config.symbolon.mtls.ca_file = Some(authority.path())).await;
    super::tls_client(&listening.server.in_process, "tls_client_auth_subject_dn", "CN=app,OU=Payments,O=Example").await;
    for (certificate, status) in [(authority.issue(&params()), "200"), (Authority::new().issue(&params()), "401")] {
        let (answer, _) = listening.ask(&listening.client(Some(&certificate), &version::TLS13), "").await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

#[tokio::test]
async fn somebody_elses_certificate_is_of_no_use_without_its_key() {
    let listening = listening(|_| {}).await;
    let own = Certificate::self_signed(&params());
    listening.register(&own).await;
    let thief = Certificate { der: own.der.clone(), key: KeyPair::generate().unwrap() };
    for version in [&version::TLS12, &version::TLS13] {
        let client = listening.client(Some(&thief), version);
        let answered = match listening.connect(&client).await {
            Ok(mut stream) => {
                let _ = stream.write_all(b"GET /health/alive HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
                let mut answer = Vec::new();
                stream.read_to_end(&mut answer).await.is_ok() && !answer.is_empty()
            }
            Err(_) => false,
        };
        assert!(!answered, "{version:?}");
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_not_answered_and_the_listener_stops_with_the_others() {
    let listening = listening(|_| {}).await;
    let mut stream = TcpStream::connect(listening.server.mutual_tls.unwrap()).await.unwrap();
    stream.write_all(b"GET /health/alive HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let idle = listening.connect(&listening.client(None, &version::TLS13)).await.unwrap();
    listening.server.stop().await;
    drop(idle);
}
