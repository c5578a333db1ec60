//! Registered clients: create, read, list, replace, delete (`/admin/clients`).

use symbolon_types::Client;

use super::AdminClient;
use crate::error::Error;

/// One page of registered clients.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientPage {
    /// The clients of this page, without their secrets
    pub items: Vec<Client>,
    /// What to pass for the page after this one; `None` on the last page
    pub next_page_token: Option<String>,
}

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
    pub async fn list_clients(&self, page_size: u32, page_token: Option<&str>) -> Result<ClientPage, Error> {
        let mut url = self.url(&["clients"]);
        url.query_pairs_mut().append_pair("page_size", &page_size.to_string());
        if let Some(token) = page_token {
            url.query_pairs_mut().append_pair("page_token", token);
        }
        let answer = self.send(self.http().get(url)).await?;
        let links = answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
        let next_page_token = links.into_iter().find_map(next_page_token);
        Ok(ClientPage { items: answer.json("the list of clients")?, next_page_token })
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

/// The `page_token` of the link with `rel="next"` (RFC 8288 §3): commas separate links, but may also be part of a URL.
fn next_page_token(header: &str) -> Option<String> {
    let next = header.split('<').find(|link| {
        let parameters = link.split_once('>').map_or("", |(_, parameters)| parameters);
        let mut relations = parameters.split(';').filter_map(|part| part.trim().strip_prefix("rel="));
        relations.any(|relation| relation.trim_end_matches([',', ' ']).trim_matches('"') == "next")
    })?;
    let (target, _) = next.split_once('>')?;
    let (_, query) = target.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "page_token").map(|(_, token)| token.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_page_is_found_among_links() {
        let header = "</admin/clients?page_size=2&page_token=first>; rel=\"first\",\
                      </admin/clients?page_size=2&page_token=a%3D%3D>; rel=\"next\"";
        assert_eq!(next_page_token(header).as_deref(), Some("a=="));
        assert_eq!(next_page_token("</x?page_token=a>; rel=next").as_deref(), Some("a"));
        for none in ["", "</x?page_token=a>; rel=\"first\"", "</x>; rel=\"next\"", "rel=\"next\"", "<<>>;;,,"] {
            assert_eq!(next_page_token(none), None, "{none}");
        }
    }
}
