//! Registered clients: create, read, list, replace, change, delete (`/admin/clients`).

use serde_json::Value;
use symbolon_types::Client;

use super::{AdminClient, Items, Page};
use crate::error::Error;

impl AdminClient {
    /// Registers a client. The answer holds the secret, which can never be read again.
    ///
    /// # Errors
    /// [`Error::Api`] with status 409 when the id is taken, 400 with `invalid_client_metadata` for a bad member.
    pub async fn create_client(&self, client: &Client) -> Result<Client, Error> {
        let request = self.http().post(self.url(&["clients"])?).json(client);
        self.send(request).await?.json("the created client")
    }

    /// Reads a client, without its secret. [`Error::Api`] with status 404 when there is none of that id.
    pub async fn get_client(&self, id: &str) -> Result<Client, Error> {
        let request = self.http().get(self.url(&["clients", id])?);
        self.send(request).await?.json("the client")
    }

    /// Reads up to `page_size` clients, from the start or from the token of the page before.
    pub async fn list_clients(&self, page_size: u32, page_token: Option<&str>) -> Result<Page<Client>, Error> {
        self.list("clients", page_size, page_token).await
    }

    /// All registered clients, fetched `page_size` at a time as they are asked for.
    ///
    /// ```no_run
    /// # async fn run(admin: symbolon_client::AdminClient) -> Result<(), symbolon_client::Error> {
    /// let mut clients = admin.clients(100);
    /// while let Some(found) = clients.next().await {
    ///     println!("{}", found?.client_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn clients(&self, page_size: u32) -> Items<Client> {
        Items::new(self.clone(), "clients", page_size)
    }

    /// Replaces everything that is registered for `id` but the secret, which stays unless `client` has one.
    pub async fn replace_client(&self, id: &str, client: &Client) -> Result<Client, Error> {
        let request = self.http().put(self.url(&["clients", id])?).json(client);
        self.send(request).await?.json("the replaced client")
    }

    /// Changes what a JSON Patch (RFC 6902) names, and leaves the rest as it is.
    ///
    /// ```no_run
    /// # async fn run(admin: symbolon_client::AdminClient) -> Result<(), symbolon_client::Error> {
    /// let patch = serde_json::json!([{ "op": "replace", "path": "/client_name", "value": "Shop" }]);
    /// admin.patch_client("shop", &patch).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Api`] with status 404 when there is no client of that id, 400 for a patch that is none, that names what must
    /// not be changed, or that would make a client which is not allowed.
    pub async fn patch_client(&self, id: &str, patch: &Value) -> Result<Client, Error> {
        let request = self.http().patch(self.url(&["clients", id])?).json(patch);
        self.send(request).await?.json("the changed client")
    }

    /// Deletes a client; everything it was given dies with it.
    pub async fn delete_client(&self, id: &str) -> Result<(), Error> {
        let request = self.http().delete(self.url(&["clients", id])?);
        self.send(request).await.map(|_| ())
    }
}
