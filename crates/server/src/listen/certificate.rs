//! The certificate that a listener shows: read at start, and again when its files change or somebody asks for it. What
//! cannot be used does not take the place of what works.

use std::fs;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::{Mutex, RwLock};
use symbolon_jose::Secret;
use tokio::sync::Notify;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;

use crate::clock::Clock;
use crate::config::{ListenerTls, MutualTls};

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_secs(10);

/// When a file changed last, its size and number: those of the file that a link leads to.
type Trace = Option<(SystemTime, u64, u64)>;

/// A certificate with its key, before anything was read.
#[derive(Debug, Clone)]
pub(super) struct CertificateSource {
    certificate: PemSource,
    key: PemSource,
    /// The keys of the configuration that name them.
    names: [String; 2],
}

/// Where a PEM text is.
#[derive(Debug, Clone)]
enum PemSource {
    File(String),
    Base64(Secret<String>),
}

impl CertificateSource {
    /// That of a listener which speaks https.
    pub(super) fn of_listener(tls: &ListenerTls) -> Option<Self> {
        let source = |path: &Option<String>, base64: Option<Secret<String>>| match path {
            Some(path) => Some((PemSource::File(path.clone()), "path")),
            None => Some((PemSource::Base64(base64?), "base64")),
        };
        let in_base64 = tls.cert_base64.clone().map(Secret::new);
        let (certificate, certificate_form) = source(&tls.cert_path, in_base64)?;
        let (key, key_form) = source(&tls.key_path, tls.key_base64.clone())?;
        let names = [format!("{}.cert.{certificate_form}", tls.below), format!("{}.key.{key_form}", tls.below)];
        tls.enabled.then_some(Self { certificate, key, names })
    }

    /// That of the listener which asks clients for certificates.
    pub(super) fn of_mutual_tls(mtls: &MutualTls) -> Option<Self> {
        let (certificate, key) = (mtls.certificate_file.clone()?, mtls.key_file.clone()?);
        let names = ["symbolon.mtls.certificate_file", "symbolon.mtls.key_file"].map(str::to_owned);
        Some(Self { certificate: PemSource::File(certificate), key: PemSource::File(key), names })
    }

    fn key_of_certificate(&self) -> &str {
        &self.names[0]
    }

    fn key_of_key(&self) -> &str {
        &self.names[1]
    }
}

/// A certificate with its key.
#[derive(Debug)]
pub(crate) struct ServedCertificate {
    source: CertificateSource,
    current: RwLock<Arc<CertifiedKey>>,
    /// What the files looked like when they were read last.
    traces: Mutex<[Trace; 2]>,
}

impl ServedCertificate {
    /// Reads it; the error names the key to change. One that has expired is shown all the same, and the log says so.
    pub(super) fn load(source: &CertificateSource) -> Result<Arc<Self>, String> {
        let traces = traces(source);
        let (read, ends_at) = read(source)?;
        if has_ended(ends_at) {
            tracing::error!(key = source.key_of_certificate(), "the certificate has expired: clients refuse it");
        }
        Ok(Arc::new(Self { source: source.clone(), current: RwLock::new(Arc::new(read)), traces: Mutex::new(traces) }))
    }

    /// Reads it again. The old one stays where the new one cannot be used, or has expired and the old one has not.
    fn renew(&self) {
        *self.traces.lock() = traces(&self.source);
        match read(&self.source) {
            Ok((_, ends_at)) if has_ended(ends_at) => {
                let key = self.source.key_of_certificate();
                tracing::error!(key, "the new certificate has expired, and the old one stays");
            }
            Ok((new, _)) => {
                let changed = self.current.read().cert != new.cert;
                *self.current.write() = Arc::new(new);
                if changed {
                    tracing::info!(key = self.source.key_of_certificate(), "a new certificate is shown from now on");
                }
            }
            Err(fault) => tracing::error!(%fault, "the new certificate cannot be used, and the old one stays"),
        }
    }

