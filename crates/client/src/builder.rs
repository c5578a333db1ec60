//! How a [`Client`] is put together.
//!
//! The builder checks what can be checked without the network; discovery happens at first use, so that a program may
//! start before its provider.

mod protection;

use std::sync::Arc;
use std::time::Duration;

use symbolon_jose::{Rng, Secret};

use crate::authentication::Authentication;
use crate::client::{Client, Inner};
use crate::clock::Clock;
use crate::discovery::{DiscoveryDocument, MetadataCache};
use crate::error::Error;
use crate::http::{Http, HttpSettings, parse_url};
use crate::keys::KeyCache;
#[cfg(feature = "reqwest")]
use crate::protection::MutualTls;
use crate::protection::Protection;
#[cfg(feature = "reqwest")]
use crate::transport::connections::{Certificates, Proxy};
use crate::transport::{HttpClient, Runtime};
use crate::verification::{IssuerRule, VerificationRules};
use crate::wire::ProviderMetadata;

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
    key_lifetime: Duration,
    document: DiscoveryDocument,
    endpoints: EndpointOverrides,
    rules: VerificationRules,
    assumes_bearer: bool,
    protection: Protection,
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
            key_lifetime: Duration::from_secs(300),
            document: DiscoveryDocument::Any,
            endpoints: EndpointOverrides::default(),
            rules: VerificationRules::default(),
            assumes_bearer: false,
            protection: Protection::default(),
            http: HttpSettings::default(),
            clock: Clock::system(),
            rng: Rng::system(),
        }
    }

    /// Authenticates with a secret, in the way that the provider's metadata names: `client_secret_basic` where that is
    /// possible. [`authentication`](Self::authentication) chooses one.
    #[must_use]
    pub fn client_secret(self, secret: impl Into<String>) -> Self {
        self.authentication(Authentication::Secret(Secret::new(secret.into())))
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

    /// Uses this endpoint instead of the one in the metadata, or where the metadata has none; `member` is its name there.
    ///
    /// ```
    /// use symbolon_client::Client;
    ///
    /// // Ory Hydra registers applications without saying so in its document.
    /// let client = Client::unregistered("http://127.0.0.1:4444")
    ///     .endpoint("registration_endpoint", "http://127.0.0.1:4444/oauth2/register")
    ///     .build()?;
    /// # Ok::<(), symbolon_client::Error>(())
    /// ```
    #[must_use]
    pub fn endpoint(mut self, member: impl Into<String>, url: impl Into<String>) -> Self {
        self.endpoints.0.push((member.into(), url.into()));
        self
    }

    /// Which documents discovery asks for.
    #[must_use]
    pub fn discovery_document(mut self, document: DiscoveryDocument) -> Self {
        self.document = document;
        self
    }

    /// What tokens must be like.
    #[must_use]
    pub fn verification(mut self, rules: VerificationRules) -> Self {
        self.rules = rules;
        self
    }

    /// How the issuer of the document and of tokens is compared: for providers with many tenants behind one document.
    #[must_use]
    pub fn issuer_rule(mut self, rule: IssuerRule) -> Self {
        self.rules.issuer = rule;
        self
    }

    /// Takes an answer of the token endpoint that lacks `token_type`, which RFC 6749 §5.1 demands, to have a bearer token:
    /// for older servers that write none.
    #[must_use]
    pub fn assume_bearer_tokens(mut self) -> Self {
        self.assumes_bearer = true;
        self
    }

    /// After what time the provider's keys are fetched anew, so that withdrawn ones end; five minutes unless told otherwise.
    /// While that fails, the older ones are believed for an hour at most.
    #[must_use]
    pub fn key_lifetime(mut self, lifetime: Duration) -> Self {
        self.key_lifetime = lifetime;
        self
    }

    /// After what time the discovery document is fetched anew; an hour unless told otherwise. The older one is used
    /// meanwhile, and while that fails, for a day at most.
    #[must_use]
    pub fn metadata_lifetime(mut self, lifetime: Duration) -> Self {
        self.metadata_lifetime = lifetime;
        self
    }

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
    /// certificate is a proof of the client's identity only with [`Authentication::Certificate`].
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
        check_issuer(&self.issuer)?;
        self.rules.issuer.check_settings()?;
        if self.client_id.as_deref() == Some("") {
            return Err(Error::Configuration("the client id is empty".to_owned()));
        }
        if let Some(uri) = &self.redirect_uri {
            // Native applications use schemes of their own (RFC 8252 §7.1), so any absolute URI will do.
            url::Url::parse(uri)
                .map_err(|error| Error::Configuration(format!("the redirect URI '{uri}' is no URI: {error}")))?;
        }
        for (member, url) in &self.endpoints.0 {
            parse_url(url, member)?;
        }
        let protection = self.checked_protection()?;
        let http = Http::new(&self.http)?;
        let given = self.metadata.map(|mut metadata| {
            self.endpoints.replace_in(&mut metadata);
            metadata
        });
        Ok(Client::from(Inner {
            http,
            issuer: self.issuer,
            client_id: self.client_id.unwrap_or_default(),
            authentication: self.authentication,
            redirect_uri: self.redirect_uri,
            document: self.document,
            endpoints: self.endpoints,
            rules: Arc::new(self.rules),
            assumes_bearer: self.assumes_bearer,
            metadata: Arc::new(MetadataCache::new(given, self.metadata_lifetime)),
            keys: Arc::new(KeyCache::new(self.key_lifetime)),
            outcomes: Arc::default(),
            protection: Arc::new(protection),
            nonces: Arc::default(),
            clock: self.clock,
            rng: self.rng,
        }))
    }
}

/// An issuer is a URL without query and fragment (`OpenID` Connect Core 1.0 §2); a password in it would stand in every
/// log.
fn check_issuer(issuer: &str) -> Result<(), Error> {
    let url = parse_url(issuer, "the issuer")?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::Configuration(format!("the issuer '{issuer}' has a query or a fragment")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Configuration("the issuer has a user name or a password".to_owned()));
    }
    Ok(())
}

/// Endpoints that the program names itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct EndpointOverrides(Vec<(String, String)>);

impl EndpointOverrides {
    pub(crate) fn replace_in(&self, metadata: &mut ProviderMetadata) {
        if self.0.is_empty() {
            return;
        }
        let mut members = metadata.to_members();
        members.extend(self.0.iter().map(|(member, url)| (member.clone(), url.clone().into())));
        *metadata = ProviderMetadata::from_members(members);
    }
}

#[cfg(feature = "facade")]
impl Client {
    /// An unregistered client for the provider of a discovery document, over connections that exist.
    pub(crate) fn with_connections(
        connections: &reqwest::Client,
        document: &crate::models::OidcConfiguration,
    ) -> Result<Self, Error> {
        let mut metadata = ProviderMetadata::new(document.issuer.clone());
        metadata.jwks_uri = Some(document.jwks_uri.clone());
        let mut builder = Self::unregistered(&document.issuer).metadata(metadata);
        builder.http.client = Some(Arc::new(connections.clone()));
        builder.build()
    }
}
