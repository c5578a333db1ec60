//! The provider's metadata (`OpenID` Connect Discovery 1.0 §4, RFC 8414): fetched once, compared, kept.
//!
//! The issuer in the document must be the one the client was built for, byte for byte (§4.3): otherwise whoever serves
//! the document could make this client send codes and secrets elsewhere.

use std::sync::Arc;

use reqwest::Url;
use symbolon_types::discovery::ProviderMetadata;

use crate::client::Client;
use crate::error::Error;
use crate::http::parse_url;

impl Client {
    /// The provider's metadata: given to the builder, remembered, or fetched now.
    ///
    /// # Errors
    /// [`Error::IssuerMismatch`] when the document names another issuer, else whatever the request met with.
    pub async fn metadata(&self) -> Result<Arc<ProviderMetadata>, Error> {
        let inner = self.inner();
        if let Some(known) = inner.metadata.lock().clone() {
            return Ok(known);
        }
        let metadata: ProviderMetadata = {
            let url = parse_url(&discovery_url(&inner.issuer), "the discovery document")?;
            inner.http.send(inner.http.get(url)).await?.success()?.json("the discovery document")?
        };
        if metadata.issuer != inner.issuer {
            return Err(Error::IssuerMismatch { expected: inner.issuer.clone(), found: metadata.issuer });
        }
        let metadata = Arc::new(metadata);
        *inner.metadata.lock() = Some(Arc::clone(&metadata));
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
