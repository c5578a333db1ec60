//! Dynamic client registration (`OpenID` Connect Dynamic Client Registration 1.0, RFC 7591): an application registers
//! itself, without an administrator.
//!
//! [`Client::register`] gives a [`Registered`]: the metadata as the server keeps it, the secret, and a
//! [`RegistrationHandle`] with which the registration is read, replaced and deleted (RFC 7592). The handle owns the
//! registration access token and follows its rotation; keeping it between runs is the caller's part.

mod handle;

use std::fmt;

use symbolon_jose::Secret;
use symbolon_types::Client as ClientMetadata;

pub use handle::{RegistrationCredentials, RegistrationHandle};

use crate::builder::Authentication;
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;

/// A client that was just registered.
pub struct Registered {
    /// The metadata as the server keeps it, defaults filled in; the secrets are taken out
    pub metadata: ClientMetadata,
    /// The secret, if the client has one. It can never be read again
    pub secret: Option<Secret<String>>,
    /// For reading, replacing and deleting the registration
    pub registration: RegistrationHandle,
}

impl fmt::Debug for Registered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Registered").field("metadata", &self.metadata).finish_non_exhaustive()
    }
}

impl Registered {
    /// How the new client proves itself at the token endpoint, for [`ClientBuilder::authentication`].
    ///
    /// [`ClientBuilder::authentication`]: crate::ClientBuilder::authentication
    pub fn authentication(&self) -> Authentication {
        match (&self.secret, self.metadata.token_endpoint_auth_method.as_str()) {
            (None, _) => Authentication::None,
            (Some(secret), "client_secret_post") => Authentication::SecretPost(secret.clone()),
            (Some(secret), _) => Authentication::SecretBasic(secret.clone()),
        }
    }
}

impl Client {
    /// Registers an application.
    ///
    /// ```no_run
    /// use symbolon_client::{Client, ClientMetadata};
    ///
    /// # async fn run() -> Result<(), symbolon_client::Error> {
    /// let client = Client::unregistered("http://127.0.0.1:4444").build()?;
    /// let mut registered = client
    ///     .register(&ClientMetadata {
    ///         client_name: "My app".into(),
    ///         redirect_uris: vec!["http://127.0.0.1:8080/callback".into()],
    ///         ..ClientMetadata::default()
    ///     })
    ///     .await?;
    /// println!("{}", registered.metadata.client_id);
    ///
    /// // Later: change it. The token that the next change needs is kept in the handle.
    /// let mut metadata = registered.metadata.clone();
    /// metadata.client_name = "My better app".into();
    /// registered.registration.replace(&metadata).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider does not advertise registration; [`Error::Api`] with status 400 and
    /// `invalid_client_metadata` or `invalid_redirect_uri` for a bad member, 401 when an initial access token is needed,
    /// 404 when registration is off, 429 when this address registers too often.
    pub async fn register(&self, metadata: &ClientMetadata) -> Result<Registered, Error> {
        self.register_with(metadata, None).await
    }

    /// Registers an application where the provider asks for an initial access token (RFC 7591 §3).
    ///
    /// # Errors
    /// As [`Client::register`].
    pub async fn register_with_token(
        &self,
        metadata: &ClientMetadata,
        initial_access_token: &Secret<String>,
    ) -> Result<Registered, Error> {
        self.register_with(metadata, Some(initial_access_token)).await
    }

    async fn register_with(
        &self,
        metadata: &ClientMetadata,
        initial_access_token: Option<&Secret<String>>,
    ) -> Result<Registered, Error> {
        let provider = self.metadata().await?;
        let url = endpoint(provider.registration_endpoint.as_deref(), "registration_endpoint")?;
        let http = &self.inner().http;
        let mut request = http.post(url.clone()).json(metadata);
        if let Some(token) = initial_access_token {
            request = request.bearer_auth(token.expose());
        }
        let mut created: ClientMetadata = http.send(request).await?.success()?.json("the registered client")?;
        let secret = created.client_secret.take().map(Secret::new);
        let (token, uri) = (created.registration_access_token.take(), created.registration_client_uri.clone());
        let (Some(token), Some(uri)) = (token, uri) else {
            let reason = "the registration lacks 'registration_access_token' or 'registration_client_uri'";
            return Err(Error::UnexpectedAnswer(reason.to_owned()));
        };
        if created.client_id.is_empty() {
            return Err(Error::UnexpectedAnswer("the registration has no 'client_id'".to_owned()));
        }
        let mut registration = self.registration(created.client_id.as_str(), &uri, Secret::new(token))?;
        // The token goes wherever this URI points; it must not leave TLS on the way.
        if url.scheme() == "https" && registration.uri().scheme() != "https" {
            return Err(Error::UnexpectedAnswer("'registration_client_uri' is not https".to_owned()));
        }
        registration.secret.clone_from(&secret);
        Ok(Registered { metadata: created, secret, registration })
    }
}

/// Metadata as the body of a replacement: without what only the server sets, and what servers refuse to see again.
fn as_replacement(metadata: &ClientMetadata, client_id: &str, secret: Option<&Secret<String>>) -> ClientMetadata {
    let mut body = metadata.clone();
    body.client_id = client_id.into();
    body.registration_access_token = None;
    body.registration_client_uri = None;
    if body.metadata.as_ref().is_some_and(|notes| notes.as_object().is_some_and(serde_json::Map::is_empty)) {
        body.metadata = None;
    }
    // The secret stays without being named, and some servers refuse even the current one (RFC 7592 §2.2).
    if let (Some(current), Some(named)) = (secret, &body.client_secret)
        && current.matches(named.as_bytes())
    {
        body.client_secret = None;
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_of_the_server_is_a_good_replacement() {
        let answer = ClientMetadata {
            client_id: "other".into(),
            client_secret: Some("s3cret".into()),
            metadata: Some(serde_json::json!({})),
            registration_access_token: Some("t".into()),
            registration_client_uri: Some("https://as.example/x".into()),
            client_name: "App".into(),
            ..ClientMetadata::default()
        };
        let body = as_replacement(&answer, "app", Some(&Secret::new("s3cret".to_owned())));
        assert_eq!((body.client_id.as_str(), body.client_name.as_str()), ("app", "App"));
        assert!(body.client_secret.is_none() && body.metadata.is_none());
        assert!(body.registration_access_token.is_none() && body.registration_client_uri.is_none());
    }

    #[test]
    fn another_secret_is_left_for_the_server_to_judge() {
        let wanted = ClientMetadata { client_secret: Some("new".into()), ..ClientMetadata::default() };
        for current in [None, Some(Secret::new("old".to_owned()))] {
            let body = as_replacement(&wanted, "app", current.as_ref());
            assert_eq!(body.client_secret.as_deref(), Some("new"));
        }
    }
}
