//! Comparing a requested redirect URI with the registered ones (RFC 6749 §3.1.2.3). Works on the
//! bytes as sent; nothing is decoded, normalised or re-written before the comparison, because each
//! such step has been a way around it in some server.

use std::fmt;
use std::net::Ipv4Addr;

use super::registrable::check_registrable;

/// A redirect URI that was found among those registered. Made by [`match_redirect_uri`] and
/// [`only_redirect_uri`] alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegisteredRedirectUri(String);

impl RegisteredRedirectUri {
    /// The URI as it was requested.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegisteredRedirectUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The requested URI is not one of those registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedirectUriMismatch;

impl fmt::Display for RedirectUriMismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The 'redirect_uri' is not one that the client has registered.")
    }
}

impl std::error::Error for RedirectUriMismatch {}

/// Finds the requested URI among the registered ones: equal byte for byte, or equal but for the
/// port when both are `http` to the same loopback IP address (RFC 8252 §7.3). A URI that could not
/// be registered never matches, whatever an import may have left in the database.
///
/// ```
/// use symbolon_types::match_redirect_uri;
/// let registered = ["https://app.example/cb".to_owned(), "http://127.0.0.1/cb".to_owned()];
/// assert!(match_redirect_uri(&registered, "https://app.example/cb").is_ok());
/// assert!(match_redirect_uri(&registered, "http://127.0.0.1:49152/cb").is_ok());
/// assert!(match_redirect_uri(&registered, "https://app.example/cb/").is_err());
/// ```
pub fn match_redirect_uri(
    registered: &[String],
    requested: &str,
) -> Result<RegisteredRedirectUri, RedirectUriMismatch> {
    match_redirect_uri_at(registered, requested, LoopbackHosts::Addresses)
}

/// At which hosts the port of a redirect URI is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopbackHosts {
    /// Loopback IP addresses (RFC 8252 §7.3).
    Addresses,
    /// These, and `localhost`, which is a name and could be somebody else's (RFC 8252 §8.3).
    WithLocalhost,
}

/// [`match_redirect_uri`] with the port free at these hosts. A host is compared as it is written: `localhost` is not
/// `127.0.0.1`.
pub fn match_redirect_uri_at(
    registered: &[String],
    requested: &str,
    hosts: LoopbackHosts,
) -> Result<RegisteredRedirectUri, RedirectUriMismatch> {
    let parts = |uri| loopback_parts(uri, hosts);
    let found = registered.iter().any(|own| own == requested)
        || parts(requested).is_some_and(|wanted| registered.iter().any(|own| parts(own) == Some(wanted)));
    if found && check_registrable(requested).is_ok() {
        Ok(RegisteredRedirectUri(requested.to_owned()))
    } else {
        Err(RedirectUriMismatch)
    }
}

/// The redirect URI of a request that names none: allowed only when exactly one is registered
/// (RFC 6749 §3.1.2.3).
pub fn only_redirect_uri(registered: &[String]) -> Option<RegisteredRedirectUri> {
    match registered {
        [only] => match_redirect_uri(registered, only).ok(),
        _ => None,
    }
}

/// Whether an answer may be sent there without being overheard: `http` only to this machine
/// (`localhost`, names below it, loopback addresses); any other scheme is the platform's matter
/// (RFC 8252 §7).
pub fn is_secure_redirect(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else {
        return false;
    };
    if url.scheme() != "http" {
        return true;
    }
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The address without its port where it is `http` to a loopback IP address, whose port says nothing (RFC 8252 §7.3).
pub fn without_loopback_port(uri: &str) -> String {
    loopback_parts(uri, LoopbackHosts::Addresses)
        .map_or_else(|| uri.to_owned(), |(host, rest)| format!("http://{host}{rest}"))
}

/// Host and rest of `http://{loopback address}[:port]{rest}`, or `None` for anything else. The host
/// must be the literal address in its one canonical spelling; a user part, a name or an odd port
/// fails to parse.
fn loopback_parts(uri: &str, hosts: LoopbackHosts) -> Option<(&str, &str)> {
    let after_scheme = uri.strip_prefix("http://")?;
    let host_length = if after_scheme.starts_with("[::1]") {
        5
    } else {
        let length = after_scheme.find([':', '/', '?', '#']).unwrap_or(after_scheme.len());
        let host = &after_scheme[..length];
        let is_name = host == "localhost" && hosts == LoopbackHosts::WithLocalhost;
        if !is_name && !host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()) {
            return None;
        }
        length
    };
    let (host, rest) = after_scheme.split_at(host_length);
    let rest = match rest.strip_prefix(':') {
        Some(port_and_rest) => skip_port(port_and_rest)?,
        None => rest,
    };
    let ends_cleanly = rest.is_empty() || rest.starts_with(['/', '?']);
    (ends_cleanly && !rest.contains('#')).then_some((host, rest))
}

/// What follows a port from 1 to 65535 without leading zero.
fn skip_port(text: &str) -> Option<&str> {
    let length = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(length);
    let port: u16 = digits.parse().ok()?;
    (port != 0 && !digits.starts_with('0')).then_some(rest)
}
