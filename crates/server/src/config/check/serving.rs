//! Rules for listeners, cookies, web hooks and pushed requests: what each of them is may be right, and still not go together.

use super::Config;
use super::ConfigError;
use crate::config::{Replay, unix_path};

/// The two listeners have a port each.
pub(super) fn check_ports(config: &Config) -> Result<(), ConfigError> {
    let (public, admin) = (&config.serve.public, &config.serve.admin);
    let overlap = public.host == admin.host || public.is_everywhere() || admin.is_everywhere();
    if public.port != 0 && public.port == admin.port && overlap {
        let reason = "is also the port of the public listener: choose another one";
        return Err(ConfigError::refused("serve.admin.port", reason));
    }
    Ok(())
}

/// A listener with https has a certificate, or proxies that have one.
pub(super) fn check_tls(config: &Config) -> Result<(), ConfigError> {
    let serve = &config.serve;
    for (tls, host, key) in [
        (&serve.public_tls, &serve.public.host, "serve.public.tls.cert.path"),
        (&serve.admin_tls, &serve.admin.host, "serve.admin.tls.cert.path"),
    ] {
        if tls.enabled && !tls.is_filled() && unix_path(host).is_none() {
            let remedy = "`tls.enabled` needs a certificate and its key (`cert.path`, `key.path`), here or below \
                          `serve.tls`; the server makes none of its own";
            return Err(ConfigError::Missing { key, remedy });
        }
    }
    Ok(())
}

/// Cookies have names that differ.
pub(super) fn check_cookie_names(config: &Config) -> Result<(), ConfigError> {
    let own = &config.serve.cookies.names;
    let names = [
        ("serve.cookies.names.login_csrf", &own.login_csrf),
        ("serve.cookies.names.consent_csrf", &own.consent_csrf),
        ("serve.cookies.names.device_csrf", &own.device_csrf),
        ("serve.cookies.names.session", &own.session),
    ];
    for (index, (key, name)) in names.into_iter().enumerate() {
        if names[..index].iter().any(|(_, other)| *other == name) {
            return Err(ConfigError::refused(key, "must differ from the names of the other cookies"));
        }
    }
    Ok(())
}

/// Longest time that a web hook may take, in seconds: a client waits for its tokens meanwhile.
const LONGEST_HOOK_SECONDS: i64 = 60;

/// A web hook is not waited for without end.
pub(super) fn check_hooks(config: &Config) -> Result<(), ConfigError> {
    if config.symbolon.hooks.timeout_seconds <= LONGEST_HOOK_SECONDS {
        return Ok(());
    }
    Err(ConfigError::refused("symbolon.hooks.timeout", format!("must be {LONGEST_HOOK_SECONDS}s at most")))
}

/// RFC 9126 §2.2: a pushed request is used at once; the FAPI 2.0 Security Profile wants less than ten minutes.
pub(super) fn check_pushed_requests(config: &Config) -> Result<(), ConfigError> {
    if (5..=600).contains(&config.symbolon.par.lifetime_seconds) {
        return Ok(());
    }
    Err(ConfigError::refused("symbolon.par.lifetime", "must be from 5s to 600s".to_owned()))
}

/// RFC 9449 §11.1: a proof counts once, on whichever node it is shown. The embedded database has one process.
pub(super) fn check_used_proofs(config: &Config) -> Result<(), ConfigError> {
    let embedded = config.dsn == "memory" || config.dsn.starts_with("sqlite:");
    if config.symbolon.dpop.replay == Replay::Database || embedded {
        return Ok(());
    }
    let reason = "is `memory`, which is for the embedded database: of several nodes each would take a proof once";
    Err(ConfigError::refused("symbolon.dpop.replay", reason))
}