    fn renew_if_changed(&self) {
        if traces(&self.source) != *self.traces.lock() {
            self.renew();
        }
    }
}

impl ResolvesServerCert for ServedCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read()))
    }
}

/// Looks after certificates until it is aborted: their files now and then, and all of them when `wanted` says so.
pub(crate) async fn keep_current(certificates: Vec<Arc<ServedCertificate>>, wanted: Arc<Notify>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => certificates.iter().for_each(|own| own.renew_if_changed()),
            () = wanted.notified() => certificates.iter().for_each(|own| own.renew()),
        }
    }
}

/// The chain with its key, and when its first certificate ends.
fn read(source: &CertificateSource) -> Result<(CertifiedKey, i64), String> {
    let of_certificate =
        |fault: &dyn std::fmt::Display| format!("{}: cannot be used: {fault}", source.key_of_certificate());
    let of_key = |fault: &dyn std::fmt::Display| format!("{}: cannot be used: {fault}", source.key_of_key());
    let text = text_of(&source.certificate).map_err(|fault| of_certificate(&fault))?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|fault| of_certificate(&fault))?;
    let Some(own) = chain.first() else { return Err(of_certificate(&"there is no certificate in it (PEM)")) };
    let ends_at = match x509_parser::parse_x509_certificate(own) {
        Ok((_, parsed)) => parsed.validity().not_after.timestamp(),
        Err(fault) => return Err(of_certificate(&fault)),
    };
    let text = text_of(&source.key).map_err(|fault| of_key(&fault))?;
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|fault| of_key(&fault))?;
    let builder = ServerConfig::builder();
    let certified = CertifiedKey::from_der(chain, key, builder.crypto_provider());
    certified.map(|certified| (certified, ends_at)).map_err(|fault| of_key(&fault))
}

fn text_of(source: &PemSource) -> Result<Vec<u8>, String> {
    match source {
        PemSource::File(path) => fs::read(path).map_err(|fault| format!("{path}: {fault}")),
        PemSource::Base64(text) => {
            // Hydra wants no padding in its description, and wants it in its code.
            let text: String = text.expose().chars().filter(|character| !character.is_whitespace()).collect();
            let bare = text.trim_end_matches('=');
            let padded = format!("{bare}{}", "=".repeat((4 - bare.len() % 4) % 4));
            STANDARD.decode(padded).map_err(|_| "it is not base64".to_owned())
        }
    }
}

/// A certificate that a listener shows, as its operator asks about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The key of the configuration that names it.
    pub key: String,
    /// Host names and addresses that it is for; a name may begin with `*.`.
    pub names: Vec<String>,
    /// From when it is good, in Unix seconds.
    pub begins_at: i64,
    /// Until when it is good, in Unix seconds.
    pub ends_at: i64,
}

