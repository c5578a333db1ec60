//! What an API says about itself (RFC 9728 §2).

use super::members::members;

members! {
    /// The metadata of a protected resource: who issues tokens for it, and how they are presented.
    pub struct ProtectedResourceMetadata {
        /// The identifier of the API, as clients name it when they ask for a token (RFC 8707 §2).
        resource: String,
        /// The issuers whose tokens are taken.
        authorization_servers: Vec<String>,
        /// The keys with which the API signs its answers.
        jwks_uri: Option<String>,
        /// Scopes that may be asked for; there may be others.
        scopes_supported: Vec<String>,
        /// Where a token may stand: `header`, `body`, `query`.
        bearer_methods_supported: Vec<String>,
        /// How the API signs its answers.
        resource_signing_alg_values_supported: Vec<String>,
        /// A name for people.
        resource_name: Option<String>,
        /// A page for developers.
        resource_documentation: Option<String>,
        /// A page about what the API does with data.
        resource_policy_uri: Option<String>,
        /// A page with the terms of service.
        resource_tos_uri: Option<String>,
        /// Whether tokens may be bound to the certificate of the connection (RFC 8705).
        tls_client_certificate_bound_access_tokens: Option<bool>,
        /// The types of authorization details that are understood (RFC 9396).
        authorization_details_types_supported: Vec<String>,
        /// The algorithms of DPoP proofs (RFC 9449).
        dpop_signing_alg_values_supported: Vec<String>,
        /// Whether every token has to be bound to the key of a DPoP proof.
        dpop_bound_access_tokens_required: Option<bool>,
    }
}

impl std::fmt::Debug for ProtectedResourceMetadata {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_members().fmt(formatter)
    }
}
