//! TLS to a `PostgreSQL` server: who must vouch for the server, what the client shows of itself, and what ties the
//! password to the connection (RFC 5929 §4.1).

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::error::OpenError;
use crate::postgres_target::Mode;
use crate::postgres_vouching::{Names, Vouching};

/// What a URL says of TLS besides the mode.
#[derive(Default)]
pub(crate) struct TlsSettings {
    /// File with authorities, or `system`.
    pub(crate) roots: Option<String>,
    /// File with the client's certificate.
    pub(crate) certificate: Option<String>,
    /// File with its key.
    pub(crate) key: Option<String>,
    /// Whether the handshake names the server that is meant.
    pub(crate) names_server: Option<bool>,
}

/// How TLS is spoken to a server.
pub(crate) struct Tls {
    mode: Mode,
    settings: TlsSettings,
    direct: bool,
    /// The system's authorities, which are read once.
    of_system: Option<Arc<RootCertStore>>,
}

impl Tls {
    /// Checks how the settings go together, and reads the files once.
    pub(crate) fn new(mode: Mode, settings: TlsSettings, direct: bool) -> Result<Self, OpenError> {
        let refused = |reason: &str| Err(OpenError::Dsn(reason.to_owned()));
        let system = settings.roots.as_deref() == Some("system");
        match mode {
            Mode::Disable if settings.certificate.is_some() || settings.key.is_some() => {
                return refused("sslcert has no effect with sslmode=disable: remove it, or ask for TLS");
            }
            Mode::Disable | Mode::Allow | Mode::Prefer if settings.roots.is_some() => {
                return refused(
                    "sslrootcert has no effect with an sslmode that goes on without TLS: use sslmode=verify-full",
                );
            }
            Mode::VerifyCa if settings.roots.is_none() => {
                return refused(
                    "sslmode=verify-ca needs sslrootcert, the file of the authority that vouches for the server",
                );
            }
            // Everybody has a certificate of a public authority: it says something only together with the name.
            Mode::Require | Mode::VerifyCa if system => {
                return refused("sslrootcert=system needs sslmode=verify-full");
            }
            _ => {}
        }
        match (&settings.certificate, &settings.key) {
            (Some(_), None) => return refused("sslcert needs sslkey, the file with the certificate's private key"),
            (None, Some(_)) => return refused("sslkey needs sslcert, the file with the key's certificate"),
            _ => {}
        }
        let of_system = mode == Mode::VerifyFull && (system || settings.roots.is_none());
        let of_system = if of_system { Some(Arc::new(roots_of_system()?)) } else { None };
        let tls = Self { mode, settings, direct, of_system };
        if mode != Mode::Disable {
            tls.connector().map_err(|fault| OpenError::Dsn(fault.0))?;
        }
        Ok(tls)
    }

    /// What performs the handshake of one connection, with the files as they are now.
    pub(crate) fn connector(&self) -> Result<Connector, TlsFault> {
        let provider = Arc::clone(ClientConfig::builder().crypto_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|fault| TlsFault(fault.to_string()))?;
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(self.vouching(provider)?));
        let mut config = match (&self.settings.certificate, &self.settings.key) {
            (Some(certificate), Some(key)) => {
                let chain = certificates("sslcert", certificate)?;
                let private = PrivateKeyDer::from_pem_file(key).map_err(|fault| unreadable("sslkey", key, &fault))?;
                let with_key = builder.with_client_auth_cert(chain, private);
                with_key.map_err(|fault| unreadable("sslcert", certificate, &fault))?
            }
            _ => builder.with_no_client_auth(),
        };
        config.enable_sni = self.settings.names_server.unwrap_or(true);
        if self.direct {
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Connector(Arc::new(config)))
    }

    fn vouching(&self, provider: Arc<rustls::crypto::CryptoProvider>) -> Result<Vouching, TlsFault> {
        let names = if self.mode == Mode::VerifyFull { Names::Compared } else { Names::Any };
        if let Some(roots) = &self.of_system {
            return Ok(Vouching::by_authorities(Arc::clone(roots), names, provider));
        }
        let Some(file) = &self.settings.roots else { return Ok(Vouching::nobody(provider)) };
        let roots = certificates("sslrootcert", file)?;
        let mut store = RootCertStore::empty();
        for certificate in &roots {
            store.add(certificate.clone()).map_err(|fault| unreadable("sslrootcert", file, &fault))?;
        }
        Ok(Vouching::by_authorities(Arc::new(store), names, provider).or_by_itself(roots))
    }
}

