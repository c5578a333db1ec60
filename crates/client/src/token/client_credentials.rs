//! The client credentials grant (RFC 6749 §4.4): a program that acts for itself.

use super::parameters::{Parameters, common_setters};
use super::{TokenSet, form};
use crate::client::Client;
use crate::error::Error;

/// What a machine asks for.
///
/// ```
/// use symbolon_client::ClientCredentialsRequest;
///
/// let request = ClientCredentialsRequest::new().scope("orders.read").resource("https://orders.example.com");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClientCredentialsRequest {
    parameters: Parameters,
}

impl ClientCredentialsRequest {
    /// Asks for what the server gives by default.
    pub fn new() -> Self {
        Self::default()
    }

    common_setters!();
}

impl Client {
    /// Obtains a token for this client itself (§4.4.2). Whoever calls an API more than once keeps the token until it
    /// expires.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::{Client, ClientCredentialsRequest};
    ///
    /// let client = Client::builder("https://login.example.com", "billing").client_secret("…").build()?;
    /// let tokens = client.client_credentials(&ClientCredentialsRequest::new().scope("orders.read")).await?;
    /// println!("granted: {}", tokens.scope);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Api`] with `invalid_client`, `unauthorized_client`, `invalid_scope` or `invalid_target` (RFC 8707 §2);
    /// [`Error::Argument`] for a scope or resource that is none, before anything is sent.
    pub async fn client_credentials(&self, request: &ClientCredentialsRequest) -> Result<TokenSet, Error> {
        let mut form = form([("grant_type", "client_credentials".to_owned())]);
        let scope = request.parameters.append_to(&mut form)?;
        self.granted(form, &scope).await
    }
}
