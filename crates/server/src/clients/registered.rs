//! A client in the form that requests work with: what its metadata say as values, made once per revision. Nothing here
//! proves that a request comes from this client; that is what `client_authentication::AuthenticatedClient` is for.

use std::sync::Arc;

use symbolon_jose::JwkSet;
use symbolon_store::{ClientRecord, Origin};
use symbolon_types::redirect_uri::{FreePort, match_redirect_uri};
use symbolon_types::{
    AccessTokenStrategy, Client, ClientAuthenticationMethod, ClientId, GrantType, GrantTypes, Lifespans, LogoutUris,
    RedirectUriMismatch, RegisteredRedirectUri, ResourceIndicator, ResponseType, ResponseTypes, Scope, SecurityProfile,
};

use super::documents::{self, DocumentIdentity};
use super::keys::ClientKeys;
use super::subjects::Subjects;
use super::vouchers::Vouchers;
use crate::config::{Config, OriginPattern};
use crate::outbound::NamedAddress;
use crate::security_profile::Rule;

/// A registered client.
#[derive(Debug)]
pub struct RegisteredClient {
    record: Arc<ClientRecord>,
    metadata: Client,
    authentication_methods: Vec<ClientAuthenticationMethod>,
    access_token_strategy: Option<AccessTokenStrategy>,
    grant_types: GrantTypes,
    response_types: ResponseTypes,
    logout_uris: LogoutUris,
    subjects: Subjects,
    cors_origins: Vec<OriginPattern>,
    key_source: KeySource,
    security_profile: SecurityProfile,
    allowed_resources: Option<Vec<ResourceIndicator>>,
    default_resource: Option<ResourceIndicator>,
    /// By what people know the client, if it has a document.
    document_digest: Option<String>,
}

/// Where the keys and certificates of the client are.
#[derive(Debug)]
pub enum KeySource {
    /// In its metadata.
    Embedded(Arc<ClientKeys>),
    /// At its `jwks_uri`.
    At(NamedAddress),
}

impl RegisteredClient {
    /// Takes the metadata of a record apart. The error is for the log.
    pub(crate) fn parse(record: Arc<ClientRecord>) -> Result<Self, String> {
        let metadata: Client = serde_json::from_value(record.metadata.clone()).map_err(|fault| fault.to_string())?;
        let key_source = if metadata.jwks_uri.is_empty() {
            let set: Option<JwkSet> = serde_json::from_value(metadata.jwks.clone()).ok();
            KeySource::Embedded(Arc::new(set.as_ref().map(ClientKeys::of).unwrap_or_default()))
        } else {
            KeySource::At(Vouchers::of(&record).named(&metadata.jwks_uri))
        };
        let document = DocumentIdentity::of(&record);
        let authentication_methods =
            document.as_ref().map_or_else(|| vec![metadata.authentication_method()], DocumentIdentity::methods);
        Ok(Self {
            document_digest: document.map(|_| documents::digest(&metadata, &authentication_methods)),
            authentication_methods,
            access_token_strategy: metadata.access_token_strategy(),
            grant_types: metadata.grant_types(),
            response_types: metadata.response_types(),
            logout_uris: metadata.logout_uris(),
            subjects: Subjects::of(&metadata, record.origin),
            cors_origins: metadata.allowed_cors_origins.iter().filter_map(|own| OriginPattern::parse(own)).collect(),
            allowed_resources: metadata
                .allowed_resources
                .as_ref()
                .map(|names| names.iter().filter_map(|name| indicator(name)).collect()),
            default_resource: indicator(&metadata.default_resource),
            key_source,
            security_profile: metadata.security_profile(),
            record,
            metadata,
        })
    }

    /// `client_id`.
    pub fn id(&self) -> &ClientId {
        &self.metadata.client_id
    }

    /// Counts the changes of this client.
    pub fn revision(&self) -> i64 {
        self.record.revision
    }

    /// Whether pages of this origin may read answers to the client.
    pub fn allows_cors_origin(&self, origin: &str) -> bool {
        self.cors_origins.iter().any(|own| own.matches(origin))
    }

    /// Whether it says which pages may read answers to it.
    pub fn names_pages(&self) -> bool {
        !self.cors_origins.is_empty()
    }

    /// Whether it speaks for itself, so that nobody vouches for it: it registered itself, or has a document.
    pub fn is_self_registered(&self) -> bool {
        self.record.origin != Origin::Administrator
    }

    /// Whether it is described by a document at its id (OAuth Client ID Metadata Document).
    pub fn has_document(&self) -> bool {
        self.record.origin == Origin::Document
    }

