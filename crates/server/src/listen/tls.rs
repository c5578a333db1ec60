//! The listener that asks clients for certificates (RFC 8705 §5). Every certificate is taken here, also one that nobody
//! vouches for, and none, too: the handshake proves that the other side holds its key, and the endpoints judge what that
//! is good for. It is a listener of its own because browsers would ask their users for a certificate.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    self, CipherSuite, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};
use tokio_rustls::server::TlsStream;

use super::stream::WatchedStream;
use super::{fault_of_port, open};
use crate::certificate::{ClientCertificate, ProxyVerdict};
use crate::config::Config;
use crate::start_error::StartError;

/// The port for clients with certificates, taken.
pub struct MutualTlsListener {
    /// The port.
    pub listener: TcpListener,
    pub(crate) handshakes: Handshakes,
}

/// Takes the port, if there is one.
pub(super) async fn bind(config: &Config) -> Result<Option<MutualTlsListener>, StartError> {
    let mtls = &config.symbolon.mtls;
    let (Some(listen), Some(certificate), Some(key)) = (&mtls.listen, &mtls.certificate_file, &mtls.key_file) else {
        return Ok(None);
    };
    let handshakes = Handshakes::new(certificate, key)?;
    let (host, port) = listen.rsplit_once(':').unwrap_or((listen, "0"));
    let host = host.trim_matches(['[', ']']);
    let port = port.parse().unwrap_or_default();
    let listener = open(host, port).await.map_err(|fault| {
        let why = fault_of_port(&fault);
        StartError::Listen(format!("symbolon.mtls.listen: port {port} of {host} cannot be taken: {why}"))
    })?;
    Ok(Some(MutualTlsListener { listener, handshakes }))
}

/// Reads the certificate files without listening; the error names the key.
pub(crate) fn check_certificates(config: &Config) -> Result<(), StartError> {
    let mtls = &config.symbolon.mtls;
    let (Some(certificate), Some(key)) = (&mtls.certificate_file, &mtls.key_file) else { return Ok(()) };
    Handshakes::new(certificate, key).map(drop)
}

/// Performs TLS handshakes.
#[derive(Clone)]
pub(crate) struct Handshakes(TlsAcceptor);

impl Handshakes {
    fn new(certificate_file: &str, key_file: &str) -> Result<Self, StartError> {
        let refused = |key: &str, file: &str, fault: &dyn std::fmt::Display| {
            StartError::Listen(format!("symbolon.mtls.{key}: {file} cannot be used: {fault}"))
        };
        let chain = CertificateDer::pem_file_iter(certificate_file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|fault| refused("certificate_file", certificate_file, &fault))?;
        let key = PrivateKeyDer::from_pem_file(key_file).map_err(|fault| refused("key_file", key_file, &fault))?;
        let provider = Arc::new(recommended(ServerConfig::builder().crypto_provider()));
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = builder.map_err(|fault| refused("listen", "TLS", &fault))?;
        let builder = builder.with_client_cert_verifier(Arc::new(AnyCertificate(provider)));
        let config = builder.with_single_cert(chain, key);
        let mut config = config.map_err(|fault| refused("certificate_file", certificate_file, &fault))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The stream, and the certificate that the other side showed and holds the key of. A session that is resumed has that
    /// of its first handshake.
    pub(super) async fn perform(
        &self,
        stream: WatchedStream,
    ) -> io::Result<(TlsStream<WatchedStream>, Option<ClientCertificate>)> {
        let stream = self.0.accept(stream).await?;
        let Some(chain) = stream.get_ref().1.peer_certificates() else { return Ok((stream, None)) };
        let chain = chain.iter().map(|certificate| certificate.clone().into_owned()).collect();
        let certificate = ClientCertificate::of_chain(chain, ProxyVerdict::Unasked);
        let certificate = certificate.ok_or_else(|| io::Error::other("the client certificate cannot be read"))?;
        Ok((stream, Some(certificate)))
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
