//! Giving tokens back (RFC 7009).

use super::{Form, TokenTypeHint, form};
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;

impl Client {
    /// Revokes an access or refresh token (RFC 7009 §2.1). A token that is already dead is no error.
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider revokes none; [`Error::Api`] when it refuses the client.
    pub async fn revoke(&self, token: &str) -> Result<(), Error> {
        self.revoke_by(form([("token", token.to_owned())])).await
    }

    /// The same, telling the server what kind of token it is. It finds the token without that, too; some only take longer.
    ///
    /// # Errors
    /// As [`Client::revoke`]; `unsupported_token_type` when the server does not revoke that kind.
    pub async fn revoke_as(&self, token: &str, hint: TokenTypeHint) -> Result<(), Error> {
        let hint = hint.as_str().to_owned();
        self.revoke_by(form([("token", token.to_owned()), ("token_type_hint", hint)])).await
    }

    async fn revoke_by(&self, form: Form) -> Result<(), Error> {
        let metadata = self.metadata().await?;
        let url = endpoint(metadata.revocation_endpoint.as_deref(), "revocation_endpoint")?;
        self.send_authenticated(url, form).await?.success().map(|_| ())
    }
}
