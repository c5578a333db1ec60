//! Cookies: names, attributes, and the values in a request. Every value is sealed, so a cookie is authentic and
//! unreadable; no kind can stand in for another. The names are Hydra's, but the CSRF cookies are per
//! flow and not per client, so that several logins in one browser do not disturb each other.

use cookie::time::{Duration, OffsetDateTime};
use cookie::{Cookie, Expiration};
use http::HeaderValue;
use http::header::{COOKIE, SET_COOKIE};
use symbolon_jose::Kind;
use symbolon_types::{BrowserId, ErrorCode, FlowId};

use crate::config::{Config, SameSite};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::seal::kinds;

/// A cookie to set.
pub struct NewCookie {
    /// The name, with the suffix of development mode.
    pub name: String,
    /// Sealed value.
    pub value: String,
    /// Paths below which the browser sends it.
    pub path: String,
    /// How long the browser keeps it.
    pub lifetime: Lifetime,
}

/// How long a browser keeps a cookie (RFC 6265 §4.1.2.1, §4.1.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// So many seconds from now.
    Seconds(i64),
    /// Until the browser is closed: neither `Max-Age` nor `Expires`.
    Browser,
    /// Not at all: a cookie of that name goes.
    Deleted,
}

/// Most flows that a browser may have open; the oldest make room.
const FLOWS_PER_BROWSER: usize = 12;

/// All cookies of the request, in order. HTTP/2 may send several lines (RFC 9113 §8.2.3).
pub(crate) fn all(request: &Request) -> impl Iterator<Item = Cookie<'_>> {
    let lines = request.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(Cookie::split_parse).filter_map(Result::ok)
}

/// The identifier in a cookie of that name. A neighbouring domain can set a second cookie of the same name: the
/// first that opens counts.
pub fn open<T: From<[u8; 16]>>(context: &Context, request: &Request, kind: Kind, name: &str) -> Option<T> {
    let id: [u8; 16] = content(context, request, kind, name)?.try_into().ok()?;
    Some(T::from(id))
}

