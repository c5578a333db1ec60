//! Whether a `PostgreSQL` server is the one that is meant, by its certificate.

use std::sync::Arc;

use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{self, CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Whether the certificate must be for the name by which the server is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// `verify-full`.
    Compared,
    /// `verify-ca`.
    Any,
}

/// Who vouches for a server.
#[derive(Debug)]
pub(crate) struct Vouching {
    /// `None` takes every certificate.
    authorities: Option<(Arc<RootCertStore>, Names)>,
    /// Certificates that count as such, whoever signed them.
    known: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Vouching {
    /// Every certificate is taken: the connection is encrypted, and nobody knows to whom.
    pub(crate) fn nobody(provider: Arc<CryptoProvider>) -> Self {
        Self { authorities: None, known: Vec::new(), provider }
    }

    /// One of these authorities.
    pub(crate) fn by_authorities(roots: Arc<RootCertStore>, names: Names, provider: Arc<CryptoProvider>) -> Self {
        Self { authorities: Some((roots, names)), known: Vec::new(), provider }
    }

    /// Lets a certificate that is in the operator's file count for itself: that of a server that signed its own one is an
    /// authority at the same time, which is no certificate of a server otherwise (RFC 5280 §4.2.1.9).
    pub(crate) fn or_by_itself(self, known: Vec<CertificateDer<'static>>) -> Self {
        Self { known, ..self }
    }

    fn is_signed(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let Some((roots, _)) = &self.authorities else { return Ok(()) };
        if self.known.iter().any(|known| known == certificate) {
            return is_current(certificate, now);
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, roots, between, now, algorithms)
    }
}

fn is_current(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), rustls::Error> {
    let parsed = x509_parser::parse_x509_certificate(certificate);
    let (_, parsed) = parsed.map_err(|_| rustls::Error::from(CertificateError::BadEncoding))?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now > parsed.validity().not_after.timestamp() {
        return Err(CertificateError::Expired.into());
    }
    if now < parsed.validity().not_before.timestamp() {
        return Err(CertificateError::NotValidYet.into());
    }
    Ok(())
}

impl ServerCertVerifier for Vouching {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.is_signed(certificate, between, now)?;
        if let Some((_, Names::Compared)) = &self.authorities {
            verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
