//! What may be registered as a redirect URI: an absolute URI without fragment (RFC 6749 §3.1.2)
//! whose scheme does not make a browser run or read something local.

use std::fmt;

/// Why a URI cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectUriFault {
    /// No scheme, nothing after the scheme, or no host where `http` and `https` need one.
    NotAbsolute,
    /// It has a fragment (`#`), which RFC 6749 §3.1.2 forbids.
    Fragment,
    /// The scheme runs code or opens local data (`javascript:`, `data:`, `file:`, …).
    DangerousScheme,
    /// White space, control or non-ASCII characters, a backslash, another character outside of
    /// RFC 3986, or a `%` without two hexadecimal digits.
    Character,
}

impl fmt::Display for RedirectUriFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotAbsolute => "it must be an absolute URI such as 'https://app.example/callback'",
            Self::Fragment => "it must not have a fragment (#)",
            Self::DangerousScheme => "its scheme is not allowed",
            Self::Character => "it has a character that a URI must not have",
        })
    }
}

impl std::error::Error for RedirectUriFault {}

const DANGEROUS_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "content",
    "data",
    "file",
    "filesystem",
    "intent",
    "jar",
    "javascript",
    "livescript",
    "mhtml",
    "mocha",
    "res",
    "search",
    "search-ms",
    "shell",
    "smb",
    "vbscript",
    "view-source",
];

/// Whether the URI may be stored as a redirect URI. Private schemes of native applications
/// (RFC 8252 §7.1) are welcome.
pub fn check_registrable(uri: &str) -> Result<(), RedirectUriFault> {
    if uri.contains('#') {
        return Err(RedirectUriFault::Fragment);
    }
    if !has_only_uri_characters(uri) {
        return Err(RedirectUriFault::Character);
    }
    let (scheme, rest) = uri.split_once(':').ok_or(RedirectUriFault::NotAbsolute)?;
    let scheme = scheme.to_ascii_lowercase();
    if !is_scheme(&scheme) || rest.is_empty() {
        return Err(RedirectUriFault::NotAbsolute);
    }
    // Windows reserves `ms-…` for its own programs.
    if DANGEROUS_SCHEMES.contains(&scheme.as_str()) || scheme.starts_with("ms-") {
        return Err(RedirectUriFault::DangerousScheme);
    }
    // The URL parser repairs `https:/host` and `https:host`; a stored URI must not need repair.
    if matches!(scheme.as_str(), "http" | "https")
        && (!rest.starts_with("//") || url::Url::parse(uri).is_err() || rest.starts_with("///"))
    {
        return Err(RedirectUriFault::NotAbsolute);
    }
    Ok(())
}

/// The scheme of a URI in lower case; `None` where [`check_registrable`] refuses the URI.
pub fn registrable_scheme(uri: &str) -> Option<String> {
    check_registrable(uri).ok()?;
    uri.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase())
}

/// Whether the URI is `http` at the user's own machine (RFC 8252 §7.3).
pub fn is_loopback_http(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else { return false };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback && url.username().is_empty() && url.password().is_none()
}

/// RFC 3986 §3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// RFC 3986 §2: reserved and unreserved characters and percent-encoded bytes, nothing else.
fn has_only_uri_characters(uri: &str) -> bool {
    let bytes = uri.as_bytes();
    bytes.iter().enumerate().all(|(index, byte)| match byte {
        b'%' => bytes.get(index + 1..index + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)),
        b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => false,
        other => other.is_ascii_graphic(),
    })
}
