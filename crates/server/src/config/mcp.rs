//! `symbolon.mcp.*`: one switch for an authorization server of MCP servers, whose clients nobody knows beforehand. It is a
//! table of other keys with the values that those clients need; whoever sets one of them keeps their own value. With it
//! come the keys that are of use without it, too: which scopes are asked for, and redirect URIs at the user's own machine.

use serde_json::Value as Json;
use symbolon_types::redirect_uri::FreePort;
use symbolon_types::{ResourceIndicator, Scope};

use super::error::{ConfigError, Place};
use super::keys::Form::Word;
use super::keys::Kind::{Records, Switch, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::Added;
use super::keys::{self, Structure};
use super::section::{section, words};
use super::values::Values;
use super::{Config, McpResources, Resource};
use crate::security_profile::Rule;

const SWITCH: &str = "symbolon.mcp.enabled";
const RESOURCES: &str = "symbolon.mcp.resources";

section! {
    /// Authorization server of MCP servers.
    #[derive(Debug, Clone)]
    pub struct Mcp {
        /// Sets what MCP clients need, as listed below, where this configuration says nothing about it.
        enabled: bool = "symbolon.mcp.enabled", Switch, Value("false"), Added;
        /// MCP servers, as `symbolon.resources`; `self_service` and `advertise` are true unless said otherwise.
        resources: McpResources = "symbolon.mcp.resources", Records(Structure::McpResources), Unset, Added;
    }
}

section! {
    /// Scopes that are asked for.
    #[derive(Debug, Clone)]
    pub struct Scopes {
        /// What becomes of a scope that a client may not ask for: the request is refused, or goes on without it.
        unknown: UnknownScopes = "symbolon.scopes.unknown", Text(Word(UnknownScopes::WORDS)), Value("refuse"), Added;
        /// `scopes_supported`: all, or `openid`, `offline_access` and resources', as some clients ask for whatever is there.
        supported: SupportedScopes = "symbolon.scopes.supported", Text(Word(SupportedScopes::WORDS)), Value("all"), Added;
    }
}

words! {
    /// What becomes of a scope that a client may not ask for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum UnknownScopes {
        /// The request is refused with `invalid_scope`.
        Refuse = "refuse";
        /// It is left out (RFC 6749 §3.3); the answer says what is left.
        Drop = "drop";
    }
}

words! {
    /// Which scopes discovery shows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum SupportedScopes {
        /// All that the server knows.
        All = "all";
        /// Those that every client needs, and those of resources.
        OfResources = "resources";
    }
}

section! {
    /// Redirect URIs at the user's own machine (RFC 8252 §7.3).
    #[derive(Debug, Clone)]
    pub struct RedirectUris {
        /// Takes `http://localhost` with any port, as `http://127.0.0.1` and `http://[::1]` always are.
        any_localhost_port: bool = "symbolon.redirect_uris.any_localhost_port", Switch, Value("false"), Added;
        /// Takes `localhost`, `127.0.0.1` and `[::1]` for each other, of native clients with PKCE.
        loopback_hosts_equal: bool = "symbolon.redirect_uris.loopback_hosts_equal", Switch, Value("false"), Added;
    }
}

/// What the switch sets, as it would be written in the environment.
pub(super) const PRESET: &[(&str, &str)] = &[
    ("symbolon.cimd.mode", "any"),
    ("oidc.dynamic_client_registration.enabled", "true"),
    ("oauth2.grant.refresh_token.rotation_mode", "until_successor_used"),
    ("symbolon.oauth2.state_optional_with_pkce", "true"),
    ("symbolon.registration.allowed_origins", "*"),
    ("symbolon.registration.private_schemes", "*"),
    ("symbolon.registration.limit_per_minute", "10"),
    ("symbolon.registration.limit_per_day", "200"),
    ("symbolon.registration.security_profile", "oauth21"),
    ("symbolon.registration.any_allowed_scope", "true"),
    ("symbolon.registration.refresh_without_offline_access", "true"),
    ("symbolon.registration.grant_lifespan", "4320h"),
    ("symbolon.registration.unused_expire_after", "720h"),
    ("symbolon.limits.self_registered_metadata_bytes", "16384"),
    ("symbolon.limits.self_registered_list_entries", "20"),
    ("symbolon.scopes.unknown", "drop"),
    ("symbolon.scopes.supported", "resources"),
    ("symbolon.redirect_uris.any_localhost_port", "true"),
];

