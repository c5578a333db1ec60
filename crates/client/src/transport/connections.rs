//! Connections by reqwest: how a pool of them is made from the settings of a builder.
//!
//! Redirects are never followed and no cookies kept. A pool that is given by the caller is used as it is, but for the
//! limits, which hold for every request.

use std::time::Duration;

use bytes::Bytes;
use symbolon_jose::Secret;

use super::exchange::{Fault, exchange, innermost};
use super::{HttpClient, HttpFuture, Limits, TransportError, TransportErrorKind};
use crate::error::Error;

/// Whose certificates are believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Certificates {
    /// Those of the system's authorities, and of those that were added.
    #[default]
    System,
    /// Any, for development only.
    Any,
}

/// Which proxy is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// `HTTP_PROXY` and its relatives are honoured.
    #[default]
    Environment,
    /// Always a direct connection.
    None,
    /// This one.
    Url(String),
}

/// How connections are made.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConnectionSettings {
    pub(crate) certificates: Certificates,
    pub(crate) proxy: Proxy,
    /// Certificates of authorities that are believed too, PEM.
    pub(crate) authorities: Vec<Vec<u8>>,
    /// The certificate chain and the private key that the client shows, PEM.
    pub(crate) identity: Option<Secret<Vec<u8>>>,
}

/// A pool that this crate made.
pub(crate) struct Pool {
    client: reqwest::Client,
    /// Why no authority of the system is believed.
    without_authorities: Option<String>,
}

impl Pool {
    pub(crate) fn new(settings: &ConnectionSettings, timeout: Duration) -> Result<Self, Error> {
        let refused = |error: reqwest::Error| {
            let reason = innermost(&error).to_string();
            Error::Configuration(format!("no HTTP client can be made: {reason}"))
        };
        let (client, without_authorities) = connection_pool(settings, timeout).map_err(refused)?;
        Ok(Self { client, without_authorities })
    }
}

/// A pool of connections with these settings; with it, why no authority of the system is believed.
///
/// A machine without any certificate authority (a bare container) can still talk plain HTTP, so such a pool trusts nobody
/// and https fails at the handshake, with the reason.
fn connection_pool(
    settings: &ConnectionSettings,
    timeout: Duration,
) -> reqwest::Result<(reqwest::Client, Option<String>)> {
    match builder(settings, timeout)?.build() {
        Ok(client) => Ok((client, None)),
        Err(failure) if settings.certificates == Certificates::Any || settings.identity.is_some() => Err(failure),
        Err(failure) => {
            let client = tls::trusting_only(builder(settings, timeout)?, &settings.authorities)?.build()?;
            Ok((client, Some(innermost(&failure).to_string())))
        }
    }
}

/// The pool of the facade's configuration.
#[cfg(feature = "facade")]
pub(crate) fn default_pool() -> reqwest::Client {
    let timeout = Limits::default().timeout;
    connection_pool(&ConnectionSettings::default(), timeout)
        .map_or_else(|_| reqwest::Client::new(), |(client, _)| client)
}

#[cfg(not(target_arch = "wasm32"))]
fn builder(settings: &ConnectionSettings, timeout: Duration) -> reqwest::Result<reqwest::ClientBuilder> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("symbolon-client/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(timeout.min(Duration::from_secs(10)))
        .timeout(timeout);
    let builder = match &settings.proxy {
        Proxy::Environment => builder,
        Proxy::None => builder.no_proxy(),
        Proxy::Url(url) => builder.proxy(reqwest::Proxy::all(url)?),
    };
    let builder = match settings.certificates {
        Certificates::System => tls::trusting_also(builder, &settings.authorities)?,
        Certificates::Any => tls::trusting_anybody(builder),
    };
    tls::showing(tls::chosen(builder), settings.identity.as_ref())
}

