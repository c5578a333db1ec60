//! The configuration: one struct of structs, read once at start from files, the environment and the command line,
//! checked, and never changed afterwards. Keys and defaults are those of Ory Hydra, with our additions below
//! `symbolon.`; `keys` is the table of them all. What comes out of [`load`] is complete: defaults of development
//! mode are filled in, relative addresses are absolute, and every rule of `check` holds. No other module reads
//! configuration files or environment variables.

mod additions;
mod addresses;
mod check;
mod complete;
mod endpoints;
mod error;
mod hook;
pub mod keys;
mod kind;
mod load;
mod network;
mod oauth2;
mod openid;
mod process;
mod serve;
mod suggest;
mod values;

#[cfg(test)]
mod tests;

use std::fmt;

use symbolon_jose::Secret;

pub use self::additions::{
    AdminAccess, Compatibility, OutboundTrust, Purge, Registration, Sessions, SigningKeys, Symbolon, Ui,
};
pub use self::addresses::{BuiltInPage, Urls};
pub use self::error::{ConfigError, Place};
pub use self::hook::{Hook, HookKey, HookKeyPlace};
pub use self::load::{Overrides, load};
pub use self::network::Network;
pub use self::oauth2::{
    DeviceAuthorization, HashAlgorithm, Hashers, JwtBearer, Oauth2, Pkce, RefreshRotation, RotationMode, UserCode,
};
pub use self::openid::{
    DynamicClientRegistration, Oidc, OidcDiscovery, PublishedKeys, ScopeClaim, Strategies, Webfinger,
};
pub use self::process::{Clients, ClientsHttp, Log, LogFormat, LogLevel, Secrets, Ttl};
pub use self::serve::{CookieNames, Cookies, Cors, Listener, SameSite, Serve};

use self::values::Values;

/// The whole configuration.
#[derive(Clone)]
pub struct Config {
    /// Database, as `sqlite:///path/file.db`, `postgres://…` or `memory`. May hold a password.
    pub dsn: String,
    /// Development mode: http issuer, cookies without Secure, missing settings filled in.
    pub dev: bool,
    /// Own addresses and those of the pages.
    pub urls: Urls,
    /// Listeners, CORS and cookies.
    pub serve: Serve,
    /// Secrets that seal and sign.
    pub secrets: Secrets,
    /// Lifetimes.
    pub ttl: Ttl,
    /// Scope comparison and form of access tokens.
    pub strategies: Strategies,
    /// `OpenID` Connect: subjects and registration.
    pub oidc: Oidc,
    /// Discovery and published keys.
    pub webfinger: Webfinger,
    /// OAuth 2.0: claims, PKCE, grants, hooks.
    pub oauth2: Oauth2,
    /// How calls to addresses named by clients are made.
    pub clients: Clients,
    /// Logging.
    pub log: Log,
    /// Our own additions, keys below `symbolon.`.
    pub symbolon: Symbolon,
    /// Keys that were set but have no effect, to be named in a warning at start.
    pub ignored: Vec<&'static str>,
}

impl Config {
    /// Takes the settings over into the struct, before defaults that depend on each other.
    fn build(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            dsn: values.text("dsn").unwrap_or_default(),
            dev: values.switch("dev"),
            urls: Urls::read(values),
            serve: Serve::read(values)?,
            secrets: Secrets::read(values),
            ttl: Ttl::read(values),
            strategies: Strategies::read(values)?,
            oidc: Oidc::read(values)?,
            webfinger: Webfinger::read(values),
            oauth2: Oauth2::read(values)?,
            clients: Clients::read(values),
            log: Log::read(values)?,
            symbolon: Symbolon::read(values)?,
            ignored: values.ignored(),
        })
    }

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
        self.symbolon.admin.token.is_none() && !self.serve.admin.is_loopback()
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
            .field("symbolon", &self.symbolon)
            .field("ignored", &self.ignored)
            .finish_non_exhaustive()
    }
}

/// Texts from the configuration as secrets.
fn secrets(texts: Vec<String>) -> Vec<Secret<String>> {
    texts.into_iter().map(Secret::new).collect()
}