    /// The host of its document, if it has one, with the port if that is not the usual one.
    pub fn document_host(&self) -> Option<&str> {
        let id = Some(self.id().as_str()).filter(|_| self.has_document())?;
        id.strip_prefix("https://")?.split(['/', '?']).next()
    }

    /// A hash of that by which people know a client that has a document; another one is another client to them.
    pub fn document_digest(&self) -> Option<&str> {
        self.document_digest.as_deref()
    }

    /// The record it was made from, with the hashes of its secrets.
    pub fn record(&self) -> &Arc<ClientRecord> {
        &self.record
    }

    /// The metadata as they are shown, without secrets.
    pub fn metadata(&self) -> &Client {
        &self.metadata
    }

    /// The methods by which it may authenticate: the one that it registered, or those that its document offers.
    pub fn authentication_methods(&self) -> &[ClientAuthenticationMethod] {
        &self.authentication_methods
    }

    /// Whether it may come without credentials (RFC 6749 §2.1). One that may do both counts as a public client: anybody can
    /// come in its name.
    pub fn is_public(&self) -> bool {
        self.authentication_methods.contains(&ClientAuthenticationMethod::None)
    }

    /// Whether a rule holds for it, by the server's security profile or its own.
    pub fn is_held_to(&self, config: &Config, rule: Rule) -> bool {
        rule.holds_under(profile_of(config, self.security_profile, self.record.origin))
    }

    /// Which ports of its redirect URIs at the user's own machine say nothing (RFC 8252 §7.3). A document is the same for all
    /// who use the application, so that it cannot name one.
    pub fn free_port(&self, config: &Config) -> FreePort {
        if self.has_document() { FreePort::OfLocalhostToo } else { config.free_port() }
    }

    /// The redirect URI of a request, if it is one of its own.
    pub fn own_redirect_uri(
        &self,
        requested: &str,
        free_port: FreePort,
    ) -> Result<RegisteredRedirectUri, RedirectUriMismatch> {
        match_redirect_uri(&self.metadata.redirect_uris, requested, free_port)
    }

    /// Whether it may use a grant type.
    pub fn allows_grant(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(grant_type)
    }

    /// Whether it may ask for a response type.
    pub fn allows_response_type(&self, response_type: ResponseType) -> bool {
        self.response_types.contains(response_type)
    }

    /// What it may ask for.
    pub fn scope(&self) -> &Scope {
        &self.metadata.scope
    }

    /// What it may ask for as audience.
    pub fn audience(&self) -> &[String] {
        &self.metadata.audience
    }

    /// The protected resources that it may ask for (RFC 8707); `None` for those that every client may ask for.
    pub fn allowed_resources(&self) -> Option<&[ResourceIndicator]> {
        self.allowed_resources.as_deref()
    }

    /// The resource for which its tokens are when it names none.
    pub fn default_resource(&self) -> Option<&ResourceIndicator> {
        self.default_resource.as_ref()
    }

    /// Its own lifetimes.
    pub fn lifespans(&self) -> &Lifespans {
        &self.metadata.lifespans
    }

    /// Its own form of access tokens; `None` for the server's.
    pub fn access_token_strategy(&self) -> Option<AccessTokenStrategy> {
        self.access_token_strategy
    }

    /// Whether an address is one of its redirect URIs byte for byte, the port of a loopback address included.
    pub fn registered_exactly(&self, redirect_uri: &str) -> bool {
        self.metadata.redirect_uris.iter().any(|own| own == redirect_uri)
    }

    /// How subjects look to it.
    pub fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    /// Where the keys are with which it signs.
    pub fn key_source(&self) -> &KeySource {
        &self.key_source
    }

    /// One of its addresses, with who named it.
    pub fn named(&self, address: &str) -> NamedAddress {
        Vouchers::of(&self.record).named(address)
    }

    /// Where it is told that a session has ended.
    pub fn logout_uris(&self) -> &LogoutUris {
        &self.logout_uris
    }
}

/// The strictest profile that a client is held to: everybody's, its own, and that of those whom nobody vouches for.
pub(super) fn profile_of(config: &Config, own: SecurityProfile, origin: Origin) -> SecurityProfile {
    let profile = own.max(config.symbolon.security_profile);
    match origin {
        Origin::Administrator => profile,
        Origin::SelfService | Origin::Document => profile.max(config.symbolon.registration.security_profile),
    }
}

/// What was registered was checked.
fn indicator(name: &str) -> Option<ResourceIndicator> {
    ResourceIndicator::parse(name).ok()
}
