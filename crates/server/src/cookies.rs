//! Cookies: names, attributes, and the values in a request. Every value is sealed, so a cookie is authentic and
//! unreadable; the three kinds cannot stand in for each other. The names are Hydra's, but the CSRF cookies are per
//! flow and not per client, so that several logins in one browser do not disturb each other.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use http::HeaderValue;
use http::header::{COOKIE, SET_COOKIE};
use symbolon_jose::Kind;
use symbolon_types::{ErrorCode, FlowId};

use crate::config::{Config, SameSite};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::seal::kinds;

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

/// Most flows that a browser may have open; the oldest make room.
const FLOWS_PER_BROWSER: usize = 12;

/// All cookies of the request, in order.
fn all(request: &Request) -> impl Iterator<Item = (&str, &str)> {
    let lines = request.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim_start().split_once('='))
}

/// The flow or session in a cookie of that name. A neighbouring domain can set a second cookie of the same name: the
/// first that opens counts.
pub fn open(context: &Context, request: &Request, kind: Kind, name: &str) -> Option<FlowId> {
    all(request).filter(|(key, _)| *key == name).find_map(|(_, value)| context.seal.open_flow(kind, value))
}

/// Refuses a login step whose flow was not started in this browser.
pub fn same_login(context: &Context, request: &Request, flow: FlowId) -> Result<(), OAuthError> {
    same_browser(context, request, kinds::LOGIN_COOKIE, &login_csrf_name(&context.config, flow), flow)
}

/// Refuses a consent step whose flow was not started in this browser.
pub fn same_consent(context: &Context, request: &Request, flow: FlowId) -> Result<(), OAuthError> {
    same_browser(context, request, kinds::CONSENT_COOKIE, &consent_csrf_name(&context.config, flow), flow)
}

/// Refuses a device verifier whose user code was not entered in this browser.
pub fn same_device(context: &Context, request: &Request, browser: FlowId) -> Result<(), OAuthError> {
    same_browser(context, request, kinds::DEVICE_COOKIE, &device_csrf_name(&context.config), browser)
}

fn same_browser(context: &Context, request: &Request, kind: Kind, name: &str, flow: FlowId) -> Result<(), OAuthError> {
    if open(context, request, kind, name) == Some(flow) {
        return Ok(());
    }
    Err(OAuthError::new(
        ErrorCode::RequestForbidden,
        "The cookie that binds this login to the browser is missing. Allow cookies, go back to the application and start again.",
    ))
}

/// Takes the cookies of the oldest flows away, so that a page that starts many logins cannot fill the browser's header.
pub fn drop_oldest_flows(context: &Context, request: &Request, answer: &mut Answer) {
    let base = format!("{}{}_", context.config.serve.cookies.names.login_csrf, development_suffix(&context.config));
    let mut open: Vec<(FlowId, &str)> = all(request)
        .filter(|(name, _)| name.starts_with(&base))
        .map(|(name, value)| {
            (context.seal.open_flow(kinds::LOGIN_COOKIE, value).unwrap_or(FlowId::from([0; 16])), name)
        })
        .collect();
    open.sort_unstable();
    let too_many = (open.len() + 1).saturating_sub(FLOWS_PER_BROWSER);
    for (flow, name) in open.into_iter().take(too_many) {
        for name in [name.to_owned(), consent_csrf_name(&context.config, flow)] {
            set(context, answer, &NewCookie { name, value: String::new(), path: "/".to_owned(), max_age_seconds: 0 });
        }
    }
}

/// Name of the cookie that binds the login step of a flow to the browser.
pub fn login_csrf_name(config: &Config, flow: FlowId) -> String {
    per_flow(&config.serve.cookies.names.login_csrf, config, flow)
}

/// Name of the cookie that binds the consent step of a flow to the browser.
pub fn consent_csrf_name(config: &Config, flow: FlowId) -> String {
    per_flow(&config.serve.cookies.names.consent_csrf, config, flow)
}

/// Name of the cookie that binds the entry of user codes to the browser.
pub fn device_csrf_name(config: &Config) -> String {
    format!("{}{}", config.serve.cookies.names.device_csrf, development_suffix(config))
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