/// What stands in a certificate; the error names the key to change.
pub(super) fn facts(source: &CertificateSource) -> Result<CertificateFacts, String> {
    let key = source.key_of_certificate().to_owned();
    let (certified, _) = read(source)?;
    let own = certified.cert.first().map(AsRef::as_ref).unwrap_or_default();
    let (_, parsed) = x509_parser::parse_x509_certificate(own).map_err(|fault| format!("{key}: {fault}"))?;
    let alternative = parsed.subject_alternative_name().map_err(|fault| format!("{key}: {fault}"))?;
    let names = alternative.iter().flat_map(|extension| &extension.value.general_names).filter_map(name).collect();
    let validity = parsed.validity();
    Ok(CertificateFacts {
        key,
        names,
        begins_at: validity.not_before.timestamp(),
        ends_at: validity.not_after.timestamp(),
    })
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn has_ended(ends_at: i64) -> bool {
    Clock::system().now() > ends_at
}

fn traces(source: &CertificateSource) -> [Trace; 2] {
    [&source.certificate, &source.key].map(|source| {
        let PemSource::File(path) = source else { return None };
        let file = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&file);
        #[cfg(not(unix))]
        let number = 0;
        Some((file.modified().ok()?, file.len(), number))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    /// A certificate that ends in this year, and its key.
    fn pair(year: i32) -> (String, String) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(year, 1, 1));
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    fn write(folder: &Path, (certificate, key): &(String, String)) {
        std::fs::write(folder.join("tls.crt"), certificate).unwrap();
        std::fs::write(folder.join("tls.key"), key).unwrap();
    }

    fn source(folder: &Path) -> CertificateSource {
        let file = |name: &str| PemSource::File(folder.join(name).to_str().unwrap().to_owned());
        CertificateSource {
            certificate: file("tls.crt"),
            key: file("tls.key"),
            names: ["serve.public.tls.cert.path", "serve.public.tls.key.path"].map(str::to_owned),
        }
    }

    fn in_base64(certificate: PemSource, key: PemSource) -> CertificateSource {
        let names = ["serve.tls.cert.base64", "serve.tls.key.base64"].map(str::to_owned);
        CertificateSource { certificate, key, names }
    }

    fn shown(own: &ServedCertificate) -> Vec<u8> {
        own.current.read().cert[0].to_vec()
    }

    fn der(pem: &str) -> Vec<u8> {
        CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
    }

    #[test]
    fn a_new_certificate_takes_the_place_of_the_old_one_unless_it_is_of_no_use() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second, third) = (pair(2100), pair(2101), pair(2102));
        write(folder.path(), &first);
        let own = ServedCertificate::load(&source(folder.path())).unwrap();
        assert_eq!(shown(&own), der(&first.0));
        own.renew_if_changed();
        assert_eq!(shown(&own), der(&first.0), "nothing changed");
        write(folder.path(), &second);
        own.renew_if_changed();
        assert_eq!(shown(&own), der(&second.0));
        let broken = [
            (String::new(), third.1.clone()),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(), third.1.clone()),
            (third.0.clone(), String::new()),
            (third.0.clone(), first.1.clone()),
            pair(2021),
        ];
        for of_no_use in broken {
            write(folder.path(), &of_no_use);
            own.renew();
            assert_eq!(shown(&own), der(&second.0), "{of_no_use:?}");
        }
        std::fs::remove_file(folder.path().join("tls.crt")).unwrap();
        own.renew_if_changed();
        assert_eq!(shown(&own), der(&second.0), "a file that is gone");
        write(folder.path(), &third);
        own.renew_if_changed();
        assert_eq!(shown(&own), der(&third.0), "and back");
    }

    #[test]
    fn what_cannot_be_used_at_start_is_named_without_the_key() {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (pair(2100), pair(2100));
        for (files, says) in [
            ((String::new(), own.1.clone()), "serve.public.tls.cert.path"),
            ((own.0.clone(), String::new()), "serve.public.tls.key.path"),
            ((own.0.clone(), other.1.clone()), "serve.public.tls.key.path"),
        ] {
            write(folder.path(), &files);
            let fault = ServedCertificate::load(&source(folder.path())).unwrap_err();
            assert!(fault.starts_with(says) && !fault.contains("PRIVATE"), "{fault}");
        }
        let gone = source(&folder.path().join("nowhere"));
        assert!(ServedCertificate::load(&gone).unwrap_err().contains("nowhere"));
    }

    #[test]
    fn base64_is_read_with_padding_and_without() {
        let (certificate, key) = pair(2100);
        for trim in [false, true] {
            let text = |pem: &str| {
                let text = STANDARD.encode(pem);
                let text = if trim { text.trim_end_matches('=').to_owned() } else { text };
                PemSource::Base64(Secret::new(text))
            };
            let source = in_base64(text(&certificate), text(&key));
            assert_eq!(shown(&ServedCertificate::load(&source).unwrap()), der(&certificate));
        }
        let bad = PemSource::Base64(Secret::new("%%%".to_owned()));
        let source = in_base64(bad.clone(), bad);
        assert_eq!(
            ServedCertificate::load(&source).unwrap_err(),
            "serve.tls.cert.base64: cannot be used: it is not base64"
        );
    }
}
