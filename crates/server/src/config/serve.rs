//! `serve.*`: the two listeners, what scripts of other origins may do on them, and how cookies are set. TLS and unix
//! sockets are not served yet; asking for them stops the start (see `check`).

use std::net::IpAddr;

use serde::Deserialize;

use super::error::ConfigError;
use super::values::Values;

/// Listeners, CORS and cookies.
#[derive(Debug, Clone)]
pub struct Serve {
    /// Where the public endpoints listen.
    pub public: Listener,
    /// Where the admin endpoints listen.
    pub admin: Listener,
    /// Cross-origin rules of the public listener.
    pub public_cors: Cors,
    /// Cross-origin rules of the admin listener.
    pub admin_cors: Cors,
    /// How cookies are set.
    pub cookies: Cookies,
}

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// IP address or host name.
    pub host: String,
    /// Port; 0 lets the system choose.
    pub port: u16,
}

/// Cross-origin rules (the CORS protocol of the Fetch standard).
#[derive(Debug, Clone)]
pub struct Cors {
    /// Whether cross-origin requests are answered at all.
    pub enabled: bool,
    /// Origins allowed: `*`, or an origin with at most one `*`. Empty allows none.
    pub allowed_origins: Vec<String>,
    /// Methods allowed, upper case.
    pub allowed_methods: Vec<String>,
    /// Request headers allowed.
    pub allowed_headers: Vec<String>,
    /// Response headers that scripts may read.
    pub exposed_headers: Vec<String>,
    /// Whether cookies and authorization are allowed.
    pub allow_credentials: bool,
    /// How long a preflight answer may be remembered; 0 sends no header.
    pub max_age_seconds: i64,
}

/// How cookies are set; `secure` and `same_site` are final, development mode is already taken into account.
#[derive(Debug, Clone)]
pub struct Cookies {
    /// Domain attribute, if any.
    pub domain: Option<String>,
    /// Whether cookies are Secure: always outside development mode.
    pub secure: bool,
    /// `SameSite` attribute.
    pub same_site: SameSite,
    /// Names as configured; the cookie module adds `_dev` in development mode.
    pub names: CookieNames,
    /// Path of the session cookie.
    pub session_path: String,
}

/// Names of cookies, or of their beginning where a suffix per client or flow follows.
#[derive(Debug, Clone)]
pub struct CookieNames {
    /// Ties a login to the browser.
    pub login_csrf: String,
    /// Ties a consent to the browser.
    pub consent_csrf: String,
    /// Ties a device verification to the browser.
    pub device_csrf: String,
    /// Holds the login session.
    pub session: String,
}

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SameSite {
    /// Sent with requests from the same site only.
    Strict,
    /// Sent also when the user follows a link.
    Lax,
    /// Sent always; requires Secure.
    None,
}

impl Serve {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            public: Listener {
                host: values.text("serve.public.host").unwrap_or_else(|| "0.0.0.0".to_owned()),
                port: values.integer("serve.public.port"),
            },
            admin: Listener {
                host: values.text("serve.admin.host").unwrap_or_else(|| "127.0.0.1".to_owned()),
                port: values.integer("serve.admin.port"),
            },
            public_cors: Cors::read(values, "serve.public.cors"),
            admin_cors: Cors::read(values, "serve.admin.cors"),
            cookies: Cookies::read(values)?,
        })
    }
}

impl Listener {
    /// Whether only this machine can reach the listener.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.address().is_some_and(|address| address.is_loopback())
    }

    /// Whether it listens on every address of the machine.
    pub(super) fn is_everywhere(&self) -> bool {
        self.address().is_some_and(|address| address.is_unspecified())
    }

    fn address(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }
}

impl Cors {
    fn read(values: &Values, section: &str) -> Self {
        let path = |name: &str| format!("{section}.{name}");
        Self {
            enabled: values.switch(&path("enabled")),
            allowed_origins: values.list(&path("allowed_origins")),
            allowed_methods: values.list(&path("allowed_methods")),
            allowed_headers: values.list(&path("allowed_headers")),
            exposed_headers: values.list(&path("exposed_headers")),
            allow_credentials: values.switch(&path("allow_credentials")),
            max_age_seconds: values.integer(&path("max_age")),
        }
    }
}

impl Cookies {
    fn read(values: &Values) -> Result<Self, ConfigError> {
        let name = |path: &str| values.text(path).unwrap_or_default();
        Ok(Self {
            domain: values.text("serve.cookies.domain"),
            secure: values.switch("serve.cookies.secure"),
            same_site: values.choice("serve.cookies.same_site_mode")?,
            names: CookieNames {
                login_csrf: name("serve.cookies.names.login_csrf"),
                consent_csrf: name("serve.cookies.names.consent_csrf"),
                device_csrf: name("serve.cookies.names.device_csrf"),
                session: name("serve.cookies.names.session"),
            },
            session_path: name("serve.cookies.paths.session"),
        })
    }
}
