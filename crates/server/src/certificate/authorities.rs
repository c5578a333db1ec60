//! The authorities that vouch for certificates of clients (RFC 8705 §2.1): those of `symbolon.mtls.ca_file`, a proxy's word,
//! or both, and then both must agree. Certificates that were revoked are not known here: a client's own is taken back by
//! changing the client.

use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;

use super::{ClientCertificate, ProxyVerdict};
use crate::config::Config;

/// Who vouches.
pub struct Authorities {
    /// Those of the file.
    verifier: Option<Arc<dyn ClientCertVerifier>>,
}

impl Authorities {
    /// What configuration says. The error tells the operator what is wrong with the file.
    pub fn new(config: &Config) -> Result<Self, String> {
        let mtls = &config.symbolon.mtls;
        let verifier = mtls.ca_file.as_deref().map(verifier_of).transpose();
        let verifier = verifier.map_err(|fault| format!("symbolon.mtls.ca_file: {fault}"))?;
        Ok(Self { verifier })
    }

    /// Whether whoever is configured to vouch for the certificate does so at this time, in Unix seconds; the error says
    /// who does not. Without anybody nobody does.
    pub fn vouch_for(&self, certificate: &ClientCertificate, now: i64) -> Result<(), String> {
        match certificate.verdict() {
            ProxyVerdict::NotVouched => return Err("the proxy does not vouch for the certificate".to_owned()),
            ProxyVerdict::Vouched if self.verifier.is_none() => return Ok(()),
            ProxyVerdict::Vouched | ProxyVerdict::Unasked => {}
        }
        let verifier = self.verifier.as_ref().ok_or("nobody vouches for the certificate")?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now).unwrap_or_default()));
        match verifier.verify_client_cert(certificate.own(), certificate.between(), now) {
            Ok(_) => Ok(()),
            Err(fault) => Err(format!("the certificate does not count: {fault}")),
        }
    }
}

fn verifier_of(path: &str) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|fault| format!("{path}: {fault}"))? {
        let certificate = certificate.map_err(|fault| format!("{path}: {fault}"))?;
        roots.add(certificate).map_err(|fault| format!("{path}: {fault}"))?;
    }
    if roots.is_empty() {
        return Err(format!("{path} has no certificate in PEM"));
    }
    WebPkiClientVerifier::builder(Arc::new(roots)).build().map_err(|fault| fault.to_string())
}