/// What is sealed in a cookie of that name, the first that opens.
pub fn content(context: &Context, request: &Request, kind: Kind, name: &str) -> Option<Vec<u8>> {
    all(request).filter(|cookie| cookie.name() == name).find_map(|cookie| context.seal.open(kind, cookie.value()))
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
pub fn same_device(context: &Context, request: &Request, browser: BrowserId) -> Result<(), OAuthError> {
    same_browser(context, request, kinds::DEVICE_COOKIE, &device_csrf_name(&context.config), browser)
}

fn same_browser<T: From<[u8; 16]> + PartialEq>(
    context: &Context,
    request: &Request,
    kind: Kind,
    name: &str,
    id: T,
) -> Result<(), OAuthError> {
    if open(context, request, kind, name) == Some(id) {
        return Ok(());
    }
    Err(OAuthError::new(
        ErrorCode::RequestForbidden,
        "The cookie that binds this login to the browser is missing. Allow cookies, go back to the application and start again.",
    ))
}

/// Takes the cookies of the oldest flows away, so that a page that starts many logins cannot fill the browser's header.
pub fn drop_oldest_flows(context: &Context, request: &Request, answer: &mut Answer) {
    let names = &context.config.serve.cookies.names;
    let base = format!("{}{}_", prefixed(&context.config, &names.login_csrf, "/"), development_suffix(&context.config));
    let mut open: Vec<(FlowId, String)> = all(request)
        .filter(|cookie| cookie.name().starts_with(&base))
        .map(|cookie| {
            let flow = context.seal.open_id(kinds::LOGIN_COOKIE, cookie.value());
            (flow.unwrap_or(FlowId::from([0; 16])), cookie.name().to_owned())
        })
        .collect();
    open.sort_unstable();
    let too_many = (open.len() + 1).saturating_sub(FLOWS_PER_BROWSER);
    for (flow, name) in open.into_iter().take(too_many) {
        for name in [name, consent_csrf_name(&context.config, flow)] {
            delete(context, answer, name);
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
    let name = prefixed(config, &config.serve.cookies.names.device_csrf, "/");
    format!("{name}{}", development_suffix(config))
}

/// Name of the session cookie.
pub fn session_name(config: &Config) -> String {
    let cookies = &config.serve.cookies;
    format!("{}{}", prefixed(config, &cookies.names.session, &cookies.session_path), development_suffix(config))
}

/// Name of the cookie by which an account knows a browser. Hydra has none, so it is no setting.
pub fn known_browser_name(config: &Config) -> String {
    format!("{}{}", prefixed(config, "symbolon_known_browser", "/"), development_suffix(config))
}

/// Name of the cookie with the state of a browser, which a script of ours reads. Hydra has none, so it is no setting.
pub fn browser_state_name(config: &Config) -> String {
    format!("{}{}", prefixed(config, "symbolon_browser_state", "/"), development_suffix(config))
}

/// Name of the cookie by which an operator learns whether cookies come through.
pub fn diagnosis_name(config: &Config) -> String {
    format!("{}{}", prefixed(config, "symbolon_diagnosis", "/"), development_suffix(config))
}

/// Whether cookies are for secure connections alone, without which browsers take no `SameSite=None`.
pub fn are_secure(config: &Config) -> bool {
    !config.dev || config.serve.cookies.secure
}

fn per_flow(base: &str, config: &Config, flow: FlowId) -> String {
    // The last four bytes of a flow id are random: enough to keep the flows of one browser apart.
    let tail = flow.as_bytes().iter().skip(12).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{}{}_{tail}", prefixed(config, base, "/"), development_suffix(config))
}

/// With `__Host-` wherever browsers take it (RFC 6265bis §4.1.3.2): no neighbouring domain and nobody on the way can then
/// plant a cookie of that name. A session of the name without it is not read: it could be a planted one.
fn prefixed(config: &Config, name: &str, path: &str) -> String {
    let cookies = &config.serve.cookies;
    let possible = config.urls.issuer.starts_with("https://") && cookies.secure && cookies.domain.is_none();
    let wanted = !config.symbolon.compatibility.cookies && !name.starts_with("__");
    let prefix = if possible && wanted && path == "/" { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn development_suffix(config: &Config) -> &'static str {
    if config.dev { "_dev" } else { "" }
}

/// Takes a cookie of the path `/` away.
pub fn delete(context: &Context, answer: &mut Answer, name: String) {
    let cookie = NewCookie { name, value: String::new(), path: "/".to_owned(), lifetime: Lifetime::Deleted };
    set(context, answer, cookie);
}

/// Adds `Set-Cookie` (RFC 6265 §4.1).
pub fn set(context: &Context, answer: &mut Answer, new: NewCookie) {
    let cookie = build(&context.config, new, context.clock.now());
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}

fn build(config: &Config, new: NewCookie, now: i64) -> Cookie<'static> {
    let options = &config.serve.cookies;
    // A flow goes on by links and redirects, which `Lax` lets through; what another site embeds or posts is no part of it.
    let by_setting = new.name == session_name(config) || config.symbolon.compatibility.cookies;
    // A script reads this one in a page that is embedded elsewhere, and it opens nothing.
    let is_read_by_script = new.name == browser_state_name(config);
    let same_site = match (is_read_by_script, by_setting) {
        (true, _) if are_secure(config) => SameSite::None,
        (false, true) => options.same_site,
        _ => SameSite::Lax,
    };
    let mut cookie = Cookie::build((new.name, new.value))
        .path(new.path)
        .http_only(!is_read_by_script)
        .secure(are_secure(config))
        .same_site(match same_site {
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::None => cookie::SameSite::None,
        })
        .build();
    if let Some(domain) = &options.domain {
        cookie.set_domain(domain.clone());
    }
    match new.lifetime {
        Lifetime::Seconds(seconds) => keep_until(&mut cookie, seconds, now.saturating_add(seconds)),
        Lifetime::Browser => {}
        Lifetime::Deleted => keep_until(&mut cookie, 0, 1),
    }
    cookie
}

/// Old browsers know only `Expires`, all others prefer `Max-Age`. An instant that no calendar has leaves `Expires` out.
fn keep_until(cookie: &mut Cookie<'_>, seconds: i64, expires_at: i64) {
    cookie.set_max_age(Duration::seconds(seconds));
    if let Ok(instant) = OffsetDateTime::from_unix_timestamp(expires_at) {
        cookie.set_expires(Expiration::from(instant));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: &[(&str, &str)]) -> Config {
        let settings = [&[("dev", "true")], settings].concat();
        let overrides = crate::config::Overrides {
            settings: settings.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            development_secret: Some(symbolon_jose::Secret::new("a-secret-for-this-test".to_owned())),
        };
        crate::config::load(&[], std::iter::empty(), &overrides).unwrap()
    }

    fn line(settings: &[(&str, &str)], lifetime: Lifetime) -> String {
        let config = config(settings);
        let new = NewCookie { name: session_name(&config), value: "v".to_owned(), path: "/".to_owned(), lifetime };
        let line = build(&config, new, 1_800_000_000).to_string();
        line.replacen(&session_name(&config), "n", 1)
    }

    #[test]
    fn lifetime_is_in_both_attributes_or_in_none() {
        let rest = "n=v; HttpOnly; SameSite=Lax; Path=/";
        let cases = [
            (Lifetime::Seconds(60), "; Max-Age=60; Expires=Fri, 15 Jan 2027 08:01:00 GMT"),
            (Lifetime::Browser, ""),
            (Lifetime::Deleted, "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:01 GMT"),
            (Lifetime::Seconds(i64::MAX), "; Max-Age=9223372036854775807"),
        ];
        for (lifetime, expected) in cases {
            assert_eq!(line(&[], lifetime), format!("{rest}{expected}"), "{lifetime:?}");
        }
    }

    #[test]
    fn attributes_follow_the_configuration() {
        let settings = [
            ("urls.self.issuer", "https://login.example"),
            ("serve.cookies.domain", "login.example"),
            ("serve.cookies.same_site_mode", "None"),
            ("serve.cookies.secure", "true"),
        ];
        let expected = "n=v; HttpOnly; SameSite=None; Secure; Path=/; Domain=login.example";
        assert_eq!(line(&settings, Lifetime::Browser), expected);
        assert_eq!(
            line(&[("serve.cookies.same_site_mode", "Strict")], Lifetime::Browser),
            "n=v; HttpOnly; SameSite=Strict; Path=/"
        );
    }

    #[test]
    fn names_have_the_host_prefix_where_browsers_take_it() {
        let https = ("urls.self.issuer", "https://login.example");
        let secure = ("serve.cookies.secure", "true");
        let plain = "ory_hydra_session_dev";
        for (settings, session, flow) in [
            (&[https, secure][..], "__Host-", "__Host-"),
            (&[https], "", ""),
            (&[secure], "", ""),
            (&[https, secure, ("serve.cookies.domain", "login.example")], "", ""),
            (&[https, secure, ("serve.cookies.paths.session", "/oauth2")], "", "__Host-"),
            (&[https, secure, ("symbolon.compatibility.cookies", "true")], "", ""),
        ] {
            let config = config(settings);
            assert_eq!(session_name(&config), format!("{session}{plain}"), "{settings:?}");
            assert_eq!(device_csrf_name(&config), format!("{flow}ory_hydra_device_csrf_dev"), "{settings:?}");
            assert_eq!(known_browser_name(&config), format!("{flow}symbolon_known_browser_dev"), "{settings:?}");
            let csrf = login_csrf_name(&config, FlowId::from([0; 16]));
            assert_eq!(csrf, format!("{flow}ory_hydra_login_csrf_dev_0"), "{settings:?}");
        }
    }

    #[test]
    fn the_setting_is_for_the_session_and_a_flow_is_lax() {
        let none = [
            ("urls.self.issuer", "https://login.example"),
            ("serve.cookies.secure", "true"),
            ("serve.cookies.same_site_mode", "None"),
        ];
        let hydra = [none[0], none[1], none[2], ("symbolon.compatibility.cookies", "true")];
        for (settings, expected) in [(&none[..], "SameSite=Lax"), (&hydra, "SameSite=None")] {
            let config = config(settings);
            let name = login_csrf_name(&config, FlowId::from([0; 16]));
            let new = NewCookie { name, value: "v".to_owned(), path: "/".to_owned(), lifetime: Lifetime::Browser };
            assert!(build(&config, new, 0).to_string().contains(expected), "{settings:?}");
        }
    }
}
