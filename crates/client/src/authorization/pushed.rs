//! Pushed authorization requests (RFC 9126): the request goes to the provider directly, with the client's authentication,
//! and the browser carries a reference to it.

use serde::Deserialize;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::protection::Pushing;
use crate::wire::ProviderMetadata;

/// RFC 9126 §2.2. How long the reference counts is the provider's to judge.
#[derive(Deserialize)]
struct Pushed {
    #[serde(default)]
    request_uri: String,
}

impl Client {
    /// Whether requests are pushed: because the program said so, or because the provider takes no others (§5).
    pub(super) fn pushes_requests(&self, metadata: &ProviderMetadata) -> bool {
        self.protection().pushing == Pushing::Always || metadata.require_pushed_authorization_requests == Some(true)
    }

    /// Pushes a request; what is left for the browser to carry (§4).
    pub(super) async fn push(
        &self,
        parameters: Vec<(String, String)>,
        metadata: &ProviderMetadata,
    ) -> Result<Vec<(String, String)>, Error> {
        const MEMBER: &str = "pushed_authorization_request_endpoint";
        let url = endpoint(metadata.pushed_authorization_request_endpoint.as_deref(), MEMBER)?;
        let form = parameters.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let answer = self.send_authenticated(url, form).await?.success()?;
        let pushed: Pushed = answer.json("the answer to the pushed request")?;
        if pushed.request_uri.is_empty() {
            return Err(Error::UnexpectedAnswer("the answer to the pushed request has no 'request_uri'".to_owned()));
        }
        let client_id = self.registered_id()?.to_owned();
        Ok(vec![("client_id".to_owned(), client_id), ("request_uri".to_owned(), pushed.request_uri)])
    }
}
