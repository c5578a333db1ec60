//! Cookies: names, attributes, and the values in a request. Every value is sealed, so a cookie is authentic and
//! unreadable; the three kinds cannot stand in for each other. The names are Hydra's, but the CSRF cookies are per
//! flow and not per client, so that several logins in one browser do not disturb each other.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use http::HeaderValue;
use http::header::{COOKIE, SET_COOKIE};
use symbolon_types::FlowId;

use crate::config::{Config, SameSite};
use crate::context::Context;
use crate::exchange::{Answer, Request};

/// A cookie to set.
pub struct NewCookie {
    /// Name.
    pub name: String,
    /// Sealed value.
    pub value: String,
    /// `Path`.
    pub path: String,
    /// Lifetime; 0 deletes the cookie.
    pub max_age_seconds: i64,
}

/// The value of a cookie in the request.
pub fn read<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';')).find_map(
        |pair| {
            let (key, value) = pair.trim_start().split_once('=')?;
            (key == name).then_some(value)
        },
    )
}

/// Name of the cookie that binds the login step of a flow to the browser.
pub fn login_csrf_name(config: &Config, flow: FlowId) -> String {
    per_flow(&config.serve.cookies.names.login_csrf, config, flow)
}

/// Name of the cookie that binds the consent step of a flow to the browser.
pub fn consent_csrf_name(config: &Config, flow: FlowId) -> String {
    per_flow(&config.serve.cookies.names.consent_csrf, config, flow)
}

/// Name of the session cookie.
pub fn session_name(config: &Config) -> String {
    format!("{}{}", config.serve.cookies.names.session, development_suffix(config))
}

fn per_flow(base: &str, config: &Config, flow: FlowId) -> String {
    // The last four bytes of a flow id are random: enough to keep the flows of one browser apart.
    let tail = flow.as_bytes().iter().skip(12).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{base}{}_{tail}", development_suffix(config))
}

fn development_suffix(config: &Config) -> &'static str {
    if config.dev { "_dev" } else { "" }
}

/// Adds `Set-Cookie` (RFC 6265 §4.1).
pub fn set(context: &Context, answer: &mut Answer, cookie: &NewCookie) {
    let config = &context.config;
    let options = &config.serve.cookies;
    let mut line = format!("{}={}; Path={}", cookie.name, cookie.value, cookie.path);
    if let Some(domain) = &options.domain {
        line.push_str("; Domain=");
        line.push_str(domain);
    }
    let expires_at = if cookie.max_age_seconds == 0 { 1 } else { context.clock.now() + cookie.max_age_seconds };
    let expires = UNIX_EPOCH + Duration::from_secs(u64::try_from(expires_at).unwrap_or(1));
    // Writing to a String cannot fail.
    let _ = write!(line, "; Expires={}; Max-Age={}", httpdate::fmt_http_date(expires), cookie.max_age_seconds);
    line.push_str("; HttpOnly");
    if !config.dev || options.secure {
        line.push_str("; Secure");
    }
    line.push_str(match options.same_site {
        SameSite::Strict => "; SameSite=Strict",
        SameSite::Lax => "; SameSite=Lax",
        SameSite::None => "; SameSite=None",
    });
    if let Ok(value) = HeaderValue::from_str(&line) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}
