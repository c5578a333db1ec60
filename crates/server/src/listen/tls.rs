//! TLS at the listeners, and the one that asks clients for certificates (RFC 8705 §5). Every certificate is taken here, also one that nobody
//! vouches for, and none, too: the handshake proves that the other side holds its key, and the endpoints judge what that
//! is good for. It is a listener of its own because browsers would ask their users for a certificate.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::server::WantsServerCert;
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    self, CipherSuite, ConfigBuilder, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    WantsVerifier,
};
use tokio_rustls::server::TlsStream;

use super::certificate::{self, CertificateFacts, CertificateSource, ServedCertificate};
use super::entrance::{Entrance, fault_of_port, open};
use super::stream::WatchedStream;
use crate::certificate::{ClientCertificate, ProxyVerdict};
use crate::config::Config;
use crate::routes::PeerCertificate;
use crate::start_error::StartError;

/// What a TLS connection begins with: the content type of a handshake (RFC 8446 §5.1).
const HANDSHAKE: u8 = 22;

/// The port for clients with certificates, taken.
pub struct MutualTlsListener {
    /// The port.
    pub listener: TcpListener,
    pub(crate) handshakes: Handshakes,
}

impl MutualTlsListener {
    /// The certificate that is shown there.
    pub(crate) fn certificate(&self) -> Arc<ServedCertificate> {
        Arc::clone(&self.handshakes.certificate)
    }
}

impl From<MutualTlsListener> for Entrance {
    fn from(own: MutualTlsListener) -> Self {
        let mut entrance = Self::from(own.listener);
        entrance.handshakes = Some(own.handshakes);
        entrance
    }
}

/// Takes the port, if there is one.
pub(super) async fn bind(config: &Config) -> Result<Option<MutualTlsListener>, StartError> {
    let mtls = &config.symbolon.mtls;
    let (Some(listen), Some(source)) = (&mtls.listen, CertificateSource::of_mutual_tls(mtls)) else { return Ok(None) };
    let handshakes = Handshakes::asking(&source)?;
    let (host, port) = listen.rsplit_once(':').unwrap_or((listen, "0"));
    let host = host.trim_matches(['[', ']']);
    let port = port.parse().unwrap_or_default();
    let listener = open(host, port).await.map_err(|fault| {
        let why = fault_of_port(&fault);
        StartError::Listen(format!("symbolon.mtls.listen: port {port} of {host} cannot be taken: {why}"))
    })?;
    Ok(Some(MutualTlsListener { listener, handshakes }))
}

/// Reads the certificates of all listeners without listening; answers what cannot be used, each a line that names the key.
pub(crate) fn check_certificates(config: &Config) -> Vec<String> {
    let serve = &config.serve;
    let own = [&serve.public_tls, &serve.admin_tls].map(|tls| {
        let source = CertificateSource::of_listener(tls);
        source.as_ref().map_or(Ok(()), |source| Handshakes::of_listener(source).map(drop))
    });
    let asking = CertificateSource::of_mutual_tls(&config.symbolon.mtls);
    let asking = asking.as_ref().map_or(Ok(()), |source| Handshakes::asking(source).map(drop));
    let faults = own.into_iter().chain([asking]).filter_map(|tried| tried.err().map(|fault| fault.to_string()));
    let mut faults = faults.collect::<Vec<_>>();
    // Both listeners may show the same one.
    faults.dedup();
    faults
}

/// The certificates that the listeners of a configuration show, as far as they can be read.
pub fn certificates(config: &Config) -> Vec<CertificateFacts> {
    let serve = &config.serve;
    let own = [&serve.public_tls, &serve.admin_tls].into_iter().filter_map(CertificateSource::of_listener);
    let sources = own.chain(CertificateSource::of_mutual_tls(&config.symbolon.mtls));
    let mut found: Vec<_> = sources.filter_map(|source| certificate::facts(&source).ok()).collect();
    found.dedup();
    found
}

/// Performs TLS handshakes.
#[derive(Clone)]
pub(crate) struct Handshakes {
    acceptor: TlsAcceptor,
    /// Whether clients are asked for certificates.
    asks: bool,
    /// What is shown, to be looked after.
    pub(super) certificate: Arc<ServedCertificate>,
}

impl Handshakes {
    /// Those of a listener for browsers, which are not asked for certificates; the error names the key.
    pub(super) fn of_listener(source: &CertificateSource) -> Result<Self, StartError> {
        Self::new(source, |builder, _| builder.with_no_client_auth())
    }

    fn asking(source: &CertificateSource) -> Result<Self, StartError> {
        let asking = Self::new(source, |builder, provider| {
            builder.with_client_cert_verifier(Arc::new(AnyCertificate(provider)))
        });
        asking.map(|handshakes| Self { asks: true, ..handshakes })
    }

    fn new(
        source: &CertificateSource,
        clients: impl FnOnce(
            ConfigBuilder<ServerConfig, WantsVerifier>,
            Arc<CryptoProvider>,
        ) -> ConfigBuilder<ServerConfig, WantsServerCert>,
    ) -> Result<Self, StartError> {
        let certificate = ServedCertificate::load(source).map_err(StartError::Listen)?;
        let provider = Arc::new(recommended(ServerConfig::builder().crypto_provider()));
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = builder.map_err(|fault| StartError::Listen(format!("TLS cannot be used: {fault}")))?;
        let mut config = clients(builder, provider).with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), asks: false, certificate })
    }

    /// Whether somebody who speaks no TLS gets a handshake all the same. Where clients show certificates, everybody does.
    pub(super) fn takes(&self, first_byte: Option<u8>) -> bool {
        self.asks || first_byte == Some(HANDSHAKE)
    }

    /// The stream, and the certificate that the other side showed and holds the key of. A session that is resumed has that
    /// of its first handshake.
    pub(super) async fn perform(
        &self,
        stream: WatchedStream,
    ) -> io::Result<(TlsStream<WatchedStream>, PeerCertificate)> {
        let stream = self.acceptor.accept(stream).await?;
        if !self.asks {
            return Ok((stream, PeerCertificate::NotAsked));
        }
        let Some(chain) = stream.get_ref().1.peer_certificates() else {
            return Ok((stream, PeerCertificate::Asked(None)));
        };
        let chain = chain.iter().map(|certificate| certificate.clone().into_owned()).collect();
        let certificate = ClientCertificate::of_chain(chain, ProxyVerdict::Unasked);
        let certificate = certificate.ok_or_else(|| io::Error::other("the client certificate cannot be read"))?;
        Ok((stream, PeerCertificate::Asked(Some(certificate))))
    }
}

/// Of the suites of TLS 1.2 only those that RFC 9325 §4.2 recommends and FAPI 1.0 Advanced §8.5 permits, which every client
/// with TLS 1.2 has; of TLS 1.3 all.
fn recommended(provider: &CryptoProvider) -> CryptoProvider {
    const OF_TLS12: [CipherSuite; 4] = [
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ];
    let mut provider = provider.clone();
    provider.cipher_suites.retain(|suite| suite.tls13().is_some() || OF_TLS12.contains(&suite.suite()));
    provider
}

/// Takes whatever certificate the other side has the key of.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
