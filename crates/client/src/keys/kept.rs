//! Keys that outlive the process that fetched them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Keys, PublishedKeys};
use crate::client::Client;
use crate::error::Error;

/// A provider's key set as a client fetched it, to be stored and given to another client of the same provider
/// ([`ClientBuilder::kept_keys`](crate::ClientBuilder::kept_keys)).
///
/// There is no secret in it, but whoever can change it decides whose signatures are believed: it belongs where nobody else
/// can write.
///
/// ```no_run
/// use symbolon_client::{Client, KeptKeys};
///
/// # fn run(stored: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let keys: KeptKeys = serde_json::from_str(stored)?;
/// let client = Client::builder("https://login.example.com", "my-app").kept_keys(keys).build()?;
/// // … and before the program ends:
/// let stored = client.kept_keys().map(|keys| serde_json::to_string(&keys)).transpose()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptKeys {
    issuer: String,
    /// When they were fetched, Unix seconds.
    fetched_at: i64,
    keys: Vec<Value>,
}

impl KeptKeys {
    /// Keys of another provider must not vouch for this one's tokens.
    pub(crate) fn check_issuer(&self, issuer: &str) -> Result<(), Error> {
        if self.issuer == issuer {
            return Ok(());
        }
        let reason = format!("the kept keys are those of '{}' and not of '{issuer}'", self.issuer);
        Err(Error::Configuration(reason))
    }

    pub(super) fn read(self) -> (Keys, i64) {
        (Arc::new(PublishedKeys::read(&self.keys)), self.fetched_at)
    }
}

impl Client {
    /// The provider's keys that this client has, to be stored for the next one; `None` before they were needed for the first
    /// time.
    pub fn kept_keys(&self) -> Option<KeptKeys> {
        let known = self.inner().keys.state.lock().known.clone();
        known.map(|(keys, fetched_at)| KeptKeys {
            issuer: self.issuer().to_owned(),
            fetched_at,
            keys: keys.published.clone(),
        })
    }
}
