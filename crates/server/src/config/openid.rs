//! `strategies.*`, `oidc.*` and `webfinger.*`: scope comparison, form of tokens, subjects, registration, and what
//! discovery says instead of our own addresses.

use serde::Deserialize;
use symbolon_jose::Secret;
use symbolon_types::{AccessTokenStrategy, Scope, ScopeStrategy, SubjectType};

use super::error::ConfigError;
use super::values::Values;

/// Scope comparison and form of access tokens.
#[derive(Debug, Clone)]
pub struct Strategies {
    /// How a requested scope is compared with the client's.
    pub scope: ScopeStrategy,
    /// Form of access tokens where the client does not choose.
    pub access_token: AccessTokenStrategy,
    /// Which claims carry the scope in JWT access tokens.
    pub scope_claim: ScopeClaim,
}

/// Which claims carry the scope in JWT access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScopeClaim {
    /// `scp`, a list.
    List,
    /// `scope`, text separated by spaces (RFC 9068 §2.2.3).
    String,
    /// Both.
    Both,
}

/// `OpenID` Connect: subjects and registration.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// Subject types that clients may choose. Never empty.
    pub subject_types: Vec<SubjectType>,
    /// Salt of pairwise subjects; set whenever `subject_types` has pairwise (`OpenID` Connect Core 1.0 §8.1).
    pub pairwise_salt: Option<Secret<String>>,
    /// Dynamic client registration.
    pub dynamic_client_registration: DynamicClientRegistration,
}

/// Dynamic client registration (RFC 7591, `OpenID` Connect Dynamic Client Registration 1.0).
#[derive(Debug, Clone)]
pub struct DynamicClientRegistration {
    /// Whether clients may register themselves.
    pub enabled: bool,
    /// Scope of any client created without one, by whomever.
    pub default_scope: Scope,
}

/// Discovery and published keys.
#[derive(Debug, Clone)]
pub struct Webfinger {
    /// Keys published at `/.well-known/jwks.json`.
    pub jwks: PublishedKeys,
    /// What the discovery document says instead of our own addresses.
    pub oidc_discovery: OidcDiscovery,
}

/// Keys published at `/.well-known/jwks.json`.
#[derive(Debug, Clone)]
pub struct PublishedKeys {
    /// Names of the key sets.
    pub broadcast_keys: Vec<String>,
}

/// What the discovery document says (`OpenID` Connect Discovery 1.0 §3); absolute addresses, `None` for our own.
#[derive(Debug, Clone)]
pub struct OidcDiscovery {
    /// `jwks_uri`.
    pub jwks_url: Option<String>,
    /// `token_endpoint`, also an accepted audience of client assertions.
    pub token_url: Option<String>,
    /// `authorization_endpoint`.
    pub auth_url: Option<String>,
    /// `device_authorization_endpoint`.
    pub device_authorization_url: Option<String>,
    /// `registration_endpoint`.
    pub client_registration_url: Option<String>,
    /// `userinfo_endpoint`.
    pub userinfo_url: Option<String>,
    /// The credential endpoint.
    pub verifiable_credentials_url: Option<String>,
    /// `claims_supported` besides `sub`.
    pub supported_claims: Vec<String>,
    /// `scopes_supported` besides the three that always are.
    pub supported_scope: Vec<String>,
}

impl Strategies {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            scope: values.choice("strategies.scope")?,
            access_token: values.choice("strategies.access_token")?,
            scope_claim: values.choice("strategies.jwt.scope_claim")?,
        })
    }
}

impl Oidc {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        const DEFAULT_SCOPE: &str = "oidc.dynamic_client_registration.default_scope";
        Ok(Self {
            subject_types: values.choice("oidc.subject_identifiers.supported_types")?,
            pairwise_salt: values.text("oidc.subject_identifiers.pairwise.salt").map(Secret::new),
            dynamic_client_registration: DynamicClientRegistration {
                enabled: values.switch("oidc.dynamic_client_registration.enabled"),
                default_scope: Scope::parse(&values.list(DEFAULT_SCOPE).join(" ")).map_err(|_| {
                    ConfigError::refused(
                        DEFAULT_SCOPE,
                        "holds a character that no scope may have: use printable ASCII without quotes and backslashes",
                    )
                })?,
            },
        })
    }
}

impl Webfinger {
    pub(super) fn read(values: &Values) -> Self {
        let address = |name: &str| values.text(&format!("webfinger.oidc_discovery.{name}"));
        Self {
            jwks: PublishedKeys { broadcast_keys: values.list("webfinger.jwks.broadcast_keys") },
            oidc_discovery: OidcDiscovery {
                jwks_url: address("jwks_url"),
                token_url: address("token_url"),
                auth_url: address("auth_url"),
                device_authorization_url: address("device_authorization_url"),
                client_registration_url: address("client_registration_url"),
                userinfo_url: address("userinfo_url"),
                verifiable_credentials_url: address("verifiable_credentials_url"),
                supported_claims: values.list("webfinger.oidc_discovery.supported_claims"),
                supported_scope: values.list("webfinger.oidc_discovery.supported_scope"),
            },
        }
    }
}

impl OidcDiscovery {
    /// The addresses that may have been given as a path.
    pub(super) fn references(&mut self) -> [&mut Option<String>; 7] {
        [
            &mut self.jwks_url,
            &mut self.token_url,
            &mut self.auth_url,
            &mut self.device_authorization_url,
            &mut self.client_registration_url,
            &mut self.userinfo_url,
            &mut self.verifiable_credentials_url,
        ]
    }
}
