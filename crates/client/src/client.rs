//! The client of one provider's public port, as one registered client.
//!
//! [`Client`] holds what its operations share: the connection pool, the provider's metadata once it was fetched, and the
//! provider's keys. The operations live in a file each ([`crate::authorization`], [`crate::token`], …). Nothing about a
//! user is kept here: whoever calls owns the [`TokenSet`](crate::TokenSet)s.

use std::fmt;
use std::sync::Arc;

use std::time::Duration;

use symbolon_jose::Rng;

use crate::authentication::Authentication;
use crate::builder::{ClientBuilder, EndpointOverrides};
use crate::clock::Clock;
use crate::discovery::{DiscoveryDocument, MetadataCache};
use crate::dpop::Nonces;
use crate::error::Error;
use crate::http::Http;
use crate::keys::KeyCache;
use crate::protection::Protection;
use crate::token::Outcomes;
use crate::verification::VerificationRules;

/// An OAuth client (the relying party of `OpenID` Connect), registered or about to register itself. Cloning is cheap and
/// shares all caches.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

/// What a client is made of. What is shared by clones with other limits is behind an [`Arc`] of its own.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) http: Http,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) authentication: Authentication,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) document: DiscoveryDocument,
    pub(crate) endpoints: EndpointOverrides,
    pub(crate) rules: Arc<VerificationRules>,
    /// Whether an answer without `token_type` is taken to have a bearer token.
    pub(crate) assumes_bearer: bool,
    pub(crate) metadata: Arc<MetadataCache>,
    pub(crate) keys: Arc<KeyCache>,
    pub(crate) outcomes: Arc<Outcomes>,
    pub(crate) protection: Arc<Protection>,
    pub(crate) nonces: Arc<Nonces>,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
}

impl Client {
    /// Starts a client of the provider `issuer` (exactly as the provider spells itself) for the registered `client_id`.
    pub fn builder(issuer: &str, client_id: &str) -> ClientBuilder {
        ClientBuilder::new(issuer, client_id)
    }

    /// Starts a client of the provider `issuer` that is not registered: for discovery, for registering, and for whoever was
    /// handed an access token. What needs a client id fails with [`Error::Configuration`].
    pub fn unregistered(issuer: &str) -> ClientBuilder {
        ClientBuilder::unregistered(issuer)
    }

    /// The issuer this client was built for.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The registered client id; empty when there is none.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The client id, where the operation cannot do without.
    pub(crate) fn registered_id(&self) -> Result<&str, Error> {
        let missing = || Error::Configuration("this needs a client id: use Client::builder".to_owned());
        Some(self.client_id()).filter(|id| !id.is_empty()).ok_or_else(missing)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// The same client with another time-out for each of its requests: for a single call that must be quick, or may be slow.
    ///
    /// ```no_run
    /// # async fn run(client: symbolon_client::Client, tokens: symbolon_client::TokenSet) -> Result<(), symbolon_client::Error> {
    /// use std::time::Duration;
    ///
    /// let user = client.with_timeout(Duration::from_secs(2)).user_info(&tokens).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        let http = self.0.http.with_timeout(timeout);
        Inner { http, ..(*self.0).clone() }.into()
    }

    pub(crate) fn rules(&self) -> &VerificationRules {
        &self.0.rules
    }

    pub(crate) fn redirect_uri(&self) -> Result<&str, Error> {
        let missing = || Error::Configuration("no redirect URI was given to the builder".to_owned());
        self.0.redirect_uri.as_deref().ok_or_else(missing)
    }
}

impl From<Inner> for Client {
    fn from(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("issuer", &self.0.issuer)
            .field("client_id", &self.0.client_id)
            .field("authentication", &self.0.authentication)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_secret() {
        let client = Client::builder("https://as.example", "app").client_secret("top-secret").build().unwrap();
        assert!(!format!("{client:?}").contains("top-secret"));
    }

    #[test]
    fn impossible_settings_are_refused_at_once() {
        assert!(Client::builder("as.example", "app").build().is_err());
        assert!(Client::builder("https://as.example", "").build().is_err());
        assert!(Client::builder("https://as.example", "app").redirect_uri("/callback").build().is_err());
        for issuer in
            ["https://as.example?a=1", "https://as.example#a", "https://u:p@as.example", "https://u@as.example"]
        {
            assert!(Client::builder(issuer, "app").build().is_err(), "{issuer}");
        }
        assert!(Client::builder("https://as.example", "app").redirect_uri("com.example:/cb").build().is_ok());
    }
}
