//! How the client proves itself (`OpenID` Connect Core 1.0 §9, RFC 6749 §2.3, RFC 7523, RFC 8705): the same at every
//! endpoint that asks for it.
//!
//! [`Client::send_authenticated`] sends a form with the proof. Which one is the program's choice; where there is only a
//! secret, the provider's metadata says how it travels. An assertion is made anew for each request, because it may be used
//! once.

mod assertion;
mod method;

use symbolon_jose::{MacAlgorithm, Secret};
use url::Url;

pub use assertion::AssertionRules;

use crate::client::Client;
use crate::error::Error;
use crate::http::{Answer, RequestBuilder};
use crate::signer::{ClientKey, Signer};
use crate::token::Form;
use method::Method;

/// How the client proves itself at the token endpoint and its neighbours.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Authentication {
    /// No proof: a public client, protected by PKCE alone.
    #[default]
    None,
    /// The secret, in the way that the provider's metadata names: `client_secret_basic` where that is possible, else
    /// `client_secret_post` or `client_secret_jwt`.
    Secret(Secret<String>),
    /// `client_secret_basic`: the secret in the `Authorization` header.
    SecretBasic(Secret<String>),
    /// `client_secret_post`: the secret in the body.
    SecretPost(Secret<String>),
    /// `client_secret_jwt`: an assertion that is protected with the secret, which does not travel itself. The algorithm is
    /// HS256, for which the secret must have 32 bytes at least; where the provider's metadata leave HS256 out, HS384 (48
    /// bytes) or HS512 (64 bytes).
    SecretJwt(Secret<String>),
    /// The same with the algorithm that the client is registered with (`token_endpoint_auth_signing_alg`). Providers take
    /// no other one then. [`Registered::authentication`](crate::Registered::authentication) knows it by itself.
    SecretJwtWith(Secret<String>, MacAlgorithm),
    /// `private_key_jwt`: an assertion that is signed with a key, which the provider knows from the client's registration.
    PrivateKeyJwt(ClientKey),
    /// `tls_client_auth` or `self_signed_tls_client_auth` (RFC 8705 §2): the certificate that the connection shows, from
    /// [`ClientBuilder::client_certificate`](crate::ClientBuilder::client_certificate) or from an HTTP client of the
    /// program's.
    Certificate,
}

impl Authentication {
    /// `private_key_jwt` with a key in memory or elsewhere.
    ///
    /// ```
    /// use symbolon_client::{Algorithm, Authentication, Client, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::ES256, "my-key".into())?;
    /// let client = Client::builder("https://login.example.com", "my-app")
    ///     .authentication(Authentication::private_key_jwt(key))
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn private_key_jwt(signer: impl Signer) -> Self {
        Self::PrivateKeyJwt(ClientKey::new(signer))
    }

    /// The client's secret, where there is one.
    pub(crate) fn secret(&self) -> Option<&Secret<String>> {
        match self {
            Self::None | Self::PrivateKeyJwt(_) | Self::Certificate => None,
            Self::Secret(secret)
            | Self::SecretBasic(secret)
            | Self::SecretPost(secret)
            | Self::SecretJwt(secret)
            | Self::SecretJwtWith(secret, _) => Some(secret),
        }
    }
}

impl Client {
    /// Posts a form with the client's authentication. Any status is an answer.
    pub(crate) async fn send_authenticated(&self, url: Url, form: Form) -> Result<Answer, Error> {
        self.send_authenticated_for(url, form, "application/json").await
    }

    /// The same for an answer of another media type.
    pub(crate) async fn send_authenticated_for(&self, url: Url, form: Form, accept: &str) -> Result<Answer, Error> {
        let (request, _) = self.authenticated(url, form).await?;
        self.inner().http.send(request.header("accept", accept)).await
    }

    /// A form with the client's authentication, and the address that it goes to.
    pub(crate) async fn authenticated(&self, url: Url, mut form: Form) -> Result<(RequestBuilder, Url), Error> {
        if self.client_id().is_empty() && form.iter().any(|(name, _)| name == "assertion") {
            // An assertion speaks for itself (RFC 7523 §3.1), everything else needs a client.
            return Ok((self.inner().http.post(url.clone()).form(&form), url));
        }
        let client_id = self.registered_id()?.to_owned();
        let metadata = self.metadata().await?;
        let (methods, algorithms, member) = method::offers(&metadata, &url);
        let method = self.inner().authentication.method(methods);
        let named = form.iter().any(|(name, _)| name == "client_id");
        if !named && !matches!(method, Method::Basic(_)) {
            form.push(("client_id".into(), client_id.clone()));
        }
        let mut basic = None;
        let assertion = match method {
            Method::Named => None,
            Method::Basic(secret) => {
                basic = Some(secret);
                None
            }
            Method::Post(secret) => {
                form.push(("client_secret".into(), secret.expose().clone()));
                None
            }
            Method::SecretJwt(secret, registered) => {
                Some(self.secret_assertion((secret, registered), (algorithms, member), &metadata)?)
            }
            Method::PrivateKeyJwt(key) => Some(self.signed_assertion(key, (algorithms, member), &metadata).await?),
        };
        if let Some(assertion) = assertion {
            form.push(("client_assertion_type".into(), assertion::ASSERTION_TYPE.to_owned()));
            form.push(("client_assertion".into(), assertion));
        }
        let url = self.for_certificate(url, &metadata)?;
        let mut request = self.inner().http.post(url.clone());
        if let Some(secret) = basic {
            request = form_encoded_basic(request, &client_id, secret.expose());
        }
        Ok((request.form(&form), url))
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
}
