//! The version of a server.

use serde::{Deserialize, Serialize};

use super::mandatory::with_mandatory;

/// The answer of `/version`.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct GetVersion200Response {
    /// Such as `v26.2.0`
    pub version: String,
}

with_mandatory!(GetVersion200Response { version: String });
