//! The configuration of a running server (`/admin/config`): reading it again. Only Symbolon has it.

use serde::{Deserialize, Serialize};

use super::AdminClient;
use crate::error::Error;

/// What came of reading a configuration again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReloadedConfiguration {
    /// Keys whose new values are in force
    pub applied: Vec<String>,
    /// Keys that are others than at the start of the server, and are in force only after a restart
    pub restart_needed: Vec<String>,
}

impl AdminClient {
    /// Makes the server read its configuration again, as a SIGHUP does. Each process reads its own.
    ///
    /// # Errors
    /// [`Error::Api`] with status 400 when the configuration has a fault: nothing changed, and the description has all faults.
    /// Status 409 when the server has nothing to read, as it was not started from files.
    pub async fn reload_configuration(&self) -> Result<ReloadedConfiguration, Error> {
        let request = self.http().post(self.url(&["config", "reload"])?);
        self.send(request).await?.json("the reloaded configuration")
    }
}
