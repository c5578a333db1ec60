//! Signed requests that nobody but the provider can read (RFC 9101 §6.1).

use symbolon_jose::jwe::{ContentEncryption, Envelope, KeyManagement};

use super::RequestObjects;
use crate::client::Client;
use crate::error::Error;

impl RequestObjects {
    /// Also encrypted for the provider, with a key of its published set: nobody but the provider can read what is asked for.
    #[must_use]
    pub fn encrypted(mut self, key_management: KeyManagement, content: ContentEncryption) -> Self {
        self.encryption = Some((key_management, content));
        self
    }
}

impl Client {
    pub(super) async fn encrypted_request(
        &self,
        signed: &str,
        (alg, enc): (KeyManagement, ContentEncryption),
    ) -> Result<String, Error> {
        let keys = self.published_keys().await?;
        let key = keys.encryption.iter().find(|key| key.accepts(alg)).ok_or_else(|| {
            Error::Configuration(format!("the provider has published no key that can be used with '{alg}'"))
        })?;
        key.encrypt(&Envelope { alg, enc, cty: Some("JWT") }, signed.as_bytes())
            .map_err(|error| Error::Configuration(format!("the request cannot be encrypted: {error}")))
    }
}