fn roots_of_system() -> Result<RootCertStore, OpenError> {
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added > 0 {
        return Ok(store);
    }
    let reason = "this machine has no list of public authorities (Debian: ca-certificates); name the server's authority \
                  with sslrootcert";
    Err(OpenError::Dsn(reason.to_owned()))
}

/// The certificates of a file, at least one.
fn certificates(setting: &str, file: &str) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|fault| unreadable(setting, file, &fault))?;
    if certificates.is_empty() {
        return Err(unreadable(setting, file, &"there is no certificate in it (PEM)"));
    }
    Ok(certificates)
}

fn unreadable(setting: &str, file: &str, fault: &dyn fmt::Display) -> TlsFault {
    TlsFault(format!("{setting}: {file} cannot be used: {fault}"))
}

/// Why there is no TLS, for the operator.
#[derive(Debug)]
pub(crate) struct TlsFault(String);

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsFault {}

impl TlsFault {
    fn of_handshake(fault: &io::Error) -> Self {
        use rustls::CertificateError::{self, NotValidForName, NotValidForNameContext, UnknownIssuer};
        let refused = |cause: &CertificateError| match cause {
            UnknownIssuer => "no authority of sslrootcert vouches for the server's certificate".to_owned(),
            NotValidForName | NotValidForNameContext { .. } => {
                format!("the server's certificate has another name than the dsn: {cause}")
            }
            other => format!("the server's certificate does not count: {other}"),
        };
        match fault.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(cause)) => Self(refused(cause)),
            _ => Self(fault.to_string()),
        }
    }
}

/// Makes the handshakes of one attempt to connect.
pub(crate) struct Connector(Arc<ClientConfig>);

/// A handshake with one server.
pub(crate) struct Handshake {
    config: Arc<ClientConfig>,
    name: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Connector {
    type Stream = Protected<S>;
    type TlsConnect = Handshake;
    type Error = TlsFault;

    fn make_tls_connect(&mut self, name: &str) -> Result<Handshake, TlsFault> {
        Ok(Handshake { config: Arc::clone(&self.0), name: name.to_owned() })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = Protected<S>;
    type Error = TlsFault;
    type Future = Pin<Box<dyn Future<Output = Result<Protected<S>, TlsFault>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let no_name = |_| TlsFault(format!("{} is neither a host name nor an address", self.name));
            let name = ServerName::try_from(self.name.clone()).map_err(no_name)?;
            let shaken = TlsConnector::from(self.config).connect(name, stream).await;
            shaken.map(Protected).map_err(|fault| TlsFault::of_handshake(&fault))
        })
    }
}

/// A connection with TLS.
pub(crate) struct Protected<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Protected<S> {
    fn channel_binding(&self) -> ChannelBinding {
        let chain = self.0.get_ref().1.peer_certificates();
        let of_server = chain.and_then(<[_]>::first).and_then(|certificate| end_point(certificate));
        of_server.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// RFC 5929 §4.1: the certificate's digest, with the function of its signature, or SHA-256 where that is weaker. `None`
/// where the signature has no function of its own.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    match parsed.signature_algorithm.algorithm.to_id_string().as_str() {
        // MD5, SHA-1 and SHA-256 with RSA; SHA-1 and SHA-256 with ECDSA.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => Some(Sha256::digest(certificate).to_vec()),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(Sha384::digest(certificate).to_vec()),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(Sha512::digest(certificate).to_vec()),
        _ => None,
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Protected<S> {
    fn poll_read(mut self: Pin<&mut Self>, task: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(task, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Protected<S> {
    fn poll_write(mut self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(task, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(task)
    }
}
