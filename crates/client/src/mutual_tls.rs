//! Endpoints for clients that show a certificate (RFC 8705 §5).
//!
//! The certificate itself is the transport's business. A provider may have other addresses for such clients, so that
//! browsers are not asked for one; they stand in the metadata beside the usual ones, and a client with a certificate must
//! use them.

use serde_json::Value;
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::http::parse_url;
use crate::protection::MutualTls;
use crate::wire::ProviderMetadata;

impl Client {
    /// The address in whose stead `url` stands in the metadata, for a client with a certificate; else itself.
    pub(crate) fn for_certificate(&self, url: Url, metadata: &ProviderMetadata) -> Result<Url, Error> {
        match (self.protection().mutual_tls, &metadata.mtls_endpoint_aliases) {
            (MutualTls::Yes, Some(aliases)) => alias(url, aliases, metadata),
            _ => Ok(url),
        }
    }
}

fn alias(url: Url, aliases: &Value, metadata: &ProviderMetadata) -> Result<Url, Error> {
    const MEMBER: &str = "mtls_endpoint_aliases";
    let Value::Object(aliases) = aliases else {
        return Err(Error::UnexpectedAnswer(format!("'{MEMBER}' of the provider's metadata is no object")));
    };
    let members = metadata.to_members();
    let stands_for = |name: &str| members.get(name).and_then(Value::as_str).is_some_and(|usual| is(usual, &url));
    let Some((name, alias)) = aliases.iter().find(|(name, _)| stands_for(name)) else { return Ok(url) };
    let alias = alias.as_str().unwrap_or_default();
    let alias = parse_url(alias, &format!("'{name}' in '{MEMBER}' of the provider's metadata"))
        .map_err(|error| Error::UnexpectedAnswer(error.to_string()))?;
    // An alias must not take away what the endpoint has.
    if url.scheme() == "https" && alias.scheme() != "https" {
        return Err(Error::UnexpectedAnswer(format!("'{name}' in '{MEMBER}' of the provider's metadata is not https")));
    }
    Ok(alias)
}

fn is(text: &str, url: &Url) -> bool {
    Url::parse(text).is_ok_and(|parsed| parsed == *url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alias_of(aliases: &Value) -> Result<String, Error> {
        let mut metadata = ProviderMetadata::new("https://as.example");
        metadata.token_endpoint = Some("https://as.example/token".into());
        metadata.userinfo_endpoint = Some("https://as.example/userinfo".into());
        alias(Url::parse("https://as.example/token").unwrap(), aliases, &metadata).map(String::from)
    }

    #[test]
    fn the_alias_of_the_endpoint_is_used() {
        let aliases = json!({"userinfo_endpoint": "https://m.example/u", "token_endpoint": "https://m.example/t"});
        assert_eq!(alias_of(&aliases).unwrap(), "https://m.example/t");
        assert_eq!(alias_of(&json!({"userinfo_endpoint": "https://m.example/u"})).unwrap(), "https://as.example/token");
    }

    #[test]
    fn an_odd_alias_is_an_error_and_not_absent() {
        for odd in [json!("x"), json!({"token_endpoint": 7}), json!({"token_endpoint": "http://as.example/token"})] {
            assert!(matches!(alias_of(&odd), Err(Error::UnexpectedAnswer(_))), "{odd}");
        }
    }
}
