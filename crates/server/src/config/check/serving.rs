//! Rules for listeners, cross-origin requests and cookies.

use super::Config;
use super::ConfigError;
use crate::config::hook::is_token;
use crate::config::kind::shortened;
use crate::config::{Cors, Listener};

/// Listeners are addresses, and not twice the same.
pub(super) fn check_listeners(config: &Config) -> Result<(), ConfigError> {
    let (public, admin) = (&config.serve.public, &config.serve.admin);
    check_host("serve.public.host", public)?;
    check_host("serve.admin.host", admin)?;
    let overlap = public.host == admin.host || public.is_everywhere() || admin.is_everywhere();
    if public.port != 0 && public.port == admin.port && overlap {
        let reason = "is also the port of the public listener: choose another one";
        return Err(ConfigError::refused("serve.admin.port", reason));
    }
    Ok(())
}

fn check_host(key: &'static str, listener: &Listener) -> Result<(), ConfigError> {
    if listener.host.starts_with("unix:") {
        let reason = "names a unix socket, which is not supported yet: set an IP address";
        return Err(ConfigError::refused(key, reason));
    }
    let name = |character: char| character.is_ascii_alphanumeric() || ".-_:[]%".contains(character);
    if !listener.host.chars().all(name) {
        return Err(ConfigError::refused(key, "must be an IP address or host name, without scheme and port"));
    }
    Ok(())
}

/// Origins are checked even while CORS is off, so that switching it on brings no surprise.
pub(super) fn check_cors(config: &Config) -> Result<(), ConfigError> {
    check_origins("serve.public.cors.allowed_origins", &config.serve.public_cors)?;
    check_origins("serve.admin.cors.allowed_origins", &config.serve.admin_cors)?;
    check_headers("serve.public.cors.allowed_headers", &config.serve.public_cors.allowed_headers)?;
    check_headers("serve.admin.cors.allowed_headers", &config.serve.admin_cors.allowed_headers)?;
    check_headers("serve.public.cors.exposed_headers", &config.serve.public_cors.exposed_headers)?;
    check_headers("serve.admin.cors.exposed_headers", &config.serve.admin_cors.exposed_headers)
}

fn check_origins(key: &'static str, cors: &Cors) -> Result<(), ConfigError> {
    match cors.allowed_origins.iter().find(|origin| !is_origin_pattern(origin)) {
        None => Ok(()),
        Some(origin) => {
            let reason = format!(
                "has `{}`, expected origins as `https://app.example.com`, `https://*.example.com` or `*`",
                shortened(origin)
            );
            Err(ConfigError::refused(key, reason))
        }
    }
}

/// An origin has no path; a `*` stands for everything, or for whole labels in front of a domain, or for a port.
/// Elsewhere it would let in hosts that anybody can register, as `https://*example.com`.
fn is_origin_pattern(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let Some((scheme, host)) = text.split_once("://") else { return false };
    let plain = |text: &str| {
        let allowed = |character: char| character.is_ascii_alphanumeric() || "-._:[]".contains(character);
        !text.is_empty() && text.chars().all(allowed)
    };
    let scheme_is_plain =
        scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character));
    let host_is_bounded = host == "*"
        || plain(host)
        || host.strip_prefix("*.").is_some_and(plain)
        || host.strip_suffix(":*").is_some_and(plain);
    !scheme.is_empty() && scheme_is_plain && host_is_bounded
}

fn check_headers(key: &'static str, names: &[String]) -> Result<(), ConfigError> {
    match names.iter().find(|name| !is_token(name)) {
        None => Ok(()),
        Some(name) => Err(ConfigError::refused(key, format!("has `{}`, which is no header name", shortened(name)))),
    }
}

/// Cookies have names that differ, and attributes that a browser accepts (RFC 6265 §4.1.1).
pub(super) fn check_cookies(config: &Config) -> Result<(), ConfigError> {
    let cookies = &config.serve.cookies;
    let names = [
        ("serve.cookies.names.login_csrf", &cookies.names.login_csrf),
        ("serve.cookies.names.consent_csrf", &cookies.names.consent_csrf),
        ("serve.cookies.names.device_csrf", &cookies.names.device_csrf),
        ("serve.cookies.names.session", &cookies.names.session),
    ];
    for (index, (key, name)) in names.into_iter().enumerate() {
        if !is_token(name) {
            return Err(ConfigError::refused(key, "must be letters, digits, `-`, `_` and `.` only"));
        }
        if names[..index].iter().any(|(_, other)| *other == name) {
            return Err(ConfigError::refused(key, "must differ from the names of the other cookies"));
        }
    }
    let printable = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';');
    if !cookies.session_path.starts_with('/') || !printable(&cookies.session_path) {
        return Err(ConfigError::refused("serve.cookies.paths.session", "must be a path that starts with `/`"));
    }
    let domain = cookies.domain.as_deref().unwrap_or("x");
    if !domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)) {
        return Err(ConfigError::refused("serve.cookies.domain", "must be a domain, as `example.com`"));
    }
    Ok(())
}
