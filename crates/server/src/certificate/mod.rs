//! Certificates of clients (RFC 8705): a certificate that somebody showed, by its bytes, its hash and its names, and the
//! authorities that vouch for some (`authorities`). The listener makes one of a TLS handshake, in which the other side
//! proved to hold the key; the edge makes one of what a trusted proxy says of its own (`forwarded`). What a certificate
//! is good for is not judged here.

mod authorities;
pub mod forwarded;
mod names;

use std::sync::Arc;

use symbolon_jose::digest::sha256;
use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_parser::parse_x509_certificate;

pub use authorities::Authorities;

use crate::confirmation::CertificateThumbprint;

/// Longest certificate, in bytes.
const LONGEST: usize = 16 * 1024;
/// Most certificates of a chain, with the client's own.
const MOST: usize = 8;

/// What a proxy says of the chain of a certificate that it forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyVerdict {
    /// It is not asked to say anything, or there was no proxy.
    Unasked,
    /// An authority that it knows vouches for the certificate.
    Vouched,
    /// None does.
    NotVouched,
}

/// The certificate of the sender of a request.
#[derive(Clone)]
pub struct ClientCertificate {
    /// Its own first, then those of the authorities between.
    chain: Arc<[CertificateDer<'static>]>,
    thumbprint: CertificateThumbprint,
    verdict: ProxyVerdict,
}

// Names of people may be in it.
impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCertificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl ClientCertificate {
    /// A chain in DER, the sender's own certificate first. `None` where that is no certificate, or something is too large.
    pub fn of_chain(chain: Vec<CertificateDer<'static>>, verdict: ProxyVerdict) -> Option<Self> {
        let own = chain.first()?;
        if chain.len() > MOST || chain.iter().any(|certificate| certificate.len() > LONGEST) {
            return None;
        }
        let (rest, _) = parse_x509_certificate(own).ok()?;
        rest.is_empty().then_some(())?;
        let thumbprint = CertificateThumbprint::from_bytes(sha256(own));
        Some(Self { chain: chain.into(), thumbprint, verdict })
    }

    /// `x5t#S256` (RFC 8705 §3.1).
    pub fn thumbprint(&self) -> CertificateThumbprint {
        self.thumbprint
    }

    /// What the proxy says that forwarded it.
    pub fn verdict(&self) -> ProxyVerdict {
        self.verdict
    }

    fn own(&self) -> &CertificateDer<'static> {
        &self.chain[0]
    }

    fn between(&self) -> &[CertificateDer<'static>] {
        &self.chain[1..]
    }
}
