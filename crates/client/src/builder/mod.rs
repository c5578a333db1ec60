//! How a [`Client`] is put together.
//!
//! The builder checks what can be checked without the network; discovery happens at first use, so that a program may
//! start before its provider.

mod connections;
mod issuer;
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
use crate::keys::{KeptKeys, KeyCache};
use crate::protection::Protection;
use crate::verification::{IssuerRule, VerificationRules};
use crate::wire::ProviderMetadata;
pub(crate) use issuer::EndpointOverrides;
use issuer::check_issuer;

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
    kept_keys: Option<KeptKeys>,
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
            kept_keys: None,
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
    /// [`Error::Configuration`] when the issuer or redirect URI is no URL, the client id is empty, a header is
    /// malformed, or the kept keys are another provider's.
    pub fn build(self) -> Result<Client, Error> {
        check_issuer(&self.issuer)?;
        self.rules.issuer.check_settings()?;
        if let Some(keys) = &self.kept_keys {
            keys.check_issuer(&self.issuer)?;
        }
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
            keys: Arc::new(KeyCache::new(self.key_lifetime, self.kept_keys)),
            outcomes: Arc::default(),
            protection: Arc::new(protection),
            nonces: Arc::default(),
            clock: self.clock,
            rng: self.rng,
        }))
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
