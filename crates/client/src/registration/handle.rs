//! Managing a registration (RFC 7592, and the client's own credentials where the server takes them): read, replace,
//! delete, and never losing the token that the next call needs.

use std::fmt;

use reqwest::{RequestBuilder, Url};
use symbolon_jose::Secret;
use symbolon_types::Client as ClientMetadata;

use super::as_replacement;
use crate::client::{Client, form_encoded_basic};
use crate::discovery::endpoint;
use crate::error::Error;
use crate::http::{Answer, join_segments, parse_url};

/// How the holder of a registration proves that it may manage it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RegistrationCredentials {
    /// The registration access token, as bearer token (RFC 7592).
    Token(Secret<String>),
    /// The client's own secret in the `Authorization` header, for clients with `client_secret_basic`.
    SecretBasic(Secret<String>),
    /// The client's own secret in the URL's query, for clients with `client_secret_post`. URLs are written to logs, so
    /// prefer the token.
    SecretQuery(Secret<String>),
}

/// The right to manage one registration. It is not `Clone`: each replacement makes the former token void, and a copy
/// would go on with the void one.
///
/// To keep it between runs, store [`uri`](Self::uri), [`client_id`](Self::client_id) and the token of
/// [`credentials`](Self::credentials) after **every** [`replace`](Self::replace), and start again with
/// [`Client::registration`].
pub struct RegistrationHandle {
    client: Client,
    client_id: String,
    uri: Url,
    credentials: RegistrationCredentials,
    pub(super) secret: Option<Secret<String>>,
}

impl Client {
    /// The handle of a registration made earlier: the client id, `registration_client_uri`, and the token that the last
    /// create or replace gave.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the URI is no http or https URL.
    pub fn registration(&self, client_id: &str, uri: &str, token: Secret<String>) -> Result<RegistrationHandle, Error> {
        Ok(RegistrationHandle {
            client: self.clone(),
            client_id: client_id.to_owned(),
            uri: parse_url(uri, "the registration's URI")?,
            credentials: RegistrationCredentials::Token(token),
            secret: None,
        })
    }

    /// The handle of a registration whose URI was not kept: it is taken to be the registration endpoint with the client
    /// id after it, as Symbolon and Ory Hydra have it.
    ///
    /// # Errors
    /// [`Error::Argument`] when the id cannot stand in a URL; whatever discovery met with.
    pub async fn registration_of(
        &self,
        client_id: &str,
        credentials: RegistrationCredentials,
    ) -> Result<RegistrationHandle, Error> {
        let metadata = self.metadata().await?;
        let base = endpoint(metadata.registration_endpoint.as_deref(), "registration_endpoint")?;
        let secret = match &credentials {
            RegistrationCredentials::Token(_) => None,
            RegistrationCredentials::SecretBasic(secret) | RegistrationCredentials::SecretQuery(secret) => {
                Some(secret.clone())
            }
        };
        let uri = join_segments(&base, &[client_id])?;
        Ok(RegistrationHandle { client: self.clone(), client_id: client_id.to_owned(), uri, credentials, secret })
    }
}

impl RegistrationHandle {
    /// The id of the registered client.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where the registration is managed (`registration_client_uri`).
    pub fn uri(&self) -> &Url {
        &self.uri
    }

    /// What proves the right to manage it, as it is now.
    pub fn credentials(&self) -> &RegistrationCredentials {
        &self.credentials
    }

    /// Reads the client, without its secret.
    ///
    /// # Errors
    /// [`Error::Api`] with status 401 whatever is wrong: the client is gone, or the credentials are not its.
    pub async fn read(&self) -> Result<ClientMetadata, Error> {
        let request = self.client.inner().http.get(self.url());
        self.send(request).await?.json("the registered client")
    }

    /// Replaces all metadata, and takes over the new token. What the server answered before can be passed as it is.
    ///
    /// The secret stays, unless `metadata` names another one, which servers allow only with the client's own credentials.
    /// The handle takes over that too, and the answer has it in `client_secret`.
    ///
    /// # Errors
    /// [`Error::Api`] with status 400 for a bad member, 401 as for [`read`](Self::read), 403 for a chosen secret. The
    /// token then stays what it was. After [`Error::Timeout`] or [`Error::Transport`] it is unknown which of the two
    /// tokens counts: if the next call gives 401, go on with the client's own secret ([`Client::registration_of`]).
    pub async fn replace(&mut self, metadata: &ClientMetadata) -> Result<ClientMetadata, Error> {
        let body = as_replacement(metadata, &self.client_id, self.secret.as_ref());
        let request = self.client.inner().http.put(self.url()).json(&body);
        let mut replaced: ClientMetadata = self.send(request).await?.json("the replaced client")?;
        if let (Some(token), RegistrationCredentials::Token(current)) =
            (replaced.registration_access_token.take(), &mut self.credentials)
        {
            *current = Secret::new(token);
        }
        if let Some(secret) = &replaced.client_secret {
            self.take_over_secret(secret);
        }
        Ok(replaced)
    }

    /// Deletes the client; everything it was given dies with it.
    ///
    /// # Errors
    /// [`Error::Api`] with status 401 as for [`read`](Self::read).
    pub async fn delete(self) -> Result<(), Error> {
        let request = self.client.inner().http.delete(self.url());
        self.send(request).await.map(|_| ())
    }

    fn take_over_secret(&mut self, secret: &str) {
        match &mut self.credentials {
            RegistrationCredentials::Token(_) => {}
            RegistrationCredentials::SecretBasic(current) | RegistrationCredentials::SecretQuery(current) => {
                *current = Secret::new(secret.to_owned());
            }
        }
        self.secret = Some(Secret::new(secret.to_owned()));
    }

    fn url(&self) -> Url {
        let mut url = self.uri.clone();
        if let RegistrationCredentials::SecretQuery(secret) = &self.credentials {
            url.query_pairs_mut().append_pair("client_secret", secret.expose());
        }
        url
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let request = match &self.credentials {
            RegistrationCredentials::Token(token) => request.bearer_auth(token.expose()),
            RegistrationCredentials::SecretBasic(secret) => {
                form_encoded_basic(request, &self.client_id, secret.expose())
            }
            RegistrationCredentials::SecretQuery(_) => request,
        };
        self.client.inner().http.send(request).await?.success()
    }
}

impl fmt::Debug for RegistrationHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RegistrationHandle")
            .field("client_id", &self.client_id)
            .field("uri", &self.uri.as_str())
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let client = Client::unregistered("https://as.example").build().unwrap();
        let handle = client.registration("app", "https://as.example/r/app", Secret::new("hush-token".into())).unwrap();
        assert!(!format!("{handle:?}").contains("hush"));
        assert!(client.registration("app", "/r/app", Secret::new(String::new())).is_err());
    }
}
