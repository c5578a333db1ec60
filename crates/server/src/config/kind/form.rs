//! What a text in the configuration may look like: an address, the name of a cookie, a network, a secret. A form knows
//! whether a text fits, how to say what was expected, and whether a refused text may be shown in an error message.

use std::path::Path;

use symbolon_types::Scope;
use url::Url;

use crate::config::listening::is_unix_socket;
use crate::config::{HostPattern, Network};

/// Below this a secret can be guessed.
const SHORTEST_SECRET: usize = 16;
/// Below this a user code has too few characters to draw from.
const SMALLEST_ALPHABET: usize = 8;

/// What a text may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text, the empty one too.
    Any,
    /// A secret of 16 characters or more.
    Secret,
    /// An absolute http or https URL.
    Url,
    /// An absolute http or https URL in small letters, without user name, query and fragment.
    BaseUrl,
    /// An absolute http or https URL, or a path that starts with `/`.
    Reference,
    /// A path that starts with `/`, as a cookie's `Path`.
    Path,
    /// The path of a file, in a form that no secret has which got into the wrong place.
    File,
    /// A domain, as a cookie's `Domain`.
    Domain,
    /// An IP address or host name to listen on.
    Host,
    /// An IP address and a port to listen on.
    Socket,
    /// An IP address and a port, or a unix socket.
    Address,
    /// The name of a header or cookie (RFC 9110 §5.6.2, RFC 6265 §4.1.1).
    Name,
    /// An origin with at most one `*`, or `*`.
    Origin,
    /// A network in CIDR notation, or an IP address.
    Network,
    /// A host name, with `*.` in front for all below it.
    HostPattern,
    /// One scope (RFC 6749 §3.3).
    Scope,
    /// Characters to draw user codes from: printable ASCII, each once.
    Alphabet,
    /// One of these words.
    Word(&'static [&'static str]),
}

impl Form {
    /// Whether the text fits.
    pub(in crate::config) fn fits(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Secret => text.len() >= SHORTEST_SECRET,
            Self::Url => is_web_url(text),
            Self::BaseUrl => is_base_url(text),
            Self::Reference => is_rooted_path(text) || is_web_url(text),
            Self::Path => text.starts_with('/') && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';'),
            Self::File => {
                let is_relative = text.starts_with("./") || text.starts_with("../");
                (is_relative || Path::new(text).is_absolute()) && !text.contains(char::is_control)
            }
            Self::Domain => {
                !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
            }
            Self::Host => {
                is_unix_socket(text)
                    || !text.is_empty()
                        && !text.starts_with("unix:")
                        && text
                            .chars()
                            .all(|character| character.is_ascii_alphanumeric() || ".-_:[]%".contains(character))
            }
            Self::Socket => text.parse::<std::net::SocketAddr>().is_ok(),
            Self::Address => is_unix_socket(text) || text.parse::<std::net::SocketAddr>().is_ok(),
            Self::Name => is_token(text),
            Self::Origin => is_origin_pattern(text),
            Self::Network => Network::parse(text).is_some(),
            Self::HostPattern => HostPattern::parse(text).is_some(),
            Self::Scope => Scope::parse(text).is_ok_and(|scope| scope.len() == 1),
            Self::Alphabet => is_alphabet(text),
            Self::Word(words) => words.contains(&text),
        }
    }

    /// What would have been right, to follow "expected".
    pub(in crate::config) fn expected(self) -> String {
        match self {
            Self::Any => "text (in quotes)",
            Self::Secret => "a text of 16 characters or more, as `openssl rand -base64 32` makes",
            Self::Url => "an absolute URL with http or https, as `https://id.example.com`",
            Self::BaseUrl => {
                "a URL that starts with https:// (or http://) and has neither user name nor query nor fragment"
            }
            Self::Reference => "an absolute URL with http or https, or a path that starts with `/`",
            Self::Path => "a path that starts with `/`",
            Self::File => "the path of a file that starts with `/` or `./`",
            Self::Domain => "a domain, as `example.com`",
            Self::Host => {
                "an IP address or host name, without scheme and port, or a unix socket, as `unix:/run/symbolon.sock`"
            }
            Self::Address => {
                "an IP address and a port, as `[::1]:4444`, or a unix socket, as `unix:/run/symbolon.sock`"
            }
            Self::Socket => "an IP address and a port, as `0.0.0.0:4446`",
            Self::Name => "a name of letters, digits, `-`, `_` and `.`",
            Self::Origin => "an origin, as `https://app.example.com`, `https://*.example.com` or `*`",
            Self::Network => "a network, as `10.0.0.0/8`",
            Self::HostPattern => "a host name, as `example.com` or `*.example.com`",
            Self::Scope => "a scope of printable ASCII without spaces, quotes and backslashes",
            Self::Alphabet => "at least 8 printable ASCII characters, each once",
            Self::Word(words) => return format!("one of {}", quoted(words)),
        }
        .to_owned()
    }

    /// Whether a refused text may be shown. Free text and addresses may hold a secret that got into the wrong place.
    pub(super) fn may_be_shown(self) -> bool {
        !matches!(self, Self::Any | Self::Secret | Self::File | Self::Url | Self::BaseUrl | Self::Reference)
    }
}

/// The expected form as words of an error message.
pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Whether this is an absolute URL that a browser can be sent to.
pub(in crate::config) fn is_web_url(text: &str) -> bool {
    let clean = !text.contains(|character: char| character.is_whitespace() || character.is_control());
    clean
        && text.contains("://")
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// The form of an issuer (`OpenID` Connect Discovery 1.0 §3). Clients compare it as text, so capitals stay out.
fn is_base_url(text: &str) -> bool {
    let bare = |url: Url| {
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
    };
    let small = text.starts_with("https://") || text.starts_with("http://");
    small && is_web_url(text) && Url::parse(text).is_ok_and(bare)
}

/// Whether this is a path on our own host. Two slashes, or a slash and a backslash, would name another host.
fn is_rooted_path(text: &str) -> bool {
    text.starts_with('/')
        && !text[1..].starts_with(['/', '\\'])
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}

/// Whether this is a token as in names of headers and cookies (RFC 9110 §5.6.2, RFC 6265 §4.1.1).
pub(in crate::config) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
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

fn is_alphabet(text: &str) -> bool {
    let mut characters: Vec<u8> = text.bytes().filter(u8::is_ascii_graphic).collect();
    characters.sort_unstable();
    characters.dedup();
    characters.len() >= SMALLEST_ALPHABET && characters.len() == text.len()
}
