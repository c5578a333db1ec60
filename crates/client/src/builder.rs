//! How a [`Client`] is put together.
//!
//! The builder checks what can be checked without the network; discovery happens at first use, so that a program may
//! start before its provider.

use std::time::Duration;

use symbolon_jose::{Rng, Secret};
use symbolon_types::discovery::ProviderMetadata;

use crate::client::{Client, Inner};
use crate::clock::Clock;
use crate::discovery::MetadataCache;
use crate::error::Error;
use crate::http::{Certificates, Http, HttpSettings, Proxy, parse_url};
use crate::keys::KeyCache;

/// How the client proves itself at the token and revocation endpoints (`OpenID` Connect Core 1.0 §9).
#[derive(Debug, Clone, Default)]
pub enum Authentication {
    /// No proof: a public client, protected by PKCE alone.
    #[default]
    None,
    /// `client_secret_basic`: the secret in the `Authorization` header.
    SecretBasic(Secret<String>),
    /// `client_secret_post`: the secret in the body.
    SecretPost(Secret<String>),
}

/// Collects the settings of a [`Client`].
///
/// ```
/// use symbolon_client::Client;
///
/// let client = Client::builder("https://login.example.com", "my-app")
///     .client_secret("correct-horse-battery-staple")
///     .redirect_uri("https://app.example.com/callback")
///     .build()?;
/// # Ok::<(), symbolon_client::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    issuer: String,
    client_id: Option<String>,
    authentication: Authentication,
    redirect_uri: Option<String>,
    metadata: Option<ProviderMetadata>,
    metadata_lifetime: Duration,
    http: HttpSettings,
    clock: Clock,
    rng: Rng,
}

impl ClientBuilder {
    pub(crate) fn new(issuer: &str, client_id: &str) -> Self {
        Self { client_id: Some(client_id.to_owned()), ..Self::unregistered(issuer) }
    }

    pub(crate) fn unregistered(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: None,
            authentication: Authentication::None,
            redirect_uri: None,
            metadata: None,
            metadata_lifetime: Duration::from_secs(3600),
            http: HttpSettings::default(),
            clock: Clock::system(),
            rng: Rng::system(),
        }
    }

    /// Authenticates with `client_secret_basic`, the default of registered clients.
    #[must_use]
    pub fn client_secret(self, secret: impl Into<String>) -> Self {
        self.authentication(Authentication::SecretBasic(Secret::new(secret.into())))
    }

    /// Authenticates as told; a public client needs no call.
    #[must_use]
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.authentication = authentication;
        self
    }

    /// The registered URI that the authorization endpoint sends the browser back to.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = Some(uri.into());
        self
    }

    /// Uses these endpoints instead of the discovery document. The issuer is still compared where tokens name it.
    #[must_use]
    pub fn metadata(mut self, metadata: ProviderMetadata) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// After what time the discovery document is fetched anew; an hour unless told otherwise. While that fails, the
    /// older one stays in use.
    #[must_use]
    pub fn metadata_lifetime(mut self, lifetime: Duration) -> Self {
        self.metadata_lifetime = lifetime;
        self
    }

    /// How long one request may take in all; 30 seconds unless told otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.http.timeout = timeout;
        self
    }

    /// The longest answer that is read, in bytes; 1 MiB unless told otherwise.
    #[must_use]
    pub fn answer_limit_bytes(mut self, limit: usize) -> Self {
        self.http.answer_limit_bytes = limit;
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

    /// Connects directly even when the environment names a proxy.
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.http.proxy = Proxy::None;
        self
    }

    /// Believes any TLS certificate. For development only: whoever sits on the line can read every token.
    #[must_use]
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.http.certificates = Certificates::Any;
        self
    }

    /// Takes the time from `clock`, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Takes `state`, `nonce` and verifiers from `rng`, for tests.
    #[must_use]
    pub fn rng(mut self, rng: Rng) -> Self {
        self.rng = rng;
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the issuer or redirect URI is no URL, the client id is empty, or a header is
    /// malformed.
    pub fn build(self) -> Result<Client, Error> {
        parse_url(&self.issuer, "the issuer")?;
        if self.client_id.as_deref() == Some("") {
            return Err(Error::Configuration("the client id is empty".to_owned()));
        }
        if let Some(uri) = &self.redirect_uri {
            // Native applications use schemes of their own (RFC 8252 §7.1), so any absolute URI will do.
            url::Url::parse(uri)
                .map_err(|error| Error::Configuration(format!("the redirect URI '{uri}' is no URI: {error}")))?;
        }
        let http = Http::new(&self.http)?;
        Ok(Client::from(Inner {
            http,
            issuer: self.issuer,
            client_id: self.client_id.unwrap_or_default(),
            authentication: self.authentication,
            redirect_uri: self.redirect_uri,
            metadata: MetadataCache::new(self.metadata, self.metadata_lifetime),
            keys: KeyCache::default(),
            clock: self.clock,
            rng: self.rng,
        }))
    }
}

impl Client {
    /// An unregistered client for the provider of a discovery document, over connections that exist.
    pub(crate) fn with_connections(
        connections: &reqwest::Client,
        document: &crate::models::OidcConfiguration,
    ) -> Result<Self, Error> {
        parse_url(&document.issuer, "the issuer")?;
        let metadata = ProviderMetadata {
            issuer: document.issuer.clone(),
            jwks_uri: document.jwks_uri.clone(),
            ..ProviderMetadata::default()
        };
        Ok(Self::from(Inner {
            http: Http::over(connections),
            issuer: document.issuer.clone(),
            client_id: String::new(),
            authentication: Authentication::None,
            redirect_uri: None,
            metadata: MetadataCache::new(Some(metadata), Duration::MAX),
            keys: KeyCache::default(),
            clock: Clock::system(),
            rng: Rng::system(),
        }))
    }
}
