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

/// Of which `http` addresses at the user's own machine the port says nothing (RFC 8252 §7.3): a native application listens
/// wherever there is room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FreePort {
    /// Of the loopback addresses `127.0.0.0/8` and `[::1]`.
    #[default]
    OfAddresses,
    /// Of the name `localhost`, too. The name may lead to another program than the address does (RFC 8252 §8.3).
    OfLocalhostToo,
    /// Of all of them, which are taken for each other.
    OfAnyName,
}

/// Finds the requested URI among the registered ones: equal byte for byte, or equal but for the
/// port when both are `http` to the same loopback host (RFC 8252 §7.3). A URI that could not
/// be registered never matches, whatever an import may have left in the database.
///
/// ```
/// use symbolon_types::redirect_uri::{FreePort, match_redirect_uri};
/// let match_redirect_uri = |registered: &[String], asked| match_redirect_uri(registered, asked, FreePort::OfAddresses);
/// let registered = ["https://app.example/cb".to_owned(), "http://127.0.0.1/cb".to_owned()];
/// assert!(match_redirect_uri(&registered, "https://app.example/cb").is_ok());
/// assert!(match_redirect_uri(&registered, "http://127.0.0.1:49152/cb").is_ok());
/// assert!(match_redirect_uri(&registered, "https://app.example/cb/").is_err());
/// ```
pub fn match_redirect_uri(
    registered: &[String],
    requested: &str,
    free_port: FreePort,
) -> Result<RegisteredRedirectUri, RedirectUriMismatch> {
    let found = registered.iter().any(|own| own == requested) || {
        let wanted = loopback_parts(requested, free_port);
        wanted.is_some_and(|wanted| registered.iter().any(|own| loopback_parts(own, free_port) == Some(wanted)))
    };
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
        [only] => match_redirect_uri(registered, only, FreePort::OfAddresses).ok(),
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

/// Whether two addresses differ in nothing but the name of the user's own machine, and in the port.
pub fn differ_in_loopback_name(one: &str, other: &str) -> bool {
    let parts = |uri| loopback_parts(uri, FreePort::OfAnyName);
    one != other && parts(one).is_some_and(|of_one| parts(other) == Some(of_one))
}

/// The address without its port where that says nothing.
pub fn without_loopback_port(uri: &str, free_port: FreePort) -> String {
    loopback_parts(uri, free_port).map_or_else(|| uri.to_owned(), |(host, rest)| format!("http://{host}{rest}"))
}

/// Host and rest of `http://{loopback host}[:port]{rest}`, or `None` for anything else. The host
/// must be the literal address in its one canonical spelling, or `localhost` where its port is
/// free; a user part, another name or an odd port fails to parse. Where all names are one, the host is
/// `localhost`.
fn loopback_parts(uri: &str, free_port: FreePort) -> Option<(&str, &str)> {
    let after_scheme = uri.strip_prefix("http://")?;
    let host_length = if after_scheme.starts_with("[::1]") {
        5
    } else {
        let length = after_scheme.find([':', '/', '?', '#']).unwrap_or(after_scheme.len());
        loopback_name(&after_scheme[..length], free_port)?;
        length
    };
    let (host, rest) = after_scheme.split_at(host_length);
    let host = if free_port == FreePort::OfAnyName { LOCALHOST } else { host };
    let rest = match rest.strip_prefix(':') {
        Some(port_and_rest) => skip_port(port_and_rest)?,
        None => rest,
    };
    // A browser writes the slash (RFC 3986 §6.2.3).
    let rest = if rest.is_empty() { "/" } else { rest };
    let ends_cleanly = rest.starts_with(['/', '?']);
    (ends_cleanly && !rest.contains('#')).then_some((host, rest))
}

const LOCALHOST: &str = "localhost";

/// `Some` for a name of the user's own machine whose port is free.
fn loopback_name(name: &str, free_port: FreePort) -> Option<()> {
    if name == LOCALHOST {
        return (free_port != FreePort::OfAddresses).then_some(());
    }
    let address: Ipv4Addr = name.parse().ok()?;
    address.is_loopback().then_some(())
}

/// What follows a port from 1 to 65535 without leading zero.
fn skip_port(text: &str) -> Option<&str> {
    let length = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(length);
    let port: u16 = digits.parse().ok()?;
    (port != 0 && !digits.starts_with('0')).then_some(rest)
}
