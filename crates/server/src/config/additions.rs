//! `symbolon.*`: what this server can be told beyond Hydra. Built-in pages, signing keys, protection of the admin
//! listener, switches between conformance and compatibility, and housekeeping.

use std::collections::BTreeMap;

use symbolon_jose::{Algorithm, Secret};

use super::error::ConfigError;
use super::network::Network;
use super::values::Values;

/// Our own additions.
#[derive(Debug, Clone)]
pub struct Symbolon {
    /// Built-in pages.
    pub ui: Ui,
    /// Signing keys.
    pub keys: SigningKeys,
    /// Protection of the admin listener.
    pub admin: AdminAccess,
    /// Conformance or compatibility.
    pub compatibility: Compatibility,
    /// Dynamic client registration facing the internet.
    pub registration: Registration,
    /// Calls to addresses named by clients.
    pub outbound: OutboundTrust,
    /// Removal of what has expired.
    pub purge: Purge,
    /// Networks of proxies whose `X-Forwarded-For` names the client.
    pub trusted_proxies: Vec<Network>,
}

/// Built-in pages.
#[derive(Debug, Clone)]
pub struct Ui {
    /// Whether they are served: as set, else when `urls.login` is not set.
    pub enabled: bool,
    /// Name of this server on the pages.
    pub title: String,
    /// Absolute address of a logo.
    pub logo_url: Option<String>,
    /// Absolute address of a stylesheet that is loaded after ours.
    pub stylesheet_url: Option<String>,
    /// Texts by name, instead of ours.
    pub texts: BTreeMap<String, String>,
}

/// Signing keys that the server makes.
#[derive(Debug, Clone)]
pub struct SigningKeys {
    /// Their algorithm: RS256, ES256 or `EdDSA`.
    pub signing_algorithm: Algorithm,
    /// Age in seconds at which a key is followed by a new one; 0 for never.
    pub rotation_period_seconds: i64,
}

/// Protection of the admin listener.
#[derive(Debug, Clone)]
pub struct AdminAccess {
    /// Bearer token that every admin request must carry, if set.
    pub token: Option<Secret<String>>,
}

/// Where answers can follow the standards or Hydra, not both.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own in the configuration file")]
#[derive(Debug, Clone)]
pub struct Compatibility {
    /// Whether ID tokens have Hydra's claim `rat`.
    pub id_token_rat: bool,
    /// Whether discovery has the four non-standard members that Ory's SDKs require.
    pub discovery_extra_members: bool,
    /// Whether discovery has only members that Ory's Go SDK knows.
    pub strict_sdk_discovery: bool,
    /// Whether a method that a path does not have is answered with 404 instead of 405.
    pub not_found_for_wrong_method: bool,
    /// Whether the built-in error page always answers 500.
    pub error_page_status: bool,
}

/// Dynamic client registration facing the internet.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Tokens of which a registration must carry one; none means open registration.
    pub initial_access_tokens: Vec<Secret<String>>,
    /// Registrations that one address may make in a minute; 0 for no limit.
    pub limit_per_minute: u32,
    /// After how many unused seconds a self-registered client is deleted; 0 for never.
    pub unused_expire_after_seconds: i64,
    /// Whether `client_secret` may stand in the URL of the management operations.
    pub secret_in_query: bool,
}

/// Calls to addresses named by clients.
#[derive(Debug, Clone)]
pub struct OutboundTrust {
    /// PEM file with further certificate authorities.
    pub ca_file: Option<String>,
}

/// Removal of what has expired.
#[derive(Debug, Clone)]
pub struct Purge {
    /// Pause between two rounds.
    pub interval_seconds: i64,
}

impl Symbolon {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            ui: Ui {
                enabled: values.switch("symbolon.ui.enabled"),
                title: values.text("symbolon.ui.title").unwrap_or_default(),
                logo_url: values.text("symbolon.ui.logo_url"),
                stylesheet_url: values.text("symbolon.ui.stylesheet_url"),
                texts: values.map("symbolon.ui.texts"),
            },
            keys: SigningKeys {
                signing_algorithm: values.choice("symbolon.keys.signing_algorithm")?,
                rotation_period_seconds: values.seconds("symbolon.keys.rotation_period"),
            },
            admin: AdminAccess { token: values.text("symbolon.admin.token").map(Secret::new) },
            compatibility: Compatibility {
                id_token_rat: values.switch("symbolon.compatibility.id_token_rat"),
                discovery_extra_members: values.switch("symbolon.compatibility.discovery_extra_members"),
                strict_sdk_discovery: values.switch("symbolon.compatibility.strict_sdk_discovery"),
                not_found_for_wrong_method: values.switch("symbolon.compatibility.not_found_for_wrong_method"),
                error_page_status: values.switch("symbolon.compatibility.error_page_status"),
            },
            registration: Registration {
                initial_access_tokens: values
                    .list("symbolon.registration.initial_access_tokens")
                    .into_iter()
                    .map(Secret::new)
                    .collect(),
                limit_per_minute: values.integer("symbolon.registration.limit_per_minute"),
                unused_expire_after_seconds: values.seconds("symbolon.registration.unused_expire_after"),
                secret_in_query: values.switch("symbolon.registration.secret_in_query"),
            },
            outbound: OutboundTrust { ca_file: values.text("symbolon.outbound.ca_file") },
            purge: Purge { interval_seconds: values.seconds("symbolon.purge.interval") },
            trusted_proxies: values
                .list("symbolon.trusted_proxies")
                .iter()
                .map(|text| {
                    Network::parse(text).ok_or_else(|| {
                        let reason =
                            format!("has `{}`, expected networks as `10.0.0.0/8`", super::kind::shortened(text));
                        ConfigError::refused("symbolon.trusted_proxies", reason)
                    })
                })
                .collect::<Result<_, _>>()?,
        })
    }
}
