//! The admin port: what operators, login pages and resource servers ask of a Symbolon (or Ory Hydra) server.
//!
//! [`AdminClient`] holds the connection and the way a call is made; the calls live in a file per subject: registered
//! clients, accounts, key sets, login and consent challenges, sessions and consents, ending everything at once,
//! introspection and health. The port has no authentication of its own unless the server was given a token, so it belongs
//! on a private network.

mod accounts;
mod challenges;
mod clients;
mod configuration;
mod introspection;
mod key_sets;
mod page;
mod revocation;
mod sessions;
mod signing_keys;
mod stream;

use std::fmt;
use std::time::Duration;

use url::Url;

pub use accounts::{Account, AccountChange, NewAccount};
pub use configuration::ReloadedConfiguration;
pub use key_sets::NewKey;
pub use page::Page;
pub use sessions::{EndedLogins, ForgottenConsents, LoginSession};
pub use signing_keys::{KeyRotation, ListedKey, ReplacedKey, RotatedKey, SigningKeys};
pub use stream::Items;

use crate::error::Error;
use crate::http::{Answer, Http, HttpSettings, RequestBuilder, join_segments, parse_url};
#[cfg(feature = "reqwest")]
use crate::transport::connections::{Certificates, Proxy};

/// A client of the admin port. Cloning is cheap and shares the connections.
///
/// ```no_run
/// use symbolon_client::{AdminClient, RegisteredClient};
///
/// # async fn run() -> Result<(), symbolon_client::Error> {
/// let admin = AdminClient::new("http://127.0.0.1:4445")?;
/// let mut metadata = RegisteredClient::default();
/// metadata.redirect_uris = vec!["https://app.example.com/callback".into()];
/// let created = admin.create_client(&metadata).await?;
/// println!("{}", created.client_id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AdminClient {
    http: Http,
    base: Url,
}

impl AdminClient {
    /// A client of the admin port at `url` with the default settings.
    ///
    /// # Errors
    /// As [`AdminClientBuilder::build`].
    pub fn new(url: &str) -> Result<Self, Error> {
        Self::builder(url).build()
    }

    /// Starts a client of the admin port at `url`, with or without a trailing `/admin`.
    pub fn builder(url: &str) -> AdminClientBuilder {
        AdminClientBuilder { url: url.to_owned(), http: HttpSettings::default() }
    }

    /// The URL of a path below `/admin`; each segment is percent-encoded.
    fn url(&self, segments: &[&str]) -> Result<Url, Error> {
        join_segments(&self.base, segments)
    }

    fn http(&self) -> &Http {
        &self.http
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, Error> {
        self.http.send(request).await?.success()
    }
}

impl fmt::Debug for AdminClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AdminClient").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// Collects the settings of an [`AdminClient`].
#[derive(Debug, Clone)]
pub struct AdminClientBuilder {
    url: String,
    http: HttpSettings,
}

impl AdminClientBuilder {
    /// Sends this bearer token, as the server's `symbolon.admin.token` demands.
    #[must_use]
    pub fn bearer_token(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sends this header with every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.http.add_header(name, value);
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

    /// How often a GET is tried again after a failed connection or an answer 429, 502, 503 or 504; twice unless told
    /// otherwise. Nothing but GET is ever sent twice.
    #[must_use]
    pub fn retries(mut self, count: u32) -> Self {
        self.http.retries.count = count;
        self
    }

    /// Sends requests over this client instead of connections of this crate's own.
    #[must_use]
    pub fn http_client(mut self, client: impl crate::transport::HttpClient) -> Self {
        self.http.client = Some(std::sync::Arc::new(client));
        self
    }

    /// Waits and runs background work on this runtime instead of tokio's.
    #[must_use]
    pub fn runtime(mut self, runtime: impl crate::transport::Runtime) -> Self {
        self.http.runtime = Some(std::sync::Arc::new(runtime));
        self
    }

    /// Believes the certificates of these authorities too, PEM.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn certificate_authority(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.connections.authorities.push(pem.into());
        self
    }

    /// Connects directly even when the environment names a proxy.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn without_proxy(mut self) -> Self {
        self.http.connections.proxy = Proxy::None;
        self
    }

    /// Believes any TLS certificate. For development only.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.http.connections.certificates = Certificates::Any;
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the URL or a header is malformed.
    pub fn build(self) -> Result<AdminClient, Error> {
        let mut base = parse_url(&self.url, "the admin endpoint")?;
        base.set_query(None);
        base.set_fragment(None);
        let path = base.path().trim_end_matches('/').to_owned();
        let path = if path.ends_with("/admin") { path } else { format!("{path}/admin") };
        base.set_path(&path);
        Ok(AdminClient { http: Http::new(&self.http)?, base })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_below_admin_and_encoded() {
        for url in ["http://h:1", "http://h:1/", "http://h:1/admin", "http://h:1/admin/?x=1#f"] {
            let admin = AdminClient::new(url).unwrap();
            assert_eq!(admin.url(&["clients", "a/b ?#"]).unwrap().as_str(), "http://h:1/admin/clients/a%2Fb%20%3F%23");
        }
        let behind_prefix = AdminClient::new("https://h/idp").unwrap();
        assert_eq!(behind_prefix.url(&["clients"]).unwrap().as_str(), "https://h/idp/admin/clients");
        assert!(AdminClient::new("h:4445").is_err());
    }

    #[test]
    fn debug_hides_the_token() {
        let builder = AdminClient::builder("http://h:1").bearer_token("top-secret");
        assert!(!format!("{builder:?}").contains("top-secret"));
        assert!(!format!("{:?}", builder.build().unwrap()).contains("top-secret"));
    }
}
