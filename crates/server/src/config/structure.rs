//! Values of the configuration that are more than a text, a number or a list of them: records with members of their own.
//! Each structure is read by the module that has its types; here is which there are.

use serde_json::Value;

use super::token_exchange::{AssertionPolicies, ExchangePolicies};
use super::{DetailsTypes, IdJagIssuers, McpResources, Resources, RevocationIssuers};

/// Which records a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// Protected resources (RFC 8707).
    Resources,
    /// MCP servers, which are resources that every client may ask for.
    McpResources,
    /// Types of authorization details (RFC 9396).
    DetailsTypes,
    /// What clients may exchange (RFC 8693).
    ExchangePolicies,
    /// Assertions for other authorization servers.
    AssertionPolicies,
    /// Issuers that may sign people out.
    RevocationIssuers,
    /// Identity providers whose assertions are grants.
    IdJagIssuers,
}

impl Structure {
    /// What is wrong with a value, to follow "is"; `None` where it fits.
    pub(super) fn fault(self, value: &Value) -> Option<String> {
        match self {
            Self::Resources => Resources::read(value).err(),
            Self::McpResources => McpResources::read(value).err(),
            Self::DetailsTypes => DetailsTypes::read(value).err(),
            Self::ExchangePolicies => ExchangePolicies::read(value).err(),
            Self::AssertionPolicies => AssertionPolicies::read(value).err(),
            Self::RevocationIssuers => RevocationIssuers::read(value).err(),
            Self::IdJagIssuers => IdJagIssuers::read(value).err(),
        }
    }

    /// What would have been right, to follow "expected".
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Resources | Self::McpResources => Resources::EXPECTED,
            Self::DetailsTypes => DetailsTypes::EXPECTED,
            Self::ExchangePolicies => ExchangePolicies::EXPECTED,
            Self::AssertionPolicies => AssertionPolicies::EXPECTED,
            Self::RevocationIssuers => RevocationIssuers::EXPECTED,
            Self::IdJagIssuers => IdJagIssuers::EXPECTED,
        }
    }

    /// What it is called in the documentation.
    #[cfg(test)]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Resources | Self::McpResources => "list of resources",
            Self::DetailsTypes => "types by name",
            Self::ExchangePolicies | Self::AssertionPolicies => "list of rows",
            Self::RevocationIssuers | Self::IdJagIssuers => "list of issuers",
        }
    }
}
