//! Keys about where the server listens, what it is reached under, and what it keeps secret: `dsn`, `dev`, `urls`,
//! `serve`, `secrets`, and those about the process itself. Both listeners have the same keys, so one macro writes
//! them; `serve.tls` is shared and each listener may override it.

use super::Kind::{Choice, ChoiceList, Integer, Opaque, Reference, Switch, Text, TextList, TextMap, Url};
use super::Preset::{Derived, Unset, Value};
use super::{Key, keys};

const PORT: super::Kind = Integer { least: 0, most: 65_535 };
const METHODS: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE", "CONNECT", "HEAD", "OPTIONS", "TRACE"];
const LEVELS: &[&str] = &["panic", "fatal", "error", "warn", "info", "debug", "trace"];

pub(super) const GENERAL: &[Key] = keys! {
    "dsn", Text, Derived("`memory` in development mode"), Compatible:
        "Database: `sqlite:///path/file.db`, `postgres://…`, `cockroach://…`, or `memory` in development mode.";
    "dev", Switch, Value("false"), Compatible:
        "Development mode: http issuer, cookies without Secure, missing settings filled in; never for production.";
    "db.ignore_unknown_table_columns", Switch, Value("false"), Moot:
        "Tolerates columns of a newer version, which this server always does.";
    "version", Text, Unset, Moot:
        "Version of Hydra that the file was written for.";
};

pub(super) const URLS: &[Key] = keys! {
    "urls.self.issuer", Url, Derived("`http://localhost:{serve.public.port}` in development mode"), Compatible:
        "Issuer identifier, used verbatim in `iss`; https outside development mode.";
    "urls.self.public", Url, Derived("the issuer"), Compatible:
        "Base of the public endpoints as browsers and clients reach them.";
    "urls.self.admin", Url, Unset, Compatible:
        "Base of the admin endpoints as operators reach them.";
    "urls.login", Reference, Derived("the built-in page"), Compatible:
        "Page that logs the user in.";
    "urls.registration", Reference, Derived("`urls.login`"), Compatible:
        "Page that lets a user register, reached with `prompt=registration` or `prompt=create`.";
    "urls.consent", Reference, Derived("the built-in page"), Compatible:
        "Page that asks the user for consent.";
    "urls.logout", Reference, Derived("the built-in page"), Compatible:
        "Page that asks the user whether to log out.";
    "urls.error", Reference, Derived("the built-in page"), Compatible:
        "Page that shows errors which must not be sent to a client.";
    "urls.post_logout_redirect", Reference, Derived("the built-in page"), Compatible:
        "Where the browser goes after logout when the client named no other place.";
    "urls.device.verification", Reference, Derived("the built-in page"), Compatible:
        "Page where the user enters the code that a device shows.";
    "urls.device.success", Reference, Derived("the built-in page"), Compatible:
        "Page shown after a device was let in.";
    "urls.identity_provider.url", Url, Unset, Inert:
        "Admin address of an Ory Kratos instance whose session ends with ours.";
    "urls.identity_provider.publicUrl", Url, Unset, Inert:
        "Public address of an Ory Kratos instance.";
    "urls.identity_provider.headers", TextMap, Unset, Inert:
        "Headers sent with requests to Ory Kratos.";
};

/// The keys of one listener below `serve.`.
macro_rules! listener {
    ($name:literal, $host:literal, $port:literal) => {
        keys! {
            concat!("serve.", $name, ".host"), Text, Value($host), Compatible:
                "Address to listen on.";
            concat!("serve.", $name, ".port"), PORT, Value($port), Compatible:
                "Port to listen on; 0 lets the system choose.";
            concat!("serve.", $name, ".base_url"), Reference, Unset, Moot:
                "Exposed base address, which Hydra uses in telemetry only.";
            concat!("serve.", $name, ".socket.owner"), Text, Unset, Inert:
                "Owner of the unix socket.";
            concat!("serve.", $name, ".socket.group"), Text, Unset, Inert:
                "Group of the unix socket.";
            concat!("serve.", $name, ".socket.mode"), Integer { least: 0, most: 4095 }, Value("493"), Inert:
                "Permissions of the unix socket.";
            concat!("serve.", $name, ".request_log.disable_for_health"), Switch, Value("false"), Inert:
                "Leaves health checks out of the request log.";
            concat!("serve.", $name, ".cors.enabled"), Switch, Value("false"), Compatible:
                "Answers cross-origin requests of scripts in browsers.";
            concat!("serve.", $name, ".cors.allowed_origins"), TextList, Value(""), Compatible:
                "Origins allowed, each with at most one `*`; an empty list allows none.";
            concat!("serve.", $name, ".cors.allowed_methods"), ChoiceList(METHODS),
                Value("POST,GET,PUT,PATCH,DELETE,CONNECT,HEAD,OPTIONS,TRACE"), Compatible:
                "Methods allowed across origins.";
            concat!("serve.", $name, ".cors.allowed_headers"), TextList,
                Value("Accept,Content-Type,Content-Length,Accept-Language,Content-Language,Authorization"), Compatible:
                "Request headers allowed across origins.";
            concat!("serve.", $name, ".cors.exposed_headers"), TextList,
                Value("Cache-Control,Expires,Last-Modified,Pragma,Content-Length,Content-Language,Content-Type"),
                Compatible:
                "Response headers that scripts may read.";
            concat!("serve.", $name, ".cors.allow_credentials"), Switch, Value("true"), Compatible:
                "Allows cookies and authorization across origins.";
            concat!("serve.", $name, ".cors.options_passthrough"), Switch, Value("false"), Inert:
                "Hands preflight requests on to the endpoint.";
            concat!("serve.", $name, ".cors.max_age"), Integer { least: 0, most: 86_400 }, Value("0"), Compatible:
                "Seconds for which a browser may remember a preflight answer; 0 sends no header.";
            concat!("serve.", $name, ".cors.debug"), Switch, Value("false"), Inert:
                "Logs every decision about an origin.";
            concat!("serve.", $name, ".tls.enabled"), Switch, Value("false"), Inert:
                "Serves https on this listener.";
            concat!("serve.", $name, ".tls.key.path"), Text, Unset, Inert:
                "File with the private key of this listener.";
            concat!("serve.", $name, ".tls.key.base64"), Text, Unset, Inert:
                "Private key of this listener, base64.";
            concat!("serve.", $name, ".tls.cert.path"), Text, Unset, Inert:
                "File with the certificate chain of this listener.";
            concat!("serve.", $name, ".tls.cert.base64"), Text, Unset, Inert:
                "Certificate chain of this listener, base64.";
            concat!("serve.", $name, ".tls.allow_termination_from"), TextList, Unset, Inert:
                "Networks of proxies that speak https in front of this listener.";
        }
    };
}

