//! The provider's metadata (`OpenID` Connect Discovery 1.0 §4, RFC 8414): fetched when needed, compared, kept for a while.
//!
//! The issuer in the document must be the one the client was built for, byte for byte (§4.3): otherwise whoever serves
//! the document could make this client send codes and secrets elsewhere.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Url;
use symbolon_types::discovery::ProviderMetadata;

use crate::client::Client;
use crate::error::Error;
use crate::http::parse_url;

/// The metadata in use, and until when.
pub(crate) struct MetadataCache {
    known: Mutex<Option<CachedMetadata>>,
    lifetime_seconds: i64,
}

#[derive(Clone)]
struct CachedMetadata {
    metadata: Arc<ProviderMetadata>,
    /// Unix seconds; what the builder was given has no end.
    until: i64,
}

/// How long after a failed fetch the older document is used without another try, in seconds.
const PAUSE_SECONDS: i64 = 30;

impl MetadataCache {
    pub(crate) fn new(given: Option<ProviderMetadata>, lifetime: Duration) -> Self {
        let known = given.map(|metadata| CachedMetadata { metadata: Arc::new(metadata), until: i64::MAX });
        Self { known: Mutex::new(known), lifetime_seconds: i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX) }
    }
}

impl Client {
    /// The provider's metadata: given to the builder, remembered, or fetched now. Members that this crate does not know
    /// are in `extra`.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), symbolon_client::Error> {
    /// let client = symbolon_client::Client::unregistered("https://accounts.google.com").build()?;
    /// let metadata = client.metadata().await?;
    /// println!("{} signs with {:?}", metadata.issuer, metadata.id_token_signing_alg_values_supported);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::IssuerMismatch`] when the document names another issuer, else whatever the request met with.
    pub async fn metadata(&self) -> Result<Arc<ProviderMetadata>, Error> {
        let inner = self.inner();
        let known = inner.metadata.known.lock().clone();
        let now = inner.clock.now();
        if let Some(known) = known.as_ref().filter(|known| now < known.until) {
            return Ok(Arc::clone(&known.metadata));
        }
        let (metadata, lifetime_seconds) = match (self.fetch_metadata().await, known) {
            (Ok(metadata), _) => (Arc::new(metadata), inner.metadata.lifetime_seconds),
            // An outage of the document must not become one of every login. A wrong document is no outage.
            (Err(Error::Transport(_) | Error::Timeout | Error::Api(_)), Some(known)) => (known.metadata, PAUSE_SECONDS),
            (Err(error), _) => return Err(error),
        };
        let until = now.saturating_add(lifetime_seconds);
        *inner.metadata.known.lock() = Some(CachedMetadata { metadata: Arc::clone(&metadata), until });
        Ok(metadata)
    }

    async fn fetch_metadata(&self) -> Result<ProviderMetadata, Error> {
        let inner = self.inner();
        let url = parse_url(&discovery_url(&inner.issuer), "the discovery document")?;
        let answer = inner.http.send(inner.http.get(url)).await?.success()?;
        let metadata: ProviderMetadata = answer.json("the discovery document")?;
        if metadata.issuer != inner.issuer {
            return Err(Error::IssuerMismatch { expected: inner.issuer.clone(), found: metadata.issuer });
        }
        Ok(metadata)
    }
}

/// The URL of an endpoint; `member` is its name in the metadata.
pub(crate) fn endpoint(value: Option<&str>, member: &'static str) -> Result<Url, Error> {
    parse_url(value.filter(|text| !text.is_empty()).ok_or(Error::MissingEndpoint(member))?, member)
}

fn discovery_url(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_is_below_the_issuer() {
        for issuer in ["https://as.example/tenant", "https://as.example/tenant/"] {
            assert_eq!(discovery_url(issuer), "https://as.example/tenant/.well-known/openid-configuration");
        }
    }

    #[test]
    fn endpoint_names_what_is_missing() {
        assert_eq!(endpoint(None, "token_endpoint"), Err(Error::MissingEndpoint("token_endpoint")));
        assert_eq!(endpoint(Some(""), "token_endpoint"), Err(Error::MissingEndpoint("token_endpoint")));
    }
}
