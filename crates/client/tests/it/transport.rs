//! How requests travel: failures told apart, authorities and certificates of one's own, a proxy, other HTTP clients.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::json;
use symbolon_client::{
    Client, ClientBuilder, Error, HttpClient, HttpFuture, Limits, TransportError, TransportErrorKind, reqwest,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::server::{Server, json};

/// An authority, and what it vouches for.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: CertificateDer<'static>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut own = CertificateParams::new(Vec::new()).unwrap();
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let certificate = own.self_signed(&key).unwrap();
        let (der, pem) = (certificate.der().clone(), certificate.pem());
        Self { issuer: Issuer::new(own, key), der, pem }
    }

    /// A certificate and its key, DER and as one PEM text.
    fn issue(&self, name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let pem = format!("{}{}", certificate.pem(), key.serialize_pem());
        (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap(), pem)
    }
}

/// An https server on `localhost` whose document tells whether a client certificate was shown.
async fn tls_server(authority: &Authority, asks_for_certificate: bool) -> String {
    let (certificate, key, _) = authority.issue("localhost");
    let config = ServerConfig::builder();
    let config = if asks_for_certificate {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der.clone()).unwrap();
        config.with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap())
    } else {
        config.with_no_client_auth()
    };
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let body = json!({"issuer": issuer, "token_endpoint": format!("{issuer}/token")}).to_string();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, body) = (acceptor.clone(), body.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n";
                let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    issuer
}

fn builder(issuer: &str) -> ClientBuilder {
    Client::unregistered(issuer).without_proxy().retries(0)
}

async fn failure(builder: ClientBuilder) -> TransportError {
    match builder.build().unwrap().metadata().await.unwrap_err() {
        Error::Transport(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn failures_are_told_apart_and_keep_their_cause() {
    let authority = Authority::new();
    let strangers = tls_server(&authority, false).await;
    for (issuer, kind) in [
        ("http://127.0.0.1:1", TransportErrorKind::Connect),
        ("http://no-such-host.invalid", TransportErrorKind::Dns),
        (strangers.as_str(), TransportErrorKind::Tls),
    ] {
        let error = failure(builder(issuer)).await;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(Error::Transport(error.clone()).source().unwrap().source().is_some(), "{error:?}");
        assert!(error.to_string().starts_with(issuer), "{error}");
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_believed_beside_the_systems() {
    let (authority, other) = (Authority::new(), Authority::new());
    let issuer = tls_server(&authority, false).await;
    let trusting =
        builder(&issuer).certificate_authority(other.pem.as_str()).certificate_authority(authority.pem.as_str());
    assert_eq!(trusting.build().unwrap().metadata().await.unwrap().issuer, issuer);
    let wrong = failure(builder(&issuer).certificate_authority(other.pem.as_str())).await;
    assert_eq!(wrong.kind(), TransportErrorKind::Tls);
    let malformed = builder(&issuer).certificate_authority("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----");
    assert!(matches!(malformed.build(), Err(Error::Configuration(_))));
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let authority = Authority::new();
    let issuer = tls_server(&authority, true).await;
    let trusting = || builder(&issuer).certificate_authority(authority.pem.as_str());
    let (_, _, pem) = authority.issue("app.example");
    let with = trusting().client_certificate(pem).build().unwrap();
    assert_eq!(with.metadata().await.unwrap().issuer, issuer);
    assert!(trusting().build().unwrap().metadata().await.is_err());
    assert!(matches!(trusting().client_certificate("nothing").build(), Err(Error::Configuration(_))));
}

#[tokio::test]
async fn a_proxy_is_asked_for_the_whole_address() {
    let proxy = Server::start(|request, _| {
        assert_eq!(request.line, "GET http://provider.invalid/.well-known/openid-configuration");
        json(200, &json!({"issuer": "http://provider.invalid"}))
    });
    let client = Client::unregistered("http://provider.invalid").proxy(proxy.url.as_str()).build().unwrap();
    assert_eq!(client.metadata().await.unwrap().issuer, "http://provider.invalid");
    assert!(matches!(Client::unregistered("http://a.invalid").proxy("::").build(), Err(Error::Configuration(_))));
}

#[tokio::test]
async fn the_programs_own_connections_are_used_within_the_limits() {
    let server = Server::start_raw(|request, url, stream| {
        if request.line.ends_with("openid-configuration") {
            let answer = json(200, &json!({"issuer": url, "userinfo_endpoint": format!("{url}/me")}));
            let _ = std::io::Write::write_all(stream, &answer);
        } else {
            std::thread::sleep(Duration::from_secs(5));
        }
    });
    let own = reqwest::Client::builder().no_proxy().user_agent("mine/1").build().unwrap();
    let client = Client::unregistered(&server.url).http_client(own).header("x-tenant", "7").build().unwrap();
    let hasty = client.with_timeout(Duration::from_millis(100));
    assert_eq!(hasty.user_info_for(&"at".into(), None).await.unwrap_err(), Error::Timeout);
    assert_eq!(hasty.issuer(), client.issuer());
    let small = Client::unregistered(&server.url).http_client(reqwest::Client::new()).answer_limit_bytes(10);
    assert_eq!(small.build().unwrap().metadata().await.unwrap_err(), Error::AnswerTooLarge { limit_bytes: 10 });
}

/// Answers every request with one document.
struct Canned(&'static str);

impl HttpClient for Canned {
    fn send(&self, request: http::Request<Bytes>, limits: Limits) -> HttpFuture<'_> {
        assert_eq!(request.uri(), "https://as.example/.well-known/openid-configuration");
        assert_eq!(limits.timeout, Duration::from_secs(30));
        Box::pin(async move { Ok(http::Response::new(Bytes::from_static(self.0.as_bytes()))) })
    }
}

#[tokio::test]
async fn any_http_client_will_do() {
    let client = Client::unregistered("https://as.example").http_client(Canned(r#"{"issuer":"https://as.example"}"#));
    assert_eq!(client.build().unwrap().metadata().await.unwrap().issuer, "https://as.example");
}

#[cfg(feature = "blocking")]
#[test]
fn blocking_calls_wait_and_fail_inside_async() {
    use symbolon_client::blocking;

    let client = Client::unregistered("https://as.example").http_client(Canned(r#"{"issuer":"https://as.example"}"#));
    let client = blocking::Client::new(client.build().unwrap());
    assert_eq!(client.metadata().unwrap().issuer, "https://as.example");
    let inside = tokio::runtime::Runtime::new().unwrap();
    assert!(matches!(inside.block_on(async { client.metadata() }), Err(Error::Configuration(_))));
}

#[cfg(feature = "tracing")]
#[tokio::test]
async fn a_span_has_no_secret() {
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
            std::io::Write::write(&mut *self.0.lock().unwrap(), text)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let server = Server::start(|request, url| {
        if request.line.ends_with("openid-configuration") {
            let endpoints = json!({"issuer": url, "revocation_endpoint": format!("{url}/revoke?key=hush")});
            json(200, &endpoints)
        } else {
            json(200, &json!({}))
        }
    });
    let guard = tracing::subscriber::set_default(subscriber);
    let client = Client::builder(&server.url, "app").client_secret("hush").without_proxy().build().unwrap();
    client.revoke("hush").await.unwrap();
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let own: Vec<_> = text.lines().filter(|line| line.contains("http_request")).collect();
    assert!(own.iter().any(|line| line.contains("path=\"/revoke\"") && line.contains("status=200")), "{text}");
    assert!(!own.iter().any(|line| line.contains("hush")), "{text}");
}
