//! Introspection (RFC 7662) and health.

use symbolon_types::token::Introspection;

use super::AdminClient;
use crate::error::Error;

impl AdminClient {
    /// What a token is good for. `active` is false for every token that is not valid now, whatever the reason.
    ///
    /// `required_scope`, separated by spaces, makes a token inactive that lacks one of them; `None` asks for none.
    pub async fn introspect(&self, token: &str, required_scope: Option<&str>) -> Result<Introspection, Error> {
        let mut form = vec![("token", token)];
        form.extend(required_scope.map(|scope| ("scope", scope)));
        let request = self.http().post(self.url(&["oauth2", "introspect"])?).form(&form);
        self.send(request).await?.json("the introspection")
    }

    /// Whether the server answers requests (`/health/ready`). [`Error::Api`] with status 503 while it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        self.send(self.http().get(self.url(&["health", "ready"])?)).await.map(|_| ())
    }
}
