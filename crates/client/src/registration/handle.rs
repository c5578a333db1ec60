//! Managing a registration (RFC 7592, and the client's own credentials where the server takes them): read, replace,
//! delete, and never losing the token that the next call needs.
//!
//! Each call runs in a task of its own that takes over what the server rotates, so that a caller who goes away in the
//! middle loses nothing: the next call waits for the former one.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use symbolon_jose::Secret;
use url::Url;

use super::{Call, as_replacement, take_text};
use crate::authentication::form_encoded_basic;
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::http::{Answer, RequestBuilder, join_segments, parse_url};
use crate::task::Task;
use crate::wire::ClientMetadata;

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
/// [`credentials`](Self::credentials) after **every** [`replace`](Self::replace) and [`read`](Self::read), and start again
/// with [`Client::registration`].
pub struct RegistrationHandle {
    client_id: String,
    uri: Url,
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    state: Mutex<State>,
    /// One call after the other, because each may rotate what the next one needs.
    last: Mutex<Option<Call>>,
}

/// What the server may change with any answer.
#[derive(Clone)]
struct State {
    credentials: RegistrationCredentials,
    secret: Option<Secret<String>>,
}

impl Client {
    /// The handle of a registration made earlier: the client id, `registration_client_uri`, and the token that the last
    /// create or replace gave.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the URI is no http or https URL.
    pub fn registration(&self, client_id: &str, uri: &str, token: Secret<String>) -> Result<RegistrationHandle, Error> {
        let uri = parse_url(uri, "the registration's URI")?;
        let credentials = RegistrationCredentials::Token(token);
        Ok(RegistrationHandle::new(self.clone(), client_id.to_owned(), uri, credentials, None))
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
        Ok(RegistrationHandle::new(self.clone(), client_id.to_owned(), uri, credentials, secret))
    }
}

impl RegistrationHandle {
    pub(super) fn new(
        client: Client,
        client_id: String,
        uri: Url,
        credentials: RegistrationCredentials,
        secret: Option<Secret<String>>,
    ) -> Self {
        let state = Mutex::new(State { credentials, secret });
        Self { client_id, uri, inner: Arc::new(Inner { client, state, last: Mutex::new(None) }) }
    }

    /// The id of the registered client.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where the registration is managed (`registration_client_uri`).
    pub fn uri(&self) -> &Url {
        &self.uri
    }

    /// What proves the right to manage it, as it is now.
    pub fn credentials(&self) -> RegistrationCredentials {
        self.inner.state.lock().credentials.clone()
    }

    /// The client's secret, as far as it was told: a server may change it with any answer (RFC 7592 §2.1, §2.2).
    pub fn secret(&self) -> Option<Secret<String>> {
        self.inner.state.lock().secret.clone()
    }

    /// Reads the client. A new token or secret in the answer (§2.1) is taken over by the handle, and is not in the metadata.
    ///
    /// # Errors
    /// [`Error::Api`] with status 401 whatever is wrong: the client is gone, or the credentials are not its.
    pub async fn read(&self) -> Result<ClientMetadata, Error> {
        self.metadata_of(|inner, url| inner.client.inner().http.get(url)).await
    }

    /// Replaces all metadata, and takes over the new token. What the server answered before can be passed as it is; what
    /// is not set in `metadata` is gone afterwards, or has the server's default.
    ///
    /// The secret stays, unless `metadata.extra` names another `client_secret`, which servers allow only with the client's
    /// own credentials. The handle takes over that too.
    ///
    /// Dropping the future loses nothing: the call is finished by itself, and the next call waits for it.
    ///
    /// # Errors
    /// [`Error::Api`] with status 400 for a bad member, 401 as for [`read`](Self::read), 403 for a chosen secret. The
    /// token then stays what it was. After [`Error::Timeout`] or [`Error::Transport`] it is unknown which of the two
    /// tokens counts: if the next call gives 401, go on with the client's own secret ([`Client::registration_of`]).
    pub async fn replace(&self, metadata: &ClientMetadata) -> Result<ClientMetadata, Error> {
        let (metadata, client_id) = (metadata.clone(), self.client_id.clone());
        self.metadata_of(move |inner, url| {
            let secret = inner.state.lock().secret.clone();
            inner.client.inner().http.put(url).json(&as_replacement(&metadata, &client_id, secret.as_ref()))
        })
        .await
    }

    /// Deletes the client; everything it was given dies with it. When that fails the handle is as good as before.
    ///
    /// # Errors
    /// [`Error::Api`] with status 401 as for [`read`](Self::read).
    pub async fn delete(&self) -> Result<(), Error> {
        self.call(|inner, url| inner.client.inner().http.delete(url)).await.map(|_| ())
    }

    async fn metadata_of(
        &self,
        request: impl FnOnce(&Inner, Url) -> RequestBuilder + Send + 'static,
    ) -> Result<ClientMetadata, Error> {
        let metadata = self.call(request).await?;
        metadata.ok_or_else(|| Error::UnexpectedAnswer("the answer is no client metadata".to_owned()))
    }

    async fn call(
        &self,
        request: impl FnOnce(&Inner, Url) -> RequestBuilder + Send + 'static,
    ) -> Result<Option<ClientMetadata>, Error> {
        let task = {
            let mut last = self.inner.last.lock();
            let former = last.take();
            let (inner, uri, client_id) = (Arc::clone(&self.inner), self.uri.clone(), self.client_id.clone());
            let work = async move {
                if let Some(former) = former {
                    // How it ended was told to its own caller, if there was one.
                    let _ = former.outcome().await;
                }
                let url = inner.authenticated_url(uri);
                let request = inner.authenticated(request(&inner, url), &client_id);
                let answer = inner.client.inner().http.send(request).await?.success()?;
                Ok(inner.take_over(&answer))
            };
            last.insert(Task::start(self.inner.client.inner().http.runtime(), work)).clone()
        };
        task.outcome().await
    }
}

impl Inner {
    fn authenticated_url(&self, mut url: Url) -> Url {
        if let RegistrationCredentials::SecretQuery(secret) = &self.state.lock().credentials {
            url.query_pairs_mut().append_pair("client_secret", secret.expose());
        }
        url
    }

    fn authenticated(&self, request: RequestBuilder, client_id: &str) -> RequestBuilder {
        match &self.state.lock().credentials {
            RegistrationCredentials::Token(token) => request.bearer_auth(token.expose()),
            RegistrationCredentials::SecretBasic(secret) => form_encoded_basic(request, client_id, secret.expose()),
            RegistrationCredentials::SecretQuery(_) => request,
        }
    }

    /// The metadata of an answer, after what it rotates was taken out and over. `None` when the body is none.
    fn take_over(&self, answer: &Answer) -> Option<ClientMetadata> {
        let mut metadata: ClientMetadata = answer.json("the registered client").ok()?;
        let (token, secret) =
            (take_text(&mut metadata, "registration_access_token"), take_text(&mut metadata, "client_secret"));
        let mut state = self.state.lock();
        if let (Some(token), RegistrationCredentials::Token(current)) = (token, &mut state.credentials) {
            *current = Secret::new(token);
        }
        if let Some(secret) = secret {
            if let RegistrationCredentials::SecretBasic(current) | RegistrationCredentials::SecretQuery(current) =
                &mut state.credentials
            {
                *current = Secret::new(secret.clone());
            }
            state.secret = Some(Secret::new(secret));
        }
        Some(metadata)
    }
}

impl fmt::Debug for RegistrationHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RegistrationHandle")
            .field("client_id", &self.client_id)
            .field("uri", &self.uri.as_str())
            .field("credentials", &self.credentials())
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
