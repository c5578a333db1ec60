//! `secrets.*`, `ttl.*`, `clients.http.*` and `log.*`: small sections that every part of the server reads.

use symbolon_jose::Secret;

use super::keys::Form::{self, Any, Url, Word};
use super::keys::Kind::{Lifetime, LifetimeOrNever, List, Switch, Text};
use super::keys::Preset::{Derived, Unset, Value};
use super::keys::Standing::{Compatible, Inert, Refused};
use super::section::{section, words};

const NO_LEAKS: &str = "asks for cookies and tokens in the log, where they never are: set it to false; `log.level: debug` \
    shows what happens";
const NO_REDACTION: &str = "nothing is replaced, as what is sensitive is not logged at all";

section! {
    /// Secrets that seal and sign: the first of a list seals, all of them open.
    #[derive(Debug, Clone)]
    pub struct Secrets {
        /// For tokens, keys and what is stored: the first seals, the others still open what they sealed.
        system: Vec<Secret<String>> = "secrets.system", List(Form::Secret), Derived("made at start in development mode"),
            Compatible;
        /// Secrets for cookies, rotated in the same way.
        cookie: Vec<Secret<String>> = "secrets.cookie", List(Form::Secret), Derived("`secrets.system`"), Compatible;
        /// Secrets for page tokens, rotated in the same way.
        pagination: Vec<Secret<String>> = "secrets.pagination", List(Form::Secret), Derived("`secrets.system`"),
            Compatible;
    }
}

section! {
    /// Lifetimes in seconds.
    #[derive(Debug, Clone)]
    pub struct Ttl {
        /// How long a user may take for login, consent, logout or device verification.
        login_consent_request: i64 = "ttl.login_consent_request", Lifetime, Value("30m"), Compatible;
        /// How long a remembered login lasts, 180 days at most.
        authentication_session: i64 = "ttl.authentication_session", Lifetime, Value("720h"), Compatible;
        /// Lifetime of access tokens.
        access_token: i64 = "ttl.access_token", Lifetime, Value("1h"), Compatible;
        /// Lifetime of refresh tokens, starting anew with each rotation; `-1` for no end.
        refresh_token: Option<i64> = "ttl.refresh_token", LifetimeOrNever, Value("720h"), Compatible;
        /// Lifetime of ID tokens.
        id_token: i64 = "ttl.id_token", Lifetime, Value("1h"), Compatible;
        /// Lifetime of authorization codes.
        auth_code: i64 = "ttl.auth_code", Lifetime, Value("10m"), Compatible;
        /// Lifetime of device and user codes.
        device_user_code: i64 = "ttl.device_user_code", Lifetime, Value("10m"), Compatible;
        /// Lifetime of nonces for verifiable credentials.
        vc_nonce: i64 = "ttl.vc_nonce", Lifetime, Value("1h"), Compatible;
    }
}

section! {
    /// How calls to addresses named by clients are made.
    #[derive(Debug, Clone)]
    pub struct Clients {}
    parts {
        /// Rules for outgoing HTTP.
        http: ClientsHttp;
    }
}

section! {
    /// Rules for outgoing HTTP.
    #[derive(Debug, Clone)]
    pub struct ClientsHttp {
        /// Refuses to call private, loopback and link-local addresses that an administrator named, too.
        disallow_private_ip_ranges: bool = "clients.http.disallow_private_ip_ranges", Switch, Value("false"),
            Compatible;
        /// URLs of administrators' clients that may be called all the same, compared exactly.
        private_ip_exception_urls: Vec<String> = "clients.http.private_ip_exception_urls", List(Url), Value(""),
            Compatible;
    }
}

section! {
    /// What is logged, and in which form.
    #[derive(Debug, Clone)]
    pub struct Log {
        /// Least severity that is logged.
        level: LogLevel = "log.level", Text(Word(LogLevel::WORDS)), Value("info"), Compatible;
        /// Shape of log lines.
        format: LogFormat = "log.format", Text(Word(LogFormat::WORDS)), Value("text"), Compatible;
    }
    no_field {
        /// Logs cookies and URL parameters.
        "log.leak_sensitive_values", Switch, Value("false"), Refused(NO_LEAKS);
        /// Text that stands for a redacted value.
        "log.redaction_text", Text(Any), Unset, Inert(NO_REDACTION);
    }
}

words! {
    /// Severity; Hydra's `panic` and `fatal` are errors here.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum LogLevel {
        /// Nothing but errors.
        Error = "panic" | "fatal" | "error";
        /// Warnings too.
        Warn = "warn";
        /// What happens in normal operation too.
        Info = "info";
        /// What helps to find a fault too.
        Debug = "debug";
        /// Each single step too.
        Trace = "trace";
    }
}

words! {
    /// Shape of log lines.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum LogFormat {
        /// One JSON object a line.
        Json = "json";
        /// JSON with indentation.
        JsonPretty = "json_pretty";
        /// For people.
        Text = "text";
    }
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
