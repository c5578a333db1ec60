//! Dynamic client registration (`OpenID` Connect Dynamic Client Registration 1.0, RFC 7591): an application registers
//! itself, without an administrator.
//!
//! [`Client::register`] gives a [`Registered`]: the metadata as the server keeps it, the secret, and, where the server
//! manages registrations, a [`RegistrationHandle`] with which the registration is read, replaced and deleted (RFC 7592).
//! The handle owns the registration access token and follows its rotation; keeping it between runs is the caller's part.

mod handle;

use std::fmt;

use serde_json::Value;
use symbolon_jose::{MacAlgorithm, Secret};
use url::Url;

pub use handle::{RegistrationCredentials, RegistrationHandle};

use crate::authentication::Authentication;
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::http::parse_url;
use crate::task::Task;
use crate::wire::ClientMetadata;

/// A client that was just registered.
#[non_exhaustive]
pub struct Registered {
    /// Its id
    pub client_id: String,
    /// The metadata as the server keeps it, defaults filled in; the secret is taken out
    pub metadata: ClientMetadata,
    /// The secret, if the client has one. Most servers never tell it again
    pub secret: Option<Secret<String>>,
    /// For reading, replacing and deleting the registration; `None` where the server does not manage registrations (RFC
    /// 7592), or gave an address that must not be used. What it gave is then in `metadata.extra`
    pub registration: Option<RegistrationHandle>,
}

impl fmt::Debug for Registered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Registered").field("metadata", &self.metadata).finish_non_exhaustive()
    }
}

impl Registered {
    /// How the new client proves itself at the token endpoint, for [`ClientBuilder::authentication`]. A client with
    /// `private_key_jwt` gives [`Authentication::private_key_jwt`] with its key there instead.
    ///
    /// [`ClientBuilder::authentication`]: crate::ClientBuilder::authentication
    pub fn authentication(&self) -> Authentication {
        match (&self.secret, self.metadata.token_endpoint_auth_method.as_deref()) {
            (_, Some("tls_client_auth" | "self_signed_tls_client_auth")) => Authentication::Certificate,
            (None, _) | (_, Some("none")) => Authentication::None,
            (Some(secret), Some("client_secret_post")) => Authentication::SecretPost(secret.clone()),
            (Some(secret), Some("client_secret_jwt")) => match self.mac_algorithm() {
                Some(algorithm) => Authentication::SecretJwtWith(secret.clone(), algorithm),
                None => Authentication::SecretJwt(secret.clone()),
            },
            (Some(secret), Some("client_secret_basic")) => Authentication::SecretBasic(secret.clone()),
            (Some(secret), _) => Authentication::Secret(secret.clone()),
        }
    }

    /// The algorithm of the client's MACs. Some servers write their default for signatures here whatever the method is, which
    /// says nothing about MACs.
    fn mac_algorithm(&self) -> Option<MacAlgorithm> {
        MacAlgorithm::parse(self.metadata.token_endpoint_auth_signing_alg.as_deref()?)
    }
}

impl Client {
    /// Registers an application. Only what is set in `metadata` is sent.
    ///
    /// ```no_run
    /// use symbolon_client::{Client, ClientMetadata};
    ///
    /// # async fn run() -> Result<(), symbolon_client::Error> {
    /// let client = Client::unregistered("http://127.0.0.1:4444").build()?;
    /// let metadata = ClientMetadata::new("My app").redirect_uri("http://127.0.0.1:8080/callback");
    /// let registered = client.register(&metadata).await?;
    /// println!("{}", registered.client_id);
    ///
    /// // Later: change it. The token that the next change needs is kept in the handle.
    /// if let Some(registration) = &registered.registration {
    ///     let mut metadata = registration.read().await?;
    ///     metadata.client_name = Some("My better app".into());
    ///     registration.replace(&metadata).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider does not advertise registration (some register all the same:
    /// [`ClientBuilder::endpoint`](crate::ClientBuilder::endpoint)); [`Error::Api`] with status 400 and
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
        let created: ClientMetadata = http.send(request).await?.success()?.json("the registered client")?;
        self.registered(created, &url)
    }

    /// What an answer says, of which nothing is lost.
    fn registered(&self, mut metadata: ClientMetadata, endpoint: &Url) -> Result<Registered, Error> {
        let numbered = || metadata.extra.get("client_id").and_then(Value::as_number).map(ToString::to_string);
        let client_id = metadata.client_id.clone().or_else(numbered);
        let client_id =
            client_id.ok_or_else(|| Error::UnexpectedAnswer("the registration has no 'client_id'".to_owned()))?;
        let secret = take_text(&mut metadata, "client_secret").map(Secret::new);
        let uri = metadata.extra.get("registration_client_uri").and_then(Value::as_str);
        let uri = uri.and_then(|uri| parse_url(uri, "registration_client_uri").ok());
        // The token goes wherever this URI points; it must not leave TLS on the way.
        let uri = uri.filter(|uri| endpoint.scheme() != "https" || uri.scheme() == "https");
        let registration = uri.and_then(|uri| {
            let token = take_text(&mut metadata, "registration_access_token")?;
            let credentials = RegistrationCredentials::Token(Secret::new(token));
            Some(RegistrationHandle::new(self.clone(), client_id.clone(), uri, credentials, secret.clone()))
        });
        Ok(Registered { client_id, metadata, secret, registration })
    }
}

