//! `secrets.*`, `ttl.*`, `clients.http.*` and `log.*`: small sections that every part of the server reads.

use serde::Deserialize;
use symbolon_jose::Secret;

use super::error::ConfigError;
use super::secrets;
use super::values::Values;

/// Secrets that seal and sign: the first of a list seals, all of them open.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// For tokens, keys and values at rest. Never empty.
    pub system: Vec<Secret<String>>,
    /// For cookies; those of `system` if unset.
    pub cookie: Vec<Secret<String>>,
    /// For page tokens; those of `system` if unset.
    pub pagination: Vec<Secret<String>>,
}

/// Lifetimes in seconds.
#[derive(Debug, Clone)]
pub struct Ttl {
    /// Login, consent, logout and device flows.
    pub login_consent_request: i64,
    /// A remembered login; 180 days at most.
    pub authentication_session: i64,
    /// Access tokens.
    pub access_token: i64,
    /// Refresh tokens, anew with each rotation; `None` for no end.
    pub refresh_token: Option<i64>,
    /// ID tokens.
    pub id_token: i64,
    /// Authorization codes.
    pub auth_code: i64,
    /// Device and user codes.
    pub device_user_code: i64,
    /// Nonces for verifiable credentials.
    pub vc_nonce: i64,
}

/// How calls to addresses named by clients are made.
#[derive(Debug, Clone)]
pub struct Clients {
    /// HTTP.
    pub http: ClientsHttp,
}

/// Rules for outgoing HTTP.
#[derive(Debug, Clone)]
pub struct ClientsHttp {
    /// Whether private, loopback and link-local addresses are refused.
    pub disallow_private_ip_ranges: bool,
    /// URLs that are called all the same, compared exactly.
    pub private_ip_exception_urls: Vec<String>,
}

/// Logging.
#[derive(Debug, Clone)]
pub struct Log {
    /// Least severity that is logged.
    pub level: LogLevel,
    /// Shape of the lines.
    pub format: LogFormat,
}

/// Severity; Hydra's `panic` and `fatal` are errors here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Errors.
    #[serde(alias = "panic", alias = "fatal")]
    Error,
    /// Warnings too.
    Warn,
    /// What happens in normal operation too.
    Info,
    /// What helps to find a fault too.
    Debug,
    /// Everything.
    Trace,
}

/// Shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// JSON with indentation.
    JsonPretty,
    /// For people.
    Text,
}

impl LogLevel {
    /// The level as a word, as filters of log libraries read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl Secrets {
    pub(super) fn read(values: &Values) -> Self {
        Self {
            system: secrets(values.list("secrets.system")),
            cookie: secrets(values.list("secrets.cookie")),
            pagination: secrets(values.list("secrets.pagination")),
        }
    }
}

impl Ttl {
    pub(super) fn read(values: &Values) -> Self {
        Self {
            login_consent_request: values.seconds("ttl.login_consent_request"),
            authentication_session: values.seconds("ttl.authentication_session"),
            access_token: values.seconds("ttl.access_token"),
            refresh_token: values.seconds_or_never("ttl.refresh_token"),
            id_token: values.seconds("ttl.id_token"),
            auth_code: values.seconds("ttl.auth_code"),
            device_user_code: values.seconds("ttl.device_user_code"),
            vc_nonce: values.seconds("ttl.vc_nonce"),
        }
    }
}

impl Clients {
    pub(super) fn read(values: &Values) -> Self {
        Self {
            http: ClientsHttp {
                disallow_private_ip_ranges: values.switch("clients.http.disallow_private_ip_ranges"),
                private_ip_exception_urls: values.list("clients.http.private_ip_exception_urls"),
            },
        }
    }
}

impl Log {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self { level: values.choice("log.level")?, format: values.choice("log.format")? })
    }
}
