//! Registered clients: create, read, list, replace, delete (`/admin/clients`).

use symbolon_types::Client;

use super::{AdminClient, Page};
use crate::error::Error;

impl AdminClient {
    /// Registers a client. The answer holds the secret, which can never be read again.
    ///
    /// # Errors
    /// [`Error::Api`] with status 409 when the id is taken, 400 with `invalid_client_metadata` for a bad member.
    pub async fn create_client(&self, client: &Client) -> Result<Client, Error> {
        let request = self.http().post(self.url(&["clients"])).json(client);
        self.send(request).await?.json("the created client")
    }

    /// Reads a client, without its secret. [`Error::Api`] with status 404 when there is none of that id.
    pub async fn get_client(&self, id: &str) -> Result<Client, Error> {
        let request = self.http().get(self.url(&["clients", id]));
        self.send(request).await?.json("the client")
    }

    /// Reads up to `page_size` clients, from the start or from the token of the page before.
    pub async fn list_clients(&self, page_size: u32, page_token: Option<&str>) -> Result<Page<Client>, Error> {
        self.list("clients", page_size, page_token).await
    }

    /// Replaces everything that is registered for `id` but the secret, which stays unless `client` has one.
    pub async fn replace_client(&self, id: &str, client: &Client) -> Result<Client, Error> {
        let request = self.http().put(self.url(&["clients", id])).json(client);
        self.send(request).await?.json("the replaced client")
    }

    /// Deletes a client; everything it was given dies with it.
    pub async fn delete_client(&self, id: &str) -> Result<(), Error> {
        let request = self.http().delete(self.url(&["clients", id]));
        self.send(request).await.map(|_| ())
    }
}