/// Takes a text out of the members that have no field.
fn take_text(metadata: &mut ClientMetadata, name: &str) -> Option<String> {
    if !metadata.extra.get(name)?.is_string() {
        return None;
    }
    match metadata.extra.remove(name)? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// Metadata as the body of a replacement: without what only the server sets, and what servers refuse to see again.
fn as_replacement(metadata: &ClientMetadata, client_id: &str, secret: Option<&Secret<String>>) -> ClientMetadata {
    let mut body = metadata.as_replacement(client_id);
    // Ory Hydra writes empty notes of the administrator, and refuses to see them again.
    if body.extra.get("metadata").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty) {
        body.extra.remove("metadata");
    }
    // The secret stays without being named, and some servers refuse even the current one (RFC 7592 §2.2).
    let named = body.extra.get("client_secret").and_then(Value::as_str);
    if let (Some(current), Some(named)) = (secret, named)
        && current.matches(named.as_bytes())
    {
        body.extra.remove("client_secret");
    }
    body
}

/// A call that is finished even when its caller goes away.
type Call = Task<Option<ClientMetadata>>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(value: Value) -> ClientMetadata {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn answer_of_the_server_is_a_good_replacement() {
        let answer = metadata(json!({
            "client_id": "other", "client_secret": "s3cret", "metadata": {}, "registration_access_token": "t",
            "registration_client_uri": "https://as.example/x", "client_name": "App",
        }));
        let body = as_replacement(&answer, "app", Some(&Secret::new("s3cret".to_owned())));
        assert_eq!(serde_json::to_value(body).unwrap(), json!({"client_id": "app", "client_name": "App"}));
    }

    #[test]
    fn the_registered_algorithm_of_macs_is_used() {
        let client = Client::unregistered("https://as.example").build().unwrap();
        let endpoint = Url::parse("https://as.example/register").unwrap();
        let authentication = |algorithm: Value| {
            let answer = json!({
                "client_id": "app", "client_secret": "s", "token_endpoint_auth_method": "client_secret_jwt",
                "token_endpoint_auth_signing_alg": algorithm,
            });
            client.registered(metadata(answer), &endpoint).unwrap().authentication()
        };
        for algorithm in MacAlgorithm::all() {
            let found = authentication(algorithm.as_str().into());
            assert!(matches!(found, Authentication::SecretJwtWith(_, found) if found == *algorithm), "{found:?}");
        }
        for unsaid in [Value::Null, "RS256".into()] {
            assert!(matches!(authentication(unsaid), Authentication::SecretJwt(_)));
        }
    }

    #[test]
    fn a_new_secret_and_real_notes_are_sent() {
        let chosen = metadata(json!({"client_secret": "new", "metadata": {"a": 1}}));
        let body = as_replacement(&chosen, "app", Some(&Secret::new("old".to_owned())));
        assert_eq!((&body.extra["client_secret"], &body.extra["metadata"]), (&json!("new"), &json!({"a": 1})));
    }

    #[test]
    fn nothing_of_an_odd_answer_is_lost() {
        let client = Client::unregistered("https://as.example").build().unwrap();
        let endpoint = Url::parse("https://as.example/register").unwrap();
        let read = |value: Value| client.registered(metadata(value), &endpoint);
        let plain = read(json!({"client_id": "app", "client_secret": "s"})).unwrap();
        assert!(plain.registration.is_none() && plain.secret.unwrap().matches(b"s"));
        for uri in [json!("http://as.example/r"), json!("/r"), json!(7), Value::Null] {
            let odd = read(json!({
                "client_id": 7, "registration_access_token": "t", "registration_client_uri": uri,
            }))
            .unwrap();
            assert!(odd.registration.is_none(), "{uri}");
            assert_eq!((&*odd.client_id, &odd.metadata.extra["registration_access_token"]), ("7", &json!("t")));
            assert!(!format!("{odd:?}").contains("\"t\""));
        }
        assert!(matches!(read(json!({"client_secret": "s"})), Err(Error::UnexpectedAnswer(_))));
    }
}
