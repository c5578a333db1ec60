//! Defaults that depend on other settings: what development mode fills in, secrets that stand in for others, what
//! cookies can be, and paths made absolute. Runs once, before the startup rules.

use url::Url;

use super::error::ConfigError;
use super::load::Overrides;
use super::serve::SameSite;
use super::values::Values;
use super::{Config, Cookies, listener_tls, mcp, profile};

/// Longest remembered login.
const AUTHENTICATION_SESSION_LIMIT_SECONDS: i64 = 180 * 24 * 60 * 60;

/// Fills in what is missing and can be derived; answers what contradicts itself.
pub(super) fn complete(config: &mut Config, values: &Values, flags: &Overrides) -> Vec<ConfigError> {
    config.ignored = values.ignored();
    config.open_files = values.open_files();
    let mut faults = Vec::new();
    faults.extend(config.oauth2.refresh.settle(values).err());
    faults.extend(config.oauth2.device_authorization.user_code.settle(values).err());
    faults.extend(listener_tls::settle(&mut config.serve, values));
    faults.extend(profile::settle(config, values));
    faults.extend(mcp::settle(config, values).err());
    drop_repetitions(&mut config.symbolon.keys.offered_algorithms);
    drop_repetitions(&mut config.oidc.subject_types);
    if config.dev {
        fill_in_development(config, values, flags);
    }
    if config.secrets.cookie.is_empty() {
        config.secrets.cookie.clone_from(&config.secrets.system);
    }
    if config.secrets.pagination.is_empty() {
        config.secrets.pagination.clone_from(&config.secrets.system);
    }
    if !values.is_set("symbolon.ui.enabled") {
        config.symbolon.ui.enabled = config.urls.login.is_none();
    }
    config.ttl.authentication_session = config.ttl.authentication_session.min(AUTHENTICATION_SESSION_LIMIT_SECONDS);
    let https = config.urls.issuer.starts_with("https://");
    settle_cookies(&mut config.serve.cookies, config.dev, https);
    make_absolute(config);
    faults
}

/// What is offered is offered once.
fn drop_repetitions<T: Copy + PartialEq>(list: &mut Vec<T>) {
    let mut seen = Vec::new();
    list.retain(|item| {
        let is_new = !seen.contains(item);
        seen.push(*item);
        is_new
    });
}

fn fill_in_development(config: &mut Config, values: &Values, flags: &Overrides) {
    if config.dsn.is_empty() {
        "memory".clone_into(&mut config.dsn);
    }
    if config.urls.issuer.is_empty() {
        config.urls.issuer = format!("http://localhost:{}", config.serve.public.port);
    }
    if config.secrets.system.is_empty() {
        config.secrets.system.extend(flags.development_secret.clone());
    }
    // Whoever tries things out, or measures them, has one address.
    if !values.is_set("symbolon.registration.limit_per_minute") {
        config.symbolon.registration.limit_per_minute = 0;
    }
}

/// Browsers drop cookies with `SameSite=None` that are not Secure, and Secure cookies do not come over http.
fn settle_cookies(cookies: &mut Cookies, dev: bool, https: bool) {
    cookies.secure |= !dev;
    if cookies.same_site == SameSite::None && !(https && cookies.secure) {
        cookies.same_site = SameSite::Lax;
    }
}

/// A path means our own host, as a browser would understand it in a redirect.
fn make_absolute(config: &mut Config) {
    let Ok(base) = Url::parse(config.public_url()) else { return };
    let references = config.urls.references().into_iter().chain(config.webfinger.oidc_discovery.references());
    let ui = &mut config.symbolon.ui;
    for reference in references.chain([&mut ui.logo_url, &mut ui.stylesheet_url]) {
        if let Some(path) = reference.as_deref().filter(|text| text.starts_with('/'))
            && let Ok(absolute) = base.join(path)
        {
            *reference = Some(absolute.into());
        }
    }
}
