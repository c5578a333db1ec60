//! Ending everything of a subject or a client at once.

use super::AdminClient;
use crate::error::Error;

impl AdminClient {
    /// Signs a subject out everywhere, whether it has an account on the server or comes from another login page: its
    /// sessions and logins in progress end, its tokens and codes are void. What the user agreed to stays remembered.
    /// It is no error when there is nothing to end.
    ///
    /// ```no_run
    /// # async fn run(admin: symbolon_client::AdminClient) -> Result<(), symbolon_client::Error> {
    /// admin.sign_out("alice").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_out(&self, subject: &str) -> Result<(), Error> {
        let request = self.http().post(self.url(&["subjects", subject, "sign-out"])?);
        self.send(request).await.map(|_| ())
    }

    /// Revokes everything that was issued to a client: access tokens, refresh tokens, codes and logins in progress. (Ory
    /// Hydra deletes access tokens only.) It is no error when there is no such client.
    pub async fn revoke_client_tokens(&self, client_id: &str) -> Result<(), Error> {
        let mut url = self.url(&["oauth2", "tokens"])?;
        url.query_pairs_mut().append_pair("client_id", client_id);
        self.send(self.http().delete(url)).await.map(|_| ())
    }
}
