//! Settings of the connections: how long, how large, how often, by way of whom, and whose certificates count.

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "reqwest")]
use symbolon_jose::Secret;

use super::ClientBuilder;
#[cfg(feature = "reqwest")]
use crate::protection::MutualTls;
#[cfg(feature = "reqwest")]
use crate::transport::connections::{Certificates, Proxy};
use crate::transport::{HttpClient, Runtime};

impl ClientBuilder {
    /// How long one request may take in all; 30 seconds unless told otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.http.limits.timeout = timeout;
        self
    }

    /// The longest answer that is read, in bytes; 1 MiB unless told otherwise.
    #[must_use]
    pub fn answer_limit_bytes(mut self, limit: usize) -> Self {
        self.http.limits.answer_limit_bytes = limit;
        self
    }

    /// Sends this header with every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.http.add_header(name, value);
        self
    }

    /// How often a GET is tried again after a failed connection or an answer 429, 502, 503 or 504; twice unless told
    /// otherwise. Nothing but GET is ever sent twice.
    #[must_use]
    pub fn retries(mut self, count: u32) -> Self {
        self.http.retries.count = count;
        self
    }

    /// Sends requests over this client instead of connections of this crate's own: a `reqwest::Client` with settings of
    /// the program's, or any other [`HttpClient`]. Certificates, proxy and the time to connect are then its business; it
    /// must not follow redirects.
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http.client = Some(Arc::new(client));
        self
    }

    /// Runs background work on this runtime instead of tokio's (or the browser's).
    #[must_use]
    pub fn runtime(mut self, runtime: impl Runtime) -> Self {
        self.http.runtime = Some(Arc::new(runtime));
        self
    }

    /// Believes the certificates of these authorities too, PEM.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn certificate_authority(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.connections.authorities.push(pem.into());
        self
    }

    /// Shows this certificate to servers that ask for one (RFC 8705): a PEM text with the chain and the private key. Where
    /// the provider has other endpoints for clients with a certificate (`mtls_endpoint_aliases`, §5), those are used. The
    /// certificate is a proof of the client's identity only with [`Authentication::Certificate`](crate::Authentication::Certificate).
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn client_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.connections.identity = Some(Secret::new(pem.into()));
        self.protection.mutual_tls = MutualTls::Yes;
        self
    }

    /// Connects by way of this proxy, whatever the environment names.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.connections.proxy = Proxy::Url(url.into());
        self
    }

    /// Connects directly even when the environment names a proxy.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.http.connections.proxy = Proxy::None;
        self
    }

    /// Believes any TLS certificate. For development only: whoever sits on the line can read every token.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.http.connections.certificates = Certificates::Any;
        self
    }
}
