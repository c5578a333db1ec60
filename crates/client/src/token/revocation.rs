//! Giving tokens back (RFC 7009).

use super::Form;
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;

impl Client {
    /// Revokes an access or refresh token (RFC 7009 §2.1). A token that is already dead is no error.
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider revokes none; [`Error::Api`] when it refuses the client.
    pub async fn revoke(&self, token: &str) -> Result<(), Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.revocation_endpoint.as_deref(), "revocation_endpoint")?;
        let form: Form = vec![("token", token.to_owned())];
        self.send_authenticated(url, form).await?.success().map(|_| ())
    }
}
