//! The settings of what goes beyond the plain code flow: keys of the client's, and what is demanded of every request.

use crate::authentication::AssertionRules;
use crate::authorization::RequestObjects;
use crate::client::Client;
use crate::dpop::DpopKey;
use crate::encryption::DecryptionKey;

/// What a client protects its requests and tokens with; by default with nothing that the provider does not demand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Protection {
    /// How client assertions are made.
    pub(crate) assertions: AssertionRules,
    /// The key that access tokens are bound to.
    pub(crate) dpop: Option<DpopKey>,
    pub(crate) pushing: Pushing,
    pub(crate) request_objects: Option<RequestObjects>,
    pub(crate) decryption_keys: Vec<DecryptionKey>,
    pub(crate) mutual_tls: MutualTls,
}

/// Which authorization requests are pushed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Pushing {
    #[default]
    WhereDemanded,
    Always,
}

/// Whether the client shows a certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum MutualTls {
    #[default]
    No,
    Yes,
}

impl Client {
    pub(crate) fn protection(&self) -> &Protection {
        &self.inner().protection
    }
}
