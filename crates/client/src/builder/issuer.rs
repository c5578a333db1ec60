//! What is known of the provider: its issuer, its metadata and its keys, and for how long they are believed.

use std::time::Duration;

use super::ClientBuilder;
use crate::discovery::DiscoveryDocument;
use crate::error::Error;
use crate::http::parse_url;
use crate::keys::KeptKeys;
use crate::wire::ProviderMetadata;

impl ClientBuilder {
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

    /// After what time the discovery document is fetched anew; an hour unless told otherwise. The older one is used
    /// meanwhile, and while that fails, for a day at most.
    #[must_use]
    pub fn metadata_lifetime(mut self, lifetime: Duration) -> Self {
        self.metadata_lifetime = lifetime;
        self
    }

    /// After what time the provider's keys are fetched anew, so that withdrawn ones end; five minutes unless told otherwise.
    /// While that fails, the older ones are believed for an hour at most.
    #[must_use]
    pub fn key_lifetime(mut self, lifetime: Duration) -> Self {
        self.key_lifetime = lifetime;
        self
    }

    /// Begins with these keys, which another client of the same provider had fetched ([`Client::kept_keys`]): for
    /// programs that are started for a few requests. They grow old as they did there.
    ///
    /// [`Client::kept_keys`]: crate::Client::kept_keys
    #[must_use]
    pub fn kept_keys(mut self, keys: KeptKeys) -> Self {
        self.kept_keys = Some(keys);
        self
    }
}

/// An issuer is a URL without query and fragment (`OpenID` Connect Core 1.0 §2); a password in it would stand in every
/// log.
pub(super) fn check_issuer(issuer: &str) -> Result<(), Error> {
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
pub(crate) struct EndpointOverrides(pub(super) Vec<(String, String)>);

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
