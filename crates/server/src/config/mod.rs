//! The configuration: one struct of structs, read once at start from files, the environment and the command line,
//! checked, and never changed afterwards. Keys and defaults are those of Ory Hydra, with our additions below
//! `symbolon.`; `keys` is the table of them all. What comes out of [`load`] is complete: defaults of development
//! mode are filled in, relative addresses are absolute, and every rule of `check` holds. No other module reads
//! configuration files or environment variables.

mod additions;
mod addresses;
mod authorization_details;
mod check;
mod cimd;
mod client_assertions;
mod complete;
mod connections;
mod cors;
mod dpop;
mod effective;
mod endpoints;
mod error;
mod global_token_revocation;
mod hook;
mod id_jag;
mod issuer_keys;
pub mod keys;
mod kind;
mod limits;
mod lines;
mod listener_tls;
mod listening;
mod load;
mod mcp;
mod mtls;
mod network;
mod oauth2;
mod openid;
mod origin_pattern;
mod process;
mod profile;
mod reading;
mod registration;
mod resources;
mod schema;
mod secret_files;
mod section;
mod seeing;
mod serve;
mod setting;
mod structure;
mod suggest;
mod token_exchange;
mod tracing;
mod values;
mod warnings;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;

pub use self::additions::{
    AdminAccess, AuthorizationDetails, Ciba, Compatibility, CrossOrigin, HookCalls, LoginHint, OutboundTrust, Purge,
    PushedRequests, SessionManagement, Sessions, SigningKeys, Symbolon, Ui,
};
pub use self::addresses::{BuiltInPage, Urls};
pub use self::authorization_details::{DetailsType, DetailsTypes};
pub use self::cimd::{Cimd, CimdMode, HostPattern};
pub use self::connections::Connections;
pub use self::cors::Cors;
pub use self::dpop::{Dpop, Replay};
pub use self::effective::{Effective, Origin};
pub use self::error::{ConfigError, Place};
pub use self::global_token_revocation::{GlobalTokenRevocation, RevocationDraft, RevocationIssuer, RevocationIssuers};
pub use self::hook::{Hook, HookKey, HookKeyPlace};
pub use self::id_jag::{IdJag, IdJagIssuer, IdJagIssuers, IdJagSubject};
pub use self::issuer_keys::IssuerKeys;
pub use self::limits::Limits;
pub use self::listener_tls::ListenerTls;
pub use self::listening::{FurtherAddresses, ProxyProtocol, SocketFile, unix_path};
pub use self::load::{Overrides, load};
pub use self::mcp::{Mcp, RedirectUris, Scopes, SupportedScopes, UnknownScopes};
pub use self::mtls::{CertificateForm, MutualTls};
pub use self::network::Network;
pub use self::oauth2::{DeviceAuthorization, Oauth2, Pkce, RefreshRotation, RotationMode, UserCode};
pub use self::openid::{DynamicClientRegistration, Oidc, OidcDiscovery, ScopeClaim, Strategies, Webfinger};
pub use self::origin_pattern::OriginPattern;
pub use self::process::{Clients, ClientsHttp, Log, LogFormat, LogLevel, Secrets, Ttl};
pub use self::reading::{Reading, Sources};
pub use self::registration::{Registration, RegistrationRights};
pub use self::resources::{McpResources, Resource, ResourceTokenFormat, Resources};
pub use self::schema::schema;
pub use self::seeing::{AccessLog, Audit};
pub use self::serve::{CookieNames, Cookies, Listener, SameSite, Serve};
pub use self::token_exchange::{
    AssertionPolicies, AssertionPolicy, ExchangePolicies, ExchangePolicy, LONGEST_CHAIN, SubjectTokenKind,
};
pub use self::tracing::{OtlpCollector, Ratio, Tracing, TracingProvider};
pub use self::warnings::Warning;

use self::keys::Form::{Any, Word};
use self::keys::Kind::{Integer, Switch, Text};
use self::keys::Preset::{Derived, Unset, Value};
use self::keys::Standing::{Compatible, Inert, Moot, Refused};
use self::section::section;

const UNBOUNDED_ORIGINS: &str = "lets in origins that anybody can register, as `https://*example.com` does: set it to \
    false and name the hosts, or all below a domain as `https://*.example.com`";
const NO_HSM: &str = "asks for a hardware security module, which is not supported: set it to false";

const OF_HSM: &str = "it belongs to `hsm.enabled`, which is not supported";
const NO_PROFILER: &str = "there is no profiler inside; those of the system, as `perf`, see the whole program";

