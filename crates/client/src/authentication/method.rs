//! Which way of proving oneself is taken at which provider.

use symbolon_jose::{MacAlgorithm, Secret};
use url::Url;

use super::Authentication;
use crate::signer::ClientKey;
use crate::wire::ProviderMetadata;

/// A way that was chosen.
pub(super) enum Method<'a> {
    /// Only the client id is sent: there is no proof, or the certificate of the connection is one.
    Named,
    Basic(&'a Secret<String>),
    Post(&'a Secret<String>),
    /// With the algorithm that the client registered, where that is known.
    SecretJwt(&'a Secret<String>, Option<MacAlgorithm>),
    PrivateKeyJwt(&'a ClientKey),
}

impl Authentication {
    /// The way for this provider. A server that lists none takes `client_secret_basic` (RFC 8414 §2).
    pub(super) fn method(&self, offered: &[String]) -> Method<'_> {
        let offers = |name: &str| offered.iter().any(|method| method == name);
        let basic = offers("client_secret_basic");
        match self {
            Self::None | Self::Certificate => Method::Named,
            Self::SecretPost(secret) => Method::Post(secret),
            Self::SecretJwt(secret) => Method::SecretJwt(secret, None),
            Self::SecretJwtWith(secret, algorithm) => Method::SecretJwt(secret, Some(*algorithm)),
            Self::PrivateKeyJwt(key) => Method::PrivateKeyJwt(key),
            Self::Secret(secret) if !basic && offers("client_secret_post") => Method::Post(secret),
            Self::Secret(secret) if !basic && offers("client_secret_jwt") => Method::SecretJwt(secret, None),
            Self::Secret(secret) | Self::SecretBasic(secret) => Method::Basic(secret),
        }
    }
}

/// What the provider says about authentication at the endpoint `url`: methods, algorithms of assertions, and the name of
/// the latter list. Revocation and introspection may differ; everything else is as at the token endpoint.
pub(super) fn offers<'m>(metadata: &'m ProviderMetadata, url: &Url) -> (&'m [String], &'m [String], &'static str) {
    let is = |endpoint: Option<&String>| endpoint.is_some_and(|text| Url::parse(text).is_ok_and(|known| known == *url));
    let usual = (
        &*metadata.token_endpoint_auth_methods_supported,
        &*metadata.token_endpoint_auth_signing_alg_values_supported,
        "token_endpoint_auth_signing_alg_values_supported",
    );
    let special = if is(metadata.revocation_endpoint.as_ref()) {
        (
            &*metadata.revocation_endpoint_auth_methods_supported,
            &*metadata.revocation_endpoint_auth_signing_alg_values_supported,
            "revocation_endpoint_auth_signing_alg_values_supported",
        )
    } else if is(metadata.introspection_endpoint.as_ref()) {
        (
            &*metadata.introspection_endpoint_auth_methods_supported,
            &*metadata.introspection_endpoint_auth_signing_alg_values_supported,
            "introspection_endpoint_auth_signing_alg_values_supported",
        )
    } else {
        return usual;
    };
    let methods = if special.0.is_empty() { usual.0 } else { special.0 };
    if special.1.is_empty() { (methods, usual.1, usual.2) } else { (methods, special.1, special.2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_provider_says_how_a_secret_travels() {
        let secret = Authentication::Secret(Secret::new("s".to_owned()));
        let way = |methods: &[&str]| match secret.method(&list(methods)) {
            Method::Basic(_) => "basic",
            Method::Post(_) => "post",
            Method::SecretJwt(..) => "jwt",
            _ => "other",
        };
        for (methods, expected) in [
            (&[][..], "basic"),
            (&["client_secret_post", "client_secret_basic"], "basic"),
            (&["none"], "basic"),
            (&["client_secret_post"], "post"),
            (&["private_key_jwt", "client_secret_jwt", "client_secret_post"], "post"),
            (&["private_key_jwt", "client_secret_jwt"], "jwt"),
        ] {
            assert_eq!(way(methods), expected, "{methods:?}");
        }
    }

    #[test]
    fn an_endpoint_may_have_rules_of_its_own() {
        let mut metadata = ProviderMetadata::new("https://as.example");
        metadata.revocation_endpoint = Some("https://as.example/revoke".into());
        metadata.token_endpoint_auth_methods_supported = list(&["client_secret_basic"]);
        let revocation = Url::parse("https://as.example/revoke").unwrap();
        assert_eq!(offers(&metadata, &revocation).0, ["client_secret_basic"]);
        metadata.revocation_endpoint_auth_methods_supported = list(&["client_secret_post"]);
        metadata.revocation_endpoint_auth_signing_alg_values_supported = list(&["ES256"]);
        assert_eq!(offers(&metadata, &revocation).0, ["client_secret_post"]);
        assert_eq!(offers(&metadata, &revocation).1, ["ES256"]);
        assert_eq!(offers(&metadata, &Url::parse("https://as.example/token").unwrap()).0, ["client_secret_basic"]);
    }
}