/// The browser decides about certificates, proxies and redirects.
#[cfg(target_arch = "wasm32")]
#[expect(clippy::unnecessary_wraps, reason = "the same function outside of browsers can fail")]
fn builder(_: &ConnectionSettings, _: Duration) -> reqwest::Result<reqwest::ClientBuilder> {
    Ok(reqwest::Client::builder())
}

/// What depends on there being TLS.
#[cfg(all(any(feature = "rustls", feature = "native-tls"), not(target_arch = "wasm32")))]
mod tls {
    use reqwest::{Certificate, ClientBuilder, Identity, Result};
    use symbolon_jose::Secret;

    /// Where both libraries are there, because another crate of the program wants the other one, it is the one in Rust.
    #[cfg(feature = "rustls")]
    pub(super) fn chosen(builder: ClientBuilder) -> ClientBuilder {
        builder.tls_backend_rustls()
    }

    #[cfg(not(feature = "rustls"))]
    pub(super) fn chosen(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    pub(super) fn trusting_anybody(builder: ClientBuilder) -> ClientBuilder {
        builder.tls_danger_accept_invalid_certs(true)
    }

    pub(super) fn trusting_also(builder: ClientBuilder, authorities: &[Vec<u8>]) -> Result<ClientBuilder> {
        Ok(if authorities.is_empty() { builder } else { builder.tls_certs_merge(certificates(authorities)?) })
    }

    pub(super) fn trusting_only(builder: ClientBuilder, authorities: &[Vec<u8>]) -> Result<ClientBuilder> {
        Ok(builder.tls_certs_only(certificates(authorities)?))
    }

    pub(super) fn showing(builder: ClientBuilder, identity: Option<&Secret<Vec<u8>>>) -> Result<ClientBuilder> {
        match identity {
            None => Ok(builder),
            Some(pem) => Ok(builder.identity(identity_of(pem.expose())?)),
        }
    }

    #[cfg(feature = "rustls")]
    fn identity_of(pem: &[u8]) -> Result<Identity> {
        Identity::from_pem(pem)
    }

    #[cfg(not(feature = "rustls"))]
    fn identity_of(pem: &[u8]) -> Result<Identity> {
        Identity::from_pkcs8_pem(pem, pem)
    }

    fn certificates(authorities: &[Vec<u8>]) -> Result<Vec<Certificate>> {
        let bundles = authorities.iter().map(|pem| Certificate::from_pem_bundle(pem));
        Ok(bundles.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// Without TLS there is nothing to trust: https fails when a request is made.
#[cfg(any(not(any(feature = "rustls", feature = "native-tls")), target_arch = "wasm32"))]
mod tls {
    use reqwest::{ClientBuilder, Result};
    #[cfg(not(target_arch = "wasm32"))]
    use symbolon_jose::Secret;

    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn chosen(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn trusting_anybody(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[expect(clippy::unnecessary_wraps, reason = "the same function with TLS can fail")]
    pub(super) fn trusting_also(builder: ClientBuilder, _: &[Vec<u8>]) -> Result<ClientBuilder> {
        Ok(builder)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the same function with TLS can fail")]
    pub(super) fn trusting_only(builder: ClientBuilder, _: &[Vec<u8>]) -> Result<ClientBuilder> {
        Ok(builder)
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[expect(clippy::unnecessary_wraps, reason = "the same function with TLS can fail")]
    pub(super) fn showing(builder: ClientBuilder, _: Option<&Secret<Vec<u8>>>) -> Result<ClientBuilder> {
        Ok(builder)
    }
}

impl HttpClient for Pool {
    fn send(&self, request: http::Request<Bytes>, limits: Limits) -> HttpFuture<'_> {
        Box::pin(async move {
            let answer = exchange(&self.client, request, limits).await.map_err(Fault::into_error);
            answer.map_err(|error| match (&self.without_authorities, error.kind()) {
                (Some(reason), TransportErrorKind::Tls) => {
                    let reason = format!("{error}; this machine has no certificate authorities to believe ({reason})");
                    TransportError::new(TransportErrorKind::Tls, reason)
                }
                _ => error,
            })
        })
    }
}
