//! The client of one provider's public port, as one registered client.
//!
//! [`Client`] holds what its operations share: the connection pool, the provider's metadata once it was fetched, and the
//! provider's keys. The operations live in a file each ([`crate::authorization`], [`crate::token`], …). Nothing about a
//! user is kept here: whoever calls owns the [`TokenSet`](crate::TokenSet)s.

use std::fmt;
use std::sync::Arc;

use reqwest::RequestBuilder;
use symbolon_jose::Rng;

use crate::builder::{Authentication, ClientBuilder};
use crate::clock::Clock;
use crate::discovery::MetadataCache;
use crate::error::Error;
use crate::http::Http;
use crate::keys::KeyCache;

/// An OAuth client (the relying party of `OpenID` Connect), registered or about to register itself. Cloning is cheap and
/// shares all caches.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: Http,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) authentication: Authentication,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) metadata: MetadataCache,
    pub(crate) keys: KeyCache,
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

    /// Adds the client's authentication and the form to a request for the token or revocation endpoint (RFC 6749 §2.3).
    pub(crate) fn authenticated_form(
        &self,
        request: RequestBuilder,
        form: &[(&str, &str)],
    ) -> Result<RequestBuilder, Error> {
        let client_id = self.registered_id()?;
        let mut form = form.to_vec();
        Ok(match &self.inner().authentication {
            Authentication::None => {
                form.push(("client_id", client_id));
                request.form(&form)
            }
            Authentication::SecretBasic(secret) => form_encoded_basic(request, client_id, secret.expose()).form(&form),
            Authentication::SecretPost(secret) => {
                form.push(("client_id", client_id));
                form.push(("client_secret", secret.expose()));
                request.form(&form)
            }
        })
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

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
pub(crate) fn form_encoded_basic(request: RequestBuilder, client_id: &str, secret: &str) -> RequestBuilder {
    request.basic_auth(form_encoded(client_id), Some(form_encoded(secret)))
}

fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
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
        assert!(Client::builder("https://as.example", "app").redirect_uri("com.example:/cb").build().is_ok());
    }

    #[test]
    fn basic_credentials_are_form_encoded_first() {
        assert_eq!(form_encoded("a:b c+d"), "a%3Ab+c%2Bd");
    }
}