/// Those of them that count what one address does. Whoever tries things out, or measures them, has one address.
const NOT_WITH_DEV: [&str; 2] = ["symbolon.registration.limit_per_minute", "symbolon.registration.limit_per_day"];

/// Lays the preset below what was set, before anything is read.
pub(super) fn lay_below(values: &mut Values) {
    let is_on = |values: &Values, key: &str| values.get(key) == Some(Json::Bool(true));
    if !is_on(values, SWITCH) {
        return;
    }
    let dev = is_on(values, "dev");
    // Its grace period is a wish for another mode.
    let grace = values.is_set("oauth2.grant.refresh_token.rotation_grace_period");
    for (path, text) in PRESET {
        let left_out = (dev && NOT_WITH_DEV.contains(path)) || (grace && path.ends_with(".rotation_mode"));
        if let Some(key) = keys::find(path)
            && !values.is_set(path)
            && !left_out
        {
            values.insert(key, key.kind.read_text(text), &Place::Preset(SWITCH));
        }
    }
}

/// Puts the MCP servers among the resources, and their scopes among those that strangers may have.
pub(super) fn settle(config: &mut Config, values: &Values) -> Result<(), ConfigError> {
    let symbolon = &mut config.symbolon;
    if !symbolon.mcp.enabled {
        return if symbolon.mcp.resources.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::refused(RESOURCES, format!("has no effect without `{SWITCH}`")))
        };
    }
    let own = symbolon.mcp.resources.clone();
    symbolon.resources.extend(own.into()).map_err(|fault| ConfigError::refused(RESOURCES, fault))?;
    if !values.is_set("symbolon.registration.scopes") {
        let for_all = symbolon.resources.iter().filter(|resource| resource.self_service && resource.advertise);
        let of_resources = for_all.flat_map(|resource| resource.scopes.iter());
        let all = symbolon.registration.scopes.iter().chain(of_resources).map(str::to_owned).collect();
        symbolon.registration.scopes =
            Scope::from_list(all).map_err(|fault| ConfigError::refused(RESOURCES, fault.to_string()))?;
    }
    // Some clients register all that discovery shows.
    let entries = &mut symbolon.limits.self_registered_list_entries;
    *entries = (*entries).max(symbolon.registration.scopes.len());
    Ok(())
}

impl Config {
    /// The resource for which the tokens of clients are that nobody vouches for and that name none: the only one there is.
    /// It is not for clients that administrators made, whose tokens would become others with the switch.
    pub fn only_mcp_resource(&self) -> Option<ResourceIndicator> {
        let mut all = self.symbolon.resources.iter();
        let only = all.next().filter(|only| self.symbolon.mcp.enabled && only.self_service)?;
        if all.next().is_some() { None } else { ResourceIndicator::parse(&only.identifier).ok() }
    }

    /// Whether something is among an audience that was configured as an MCP server.
    pub fn is_for_mcp_server(&self, audience: &[String]) -> bool {
        let servers = &self.symbolon.mcp.resources;
        audience.iter().any(|name| servers.are_among(name))
    }

    /// Which ports of redirect URIs at the user's own machine say nothing.
    pub fn free_port(&self) -> FreePort {
        if self.symbolon.redirect_uris.any_localhost_port { FreePort::OfLocalhostToo } else { FreePort::OfAddresses }
    }
}

impl Config {
    /// What stands in the way of MCP clients, or of their servers, though the switch is on.
    pub(super) fn mcp_warnings(&self, warn: &mut impl FnMut(&str, &'static str)) {
        if !self.symbolon.mcp.enabled {
            return;
        }
        if self.issuer().ends_with('/') {
            warn(
                "urls.self.issuer",
                "the issuer ends with a slash: MCP clients compare it to the letter with what the MCP server names as its \
                 authorization server, and many take the slash away",
            );
        }
        if self.symbolon.compatibility.strict_sdk_discovery {
            warn(
                "symbolon.compatibility.strict_sdk_discovery",
                "MCP clients that read the OpenID Connect document do not find there what this key leaves out",
            );
        }
        if Rule::ConfidentialClients.holds_under(self.symbolon.security_profile) {
            warn(
                "symbolon.security_profile",
                "the profile refuses clients without credentials, and nearly all MCP clients are such: use oauth21",
            );
        }
        let plain = |resource: &Resource| resource.identifier.starts_with("http://");
        if !self.dev && self.symbolon.resources.iter().any(plain) {
            warn(
                RESOURCES,
                "one of them has no https: whoever is on the way reads the access tokens that are sent there",
            );
        }
    }
}
