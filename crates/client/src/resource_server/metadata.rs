//! The metadata document of this API (RFC 9728): its content and where it is looked for.

use url::Url;

use super::{Binding, Inner};
use crate::wire::ProtectedResourceMetadata;

/// The well-known name (RFC 9728 §3).
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Where the document of the API at `resource` is: the well-known name comes before its path (§3.1).
pub(super) fn metadata_url(resource: &Url) -> String {
    let mut url = resource.clone();
    let path = if url.path() == "/" { WELL_KNOWN.to_owned() } else { format!("{WELL_KNOWN}{}", url.path()) };
    url.set_path(&path);
    url.to_string()
}

/// The path of that address.
pub(super) fn metadata_path(inner: &Inner) -> String {
    let url = inner.metadata_url.as_ref().and_then(|url| Url::parse(url).ok());
    url.map_or_else(|| WELL_KNOWN.to_owned(), |url| url.path().to_owned())
}

/// What the program said, with what is known here where it said nothing.
pub(super) fn describe(inner: &Inner) -> ProtectedResourceMetadata {
    let mut metadata = inner.metadata.clone();
    metadata.resource.clone_from(&inner.resource);
    if metadata.authorization_servers.is_empty() {
        metadata.authorization_servers.push(inner.client.issuer().to_owned());
    }
    // Tokens are read from nowhere else, whatever the program says.
    metadata.bearer_methods_supported = vec!["header".to_owned()];
    if let Some(proofs) = &inner.proofs {
        metadata.dpop_signing_alg_values_supported = proofs.algorithm_names();
    }
    if inner.binding == Binding::Key {
        metadata.dpop_bound_access_tokens_required = Some(true);
    }
    if inner.certificates.is_some() {
        metadata.tls_client_certificate_bound_access_tokens = Some(true);
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_well_known_name_comes_before_the_path() {
        for (resource, expected) in [
            ("https://api.example", "https://api.example/.well-known/oauth-protected-resource"),
            ("https://api.example/", "https://api.example/.well-known/oauth-protected-resource"),
            ("https://api.example:8443/a/b", "https://api.example:8443/.well-known/oauth-protected-resource/a/b"),
            ("https://api.example/a/", "https://api.example/.well-known/oauth-protected-resource/a/"),
            ("https://api.example/a?tenant=1", "https://api.example/.well-known/oauth-protected-resource/a?tenant=1"),
        ] {
            assert_eq!(metadata_url(&Url::parse(resource).unwrap()), expected);
        }
    }
}
