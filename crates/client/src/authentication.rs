//! How the client proves itself (`OpenID` Connect Core 1.0 §9, RFC 6749 §2.3): the same at every endpoint that asks for it.

use symbolon_jose::Secret;
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::http::{Answer, RequestBuilder};
use crate::token::Form;
use crate::wire::ProviderMetadata;

/// How the client proves itself at the token endpoint and its neighbours.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Authentication {
    /// No proof: a public client, protected by PKCE alone.
    #[default]
    None,
    /// The secret, in the way that the provider's metadata names: `client_secret_basic` where that is possible, else
    /// `client_secret_post`.
    Secret(Secret<String>),
    /// `client_secret_basic`: the secret in the `Authorization` header.
    SecretBasic(Secret<String>),
    /// `client_secret_post`: the secret in the body.
    SecretPost(Secret<String>),
}

/// A way that was chosen.
enum Method<'a> {
    None,
    Basic(&'a Secret<String>),
    Post(&'a Secret<String>),
}

impl Authentication {
    /// The client's secret, where there is one.
    pub(crate) fn secret(&self) -> Option<&Secret<String>> {
        match self {
            Self::None => None,
            Self::Secret(secret) | Self::SecretBasic(secret) | Self::SecretPost(secret) => Some(secret),
        }
    }

    /// The way for this provider. A server that lists none takes `client_secret_basic` (RFC 8414 §2).
    fn method(&self, metadata: &ProviderMetadata) -> Method<'_> {
        let offered = &metadata.token_endpoint_auth_methods_supported;
        let offers = |name: &str| offered.iter().any(|method| method == name);
        match self {
            Self::None => Method::None,
            Self::SecretPost(secret) => Method::Post(secret),
            Self::Secret(secret) if !offers("client_secret_basic") && offers("client_secret_post") => {
                Method::Post(secret)
            }
            Self::Secret(secret) | Self::SecretBasic(secret) => Method::Basic(secret),
        }
    }
}

impl Client {
    /// Posts a form with the client's authentication. Any status is an answer.
    pub(crate) async fn send_authenticated(&self, url: Url, mut form: Form) -> Result<Answer, Error> {
        let client_id = self.registered_id()?.to_owned();
        let metadata = self.metadata().await?;
        let http = &self.inner().http;
        let mut request = http.post(url).header("accept", "application/json");
        match self.inner().authentication.method(&metadata) {
            Method::None => form.push(("client_id".into(), client_id)),
            Method::Basic(secret) => request = form_encoded_basic(request, &client_id, secret.expose()),
            Method::Post(secret) => {
                form.push(("client_id".into(), client_id));
                form.push(("client_secret".into(), secret.expose().clone()));
            }
        }
        http.send(request.form(&form)).await
    }
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
pub(crate) fn form_encoded_basic(request: RequestBuilder, client_id: &str, secret: &str) -> RequestBuilder {
    request.basic_auth(&form_encoded(client_id), &form_encoded(secret))
}

pub(crate) fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded_first() {
        assert_eq!(form_encoded("a:b c+d"), "a%3Ab+c%2Bd");
    }

    #[test]
    fn the_provider_says_how_a_secret_travels() {
        let secret = Authentication::Secret(Secret::new("s".to_owned()));
        let posts = |methods: &[&str]| {
            let mut metadata = ProviderMetadata::new("https://as.example");
            metadata.token_endpoint_auth_methods_supported = methods.iter().map(|&name| name.to_owned()).collect();
            matches!(secret.method(&metadata), Method::Post(_))
        };
        assert!(!posts(&[]) && !posts(&["client_secret_post", "client_secret_basic"]) && !posts(&["none"]));
        assert!(posts(&["client_secret_post"]) && posts(&["private_key_jwt", "client_secret_post"]));
    }
}