pub(super) const PUBLIC: &[Key] = listener!("public", "0.0.0.0", "4444");
pub(super) const ADMIN: &[Key] = listener!("admin", "127.0.0.1", "4445");

pub(super) const COOKIES_AND_TLS: &[Key] = keys! {
    "serve.cookies.same_site_mode", Choice(&["Strict", "Lax", "None"]), Value("None"), Compatible:
        "SameSite of our cookies; `None` becomes `Lax` where a cookie cannot be Secure.";
    "serve.cookies.same_site_legacy_workaround", Switch, Value("false"), Inert:
        "Sends a second cookie without SameSite for browsers of before 2020.";
    "serve.cookies.domain", Text, Unset, Compatible:
        "Domain of our cookies, to share them with subdomains.";
    "serve.cookies.secure", Switch, Value("false"), Compatible:
        "Marks cookies Secure in development mode too; outside of it they always are.";
    "serve.cookies.names.login_csrf", Text, Value("ory_hydra_login_csrf"), Compatible:
        "Name of the cookie that ties a login to the browser.";
    "serve.cookies.names.consent_csrf", Text, Value("ory_hydra_consent_csrf"), Compatible:
        "Name of the cookie that ties a consent to the browser.";
    "serve.cookies.names.device_csrf", Text, Value("ory_hydra_device_csrf"), Compatible:
        "Name of the cookie that ties a device verification to the browser.";
    "serve.cookies.names.session", Text, Value("ory_hydra_session"), Compatible:
        "Name of the cookie that holds the login session.";
    "serve.cookies.paths.session", Text, Value("/"), Compatible:
        "Path of the session cookie.";
    "serve.tls.enabled", Switch, Value("false"), Inert:
        "Serves https on both listeners.";
    "serve.tls.key.path", Text, Unset, Inert:
        "File with the private key.";
    "serve.tls.key.base64", Text, Unset, Inert:
        "Private key, base64.";
    "serve.tls.cert.path", Text, Unset, Inert:
        "File with the certificate chain.";
    "serve.tls.cert.base64", Text, Unset, Inert:
        "Certificate chain, base64.";
    "serve.tls.allow_termination_from", TextList, Unset, Inert:
        "Networks of proxies that speak https in front of both listeners.";
};

pub(super) const SECRETS: &[Key] = keys! {
    "secrets.system", TextList, Derived("made at start in development mode"), Compatible:
        "Secrets of at least 16 characters: the first seals and signs, the others still open what they sealed.";
    "secrets.cookie", TextList, Derived("`secrets.system`"), Compatible:
        "Secrets for cookies, rotated in the same way.";
    "secrets.pagination", TextList, Derived("`secrets.system`"), Compatible:
        "Secrets for page tokens, rotated in the same way.";
};

pub(super) const PROCESS: &[Key] = keys! {
    "log.level", Choice(LEVELS), Value("info"), Compatible:
        "Least severity that is logged.";
    "log.format", Choice(&["json", "json_pretty", "text"]), Value("text"), Compatible:
        "Shape of log lines.";
    "log.leak_sensitive_values", Switch, Value("false"), Inert:
        "Logs cookies and URL parameters, which this server never does.";
    "log.redaction_text", Text, Unset, Inert:
        "Text that stands for a redacted value.";
    "tracing", Opaque, Unset, Inert:
        "Export of traces.";
    "profiling", Choice(&["cpu", "mem"]), Unset, Inert:
        "Profiler to run.";
    "sqa.opt_out", Switch, Value("false"), Moot:
        "Switches telemetry off; this server has none.";
    "cgroups.v1.auto_max_procs_enabled", Switch, Value("false"), Moot:
        "Respects CPU limits of the container, which this server always does.";
    "feature_flags.legacy_allow_insecure_origins", Switch, Value("false"), Inert:
        "Accepts origins with an unbounded `*`.";
    "hsm.enabled", Switch, Value("false"), Inert:
        "Keeps keys in a hardware security module.";
    "hsm.library", Text, Unset, Inert:
        "PKCS#11 library of the hardware security module.";
    "hsm.pin", Text, Unset, Inert:
        "PIN of the hardware security module.";
    "hsm.slot", Integer { least: 0, most: i64::MAX }, Unset, Inert:
        "Slot of the hardware security module.";
    "hsm.token_label", Text, Unset, Inert:
        "Label of the token in the hardware security module.";
    "hsm.key_set_prefix", Text, Unset, Inert:
        "Prefix of key sets in the hardware security module.";
};
