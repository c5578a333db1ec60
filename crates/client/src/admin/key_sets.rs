//! JSON Web Key Sets (RFC 7517) that the server keeps: `/admin/keys/{set}`.

use serde::Serialize;
use symbolon_jose::{Jwk, JwkSet};

use super::AdminClient;
use crate::error::Error;

/// What a new key shall be. An empty name is one that the server chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NewKey {
    /// Its algorithm, such as `ES256` (RFC 7517 §4.4)
    #[serde(rename = "alg")]
    pub algorithm: String,
    /// Its name (§4.5)
    pub kid: String,
    /// `sig` or `enc` (§4.2)
    #[serde(rename = "use")]
    pub purpose: String,
}

impl AdminClient {
    /// Lets the server make a key and put it into a set, which comes into being with its first key. The answer has the
    /// private key.
    ///
    /// # Errors
    /// [`Error::Api`] with status 400 for an algorithm that the server does not make keys for, 409 when the set has a key
    /// of that name.
    pub async fn create_key(&self, set: &str, key: &NewKey) -> Result<JwkSet, Error> {
        let request = self.http().post(self.url(&["keys", set])?).json(key);
        self.send(request).await?.json("the created key")
    }

    /// Reads a set, private keys included. [`Error::Api`] with status 404 when there is none of that name.
    pub async fn get_key_set(&self, set: &str) -> Result<JwkSet, Error> {
        let request = self.http().get(self.url(&["keys", set])?);
        self.send(request).await?.json("the key set")
    }

    /// Puts a key into a set, in the place of one with the same name if there is one.
    ///
    /// # Errors
    /// [`Error::Argument`] for a key without a name; [`Error::Api`] with status 400 for a key that the server cannot use.
    pub async fn put_key(&self, set: &str, key: &Jwk) -> Result<Jwk, Error> {
        let kid = key.kid.as_deref().unwrap_or_default();
        if kid.is_empty() {
            return Err(Error::Argument("the key has no name ('kid')".to_owned()));
        }
        let request = self.http().put(self.url(&["keys", set, kid])?).json(key);
        self.send(request).await?.json("the key")
    }

    /// Deletes a set with all its keys. It is no error when there is none of that name.
    pub async fn delete_key_set(&self, set: &str) -> Result<(), Error> {
        let request = self.http().delete(self.url(&["keys", set])?);
        self.send(request).await.map(|_| ())
    }
}