section! {
    /// The whole configuration.
    #[derive(Clone)]
    pub struct Config {
        /// Database: `sqlite:///path/file.db`, `postgres://…`, `cockroach://…`, or `memory` in development mode.
        dsn: String = "dsn", Text(Any), Derived("`memory` in development mode"), Compatible;
        /// Development mode: http issuer, cookies without Secure, missing settings filled in; never for production.
        dev: bool = "dev", Switch, Value("false"), Compatible;
    }
    parts {
        /// Addresses and pages.
        urls: Urls;
        /// Listeners and cookies.
        serve: Serve;
        /// Secrets for sealing.
        secrets: Secrets;
        /// Lifetimes of tokens and requests.
        ttl: Ttl;
        /// Forms of scope and tokens.
        strategies: Strategies;
        /// Subjects and registration.
        oidc: Oidc;
        /// Discovery and published keys.
        webfinger: Webfinger;
        /// OAuth 2.0.
        oauth2: Oauth2;
        /// Calls to addresses named by clients.
        clients: Clients;
        /// Log lines.
        log: Log;
        /// Traces for a collector.
        tracing: Tracing;
        /// Additions of Symbolon.
        symbolon: Symbolon;
    }
    derived {
        /// Keys that were set and have no effect, to be named in a warning at start.
        ignored: Vec<String>;
        /// Keys whose secrets stand in files that every user of the machine can read, with the files.
        open_files: Vec<(String, PathBuf)>;
    }
    no_field {
        /// Version of Hydra that the file was written for.
        "version", Text(Any), Unset, Moot;
        /// Tolerates columns of a newer version, which this server always does.
        "db.ignore_unknown_table_columns", Switch, Value("false"), Moot;
        /// Switches telemetry off; this server has none.
        "sqa.opt_out", Switch, Value("false"), Moot;
        /// Respects CPU limits of the container, which this server always does.
        "cgroups.v1.auto_max_procs_enabled", Switch, Value("false"), Moot;
        /// Profiler to run.
        "profiling", Text(Word(&["cpu", "mem"])), Unset, Inert(NO_PROFILER);
        /// Accepts origins with an unbounded `*`.
        "feature_flags.legacy_allow_insecure_origins", Switch, Value("false"), Refused(UNBOUNDED_ORIGINS);
        /// Keeps keys in a hardware security module.
        "hsm.enabled", Switch, Value("false"), Refused(NO_HSM);
        /// PKCS#11 library of the hardware security module.
        "hsm.library", Text(Any), Unset, Inert(OF_HSM);
        /// PIN of the hardware security module.
        "hsm.pin", Text(Any), Unset, Inert(OF_HSM);
        /// Slot of the hardware security module.
        "hsm.slot", Integer { least: 0, most: i64::MAX }, Unset, Inert(OF_HSM);
        /// Label of the token in the hardware security module.
        "hsm.token_label", Text(Any), Unset, Inert(OF_HSM);
        /// Prefix of key sets in the hardware security module.
        "hsm.key_set_prefix", Text(Any), Unset, Inert(OF_HSM);
    }
}

impl Config {
    /// The issuer identifier, verbatim: compare and print it as it is (`OpenID` Connect Discovery 1.0 §4.3).
    pub fn issuer(&self) -> &str {
        &self.urls.issuer
    }

    /// Base of the public endpoints, without a slash at the end.
    pub fn public_url(&self) -> &str {
        self.urls.public.as_deref().unwrap_or(&self.urls.issuer).trim_end_matches('/')
    }

    /// Address of a public endpoint, from its path with a leading slash.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.public_url())
    }

    /// Address of the login page.
    pub fn login_url(&self) -> String {
        self.page(self.urls.login.as_deref(), BuiltInPage::Login)
    }

    /// Address of the registration page: `urls.registration`, else the login page.
    pub fn registration_url(&self) -> String {
        self.urls.registration.clone().unwrap_or_else(|| self.login_url())
    }

    /// Address of the consent page.
    pub fn consent_url(&self) -> String {
        self.page(self.urls.consent.as_deref(), BuiltInPage::Consent)
    }

    /// Address of the page that asks whether to log out.
    pub fn logout_url(&self) -> String {
        self.page(self.urls.logout.as_deref(), BuiltInPage::Logout)
    }

    /// Address of the page for errors that must not go to a client.
    pub fn error_url(&self) -> String {
        self.page(self.urls.error.as_deref(), BuiltInPage::Error)
    }

    /// Where the browser goes after logout by default.
    pub fn post_logout_redirect_url(&self) -> String {
        self.page(self.urls.post_logout_redirect.as_deref(), BuiltInPage::LoggedOut)
    }

    /// Address of the page where a user code is entered (RFC 8628 §3.3).
    pub fn device_verification_url(&self) -> String {
        self.page(self.urls.device_verification.as_deref(), BuiltInPage::DeviceVerification)
    }

    /// Address of the page shown after a device was let in.
    pub fn device_success_url(&self) -> String {
        self.page(self.urls.device_success.as_deref(), BuiltInPage::DeviceSuccess)
    }

    /// Whether the admin listener takes requests from other machines without asking for a token.
    pub fn admin_is_exposed(&self) -> bool {
        let further = self.symbolon.listen.admin.iter();
        let loopback = |address: &String| {
            let port = address.parse::<std::net::SocketAddr>();
            unix_path(address).is_some() || port.is_ok_and(|socket| socket.ip().is_loopback())
        };
        self.symbolon.admin.token.is_none() && !(self.serve.admin.is_loopback() && further.clone().all(loopback))
    }

    fn page(&self, configured: Option<&str>, built_in: BuiltInPage) -> String {
        configured.map_or_else(|| self.endpoint(built_in.path()), str::to_owned)
    }
}

/// Leaves out the database address, as it may hold a password.
impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("dev", &self.dev)
            .field("urls", &self.urls)
            .field("serve", &self.serve)
            .field("secrets", &self.secrets)
            .field("ttl", &self.ttl)
            .field("strategies", &self.strategies)
            .field("oidc", &self.oidc)
            .field("webfinger", &self.webfinger)
            .field("oauth2", &self.oauth2)
            .field("clients", &self.clients)
            .field("log", &self.log)
            .field("tracing", &self.tracing)
            .field("symbolon", &self.symbolon)
            .field("ignored", &self.ignored)
            .finish_non_exhaustive()
    }
}
