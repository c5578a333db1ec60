//! The provider's metadata (`OpenID` Connect Discovery 1.0 §4, RFC 8414): fetched when needed, compared, kept for a while.
//!
//! The issuer in the document must be the one the client was built for, byte for byte (§4.3), unless a rule says
//! otherwise: else whoever serves the document could make this client send codes and secrets elsewhere. A document that
//! has become old is handed out at once, while a new one is fetched beside; one fetch runs at a time, and after a failed
//! one there is a pause that begins when it ends.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use url::Url;

use crate::client::Client;
use crate::clock::has_passed;
use crate::error::Error;
use crate::http::parse_url;
use crate::task::{Seen, SingleFlight, Task};
use crate::wire::ProviderMetadata;

/// The metadata in use, and when to look again.
pub(crate) struct MetadataCache {
    known: Mutex<Option<Known>>,
    /// When the last fetch failed, if the last one did, and how.
    failure: Mutex<Option<(i64, Error)>>,
    fetch: SingleFlight<Arc<ProviderMetadata>>,
    /// `None` for what the builder was given, which has no end.
    lifetime_seconds: Option<i64>,
}

#[derive(Clone)]
struct Known {
    metadata: Arc<ProviderMetadata>,
    fetched_at: i64,
}

/// How long after a failed fetch the older document is used without another try, in seconds.
const PAUSE_SECONDS: i64 = 30;
/// How long after a failed fetch the failure is told without another try while there is no document, in seconds.
const PAUSE_WITHOUT_SECONDS: i64 = 5;
/// How long a document is used while no newer one can be had, in seconds.
const USABLE_SECONDS: i64 = 24 * 3600;

/// Which documents are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiscoveryDocument {
    /// `/.well-known/openid-configuration` below the issuer, and that of RFC 8414 where the server has none (404).
    #[default]
    Any,
    /// `/.well-known/openid-configuration` below the issuer (`OpenID` Connect Discovery 1.0 §4.1).
    OpenId,
    /// `/.well-known/oauth-authorization-server` between host and path of the issuer (RFC 8414 §3.1).
    OAuth,
}

impl MetadataCache {
    pub(crate) fn new(given: Option<ProviderMetadata>, lifetime: Duration) -> Self {
        let lifetime_seconds = given.is_none().then(|| i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
        let known = given.map(|metadata| Known { metadata: Arc::new(metadata), fetched_at: 0 });
        Self { known: Mutex::new(known), failure: Mutex::new(None), fetch: SingleFlight::default(), lifetime_seconds }
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
        let cache = &self.inner().metadata;
        let seen = cache.fetch.seen();
        let known = cache.known.lock().clone();
        let now = self.inner().clock.now();
        let (Some(known), Some(lifetime)) = (known.as_ref(), cache.lifetime_seconds) else {
            return match known {
                Some(given) => Ok(given.metadata),
                None => self.newer_metadata(seen, self.pausing(PAUSE_WITHOUT_SECONDS, now)).await,
            };
        };
        if !has_passed(lifetime, known.fetched_at, now) {
            return Ok(Arc::clone(&known.metadata));
        }
        let pausing = self.pausing(PAUSE_SECONDS, now);
        // An outage of the document must not become one of every login.
        if has_passed(USABLE_SECONDS.max(lifetime), known.fetched_at, now) {
            return self.newer_metadata(seen, pausing).await;
        }
        if pausing.is_none() {
            self.fetch_beside(seen);
        }
        Ok(Arc::clone(&known.metadata))
    }

    /// The last failure, while it is too early to try again.
    fn pausing(&self, seconds: i64, now: i64) -> Option<Error> {
        let failure = self.inner().metadata.failure.lock().clone();
        failure.filter(|(failed_at, _)| !has_passed(seconds, *failed_at, now)).map(|(_, error)| error)
    }

    async fn newer_metadata(&self, seen: Seen, pausing: Option<Error>) -> Result<Arc<ProviderMetadata>, Error> {
        match pausing {
            Some(error) => Err(error),
            None => self.fetch_beside(seen).outcome().await,
        }
    }

    /// Fetches the document in a task of its own, unless that is being done.
    fn fetch_beside(&self, seen: Seen) -> Task<Arc<ProviderMetadata>> {
        let client = self.clone();
        self.inner().metadata.fetch.join(seen, self.inner().http.runtime(), || async move {
            let fetched = client.fetch_metadata().await.map(Arc::new);
            // The time is taken after the fetch: one that hung must not use up the pause that follows it.
            let now = client.inner().clock.now();
            let cache = &client.inner().metadata;
            *cache.failure.lock() = fetched.as_ref().err().map(|error| (now, error.clone()));
            if let Ok(metadata) = &fetched {
                *cache.known.lock() = Some(Known { metadata: Arc::clone(metadata), fetched_at: now });
            }
            fetched
        })
    }

    async fn fetch_metadata(&self) -> Result<ProviderMetadata, Error> {
        let inner = self.inner();
        let mut refusal = None;
        for url in discovery_urls(&inner.issuer, inner.document)? {
            let answer = inner.http.send(inner.http.get(url)).await?;
            if answer.status == http::StatusCode::NOT_FOUND {
                refusal = refusal.or_else(|| Some(answer.refusal()));
                continue;
            }
            let mut metadata: ProviderMetadata = answer.success()?.json("the discovery document")?;
            if metadata.issuer.is_empty() {
                return Err(Error::UnexpectedAnswer("the discovery document has no 'issuer'".to_owned()));
            }
            self.rules().issuer.check_document(&inner.issuer, &metadata.issuer)?;
            inner.endpoints.replace_in(&mut metadata);
            return Ok(metadata);
        }
        Err(refusal.unwrap_or(Error::MissingEndpoint("issuer")))
    }
}

/// The URL of an endpoint; `member` is its name in the metadata.
pub(crate) fn endpoint(value: Option<&str>, member: &'static str) -> Result<Url, Error> {
    parse_url(value.filter(|text| !text.is_empty()).ok_or(Error::MissingEndpoint(member))?, member)
}

/// Where the document may be, in the order of trying.
fn discovery_urls(issuer: &str, document: DiscoveryDocument) -> Result<Vec<Url>, Error> {
    let below = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let mut between = parse_url(issuer, "the issuer")?;
    let path = between.path().trim_end_matches('/').to_owned();
    between.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
    let open_id = parse_url(&below, "the discovery document")?;
    Ok(match document {
        DiscoveryDocument::Any => vec![open_id, between],
        DiscoveryDocument::OpenId => vec![open_id],
        DiscoveryDocument::OAuth => vec![between],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_stand_where_the_standards_say() {
        for issuer in ["https://as.example/tenant", "https://as.example/tenant/"] {
            let urls = discovery_urls(issuer, DiscoveryDocument::Any).unwrap();
            assert_eq!(urls[0].as_str(), "https://as.example/tenant/.well-known/openid-configuration");
            assert_eq!(urls[1].as_str(), "https://as.example/.well-known/oauth-authorization-server/tenant");
        }
        let urls = discovery_urls("https://as.example", DiscoveryDocument::OAuth).unwrap();
        assert_eq!(urls[0].as_str(), "https://as.example/.well-known/oauth-authorization-server");
    }

    #[test]
    fn endpoint_names_what_is_missing() {
        assert_eq!(endpoint(None, "token_endpoint"), Err(Error::MissingEndpoint("token_endpoint")));
        assert_eq!(endpoint(Some(""), "token_endpoint"), Err(Error::MissingEndpoint("token_endpoint")));
    }
}
